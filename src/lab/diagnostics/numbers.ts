/** What the measures have in common: checked options, few digits, the same samples for all trials. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import { ConfigError } from "../../errors.ts";
import { deriveKey, Purpose, permutation } from "../../random.ts";

/** A number that was recorded; null where it was not finite. */
export type Recorded = number | null;

/** Five digits: what was recorded is to be read, and kept for every trial. Null unless it is finite. */
export const recorded = (value: number): Recorded => (Number.isFinite(value) ? Number(value.toPrecision(5)) : null);

/** @throws ConfigError unless it is an integer of at least `least` */
export function integer(where: string, name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new ConfigError({ where: `${where}, ${name}`, got: String(value), expected: `an integer, ${least} or more` });
}

/** @throws ConfigError unless it is finite and above 0 */
export function positive(where: string, name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new ConfigError({ where: `${where}, ${name}`, got: String(value), expected: "a finite number above 0" });
}

/** At most `count` samples, drawn without replacement: the same of the same data each time. */
export function someOf(data: Dataset, count: number, seed: number): Dataset {
  const order = permutation(data.length, deriveKey(seed, Purpose.data, data.length));
  return data.subset(order.subarray(0, Math.min(count, data.length)));
}

/** The sum of the products of two vectors. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Of arrays end to end: the square root of the sum of all squares. */
export function norm(arrays: readonly ArrayLike<number>[]): number {
  let sum = 0;
  for (const values of arrays) for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return Math.sqrt(sum);
}
