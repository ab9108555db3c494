/** Scores over folds. @module */
import { correctedResampledT } from "../statistics/resampled-t.ts";
import type { FoldResult } from "./run-fold.ts";

/** A score over all folds. */
export interface FoldedScore {
  /** Of each fold, in order. */
  readonly values: readonly number[];
  readonly mean: number;
  /** Over the folds, with n - 1; null for one. */
  readonly sd: number | null;
  /**
   * 95 % interval of the mean, by the corrected resampled t: the folds share training samples. It speaks of networks trained on so many samples. Null for one fold, or where a value is not
   * finite. Shares end at 0 and 1.
   */
  readonly low: number | null;
  readonly high: number | null;
}

/** Scores between 0 and 1, whatever they are of. */
const SHARES = /(accuracy|precision|recall|f1|auc|calibrationError)$/i;

/** Whether a score lies between 0 and 1, by its name. */
export const isShare = (name: string): boolean => SHARES.test(name);

/** Every score by name. */
export function summarizeFolds(folds: readonly FoldResult[]): Record<string, FoldedScore> {
  const names = Object.keys(folds[0]?.scores ?? {});
  const size = (pick: (fold: FoldResult) => number): number => folds.reduce((sum, fold) => sum + pick(fold), 0) / folds.length;
  const [trainSize, testSize] = [size(({ trainSamples }) => trainSamples), size(({ testSamples }) => testSamples)];
  return Object.fromEntries(
    names.map((name) => {
      const values = folds.map(({ scores }) => scores[name]);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      if (values.length < 2 || !values.every(Number.isFinite)) return [name, { values, mean, sd: null, low: null, high: null }];
      const { sd, low, high } = correctedResampledT(values, { trainSize, testSize });
      return [name, { values, mean, sd, ...(isShare(name) ? { low: Math.max(0, low), high: Math.min(1, high) } : { low, high }) }];
    }),
  );
}
