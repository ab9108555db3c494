/** What the makers of folds are told. @module */
import { ConfigError } from "../../errors.ts";

/** Options of {@link kFold} and others. */
export interface KFoldOptions {
  /** Number of folds, 2 or more. Default 5. */
  splits?: number;
  /** Whether samples are dealt out in a random order; off, in the order of the data, as scikit-learn does by default. Default true. */
  shuffle?: boolean;
  /** Of the random order. Default 0. */
  seed?: number;
}

/** Options of {@link repeatedKFold} and {@link repeatedStratifiedKFold}. */
export interface RepeatedKFoldOptions {
  /** Number of folds of each repetition, 2 or more. Default 5. */
  splits?: number;
  /** How often all of them are drawn anew. Default 10. */
  repeats?: number;
  /** Of the random orders. Default 0. */
  seed?: number;
}

/** @throws ConfigError unless there are 2 or more folds, and not more of them than there are of what is dealt out */
export function checkSplits(where: string, splits: number, count: number, what: string): void {
  checkCount(where, "splits", splits, 2);
  if (splits > count)
    throw new ConfigError({ where, got: `${splits} folds of ${count} ${what}`, expected: `at most ${count} folds`, hint: "use fewer folds, or more data" });
}

/** @throws ConfigError unless it is an integer of at least `least` */
export function checkCount(where: string, name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) throw new ConfigError({ where, got: `${name} = ${value}`, expected: `an integer, ${least} or more` });
}

/** @throws ConfigError unless it is a number of samples */
export function checkLength(where: string, length: number): void {
  checkCount(where, "length", length, 0);
}
