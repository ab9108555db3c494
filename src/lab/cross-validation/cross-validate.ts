/** Cross-validation. @module */
import type { Fold } from "../../data/folds/index.ts";
import { ConfigError } from "../../errors.ts";
import type { Prediction } from "../../model/evaluate/evaluator.ts";
import { OutOfFold } from "./predictions.ts";
import type { FoldedData, Recipe } from "./recipe.ts";
import { type FoldResult, runFold } from "./run-fold.ts";
import { type FoldedScore, summarizeFolds } from "./scores.ts";

/** What {@link crossValidate} takes. */
export interface CrossValidationOptions extends Recipe {
  /** What the folds divide, or a function that gives a fold's two parts. */
  readonly data: FoldedData;
  /** From `kFold`, `stratifiedKFold` and the like. */
  readonly folds: readonly Fold[];
  /** Fold i (from 0, over all repetitions) makes its model with seed + i. Default 0. */
  readonly seed?: number;
  /** Ends it with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called, and awaited, after each fold. */
  readonly onFold?: (result: FoldResult) => void | Promise<void>;
}

/** What {@link crossValidate} resolves to. */
export interface CrossValidation {
  readonly folds: readonly FoldResult[];
  /** The loss and every metric that the model was compiled with, by name. */
  readonly scores: Readonly<Record<string, FoldedScore>>;
  /**
   * For each sample, in the order of the data, what networks predict that were not trained on it: the mean over the folds that tested it (repetitions), NaN where none did (the first
   * samples of a series). As `predict` gives it.
   */
  readonly predictions: Prediction;
}

/**
 * Trains a new model for each fold and scores it on the part that was held out. The model is made, and what is prepared is measured, with the fold's training part only.
 * The result depends on data, folds, `seed` and the recipe alone.
 * @throws ConfigError for no folds, or a part without samples; what the recipe, `fit` and `evaluate` throw; the signal's reason
 * @example
 * const { scores } = await crossValidate({ data, folds: stratifiedKFold(data), make, fit: { epochs: 5 } });
 * console.log(scores.accuracy.mean, scores.accuracy.low, scores.accuracy.high);
 */
export async function crossValidate(options: CrossValidationOptions): Promise<CrossValidation> {
  const { data, folds, seed = 0, signal, onFold, ...recipe } = options;
  checkFolds("crossValidate", folds);
  const results: FoldResult[] = [];
  const outOfFold = new OutOfFold(folds[0].length);
  for (const [number, fold] of folds.entries()) {
    const { result, predictions } = await runFold(recipe, { where: "crossValidate", data, fold, number, seed: seed + number, signal, predicts: true });
    if (predictions !== null) outOfFold.add(fold, predictions);
    results.push(result);
    await onFold?.(result);
  }
  return { folds: results, scores: summarizeFolds(results), predictions: outOfFold.means() };
}

/** @throws ConfigError for no folds, or folds of different data */
export function checkFolds(where: string, folds: readonly Fold[]): void {
  if (folds.length === 0) throw new ConfigError({ where, got: "no folds", expected: "at least one, as of kFold(data)" });
  const other = folds.find(({ length }) => length !== folds[0].length);
  if (other !== undefined)
    throw new ConfigError({ where, got: `folds of ${folds[0].length} and of ${other.length} samples`, expected: "folds of the same data" });
}
