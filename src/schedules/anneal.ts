/** Ways from one value to another. @module */
import { cosPi } from "./exact-math.ts";

/** (1 - cos(pi t)) / 2 for t in [0, 1], within 1e-15. */
export function halfCosine(t: number): number {
  return 0.5 - 0.5 * cosPi(t);
}

/** The names of {@link anneal}. */
export type Anneal = "cosine" | "linear";

/** From `from` at t = 0 to `to` at t = 1: along half a cosine wave, or straight. */
export function anneal(kind: Anneal, from: number, to: number, t: number): number {
  return from + (to - from) * (kind === "cosine" ? halfCosine(t) : t);
}
