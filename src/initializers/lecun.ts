/** LeCun et al. 1998: for SELU. @module */
import type { Initializer } from "./initializer.ts";
import { scaledNormal, scaledUniform } from "./variance-scaling.ts";

/** Uniform within sqrt(3 / fanIn). */
export function lecunUniform(): Initializer {
  return scaledUniform("lecunUniform", 1, "in");
}

/** Normal with standard deviation sqrt(1 / fanIn), cut at two standard deviations before that is set. */
export function lecunNormal(): Initializer {
  return scaledNormal("lecunNormal", 1, "in");
}
