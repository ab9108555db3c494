/** What each of several changes gives, when they work together. @module */
import { ConfigError } from "../../errors.ts";
import { checkCount, checkSample } from "./check.ts";

/** What a change gives. */
export interface Contribution {
  /** The mean of what it adds, over all orders in which the changes can be made (Shapley value). */
  readonly value: number;
  /** What it adds as the only change. */
  readonly first: number;
  /** What it adds when all others are made. */
  readonly last: number;
}

/** 2^12 sets. */
const MOST = 12;

/**
 * Shapley values (Shapley 1953): the change f gives  sum over sets S without f of |S|! (n - |S| - 1)! / n! (v(S + f) - v(S)).  They sum to v(all) - v(none), whatever works together.
 * @param values `values[mask]` for each set of changes: bit f of the mask for change f
 * @throws ConfigError for a number of values that is no power of two, or more than 12 changes; NumericError for one that is not finite
 */
export function shapley(values: ArrayLike<number>): Contribution[] {
  checkSample("shapley", values, 2);
  const n = Math.log2(values.length);
  checkCount("shapley", "base-2 logarithm of the number of values", n);
  if (n > MOST) throw new ConfigError({ where: "shapley", got: `${n} changes`, expected: `at most ${MOST}` });
  const all = values.length - 1;
  // 1 / (n C(n - 1, |S|)), by the number of changes in S.
  const weights = [1 / n];
  for (let size = 1; size < n; size++) weights.push((weights[size - 1] * size) / (n - size));
  return Array.from({ length: n }, (_, f) => {
    const bit = 1 << f;
    let value = 0;
    for (let mask = 0; mask <= all; mask++) {
      if ((mask & bit) === 0) value += weights[bitsIn(mask)] * (values[mask | bit] - values[mask]);
    }
    return { value, first: values[bit] - values[0], last: values[all] - values[all ^ bit] };
  });
}

function bitsIn(mask: number): number {
  let count = 0;
  for (let left = mask; left > 0; left &= left - 1) count++;
  return count;
}
