/** What statistics refuse. */
import { expect, it, describe as suite } from "vitest";
import { ConfigError, NumericError, ShapeError } from "../../../src/errors.ts";
import * as statistics from "../../../src/lab/statistics/index.ts";

const { twoLevelBootstrap, twoLevelComparison, mcnemar, friedman, nemenyi, spearman, kendall, timeToTarget, performanceProfile, sensitivity } = statistics;
const ofOne: [string, (values: number[]) => unknown][] = [
  ["describe", statistics.describe],
  ["quantile", (values) => statistics.quantile(values, 0.5)],
  ["bootstrapMean", (values) => statistics.bootstrapMean(values)],
  ["signFlipTest", (values) => statistics.signFlipTest(values)],
  ["wilcoxonSignedRank", statistics.wilcoxonSignedRank],
  ["pairedT", (values) => statistics.pairedT(values)],
];

suite.each(ofOne)("%s", (_, statistic) => {
  it("refuses no values", () => {
    expect(() => statistic([])).toThrow(ConfigError);
  });
  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses %d, and says where it is", (bad) => {
    expect(() => statistic([1, 2, bad])).toThrow(NumericError);
    expect(() => statistic([1, 2, bad])).toThrow(/value 2/);
  });
});

const bits = (...rows: number[][]): Uint8Array[] => rows.map((row) => Uint8Array.from(row));

it.each<[string, () => unknown, new (...args: never[]) => Error, RegExp]>([
  ["a quantile beyond 1", () => statistics.quantile([1], 1.5), ConfigError, /p 1.5/],
  ["one difference", () => statistics.pairedT([1]), ConfigError, /at least 2/],
  ["no part of the training samples", () => statistics.pairedT([1, 2], { testPerTraining: -1 }), ConfigError, /testPerTraining -1/],
  ["no replicates", () => statistics.bootstrapMean([1, 2], { replicates: 0 }), ConfigError, /replicates 0/],
  ["a confidence of 1", () => statistics.bootstrapMean([1, 2], { confidence: 1 }), ConfigError, /confidence 1/],
  ["no seeds", () => twoLevelBootstrap({ a: [] }), ConfigError, /0 seeds/],
  ["no images", () => twoLevelBootstrap({ a: bits([]) }), ConfigError, /0 images/],
  ["one image", () => twoLevelBootstrap({ a: bits([1], [0]) }), ConfigError, /one image/],
  ["fewer seeds", () => twoLevelBootstrap({ a: bits([1, 0], [0, 1]), b: bits([1, 0]) }), ShapeError, /competitor 1: got 1 seeds, expected 2/],
  ["fewer images", () => twoLevelBootstrap({ a: bits([1, 0], [1]) }), ShapeError, /competitor 0, seed 1: got 1 images, expected 2/],
  ["packed bits", () => twoLevelBootstrap({ a: bits([1, 7]) }), ConfigError, /image 1: got 7/],
  ["no competitors", () => twoLevelComparison([]), ConfigError, /0 competitors/],
  ["a competitor that is not there", () => twoLevelComparison([bits([1, 0])]).difference(0, 1), ConfigError, /competitor 1, expected 0 to 0/],
  ["other images", () => mcnemar([1, 0], [1]), ShapeError, /2 and 1 images/],
  ["no images for McNemar", () => mcnemar([], []), ConfigError, /0 values/],
  ["no p-values", () => statistics.holm([]), ConfigError, /no p-values/],
  ["a p-value above 1", () => statistics.holm([0.1, 1.1]), ConfigError, /p-value 1: got 1.1/],
  ["a p-value that is none", () => statistics.holm([Number.NaN]), ConfigError, /got NaN/],
  ["one block", () => friedman([[1, 2]]), ConfigError, /1 rows/],
  ["one competitor", () => nemenyi([[1], [2]]), ConfigError, /at least 2/],
  ["uneven blocks", () => friedman([[1, 2], [1]]), ShapeError, /row 1/],
  [
    "a block with NaN",
    () =>
      nemenyi([
        [1, 2],
        [1, Number.NaN],
      ]),
    NumericError,
    /row 1: value 1/,
  ],
  ["unequal lengths", () => spearman([1, 2], [1]), ShapeError, /2 and 1/],
  ["one pair", () => kendall([1], [1]), ConfigError, /1 values/],
  ["an accuracy in percent", () => statistics.noiseFloor(98, 10_000), ConfigError, /accuracy 98/],
  ["no test images", () => statistics.noiseFloor(0.98, 0), ConfigError, /images 0/],
  ["no runs", () => timeToTarget([], 0.9), ConfigError, /no runs/],
  [
    "a run that goes back",
    () =>
      timeToTarget(
        [
          [
            { at: 2, value: 0 },
            { at: 1, value: 1 },
          ],
        ],
        0.9,
      ),
    ConfigError,
    /1 after 2/,
  ],
  ["no problems", () => performanceProfile([[]]), ConfigError, /0 problems/],
  ["uneven problems", () => performanceProfile([[1, 2], [1]]), ShapeError, /competitor 1/],
  ["a time of 0", () => performanceProfile([[0]]), NumericError, /competitor 0, problem 0/],
  ["no ratio", () => performanceProfile([[1]], { within: 1 }), ConfigError, /within 1/],
  ["no rates", () => sensitivity([]), ConfigError, /no rates/],
  ["a rate of 0", () => sensitivity([{ rate: 0, values: [1] }]), ConfigError, /rate 0/],
  [
    "a rate twice",
    () =>
      sensitivity([
        { rate: 1, values: [1] },
        { rate: 1, values: [1] },
      ]),
    ConfigError,
    /twice/,
  ],
])("refuses %s", (_, call, kind, message) => {
  expect(call).toThrow(kind);
  expect(call).toThrow(message);
});
