/** The one-cycle schedule. @module */
import { ConfigError } from "../errors.ts";
import { type Anneal, anneal } from "./anneal.ts";
import { positive } from "./check.ts";
import type { Schedule } from "./schedule.ts";

/** Options of {@link oneCycle}. */
export interface OneCycleOptions {
  /** Part of the steps in which the rate rises. Default 0.3. */
  warmUp?: number;
  /** The first rate is learningRate / divFactor. Default 25. */
  divFactor?: number;
  /** The last rate is the first / finalDivFactor. Default 1e4. */
  finalDivFactor?: number;
  /** Default `cosine`. */
  anneal?: Anneal;
}

/**
 * Up from learningRate / divFactor to learningRate, then down to (learningRate / divFactor) / finalDivFactor at the last step. Defaults and
 * formula of PyTorch's OneCycleLR (two phases, momentum not cycled). Smith & Topin 2018, "Super-convergence".
 * @throws ConfigError for options out of range
 */
export function oneCycle(options: OneCycleOptions = {}): Schedule {
  const { warmUp = 0.3, divFactor = 25, finalDivFactor = 1e4, anneal: kind = "cosine" } = options;
  if (!(warmUp >= 0 && warmUp <= 1)) throw new ConfigError({ where: "oneCycle", got: `warmUp = ${warmUp}`, expected: "0 to 1" });
  positive("oneCycle", { divFactor, finalDivFactor });
  if (kind !== "cosine" && kind !== "linear")
    throw new ConfigError({ where: "oneCycle", got: `anneal ${JSON.stringify(kind)}`, expected: '"cosine" or "linear"' });
  return {
    name: "one-cycle",
    usesTotal: true,
    at(step, steps, learningRate) {
      const first = learningRate / divFactor;
      const peak = warmUp * steps - 1;
      const last = steps - 1;
      if (step <= peak) return anneal(kind, first, learningRate, peak > 0 ? step / peak : 1);
      const start = Math.max(peak, 0);
      return anneal(kind, learningRate, first / finalDivFactor, last > start ? (step - start) / (last - start) : 1);
    },
    config: () => ({ warmUp, divFactor, finalDivFactor, anneal: kind }),
  };
}
