/** Rows of a table as features, against scikit-learn's (generate/sklearn_table.py). */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encodeTable, fitTable, type MissingPolicy, type ScalerKind, splitRows, type TablePreprocessing, table } from "../../../src/data/index.ts";

interface Golden {
  train: number;
  numbers: Record<string, (number | null)[]>;
  words: Record<string, (string | null)[]>;
  scalings: ({ column: string } & Record<"standard" | "minMax" | "robust", [shift: number, scale: number]>)[];
  features: { column: string; scaler: ScalerKind; missing: MissingPolicy; values: number[][] }[];
  oneHot: { column: string; categories: (string | null)[]; values: number[][] }[];
  classes: { names: string[]; labels: number[] };
}

const golden: Golden = JSON.parse(readFileSync(new URL("sklearn-table.json", import.meta.url), "utf8"));
const rows = golden.numbers.normal.length;
const all = table({ columns: { ...golden.numbers, ...golden.words, target: Array.from({ length: rows }, (_, i) => i % 2) } });
const [train, test] = splitRows(all, (rows - golden.train) / rows, { shuffle: false });

/** Sums in another order differ by a few units in the last place of the largest term. */
const close = (actual: number, expected: number, size = Math.abs(expected)): void =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-14 * Math.max(size, 1e-300));

/** The one column of a preprocessing. */
const numbersOf = ({ features: [encoding] }: TablePreprocessing) => {
  if (encoding.kind !== "numbers") throw new Error("no numbers");
  return encoding;
};

describe("against scikit-learn", () => {
  it("holds out the rows that it held out", () => expect([train.length, test.length]).toEqual([golden.train, rows - golden.train]));

  it.each(golden.scalings)("scaling of $column", ({ column, ...expected }) => {
    for (const [scaler, [shift, scale]] of Object.entries(expected)) {
      const { scaling } = numbersOf(fitTable(train, { target: "target", features: [column], scaler: scaler as ScalerKind }));
      const size = Math.max(...golden.numbers[column].map((value) => Math.abs(value ?? 0)));
      close(scaling.shift, shift, 10 * size);
      // The variance of what lies far from 0 loses the digits that the mean takes.
      close(scaling.scale, scale, 10 * Math.max(size, scale));
    }
  });

  it.each(golden.features)("$column as $scaler, missing $missing", ({ column, scaler, missing, values }) => {
    const preprocessing = fitTable(train, { target: "target", features: [column], scaler, missing });
    const data = encodeTable(test, preprocessing);
    expect(data.sampleShape).toEqual([values[0].length]);
    // MinMaxScaler multiplies before it shifts: what lies far from 0 loses digits there.
    const { scaling } = numbersOf(preprocessing);
    const lost = (2 ** -51 * Math.max(...golden.numbers[column].map((value) => Math.abs(value ?? 0)))) / scaling.scale;
    values.forEach((row, i) => {
      const sample = data.sample(i);
      row.forEach((value, k) => expect(Math.abs(sample[k] - value)).toBeLessThanOrEqual(2 ** -23 * Math.abs(value) + lost + 1e-11));
    });
  });

  it.each(golden.oneHot)("$column, one feature for each category", ({ column, categories, values }) => {
    const missing = categories.includes(null) ? "mean" : "error";
    const preprocessing = fitTable(train, { target: "target", features: [column], missing, unknown: "none" });
    expect(preprocessing.features).toMatchObject([{ categories: categories.filter((name) => name !== null), missing: missing !== "error" }]);
    const data = encodeTable(test, preprocessing);
    expect(values.map((_, i) => [...data.sample(i)])).toEqual(values);
  });

  it("classes", () => {
    const { names, labels } = golden.classes;
    const preprocessing = fitTable(train, { target: "size", features: ["normal"] });
    expect(preprocessing.target).toEqual({ column: "size", kind: "classes", classes: names });
    const data = encodeTable(train, preprocessing);
    expect([...(data.y ?? [])]).toEqual(labels);
    expect(data.classes).toBe(names.length);
  });
});
