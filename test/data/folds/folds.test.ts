/** Folds: what holds for all of them, whatever the data. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Dataset,
  dataset,
  type Fold,
  groupKFold,
  kFold,
  repeatedKFold,
  repeatedStratifiedKFold,
  stratifiedKFold,
  timeFolds,
} from "../../../src/data/index.ts";
import { ConfigError, ShapeError } from "../../../src/errors.ts";

const numbered = (labels: ArrayLike<number>): Dataset =>
  dataset({ x: new Float32Array(labels.length).map((_, i) => i), y: Int32Array.from(labels), sampleShape: [1] });
const seeds = fc.integer({ min: 0, max: 2 ** 40 });

/** Test parts cover every sample once; in each fold the two parts are disjoint and together all. */
function expectPartition(folds: readonly Fold[], n: number): void {
  const tested = folds.flatMap(({ test }) => [...test]);
  expect(tested.toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  for (const { train, test, length } of folds) {
    expect(length).toBe(n);
    expect([...train, ...test].toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    expect([...train]).toEqual([...train].toSorted((a, b) => a - b));
    expect([...test]).toEqual([...test].toSorted((a, b) => a - b));
  }
}

const sizes = (folds: readonly Fold[]): number[] => folds.map(({ test }) => test.length);
const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
const plain = (folds: readonly Fold[]): number[][][] => folds.map(({ train, test }) => [[...train], [...test]]);

/** Labels of which each class has at least `splits` samples. */
const stratifiable = fc
  .record({ splits: fc.integer({ min: 2, max: 6 }), extra: fc.array(fc.nat(9), { minLength: 1, maxLength: 5 }), seed: seeds })
  .chain(({ splits, extra, seed }) => {
    const labels = extra.flatMap((more, label) => Array.from({ length: splits + more }, () => 3 * label));
    return fc.shuffledSubarray(labels, { minLength: labels.length }).map((shuffled) => ({ labels: shuffled, splits, seed }));
  });

describe("kFold", () => {
  it("covers everything once, in folds of even sizes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 2, max: 60 }), seeds, fc.boolean(), (n, k, seed, shuffle) => {
        const splits = Math.min(n, k);
        const folds = kFold(n, { splits, seed, shuffle });
        expect(folds).toHaveLength(splits);
        expectPartition(folds, n);
        expect(spread(sizes(folds))).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("is the same for a seed, and another for another", () => {
    expect(plain(kFold(100, { seed: 3 }))).toEqual(plain(kFold(100, { seed: 3 })));
    expect(plain(kFold(100, { seed: 3 }))).not.toEqual(plain(kFold(100, { seed: 4 })));
    expect(plain(kFold(numbered(new Array(20).fill(0)), { seed: 3 }))).toEqual(plain(kFold(20, { seed: 3 })));
  });

  it("mixes: data that are sorted by class give no fold of one class", () => {
    for (const { test } of kFold(100)) expect([...test].filter((i) => i < 50).length).toSatisfy((count: number) => count > 0 && count < 20);
  });

  it("divides a dataset, also one that is part of another", () => {
    const data = numbered([0, 1, 0, 1, 0, 1]).subset([5, 4, 3, 2]);
    const [fold] = kFold(data, { splits: 2, shuffle: false });
    const [train, test] = fold.split(data);
    expect([train.sample(0)[0], train.sample(1)[0], test.sample(0)[0], test.sample(1)[0]]).toEqual([3, 2, 5, 4]);
    expect(() => fold.split(data.take(3))).toThrow(ShapeError);
  });
});

describe("stratifiedKFold", () => {
  it("gives every fold of each class its share, up to one sample, and even sizes", () => {
    fc.assert(
      fc.property(stratifiable, fc.boolean(), ({ labels, splits, seed }, shuffle) => {
        const folds = stratifiedKFold(labels, { splits, seed, shuffle });
        expectPartition(folds, labels.length);
        expect(spread(sizes(folds))).toBeLessThanOrEqual(1);
        for (const label of new Set(labels)) {
          const share = labels.filter((other) => other === label).length / splits;
          for (const { test } of folds) expect(Math.abs([...test].filter((i) => labels[i] === label).length - share)).toBeLessThan(1);
        }
      }),
    );
  });

  it("is the same for a seed, and another for another", () => {
    fc.assert(
      fc.property(stratifiable, ({ labels, splits, seed }) => {
        expect(plain(stratifiedKFold(labels, { splits, seed }))).toEqual(plain(stratifiedKFold(numbered(labels), { splits, seed })));
      }),
    );
    const labels = Array.from({ length: 60 }, (_, i) => i % 3);
    expect(plain(stratifiedKFold(labels, { seed: 1 }))).not.toEqual(plain(stratifiedKFold(labels, { seed: 2 })));
  });
});

describe("repeated folds", () => {
  it("cover everything once in every repetition, each in another way", () => {
    fc.assert(
      fc.property(stratifiable, fc.integer({ min: 1, max: 4 }), ({ labels, splits, seed }, repeats) => {
        for (const folds of [repeatedKFold(labels.length, { splits, repeats, seed }), repeatedStratifiedKFold(labels, { splits, repeats, seed })]) {
          expect(folds.map(({ repeat }) => repeat)).toEqual(Array.from({ length: splits * repeats }, (_, i) => Math.floor(i / splits)));
          for (let r = 0; r < repeats; r++) expectPartition(folds.slice(r * splits, (r + 1) * splits), labels.length);
        }
      }),
    );
    const labels = Array.from({ length: 60 }, (_, i) => i % 3);
    for (const folds of [repeatedKFold(60, { repeats: 2 }), repeatedStratifiedKFold(labels, { repeats: 2 })])
      expect(plain(folds.slice(0, 5))).not.toEqual(plain(folds.slice(5)));
  });

  it("begin with what one division gives", () => {
    const labels = Array.from({ length: 30 }, (_, i) => i % 3);
    expect(plain(repeatedKFold(30, { repeats: 3, seed: 7 }).slice(0, 5))).toEqual(plain(kFold(30, { seed: 7 })));
    expect(plain(repeatedStratifiedKFold(labels, { repeats: 3, seed: 7 }).slice(0, 5))).toEqual(plain(stratifiedKFold(labels, { seed: 7 })));
  });

  it("10 times 5 by default", () => {
    expect(repeatedKFold(10)).toHaveLength(50);
    expect(repeatedStratifiedKFold([0, 0, 0, 0, 0])).toHaveLength(50);
  });
});

describe("groupKFold", () => {
  it("never divides a group, and keeps sizes within the largest one", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 80 }),
        fc.integer({ min: 2, max: 6 }),
        seeds,
        fc.boolean(),
        (groups, k, seed, shuffle) => {
          const distinct = new Set(groups);
          fc.pre(distinct.size >= k);
          const folds = groupKFold(groups, { splits: k, seed, shuffle });
          expectPartition(folds, groups.length);
          for (const { train, test } of folds) {
            const tested = new Set([...test].map((i) => groups[i]));
            expect([...train].some((i) => tested.has(groups[i]))).toBe(false);
          }
          // Greedy: when the fullest fold got its last group it was the emptiest.
          const largest = Math.max(...[...distinct].map((group) => groups.filter((other) => other === group).length));
          expect(spread(sizes(folds))).toBeLessThanOrEqual(largest);
        },
      ),
    );
  });

  it("takes names, and is the same for a seed", () => {
    const groups = Array.from({ length: 40 }, (_, i) => `patient ${i % 10}`);
    expect(plain(groupKFold(groups, { seed: 1 }))).toEqual(plain(groupKFold(groups, { seed: 1 })));
    expect(plain(groupKFold(groups, { seed: 1 }))).not.toEqual(plain(groupKFold(groups, { seed: 2 })));
    expect(sizes(groupKFold(groups))).toEqual([8, 8, 8, 8, 8]);
  });
});

