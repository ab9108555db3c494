/** Values whose spread keeps a layer's signal the same size: the scheme behind Glorot, He and LeCun. @module */
import { fillUniform, type Key } from "../random.ts";
import { fans } from "./fans.ts";
import type { Initializer } from "./initializer.ts";
import { fillTruncatedNormal } from "./truncated-normal.ts";

/** Standard deviation of a standard normal cut at two. */
const TRUNCATED_STDDEV = 0.87962566103423978;

/** What the variance is divided by: the inputs, or the mean of inputs and outputs. */
export type Fan = "in" | "average";

/** factor / fan as one division, the fan at least 1. */
function ratio(factor: number, fan: Fan, shape: readonly number[]): number {
  const { fanIn, fanOut } = fans(shape);
  return fan === "in" ? factor / Math.max(1, fanIn) : (2 * factor) / Math.max(2, fanIn + fanOut);
}

/**
 * Uniform in [-limit, limit) with limit = sqrt(3 scale / fan), computed in f64 and rounded to f32. In f32, each operation rounded, for the uniform
 * number u at the element's place: w = (2 u - 1) x limit.
 */
export function scaledUniform(name: string, scale: number, fan: Fan): Initializer {
  return {
    name,
    config: () => ({}),
    fill(y: Float32Array, shape: readonly number[], key: Key): void {
      const limit = Math.fround(Math.sqrt(ratio(3 * scale, fan, shape)));
      fillUniform(y, y.length, key);
      for (let i = 0; i < y.length; i++) y[i] = Math.fround(Math.fround(2 * y[i]) - 1) * limit;
    },
  };
}

/** Normal, cut at two standard deviations and widened so that the variance is scale / fan after the cut. */
export function scaledNormal(name: string, scale: number, fan: Fan): Initializer {
  return {
    name,
    config: () => ({}),
    fill(y: Float32Array, shape: readonly number[], key: Key): void {
      const stddev = Math.fround(Math.sqrt(ratio(scale, fan, shape)) / TRUNCATED_STDDEV);
      fillTruncatedNormal(y, key);
      for (let i = 0; i < y.length; i++) y[i] = y[i] * stddev;
    },
  };
}
