/** Small cases whose answers can be worked out by hand. */
import { expect, it } from "vitest";
import {
  averageRanks,
  bootstrapMean,
  friedman,
  kendall,
  mcnemar,
  nemenyi,
  pairedT,
  performanceProfile,
  sensitivity,
  shapley,
  signFlipTest,
  spearman,
  timeToTarget,
  twoLevelBootstrap,
  twoLevelComparison,
  wilcoxonSignedRank,
} from "../../../src/lab/statistics/index.ts";

it("five seeds cannot be significant at 5 %, six can", () => {
  expect(signFlipTest([1, 2, 3, 4, 5])).toMatchObject({ p: 0.0625, smallestP: 0.0625 });
  expect(signFlipTest([1, 2, 3, 4, 5, 6]).p).toBe(0.03125);
  expect(wilcoxonSignedRank([1, 2, 3, 4, 5])).toMatchObject({ p: 0.0625, smallestP: 0.0625 });
  // Zeros are no evidence: the test of ranks leaves them out.
  expect(wilcoxonSignedRank([0, 1, 2])).toMatchObject({ n: 2, smallestP: 0.5, p: 0.5 });
});

it("no difference at all is no evidence", () => {
  expect(signFlipTest([0, 0, 0]).p).toBe(1);
  expect(wilcoxonSignedRank([0, 0, 0]).p).toBe(1);
  expect(pairedT([0, 0, 0])).toMatchObject({ t: 0, p: 1, low: 0, high: 0 });
  expect(mcnemar([1, 0], [1, 0])).toEqual({ onlyA: 0, onlyB: 0, exactP: 1, midP: 1 });
  expect(
    friedman([
      [1, 1],
      [2, 2],
    ]),
  ).toMatchObject({ chiSquared: 0, p: 1, fP: 1 });
});

it("differences that are all the same leave the t test no doubt", () => {
  expect(pairedT([0.5, 0.5])).toMatchObject({ t: Number.POSITIVE_INFINITY, p: 0 });
});

it("ranks: the greatest is first, ties share; competitors within the critical difference are groups", () => {
  expect(averageRanks([[0.9, 0.8, 0.9]])).toEqual([1.5, 3, 1.5]);
  const agree = Array.from({ length: 30 }, () => [3, 1, 2, 0]);
  expect(nemenyi(agree).groups).toEqual([]);
  const { f, fP } = friedman(agree);
  expect([f, fP]).toEqual([Number.POSITIVE_INFINITY, 0]);
  // Two rows: CD = 2.569 sqrt(20 / 12) = 3.3 holds everything.
  expect(nemenyi(agree.slice(0, 2)).groups).toEqual([[0, 2, 1, 3]]);
});

it("correlations: orders that agree, that oppose, and none", () => {
  for (const correlation of [spearman, kendall]) {
    expect(correlation([1, 2, 3, 4], [10, 20, 30, 40])).toEqual({ value: 1, p: 2 / 24 });
    expect(correlation([1, 2, 3, 4], [4, 3, 2, 1]).value).toBe(-1);
    expect(correlation([1, 2, 3], [5, 5, 5])).toEqual({ value: null, p: null });
  }
});

it("a single value has no interval", () => {
  expect(bootstrapMean([0.5])).toEqual({ mean: 0.5, low: null, high: null });
});

it("bootstraps repeat, and another seed draws otherwise", () => {
  const values = [0.1, 0.5, 0.2, 0.9];
  expect(bootstrapMean(values)).toEqual(bootstrapMean(values));
  expect(bootstrapMean(values)).not.toEqual(bootstrapMean(values, { seed: 1 }));
});

it("the two-level bootstrap pairs seeds and images: what both share cancels", () => {
  const rows = Array.from({ length: 4 }, (_, s) => Uint8Array.from({ length: 50 }, (_, i) => ((i * 7 + s * 3) % 5 === 0 ? 0 : 1)));
  expect(twoLevelBootstrap({ a: rows, b: rows })).toMatchObject({ mean: 0, low: 0, high: 0 });
  const alone = twoLevelBootstrap({ a: rows });
  expect(alone.low).toBeLessThan(0.8);
  expect(alone.high).toBeGreaterThan(0.8);
});

