/** Choosing by cross-validation, and what the choice is worth. @module */
import { Fold } from "../../data/folds/index.ts";
import { ConfigError, NumericError } from "../../errors.ts";
import { checkFolds } from "./cross-validate.ts";
import type { FoldedData, Recipe } from "./recipe.ts";
import { type FoldResult, runFold, runFoldIfFinite } from "./run-fold.ts";
import { type FoldedScore, summarizeFolds } from "./scores.ts";

/** What {@link nestedSelection} takes. */
export interface NestedSelectionOptions {
  readonly data: FoldedData;
  /** What is chosen among, by name. */
  readonly candidates: Readonly<Record<string, Recipe>>;
  /** Folds for the estimate: nothing of a test part has a say in the choice. */
  readonly outer: readonly Fold[];
  /**
   * Folds that choose, of an outer fold's training part: positions are those within `outer.train`.
   * `({ train }) => stratifiedKFold(data.subset(train))`, `({ train }) => groupKFold([...train].map((i) => groups[i]))`
   */
  readonly inner: (outer: Fold) => readonly Fold[];
  /** The score by which a candidate is chosen. Default `"loss"`. */
  readonly metric?: string;
  /** Whether the smallest or the largest mean is best. Default `"min"` for a loss or an error, else `"max"`. */
  readonly goal?: "min" | "max";
  /** Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Called, and awaited, after each outer fold. */
  readonly onFold?: (choice: NestedChoice) => void | Promise<void>;
}

/** What an outer fold chose. */
export interface NestedChoice extends FoldResult {
  /** The candidate that was best over the inner folds. */
  readonly chosen: string;
  /** Mean score over the inner folds of each candidate; null where training diverged. */
  readonly inner: Readonly<Record<string, number | null>>;
}

/** What {@link nestedSelection} resolves to. */
export interface NestedSelection {
  /** Scores of the chosen candidates on data that had no say in the choice: what the whole procedure, choosing included, is worth. */
  readonly scores: Readonly<Record<string, FoldedScore>>;
  readonly folds: readonly NestedChoice[];
  /** How often each candidate was chosen. */
  readonly chosen: Readonly<Record<string, number>>;
}

/** Names of scores of which less is better. */
const SMALLER = /(loss|mse|mae|mase|error)$/i;

/**
 * Nested cross-validation (Varma & Simon 2006, "Bias in error estimation when using cross-validation for model selection", BMC Bioinformatics 7:91; Cawley & Talbot 2010, JMLR 11). In
 * each outer fold the inner folds choose among the candidates, the chosen one is trained on the whole training part and scored on the test part. The best score of a plain
 * cross-validation over many candidates is too good, because the luck of the best is part of it; this estimate is not.
 * Outer fold i makes its model with seed + i; inner folds have seeds of their own, the same for all candidates.
 * @throws ConfigError for no folds or candidates, or a metric that the models do not report; NumericError where all candidates diverge; what candidates throw
 */
export async function nestedSelection(options: NestedSelectionOptions): Promise<NestedSelection> {
  const { data, candidates, outer, inner, metric = "loss", seed = 0, signal, onFold } = options;
  const { goal = SMALLER.test(metric) ? "min" : "max" } = options;
  checkFolds(where, outer);
  const names = Object.keys(candidates);
  if (names.length === 0) throw new ConfigError({ where, got: "no candidates", expected: "at least one" });
  const folds: NestedChoice[] = [];
  for (const [number, fold] of outer.entries()) {
    const within = inner(fold).map((one) => composed(fold, one));
    checkFolds(`${where}, inner folds of fold ${number}`, within);
    const means: Record<string, number | null> = {};
    for (const name of names) {
      const first = seed + outer.length + number * within.length;
      means[name] = await innerMean(candidates[name], within, { data, first, metric, signal });
    }
    const chosen = best(means, goal);
    if (chosen === null)
      throw new NumericError({ where: `${where}, fold ${number}`, got: "candidates whose losses all became infinite or NaN", expected: "one that trains" });
    const { result } = await runFold(candidates[chosen], { where, data, fold, number, seed: seed + number, signal, predicts: false });
    const choice = { ...result, chosen, inner: means };
    folds.push(choice);
    await onFold?.(choice);
  }
  const counts = Object.fromEntries(names.map((name) => [name, folds.filter(({ chosen }) => chosen === name).length]));
  return { scores: summarizeFolds(folds), folds, chosen: counts };
}

const where = "nestedSelection";

/** A fold of a fold's training part, as one of the whole data. */
function composed(outer: Fold, inner: Fold): Fold {
  if (inner.length !== outer.train.length)
    throw new ConfigError({
      where: `${where}, inner`,
      got: `a fold of ${inner.length} samples`,
      expected: `${outer.train.length}, those of the outer training part`,
      hint: "inner: ({ train }) => kFold(train.length)",
    });
  const place = (positions: Int32Array): Int32Array => positions.map((i) => outer.train[i]);
  return new Fold(place(inner.train), place(inner.test), outer.length, inner.repeat);
}

interface Inner {
  readonly data: FoldedData;
  readonly first: number;
  readonly metric: string;
  readonly signal: AbortSignal | undefined;
}

async function innerMean(recipe: Recipe, folds: readonly Fold[], { data, first, metric, signal }: Inner): Promise<number | null> {
  let sum = 0;
  for (const [number, fold] of folds.entries()) {
    const result = await runFoldIfFinite(recipe, { where: `${where}, inner`, data, fold, number, seed: first + number, signal, predicts: false });
    if (result === null) return null;
    if (!Object.hasOwn(result.scores, metric))
      throw new ConfigError({ where: `${where}, metric`, got: JSON.stringify(metric), expected: Object.keys(result.scores).join(", ") });
    sum += result.scores[metric];
  }
  return Number.isFinite(sum) ? sum / folds.length : null;
}

/** The first of the best. */
function best(means: Readonly<Record<string, number | null>>, goal: "min" | "max"): string | null {
  let found: string | null = null;
  let value = 0;
  for (const [name, mean] of Object.entries(means)) {
    if (mean === null || (found !== null && !(goal === "min" ? mean < value : mean > value))) continue;
    found = name;
    value = mean;
  }
  return found;
}
