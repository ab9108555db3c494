/** The corrected resampled t: SciPy's figures, its refusals, and how often its intervals hold the truth. */
import { expect, it } from "vitest";
import { kFold, repeatedKFold } from "../../../src/data/index.ts";
import { ConfigError, NumericError } from "../../../src/errors.ts";
import { correctedResampledT, pairedT } from "../../../src/lab/statistics/index.ts";
import { fillNormal } from "../../../src/random.ts";

it("is what SciPy's t gives", () => {
  const { mean, standardError, degreesOfFreedom, low, high } = correctedResampledT([0.91, 0.93, 0.9, 0.95, 0.92], { trainSize: 80, testSize: 20 });
  expect(degreesOfFreedom).toBe(4);
  expect(mean).toBeCloseTo(0.922, 14);
  expect(standardError).toBeCloseTo(0.012903487900563925, 14);
  expect(low).toBeCloseTo(0.8861741741785003, 12);
  expect(high).toBeCloseTo(0.9578258258214998, 12);
});

it.each<[string, () => unknown, new (...args: never[]) => Error, RegExp]>([
  ["one score", () => correctedResampledT([1], { trainSize: 8, testSize: 2 }), ConfigError, /1 values, expected at least 2/],
  ["NaN", () => correctedResampledT([1, Number.NaN], { trainSize: 8, testSize: 2 }), NumericError, /value 1/],
  ["nothing to train on", () => correctedResampledT([1, 2], { trainSize: 0, testSize: 2 }), ConfigError, /trainSize 0/],
  ["a confidence of 1", () => correctedResampledT([1, 2], { trainSize: 8, testSize: 2, confidence: 1 }), ConfigError, /confidence 1/],
])("refuses %s", (_, run, kind, message) => {
  expect(run).toThrow(kind);
  expect(run).toThrow(message);
});

/** How often intervals hold the expected squared error of the mean of normal samples as a prediction: 1 + 1 / trained. */
function coverage(folds: (n: number, seed: number) => ReturnType<typeof kFold>, n: number): { corrected: number; naive: number } {
  const tries = 400;
  const held = { corrected: 0, naive: 0 };
  for (let seed = 0; seed < tries; seed++) {
    const x = new Float32Array(n);
    fillNormal(x, n, [seed, 7]);
    const parts = folds(n, seed);
    const scores = parts.map(({ train, test }) => {
      const mean = train.reduce((sum, i) => sum + x[i], 0) / train.length;
      return test.reduce((sum, i) => sum + (x[i] - mean) ** 2, 0) / test.length;
    });
    const [trainSize, testSize] = [parts[0].train.length, parts[0].test.length];
    const truth = 1 + 1 / trainSize;
    const holds = ({ low, high }: { low: number; high: number }): number => (low <= truth && truth <= high ? 1 / tries : 0);
    held.corrected += holds(correctedResampledT(scores, { trainSize, testSize }));
    held.naive += holds(pairedT(scores));
  }
  return held;
}

it("its intervals hold the truth where the naive ones do not: repetitions add folds, not samples", () => {
  const once = coverage((n, seed) => kFold(n, { seed }), 60);
  const repeated = coverage((n, seed) => repeatedKFold(n, { seed, repeats: 10 }), 60);
  console.log(
    `coverage of 95 % intervals, 5 folds: ${once.corrected.toFixed(3)} (naive ${once.naive.toFixed(3)}); 10 times: ${repeated.corrected.toFixed(3)} (naive ${repeated.naive.toFixed(3)})`,
  );
  expect(once.corrected).toBeGreaterThan(0.93);
  expect(repeated.corrected).toBeGreaterThan(0.88);
  expect(repeated.naive).toBeLessThan(0.7);
});