it("a competitor that is mostly wrong mirrors one that is mostly right", () => {
  const right = Array.from({ length: 5 }, (_, s) => Uint8Array.from({ length: 200 }, (_, i) => ((i * 13 + s * 11) % 17 === 0 ? 0 : 1)));
  const wrong = right.map((row) => row.map((bit) => 1 - bit));
  const both = twoLevelComparison([right, wrong]);
  const [a, b] = [both.accuracy(0), both.accuracy(1)];
  expect(b.mean).toBeCloseTo(1 - a.mean, 12);
  expect(b.low).toBeCloseTo(1 - a.high, 12);
  expect(b.high).toBeCloseTo(1 - a.low, 12);
  expect(both.difference(0, 1).low).toBeCloseTo(2 * a.low - 1, 12);
});

it("accuracies stay within 0 and 1, and one seed speaks of images only", () => {
  const rows = [Uint8Array.from([1, 1, 1, 1, 1, 0])];
  const { low, high, components, degreesOfFreedom } = twoLevelBootstrap({ a: rows });
  expect(low).toBeGreaterThanOrEqual(0);
  expect(high).toBe(1);
  expect(components).toBeNull();
  expect(degreesOfFreedom).toBe(5);
});

it("time to a target: the first measurement at or above it; the median needs more than half of the runs", () => {
  const run = (...values: number[]) => values.map((value, i) => ({ at: 10 * (i + 1), value }));
  const runs = [run(0.5, 0.9, 0.8), run(0.2, 0.4, 0.95), run(0.1, 0.2, 0.3)];
  expect(timeToTarget(runs, 0.9)).toEqual({ times: [20, 30, null], reached: 2, median: 30 });
  expect(timeToTarget(runs, 0.92).median).toBeNull();
  // Even: between the two in the middle, if both are there.
  expect(timeToTarget(runs.slice(0, 2), 0.9).median).toBe(25);
  expect(timeToTarget([runs[0], runs[2]], 0.9).median).toBeNull();
});

it("performance profiles: shares of problems within a ratio of the best", () => {
  const [a, b] = performanceProfile([
    [10, 20, null, null],
    [20, 20, 5, null],
  ]);
  expect(a.points).toEqual([
    { ratio: 1, share: 0.5 },
    { ratio: 4, share: 0.5 },
  ]);
  expect(b.points).toEqual([
    { ratio: 1, share: 0.5 },
    { ratio: 2, share: 0.75 },
    { ratio: 4, share: 0.75 },
  ]);
  // Areas: 1/2, and 1/2 + (4 - 2) / 3 / 4.
  expect(a.score).toBeCloseTo(0.5, 12);
  expect(b.score).toBeCloseTo(0.5 + 2 / 12, 12);
});

it("sensitivity: what a rate of the grid loses, and how wide the good ones are", () => {
  const found = sensitivity([
    { rate: 0.1, values: [null, 0.9] },
    { rate: 0.001, values: [0.9, 0.9] },
    { rate: 0.01, values: [0.902, 0.904] },
  ]);
  expect(found.curve.map(({ rate, diverged }) => [rate, diverged])).toEqual([
    [0.001, 0],
    [0.01, 0],
    [0.1, 1],
  ]);
  expect(found.best.rate).toBe(0.01);
  expect(found.meanLoss).toBeCloseTo((0.003 + 0.453) / 3, 12);
  expect(found.decades).toBeCloseTo(1, 12);
});

it("Shapley values: what works together is shared, and the sum is the whole", () => {
  // The glove game: a left one (bit 0) and either of two right ones make a pair.
  const pairs = [0, 0, 0, 1, 0, 1, 0, 1];
  expect(shapley(pairs).map(({ value }) => value)).toEqual([2 / 3, 1 / 6, 1 / 6].map((x) => expect.closeTo(x, 12)));
  expect(shapley(pairs)[0]).toMatchObject({ first: 0, last: 1 });
  expect(shapley([3, 5])).toEqual([{ value: 2, first: 2, last: 2 }]);
  expect(() => shapley([1, 2, 3])).toThrow(/base-2 logarithm/);
});
