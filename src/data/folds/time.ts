/** Folds in the order of time. @module */
import { ConfigError } from "../../errors.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { Fold } from "./fold.ts";
import { checkCount, checkLength } from "./options.ts";

/** Options of {@link timeFolds}. */
export interface TimeFoldOptions {
  /** Number of folds, 2 or more. Default 5. */
  splits?: number;
  /** Samples of each test part. Default floor(samples / (splits + 1)). */
  testSize?: number;
  /** The most samples to train on: the window slides. Default none: it grows from the first sample. */
  maxTrainSize?: number;
  /** Samples left out between the two parts, for targets or windows that reach ahead. Default 0. */
  gap?: number;
}

/**
 * Folds of data in the order of time: each trains on what comes before what it tests (scikit-learn's `TimeSeriesSplit`). The test parts follow one
 * another and end with the last sample; the first samples are in none.
 * @param data in the order of time, or its number of samples
 * @throws ConfigError for fewer than 2 folds, options out of range, or too few samples to train the first fold
 */
export function timeFolds(data: Dataset | number, options: TimeFoldOptions = {}): Fold[] {
  const where = "timeFolds";
  const n = typeof data === "number" ? data : data.length;
  const { splits = 5, gap = 0, maxTrainSize } = options;
  checkLength(where, n);
  checkCount(where, "splits", splits, 2);
  checkCount(where, "gap", gap, 0);
  if (maxTrainSize !== undefined) checkCount(where, "maxTrainSize", maxTrainSize, 1);
  const testSize = options.testSize ?? Math.floor(n / (splits + 1));
  if (options.testSize !== undefined || n > splits) checkCount(where, "testSize", testSize, 1);
  const first = n - splits * testSize;
  if (testSize < 1 || first - gap < 1) {
    const least = splits * Math.max(1, options.testSize ?? 1) + gap + 1;
    throw new ConfigError({
      where,
      got: `${n} samples for ${splits} folds${options.testSize === undefined ? "" : ` of ${testSize} to test`}${gap === 0 ? "" : `, a gap of ${gap}`}`,
      expected: `at least ${least}, so that the first fold has one to train on`,
      hint: "use fewer folds, a smaller testSize or gap, or more data",
    });
  }
  return Array.from({ length: splits }, (_, k) => {
    const testFrom = first + k * testSize;
    const trainTo = testFrom - gap;
    return new Fold(range(Math.max(0, trainTo - (maxTrainSize ?? trainTo)), trainTo), range(testFrom, testFrom + testSize), n);
  });
}

const range = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, i) => from + i);
