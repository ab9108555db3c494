/** He et al. 2015, also called Kaiming: for ReLU. @module */
import type { Initializer } from "./initializer.ts";
import { scaledNormal, scaledUniform } from "./variance-scaling.ts";

/** Uniform within sqrt(6 / fanIn). */
export function heUniform(): Initializer {
  return scaledUniform("heUniform", 2, "in");
}

/** Normal with standard deviation sqrt(2 / fanIn), cut at two standard deviations before that is set. */
export function heNormal(): Initializer {
  return scaledNormal("heNormal", 2, "in");
}
