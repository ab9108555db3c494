/** Metrics against scikit-learn's, and how they are often got wrong: each must be seen. */
import { describe, expect, it } from "vitest";
import type { Accumulator, Metric, MetricInputs } from "../../src/index.ts";
import { classificationReport, confusionMatrix, measure } from "../../src/index.ts";
import { bound, type Case, cases, distanceOf, golden, type Makers, metricNamed, ours, wrong } from "./golden.ts";

describe("as scikit-learn", () => {
  it.each(cases)("%s", (_, one) => {
    expect(wrong(one)).toEqual([]);
  });

  it.each(cases.filter(([, { report }]) => report !== undefined))("confusion and report of %s", (_, { yTrue, yPred, report }) => {
    const confusion = confusionMatrix(yTrue, yPred);
    expect(confusion).toEqual(report?.confusion);
    const { classes, macro, weighted, accuracy } = classificationReport(confusion);
    const rows = [...classes, macro, weighted].map(({ precision, recall, f1 }) => [precision, recall, f1]);
    const expected = [...(report?.classes ?? []), report?.macro ?? [], report?.weighted ?? []];
    expect(classes.map(({ support }) => support)).toEqual(report?.classes.map((row) => row[3]));
    for (const [i, row] of rows.entries()) for (const [j, value] of row.entries()) expect(distanceOf(value, expected[i][j])).toBeLessThanOrEqual(bound("f1"));
    expect(accuracy).toBe(measure("accuracy", yTrue, yPred));
  });
});

describe("for any batch split", () => {
  /** Numbers that are the same in every run. */
  function* draws(): Generator<number> {
    for (let state = 1; ; ) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      yield state / 2 ** 32;
    }
  }
  const draw = draws();
  const below = (n: number): number => Math.floor((draw.next().value as number) * n);

  it.each(cases)("the bits are the same: %s", (_, one) => {
    for (const name of Object.keys(one.values)) {
      const metric = metricNamed(name);
      const whole = measure(metric, one.yTrue, one.yPred);
      for (let trial = 0; trial < 6; trial++) expect(split(metric, one, below), name).toBe(whole);
    }
  });
});

/** The value of samples that come in batches of random size, with a state that is taken and put back on the way. */
function split(metric: Metric, { yTrue, yPred }: Case, below: (n: number) => number): number {
  const n = yTrue.length;
  const flat = (rows: number[] | number[][]): Float64Array => Float64Array.from(rows.flat());
  const shapeOf = (rows: number[] | number[][]): number[] => (Array.isArray(rows[0]) ? [rows[0].length] : []);
  const inputs: MetricInputs = { shape: shapeOf(yPred), targetShape: shapeOf(yTrue) };
  const [targets, predictions] = [flat(yTrue), flat(yPred)];
  const [wide, width] = [targets.length / n, predictions.length / n];
  const start = (): Accumulator => (metric.start as (inputs: MetricInputs) => Accumulator)(inputs);
  let accumulator = start();
  for (let from = 0; from < n; ) {
    const size = Math.min(n - from, below(4) === 0 ? 0 : 1 + below(n));
    // Memory is used again: what is behind the batch is of others.
    accumulator.add(targets.subarray(from * wide), predictions.subarray(from * width), size);
    from += size;
    if (below(3) === 0) {
      const state = accumulator.state();
      accumulator = start();
      accumulator.restore(state);
    }
  }
  return accumulator.result();
}