describe("timeFolds", () => {
  it("trains before it tests, behind the gap, in windows that grow or slide", () => {
    fc.assert(
      fc.property(
        fc.record({
          n: fc.integer({ min: 3, max: 120 }),
          splits: fc.integer({ min: 2, max: 8 }),
          gap: fc.nat(5),
          testSize: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
          maxTrainSize: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
        }),
        ({ n, splits, gap, testSize, maxTrainSize }) => {
          const size = testSize ?? Math.floor(n / (splits + 1));
          fc.pre(size > 0 && n - splits * size - gap > 0);
          const folds = timeFolds(n, { splits, gap, testSize, maxTrainSize });
          expect(folds.flatMap(({ test }) => [...test])).toEqual(Array.from({ length: splits * size }, (_, i) => n - splits * size + i));
          for (const { train, test } of folds) {
            const end = test[0] - gap;
            const from = maxTrainSize === undefined ? 0 : Math.max(0, end - maxTrainSize);
            expect([...train]).toEqual(Array.from({ length: end - from }, (_, i) => from + i));
          }
        },
      ),
    );
  });
});

it("without shuffling they are scikit-learn's", () => {
  const golden = JSON.parse(readFileSync(new URL("golden.json", import.meta.url), "utf8"));
  for (const { n, splits, folds } of golden.kFold) expect(plain(kFold(n, { splits, shuffle: false }))).toEqual(folds);
  for (const { labels, splits, folds } of golden.stratifiedKFold) expect(plain(stratifiedKFold(labels, { splits, shuffle: false }))).toEqual(folds);
  for (const { groups, splits, folds } of golden.groupKFold) expect(plain(groupKFold(groups, { splits }))).toEqual(folds);
  for (const { n, options, folds } of golden.timeFolds) expect(plain(timeFolds(n, options))).toEqual(folds);
  expect(golden.timeFolds.length + golden.groupKFold.length + golden.stratifiedKFold.length + golden.kFold.length).toBe(17);
});

