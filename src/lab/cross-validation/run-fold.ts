/** One fold: trains on the one part, scores on the other. @module */
import type { Fold } from "../../data/folds/index.ts";
import { NumericError } from "../../errors.ts";
import type { Prediction } from "../../model/evaluate/evaluator.ts";
import { type FoldedData, partsOf, type Recipe } from "./recipe.ts";

/** What a fold gave. */
export interface FoldResult {
  /** From 0, over all folds. */
  readonly fold: number;
  /** Which repetition it belongs to, from 0. */
  readonly repeat: number;
  readonly trainSamples: number;
  readonly testSamples: number;
  /** Of the model's seed. */
  readonly seed: number;
  /** Loss and metrics on the test part, by name, as `evaluate` gives them. */
  readonly scores: Readonly<Record<string, number>>;
  /** Training time; null where the engine's clock stands still. */
  readonly seconds: number | null;
}

/** How a fold is run. */
export interface FoldRun {
  readonly where: string;
  readonly data: FoldedData;
  readonly fold: Fold;
  readonly number: number;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
  /** Whether the model's outputs on the test part are wanted. */
  readonly predicts: boolean;
}

/** Trains and scores. @throws what the recipe throws, the signal's reason */
export async function runFold(recipe: Recipe, run: FoldRun): Promise<{ result: FoldResult; predictions: Prediction | null }> {
  const { where, data, fold, number, seed, signal, predicts } = run;
  signal?.throwIfAborted();
  const { train, test } = partsOf(`${where}, fold ${number}`, data, fold, recipe);
  const model = await recipe.make(train, seed);
  try {
    const history = await model.fit(train, { ...recipe.fit, signal });
    signal?.throwIfAborted();
    const { metrics } = await model.evaluate(test);
    const predictions = predicts ? await model.predict<Prediction>(test) : null;
    const result = { fold: number, repeat: fold.repeat, trainSamples: train.length, testSamples: test.length, seed, scores: metrics, seconds: history.seconds };
    return { result, predictions };
  } finally {
    model.dispose();
  }
}

/** The same, but null where the loss is no longer finite. */
export async function runFoldIfFinite(recipe: Recipe, run: FoldRun): Promise<FoldResult | null> {
  try {
    return (await runFold(recipe, run)).result;
  } catch (error) {
    if (error instanceof NumericError) return null;
    throw error;
  }
}