describe("a mistake is seen", () => {
  /** A metric from arrays at once. */
  const whole = (measured: (y: number[], p: number[][]) => number): Metric => ({
    name: "wrong",
    start({ shape }) {
      const width = shape[0] ?? 1;
      const [y, p]: [number[], number[][]] = [[], []];
      return {
        add(targets, predictions, n) {
          for (let i = 0; i < n; i++) {
            y.push(targets[i]);
            p.push(Array.from({ length: width }, (_, j) => predictions[i * width + j]));
          }
        },
        result: () => measured(y, p),
        state: () => new Float64Array(0),
        restore: () => undefined,
      };
    },
  });
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const said = (row: number[]): number => row.indexOf(Math.max(...row));
  const f1Of = (y: number[], p: number[][], c: number): number => {
    const right = y.filter((label, i) => label === c && said(p[i]) === c).length;
    const both = y.filter((label) => label === c).length + p.filter((row) => said(row) === c).length;
    return both === 0 ? 0 : (2 * right) / both;
  };
  const macro = (classes: (y: number[], p: number[][]) => number[]): Metric => whole((y, p) => mean(classes(y, p).map((c) => f1Of(y, p, c))));
  const every = (p: number[][]): number[] => p[0].map((_, c) => c);
  const pairs = (tie: number) =>
    whole((y, p) => {
      const of = (label: number): number[] => p.filter((_, i) => y[i] === label).map((row) => row[0]);
      return mean(of(1).flatMap((a) => of(0).map((b) => (a > b ? 1 : a === b ? tie : 0))));
    });
  const trapezoids = whole((y, p) => {
    const thresholds = [...new Set(p.map(([score]) => score))].sort((a, b) => b - a);
    const points = thresholds.map((t): [number, number] => {
      const above = y.filter((_, i) => p[i][0] >= t);
      const right = above.filter((label) => label === 1).length;
      return [right / y.filter((label) => label === 1).length, right / above.length];
    });
    return [[0, 1] as [number, number], ...points].slice(1).reduce((sum, [r, q], i) => {
      const [r0, q0] = i === 0 ? [0, 1] : points[i - 1];
      return sum + ((r - r0) * (q + q0)) / 2;
    }, 0);
  });
  const errors = (edge: (c: number, bins: number) => number, power: number) => (bins: string) =>
    whole((y, p) => {
      const found = new Map<number, { right: number; sum: number }>();
      for (const [i, row] of p.entries()) {
        const c = Math.max(...row);
        const bin = found.get(edge(c, Number(bins))) ?? { right: 0, sum: 0 };
        bin.right += y[i] === said(row) ? 1 : 0;
        bin.sum += c;
        found.set(edge(c, Number(bins)), bin);
      }
      return [...found.values()].reduce((total, { right, sum }) => total + Math.abs(right - sum) ** power, 0) / y.length;
    });
  const top =
    (ahead: (score: number, other: number, c: number, label: number) => boolean, more = 0) =>
    (k: string) =>
      whole((y, p) => mean(y.map((label, i) => (p[i].filter((other, c) => ahead(p[i][label], other, c, label)).length < Number(k) + more ? 1 : 0))));
  const spread = (count: (n: number) => number, floor: number) =>
    whole((y, p) => {
      const m = mean(y);
      const total = mean(y.map((v) => (v - m) ** 2)) * (y.length / count(y.length));
      const error = mean(y.map((v, i) => (v - p[i][0]) ** 2));
      return y.length < 2 ? Number.NaN : total === 0 ? (error === 0 ? 1 : floor) : 1 - error / total;
    });
  const squares = whole((y, p) => {
    const [sum, square] = [mean(y), mean(y.map((v) => v * v))];
    const error = mean(y.map((v, i) => (v - p[i][0]) ** 2));
    return y.length < 2 ? Number.NaN : square - sum * sum === 0 ? (error === 0 ? 1 : 0) : 1 - error / (square - sum * sum);
  });

  const mistakes: [string, keyof typeof golden & string, Makers][] = [
    ["k + 1 answers", "several", { topKAccuracy: top((score, other) => other > score, 1) }],
    ["equal scores all count", "several", { topKAccuracy: top((score, other) => other > score) }],
    ["the earlier of equal scores first", "several", { topKAccuracy: top((score, other, c, label) => other > score || (other === score && c < label)) }],
    ["macro over all classes", "several", { f1: (option) => (option === "macro" ? macro((_, p) => every(p)) : ours.f1(option)) }],
    ["macro over targets only", "several", { f1: (option) => (option === "macro" ? macro((y) => [...new Set(y)]) : ours.f1(option)) }],
    [
      "macro F1 of macro precision and recall",
      "several",
      {
        f1: (option) =>
          option !== "macro"
            ? ours.f1(option)
            : whole((y, p) => {
                const [a, b] = [measure(metricNamed("precision/macro"), y, p), measure(metricNamed("recall/macro"), y, p)];
                return a + b === 0 ? 0 : (2 * a * b) / (a + b);
              }),
      },
    ],
    ["precision for recall", "several", { recall: ours.precision }],
    ["ties count for the class", "single", { rocAuc: () => pairs(1) }],
    ["ties count against it", "single", { rocAuc: () => pairs(0) }],
    ["lines between the points of precision", "single", { prAuc: () => trapezoids }],
    [
      "at least the threshold",
      "single",
      { binaryAccuracy: (t) => whole((y, p) => mean(y.map((label, i) => (Number(p[i][0] >= Number(t || 0.5)) === label ? 1 : 0)))) },
    ],
    ["bins closed on the left", "several", { calibrationError: errors((c, bins) => Math.floor(c * bins), 1) }],
    ["squared calibration errors", "several", { calibrationError: errors((c, bins) => Math.ceil(c * bins), 2) }],
    [
      "the probability of class 1 as confidence",
      "single",
      {
        calibrationError: (bins) =>
          whole((y, p) => {
            const found = new Map<number, number>();
            for (const [i, [q]] of p.entries()) found.set(Math.ceil(q * Number(bins)), (found.get(Math.ceil(q * Number(bins))) ?? 0) + y[i] - q);
            return [...found.values()].reduce((sum, d) => sum + Math.abs(d), 0) / y.length;
          }),
      },
    ],
    ["the variance of a sample", "numbers", { r2: () => spread((n) => n - 1, 0) }],
    ["constant targets as -infinity", "numbers", { r2: () => spread((n) => n, Number.NEGATIVE_INFINITY) }],
    ["mean of squares less square of the mean", "numbers", { r2: () => squares }],
    ["the root of the mean squared error", "numbers", { mse: () => whole((y, p) => Math.sqrt(mean(y.map((v, i) => (v - p[i][0]) ** 2)))) }],
    ["the sum of absolute errors", "numbers", { mae: () => whole((y, p) => y.reduce((sum, v, i) => sum + Math.abs(v - p[i][0]), 0)) }],
  ];

  it.each(mistakes)("%s", (_, kind, makers) => {
    const cases = golden[kind as "single"].filter(({ yTrue }) => !Array.isArray(yTrue[0]));
    const found = cases.flatMap((one) =>
      wrong({ ...one, values: Object.fromEntries(Object.entries(one.values).filter(([name]) => name.split("/")[0] in makers)) }, makers),
    );
    expect(found.length).toBeGreaterThan(0);
  });
});