const regression = dataset({ x: [[1], [2], [3]], y: Float32Array.of(1, 2, 3) });

it.each<[string, () => unknown, new (...args: never[]) => Error, RegExp]>([
  ["one fold", () => kFold(10, { splits: 1 }), ConfigError, /kFold: got splits = 1, expected an integer, 2 or more/],
  ["half a fold", () => kFold(10, { splits: 2.5 }), ConfigError, /splits = 2.5/],
  ["more folds than samples", () => kFold(3, { splits: 4 }), ConfigError, /got 4 folds of 3 samples, expected at most 3 folds/],
  ["half a sample", () => kFold(3.5), ConfigError, /length = 3.5/],
  ["more folds than samples, repeated", () => repeatedKFold(3), ConfigError, /repeatedKFold: got 5 folds of 3 samples/],
  ["no repetitions", () => repeatedKFold(30, { repeats: 0 }), ConfigError, /repeats = 0/],
  ["no repetitions of classes", () => repeatedStratifiedKFold([0, 0], { splits: 2, repeats: 0 }), ConfigError, /repeats = 0/],
  [
    "folds larger than a class",
    () => stratifiedKFold([0, 0, 0, 7, 7, 0], { splits: 3 }),
    ConfigError,
    /got 3 folds, and class 7 with 2 samples.*\n.*at most 2 folds/,
  ],
  ["a class of one", () => stratifiedKFold([0, 0, 0, 7], { splits: 2 }), ConfigError, /class 7 with 1 sample, .*\n.*kFold, or leave the class out/],
  ["the same, repeated", () => repeatedStratifiedKFold([0, 0, 0, 7], { splits: 2 }), ConfigError, /repeatedStratifiedKFold: got 2 folds, and class 7/],
  ["one stratified fold", () => stratifiedKFold([0, 0], { splits: 1 }), ConfigError, /splits = 1/],
  ["classes of numbers", () => stratifiedKFold(regression, { splits: 2 }), ConfigError, /targets that are floats/],
  ["a label that is none", () => stratifiedKFold([0, 0.5], { splits: 2 }), ConfigError, /label 0.5 of sample 1/],
  ["more folds than groups", () => groupKFold(["a", "b", "a"], { splits: 3 }), ConfigError, /got 3 folds of 2 groups/],
  ["a group that is none", () => groupKFold([1, Number.NaN], { splits: 2 }), ConfigError, /group NaN of sample 1/],
  ["too few samples for time", () => timeFolds(5), ConfigError, /got 5 samples for 5 folds, expected at least 6/],
  [
    "a gap over everything",
    () => timeFolds(12, { splits: 2, testSize: 3, gap: 6 }),
    ConfigError,
    /got 12 samples for 2 folds of 3 to test, a gap of 6, expected at least 13/,
  ],
  ["tests of nothing", () => timeFolds(12, { testSize: 0 }), ConfigError, /testSize = 0/],
  ["a window of nothing", () => timeFolds(12, { maxTrainSize: 0 }), ConfigError, /maxTrainSize = 0/],
  ["a negative gap", () => timeFolds(12, { gap: -1 }), ConfigError, /gap = -1/],
  ["one fold in time", () => timeFolds(12, { splits: 1 }), ConfigError, /splits = 1/],
])("refuses %s", (_, make, kind, message) => {
  expect(make).toThrow(kind);
  expect(make).toThrow(message);
});
