/** Glorot and Bengio 2010, also called Xavier: for layers without or with symmetric activations. @module */
import type { Initializer } from "./initializer.ts";
import { scaledNormal, scaledUniform } from "./variance-scaling.ts";

/** Uniform within sqrt(6 / (fanIn + fanOut)). */
export function glorotUniform(): Initializer {
  return scaledUniform("glorotUniform", 1, "average");
}

/** Normal with standard deviation sqrt(2 / (fanIn + fanOut)), cut at two standard deviations before that is set. */
export function glorotNormal(): Initializer {
  return scaledNormal("glorotNormal", 1, "average");
}
