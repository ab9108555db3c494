/** Middle and spread of a sample. @module */
import { ConfigError } from "../../errors.ts";
import { checkSample } from "./check.ts";

/** A sample in six numbers. */
export interface Description {
  readonly n: number;
  readonly mean: number;
  readonly median: number;
  /** With n - 1 in the denominator; null for a single value, of whose spread nothing is known. */
  readonly sd: number | null;
  readonly min: number;
  readonly max: number;
}

/** Mean, median, standard deviation and range. @throws ConfigError for no values, NumericError for one that is not finite */
export function describe(values: ArrayLike<number>): Description {
  checkSample("describe", values);
  const sorted = Float64Array.from(values).sort();
  return {
    n: values.length,
    mean: mean(values),
    median: quantileOfSorted(sorted, 0.5),
    sd: values.length < 2 ? null : Math.sqrt(variance(values)),
    min: sorted[0],
    max: sorted[sorted.length - 1],
  };
}

/** The p-quantile, linear between order statistics: x at (n - 1) p (type 7 of Hyndman & Fan 1996; what NumPy and R take). */
export function quantile(values: ArrayLike<number>, p: number): number {
  checkSample("quantile", values);
  if (!(p >= 0 && p <= 1)) throw new ConfigError({ where: "quantile", got: `p ${p}`, expected: "a number from 0 to 1" });
  return quantileOfSorted(Float64Array.from(values).sort(), p);
}

/** As {@link quantile}, of values in ascending order. */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const place = (sorted.length - 1) * p;
  const below = Math.floor(place);
  // On a value, whatever follows it: that may be infinite.
  if (place === below) return sorted[below];
  return sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
}

/** Of at least one value. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** With n - 1, of at least two values. */
export function variance(values: ArrayLike<number>): number {
  const middle = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - middle) ** 2;
  return sum / (values.length - 1);
}
