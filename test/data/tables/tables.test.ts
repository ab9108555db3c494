/** Tables in memory, their parts, and how their rows become samples and come back. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeTarget,
  dropMissing,
  encodeTable,
  type FitTableOptions,
  fitTable,
  kindsOf,
  parseCsv,
  type ScalerKind,
  selectColumns,
  splitRows,
  type Table,
  type TableOptions,
  table,
  takeRows,
} from "../../../src/data/index.ts";
import { ConfigError, DataFormatError, NumericError, ShapeError } from "../../../src/errors.ts";

type Refused = [string, () => unknown, new (...args: never[]) => Error, string];

const cars = parseCsv("name,origin,power,mpg\na,USA,100,18\nb,Japan,90,30\nc,USA,,15\nd,Europe,80,\ne,Japan,70,33\n", { source: "cars.csv" });
const names = ({ columns }: Table): string[] => columns.map(({ name }) => name);
const words = (part: Table, name: string): (string | null)[] => {
  const column = part.columns.find((one) => one.name === name);
  if (column?.kind !== "categories") throw new Error("no words");
  return Array.from(column.codes, (code) => column.categories[code] ?? null);
};

describe("table", () => {
  it("from rows and from columns", () => {
    const rows = table({
      rows: [
        { a: 1, b: "x" },
        { b: "y", c: true },
        { a: null, b: undefined },
      ],
    });
    const columns = table({ columns: { a: [1, null, null], b: ["x", "y", undefined], c: [null, true, null] } });
    expect(rows).toEqual(columns);
    expect(rows).toEqual({
      source: "table",
      length: 3,
      lines: null,
      columns: [
        { name: "a", kind: "numbers", values: Float64Array.of(1, Number.NaN, Number.NaN) },
        { name: "b", kind: "categories", codes: Int32Array.of(0, 1, -1), categories: ["x", "y"] },
        { name: "c", kind: "categories", codes: Int32Array.of(-1, 0, -1), categories: ["true"] },
      ],
    });
    expect(table({ columns: { a: Float32Array.of(1, 2) } }).columns).toEqual([{ name: "a", kind: "numbers", values: Float64Array.of(1, 2) }]);
    expect(table({ columns: { a: [3, "x", 3] }, kinds: { a: "categories" } }).columns[0]).toMatchObject({ categories: ["3", "x"] });
  });

  it.each<Refused>([
    ["nothing", () => table({}), ConfigError, "table: got neither columns nor rows"],
    ["both", () => table({ columns: {}, rows: [] }), ConfigError, "table: got columns and rows"],
    ["no columns", () => table({ columns: {} }), ShapeError, "table: got no columns"],
    ["no rows", () => table({ columns: { a: [] } }), ShapeError, "table: got no rows"],
    ["columns of two lengths", () => table({ columns: { a: [1], b: [1, 2] } }), ShapeError, 'table, column "b": got 2 values, expected 1, as in "a"'],
    ["a column that is none", () => table({ columns: { a: 5 } } as unknown as TableOptions), ShapeError, 'column "a": got number'],
    ["a row that is none", () => table({ rows: [{ a: 1 }, null] } as unknown as TableOptions), ShapeError, "table, row 1: got null"],
    ["rows that are none", () => table({ rows: 7 } as unknown as TableOptions), ShapeError, "table: got number, expected an array of rows"],
    ["infinity", () => table({ columns: { a: [1, 1 / 0] } }), NumericError, 'table, row 1, column "a": got Infinity'],
    [
      "text in a column declared numeric",
      () => table({ rows: [{ a: "x" }], kinds: { a: "numbers" } }),
      DataFormatError,
      'table, row 0, column "a": got "x", expected a number',
    ],
    [
      "text among numbers",
      () => table({ columns: { a: [1, "2", 3] } }),
      DataFormatError,
      'table, row 1, column "a": got "2" in a column that holds numbers too',
    ],
    ["an object", () => table({ rows: [{ a: {} as never }] }), DataFormatError, 'table, row 0, column "a": got object'],
    ["a kind of nothing", () => table({ columns: { a: [1] }, kinds: { b: "numbers" } }), ConfigError, 'got no column "b", expected one of "a"'],
    ["an unknown kind", () => table({ columns: { a: [1] }, kinds: { a: "dates" as "numbers" } }), ConfigError, 'kinds, "a": got "dates"'],
  ])("refuses %s", (_, make, type, message) => {
    expect(make).toThrow(type);
    expect(make).toThrow(message);
  });
});

describe("parts of tables", () => {
  it("columns, rows, rows without gaps: lines go along", () => {
    expect(names(selectColumns(cars, ["mpg", "name"]))).toEqual(["mpg", "name"]);
    const some = takeRows(cars, [4, 0, 4]);
    expect([words(some, "name"), [...(some.lines ?? [])]]).toEqual([
      ["e", "a", "e"],
      [6, 2, 6],
    ]);
    expect(words(dropMissing(cars), "name")).toEqual(["a", "b", "e"]);
    expect(words(dropMissing(cars, ["mpg"]), "name")).toEqual(["a", "b", "c", "e"]);
    expect(dropMissing(cars, ["name"])).toBe(cars);
  });

  it("splits: disjoint, complete, repeated by a seed, in time's order or by shares", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("x", "y", "z"), { minLength: 2, maxLength: 60 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.nat(),
        (kinds, fraction, seed) => {
          const whole = table({ columns: { kind: kinds, i: kinds.map((_, i) => i) } });
          const held = Math.floor(fraction * kinds.length + 0.5);
          fc.pre(held > 0 && held < kinds.length);
          const numbers = (part: Table) => [...(part.columns[1] as { values: Float64Array }).values];
          const counts = [..."xyz"].map((kind) => kinds.filter((one) => one === kind).length);
          const possible = counts.reduce((sum, count) => sum + Math.min(Math.ceil((count * held) / kinds.length), Math.max(count - 1, 0)), 0) >= held;
          for (const options of [{ seed }, { shuffle: false }, ...(possible ? [{ seed, stratify: "kind" }] : [])]) {
            const [rest, test] = splitRows(whole, fraction, options);
            expect([rest.length, test.length]).toEqual([kinds.length - held, held]);
            expect([...numbers(rest), ...numbers(test)].sort((a, b) => a - b)).toEqual(kinds.map((_, i) => i));
            for (const part of [rest, test]) expect(numbers(part)).toEqual([...numbers(part)].sort((a, b) => a - b));
            expect(splitRows(whole, fraction, options)).toEqual([rest, test]);
            if (options.shuffle === false) expect(numbers(test)[0]).toBe(kinds.length - held);
            if (options.stratify === undefined) continue;
            for (const kind of "xyz") {
              const share = (kinds.filter((one) => one === kind).length * held) / kinds.length;
              expect(Math.abs(words(test, "kind").filter((one) => one === kind).length - share)).toBeLessThan(1);
            }
          }
        },
      ),
    );
  });

  it.each<Refused>([
    [
      "a column that is not there",
      () => selectColumns(cars, ["MPG"]),
      ConfigError,
      'selectColumns, cars.csv: got no column "MPG", expected one of "name", "origin", "power", "mpg"\nHint: did you mean "mpg"?',
    ],
    ["a row that is not there", () => takeRows(cars, [5]), ConfigError, "takeRows, cars.csv: got 5, expected an integer from 0 to 4"],
    ["a column to check that is not there", () => dropMissing(cars, ["x"]), ConfigError, 'dropMissing, cars.csv: got no column "x"'],
    ["shares of numbers", () => splitRows(cars, 0.5, { stratify: "mpg" }), ConfigError, 'got numbers in "mpg", expected a column of categories'],
    ["shares in time's order", () => splitRows(cars, 0.5, { stratify: "origin", shuffle: false }), ConfigError, "shuffle: false and stratify"],
    [
      "a category of which all would be held out",
      () => splitRows(takeRows(cars, [0, 1, 3]), 0.3, { stratify: "origin" }),
      ConfigError,
      "split: got fraction 0.3 of 3 samples in 3 classes",
    ],
    ["a part without rows", () => splitRows(cars, 0.01), ConfigError, "split: got fraction 0.01 of 5 samples"],
  ])("refuses %s", (_, make, type, message) => {
    expect(make).toThrow(type);
    expect(make).toThrow(message);
  });
});

const train = dropMissing(cars, ["mpg"]);
const fitted = (options: Partial<FitTableOptions> = {}) => fitTable(train, { target: "mpg", features: ["origin", "power"], missing: "median", ...options });

describe("fitTable and encodeTable", () => {
  it("numbers are scaled, gaps filled and told, categories have a feature each", () => {
    const preprocessing = fitted({ missing: { power: "median" }, scaler: "minMax" });
    expect(preprocessing).toEqual({
      kind: "table",
      features: [
        { column: "origin", kind: "categories", categories: ["Japan", "USA"], missing: false, unknown: "error" },
        { column: "power", kind: "numbers", scaling: { kind: "minMax", shift: 70, scale: 30 }, missing: 90 },
      ],
      target: { column: "mpg", kind: "number", scaling: { kind: "standard", shift: 24, scale: Math.sqrt(58.5) } },
    });
    const data = encodeTable(train, preprocessing);
    expect(data.sampleShape).toEqual([4]);
    expect([0, 1, 2, 3].map((i) => [...data.sample(i)])).toEqual([
      [0, 1, 1, 0],
      [1, 0, Math.fround(2 / 3), 0],
      [0, 1, Math.fround(2 / 3), 1],
      [1, 0, 0, 0],
    ]);
    expect(data.targetShape).toEqual([]);
    expect(decodeTarget(data.y ?? [], preprocessing)).toEqual(Float64Array.from(data.y ?? [], (y) => y * Math.sqrt(58.5) + 24));
    expect(JSON.parse(JSON.stringify(preprocessing))).toEqual(preprocessing);
  });

  it("is measured on the rows that it is given, and on no others", () => {
    const preprocessing = fitted();
    const far = parseCsv("mpg,power,origin\n1000,1e6,USA\n", { source: "new.csv" });
    const before = JSON.stringify(preprocessing);
    expect(encodeTable(far, preprocessing).sample(0)[3]).toBeGreaterThan(1e4);
    expect(JSON.stringify(preprocessing)).toBe(before);
  });

  it("missing is one more category where it is declared, unknown is none of them", () => {
    const colours = table({ columns: { colour: ["red", null, "blue"], y: [1, 2, 3] } });
    const preprocessing = fitTable(colours, { target: "y", missing: "mean", unknown: "none" });
    const data = encodeTable(table({ columns: { colour: ["green", "red", null] } }), preprocessing, { targets: false });
    expect([0, 1, 2].map((i) => [...data.sample(i)])).toEqual([
      [0, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(data.targets).toEqual([]);
  });

  it("classes are labels, in the order of their names whatever that of the rows", () => {
    const preprocessing = fitted({ target: "origin", features: ["mpg"] });
    expect(preprocessing.target).toEqual({ column: "origin", kind: "classes", classes: ["Japan", "USA"] });
    expect(fitTable(takeRows(train, [3, 2, 1, 0]), { target: "origin", features: ["mpg"] }).target).toEqual(preprocessing.target);
    const data = encodeTable(train, preprocessing);
    expect([data.y, data.classes]).toEqual([Int32Array.of(1, 0, 1, 0), 2]);
    expect(decodeTarget(data.y ?? [], preprocessing)).toEqual(["USA", "Japan", "USA", "Japan"]);
  });

  it("a file is read as the one before it by kindsOf: words that look like numbers stay words", () => {
    const zips = parseCsv("zip,y\n01,1\n2x,2\n", { kinds: { zip: "categories" } });
    const preprocessing = fitTable(zips, { target: "y" });
    expect(kindsOf(preprocessing)).toEqual({ zip: "categories", y: "numbers" });
    const kinds = kindsOf(preprocessing, { targets: false });
    expect([...encodeTable(parseCsv("zip\n01\n", { kinds }), preprocessing, { targets: false }).sample(0)]).toEqual([1, 0]);
    expect(() => parseCsv("zap\n01\n", { kinds, source: "new.csv" })).toThrow('kinds, new.csv: got no column "zip", expected one of "zap"');
    const counts = fitTable(table({ columns: { n: [3, 4], y: [1, 2] }, kinds: { n: "categories" } }), { target: "y" });
    expect([...encodeTable(table({ columns: { n: [4], y: [1] } }), counts).sample(0)]).toEqual([0, 1]);
  });

  it("what scaling does is undone, for any numbers and scaler", () => {
    const value = fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.constantFrom(1, 1e3, 1e9)).map(([n, divisor]) => n / divisor);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.constantFrom<ScalerKind>("standard", "minMax", "robust", "none"), (values, targetScaler) => {
        const numbers = table({ columns: { x: values.map((_, i) => i), y: values } });
        const preprocessing = fitTable(numbers, { target: "y", targetScaler });
        const { y } = encodeTable(numbers, preprocessing);
        const { scale, shift } = (preprocessing.target as { scaling: { scale: number; shift: number } }).scaling;
        const back = decodeTarget(y ?? [], preprocessing) as Float64Array;
        // y is a rounded f32; everything else is f64.
        values.forEach((one, i) =>
          expect(Math.abs(back[i] - one)).toBeLessThanOrEqual(
            Math.abs(one - shift) * 2 ** -24 * 1.01 + scale * 2 ** -149 + (Math.abs(one) + Math.abs(shift)) * 2 ** -50,
          ),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("scaled, the training rows have mean 0 and deviation 1, or lie in 0..1", () => {
    const values = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 2 });
    fc.assert(
      fc.property(values, (x) => {
        const numbers = table({ columns: { x, y: x.map((_, i) => i) } });
        const scaled = (scaler: ScalerKind) => [...encodeTable(numbers, fitTable(numbers, { target: "y", scaler })).x];
        const spread = Math.max(...x) - Math.min(...x);
        fc.pre(spread === 0 || spread > 1e-3);
        for (const value of scaled("minMax")) expect(value >= 0 && value <= 1).toBe(true);
        const standard = scaled("standard");
        const mean = standard.reduce((a, b) => a + b, 0) / x.length;
        expect(Math.abs(mean)).toBeLessThan(1e-5);
        if (spread === 0) expect(standard.every((value) => value === 0)).toBe(true);
        else expect(Math.abs(standard.reduce((a, b) => a + (b - mean) * (b - mean), 0) / x.length - 1)).toBeLessThan(1e-4);
      }),
    );
  });

  const gaps = parseCsv("origin,power\nUSA,1\n,2\nUSA,\n", { source: "gaps.csv" });
  const strict = fitTable(dropMissing(cars), { target: "mpg", features: ["origin", "power"] });
  const wide = table({ columns: { id: Array.from({ length: 70_000 }, (_, i) => `n${i}`), y: Array.from({ length: 70_000 }, (_, i) => i) } });
  it.each<Refused>([
    [
      "an unknown target",
      () => fitted({ target: "MPG" }),
      ConfigError,
      'fitTable, target, cars.csv: got no column "MPG", expected one of "name", "origin", "power", "mpg"\nHint: did you mean "mpg"?',
    ],
    ["an unknown feature", () => fitted({ features: ["colour"] }), ConfigError, 'fitTable, features, cars.csv: got no column "colour"'],
    ["the target as a feature", () => fitted({ features: ["mpg"] }), ConfigError, 'got the target "mpg"'],
    ["a feature twice", () => fitted({ features: ["power", "power"] }), ConfigError, 'got "power" twice'],
    ["no features", () => fitted({ features: [] }), ConfigError, "fitTable, features: got none"],
    ["an unknown scaler", () => fitted({ scaler: "max" as ScalerKind }), ConfigError, 'fitTable, scaler: got "max"'],
    ["an unknown scaler of the target", () => fitted({ targetScaler: "max" as ScalerKind }), ConfigError, 'fitTable, targetScaler: got "max"'],
    ["a scaler of what is no feature", () => fitted({ scaler: { name: "robust" } }), ConfigError, 'fitTable, scaler: got no feature "name"'],
    ["an unknown policy", () => fitted({ missing: "mode" as "mean" }), ConfigError, 'fitTable, missing: got "mode"'],
    ["an unknown way with categories", () => fitted({ unknown: "skip" as "none" }), ConfigError, 'fitTable, unknown: got "skip"'],
    ["a gap", () => fitted({ missing: "error" }), DataFormatError, 'cars.csv, line 4, column "power": got no value, expected a value in every row'],
    ["a gap in the target", () => fitTable(cars, { target: "mpg", features: ["origin"] }), DataFormatError, 'cars.csv, line 5, column "mpg": got no value'],
    [
      "a column without values",
      () => fitTable(table({ columns: { x: [null, null], y: [1, 2] } }), { target: "y", missing: "mean" }),
      DataFormatError,
      'table, column "x": got no value in any row',
    ],
    [
      "categories without values",
      () => fitTable(table({ columns: { x: ["a", null], y: [1, 2] } }), { target: "x", features: ["y"] }),
      DataFormatError,
      "no value",
    ],
    [
      "one class",
      () => fitTable(takeRows(train, [0, 2]), { target: "origin", features: ["mpg"] }),
      DataFormatError,
      'cars.csv, column "origin": got only the class "USA"',
    ],
    ["no rows", () => fitTable(takeRows(cars, []), { target: "mpg" }), ConfigError, "fitTable, cars.csv: got no rows"],
    [
      "too many categories",
      () => fitTable(wide, { target: "y" }),
      ConfigError,
      'table: got 70000 features, expected at most 65536\nHint: column "id" alone gives 70000',
    ],
    [
      "a mean beyond f64",
      () => fitTable(table({ columns: { x: [1.7e308, 1.6e308, null], y: [1, 2, 3] } }), { target: "y", scaler: "none", missing: "mean" }),
      NumericError,
      'table, column "x": got numbers whose mean is beyond f64',
    ],
    [
      "a spread beyond f64",
      () => fitTable(table({ columns: { x: [-1.7e308, 1.7e308], y: [1, 2] } }), { target: "y", scaler: "minMax" }),
      NumericError,
      'table, column "x": got numbers whose spread is beyond f64',
    ],
    [
      "a number beyond f32",
      () => encodeTable(table({ columns: { x: [1e39], y: [1] } }), fitTable(table({ columns: { x: [0], y: [1] } }), { target: "y" })),
      NumericError,
      'table, row 0, column "x": got 1e+39, which scaled is beyond f32',
    ],
    [
      "columns that are missing",
      () => encodeTable(selectColumns(cars, ["name"]), strict),
      ConfigError,
      'encodeTable, cars.csv: got no columns "origin", "power", "mpg"',
    ],
    ["a target that is missing", () => encodeTable(selectColumns(cars, ["origin", "power"]), strict), ConfigError, 'got no column "mpg"'],
    [
      "a gap in numbers at prediction",
      () => encodeTable(takeRows(gaps, [0, 2]), strict, { targets: false }),
      DataFormatError,
      'gaps.csv, line 4, column "power": got no value',
    ],
    ["a gap in words at prediction", () => encodeTable(gaps, strict, { targets: false }), DataFormatError, 'gaps.csv, line 3, column "origin": got no value'],
    [
      "a category that training did not see",
      () => encodeTable(takeRows(cars, [3]), strict, { targets: false }),
      DataFormatError,
      'cars.csv, line 5, column "origin": got "Europe", expected one of "Japan", "USA"',
    ],
    [
      "a class that training did not see",
      () => encodeTable(takeRows(cars, [3]), fitted({ target: "origin", features: ["name"], unknown: "none" })),
      DataFormatError,
      'cars.csv, line 5, column "origin": got "Europe", expected one of "Japan", "USA"',
    ],
    [
      "words where numbers were",
      () => encodeTable(parseCsv("origin,power\nUSA,strong\n"), strict, { targets: false }),
      DataFormatError,
      'CSV, line 2, column "power": got "strong", expected a number, as in training',
    ],
    [
      "a label that no class has",
      () => decodeTarget([2], fitted({ target: "origin", features: ["mpg"] })),
      ConfigError,
      "decodeTarget: got label 2, expected an integer from 0 to 1",
    ],
    ["no rows to encode", () => encodeTable(takeRows(cars, []), strict), ShapeError, "encodeTable, cars.csv: got no rows"],
  ])("refuses %s", (_, make, type, message) => {
    expect(make).toThrow(type);
    expect(make).toThrow(message);
  });
});
