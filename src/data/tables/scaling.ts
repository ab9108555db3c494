/** What numbers are shifted and divided by, measured in f64 and in the order of rows. @module */
import { ConfigError, NumericError } from "../../errors.ts";
import type { ScalerKind, Scaling } from "../preprocessing.ts";

const SCALERS: readonly ScalerKind[] = ["standard", "minMax", "robust", "none"];

/** @throws ConfigError unless it is the name of a scaler */
export function checkScaler(kind: ScalerKind, where: string): void {
  if (!SCALERS.includes(kind))
    throw new ConfigError({ where, got: JSON.stringify(kind) ?? String(kind), expected: SCALERS.map((name) => JSON.stringify(name)).join(", ") });
}

/**
 * Shift and scale of numbers, none of which is missing: `standard` (x - mean) / standard deviation of the population, `minMax` to 0..1, `robust`
 * (x - median) / interquartile range, `none`. As scikit-learn's StandardScaler, MinMaxScaler and RobustScaler; what does not vary is divided by 1.
 * @throws NumericError where the numbers are so large that their spread is beyond f64
 */
export function fitScaling(values: Float64Array, kind: ScalerKind, where: string): Scaling {
  checkScaler(kind, where);
  if (kind === "none") return { kind, shift: 0, scale: 1 };
  const { shift, scale } = kind === "standard" ? moments(values) : kind === "minMax" ? range(values) : quartiles(values);
  if (!Number.isFinite(shift) || !Number.isFinite(scale))
    throw new NumericError({
      where,
      got: "numbers whose spread is beyond f64",
      expected: "numbers that can be scaled",
      hint: "give them in another unit, or leave the column out",
    });
  return { kind, shift, scale: scale > 0 ? scale : 1 };
}

/** The mean of numbers; one that does not vary is its own, without rounding. */
export function meanOf(values: Float64Array): number {
  let [sum, constant] = [0, true];
  for (const value of values) {
    sum += value;
    if (value !== values[0]) constant = false;
  }
  return constant ? values[0] : sum / values.length;
}

/** The middle of numbers; of an even count the mean of the two. */
export function medianOf(values: Float64Array): number {
  return quantile(values.slice().sort(), 0.5);
}

function moments(values: Float64Array): { shift: number; scale: number } {
  const shift = meanOf(values);
  let squares = 0;
  for (const value of values) squares += (value - shift) * (value - shift);
  return { shift, scale: Math.sqrt(squares / values.length) };
}

function range(values: Float64Array): { shift: number; scale: number } {
  let [least, most] = [values[0], values[0]];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return { shift: least, scale: most - least };
}

function quartiles(values: Float64Array): { shift: number; scale: number } {
  const sorted = values.slice().sort();
  return { shift: quantile(sorted, 0.5), scale: quantile(sorted, 0.75) - quantile(sorted, 0.25) };
}

/** Linear between neighbours, as NumPy's default. */
function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const [a, b] = [sorted[below], sorted[Math.min(below + 1, sorted.length - 1)]];
  return a + (b - a) * (at - below);
}
