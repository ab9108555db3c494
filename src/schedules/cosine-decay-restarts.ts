/** Cosine decay with warm restarts. @module */
import { check } from "./check.ts";
import { cosPi, pow } from "./exact-math.ts";
import { type LengthOptions, length, lengthConfig } from "./length.ts";
import type { Schedule } from "./schedule.ts";

/** Options of {@link cosineDecayRestarts}: `firstDecaySteps` or `firstDecayEpochs`, the first period, is required. */
export interface CosineDecayRestartsOptions extends LengthOptions<"firstDecay"> {
  /** Each period is so many times as long as the one before. Default 2. */
  tMul?: number;
  /** Each period begins with so many times the rate of the one before. Default 1. */
  mMul?: number;
  /** The last rate of a period as a part of the first period's first. Default 0. */
  alpha?: number;
}

/**
 * learningRate ((1 - alpha) mMul^i (1 + cos(pi t)) / 2 + alpha), t the part of period i that is done. Keras's CosineDecayRestarts; PyTorch's
 * CosineAnnealingWarmRestarts with its T_mult as tMul (default 1 there). Loshchilov & Hutter 2017, "SGDR".
 * @throws ConfigError for options out of range, or without a length
 */
export function cosineDecayRestarts(options: CosineDecayRestartsOptions): Schedule {
  const { tMul = 2, mMul = 1, alpha = 0 } = options;
  check("cosineDecayRestarts", { tMul }, (value) => value >= 1, "1 or more");
  check("cosineDecayRestarts", { mMul }, (value) => value > 0, "a positive number");
  check("cosineDecayRestarts", { alpha }, (value) => value >= 0 && value <= 1, "0 to 1");
  const first = length("cosineDecayRestarts", "firstDecay", options);
  return {
    name: "cosine-restarts",
    at(step, steps, learningRate, stepsPerEpoch = steps) {
      let period = first(stepsPerEpoch);
      let restarts = 0;
      let left = step;
      if (tMul === 1) {
        restarts = Math.floor(step / period);
        left = step % period;
      } else {
        for (; left >= period; period *= tMul) {
          left -= period;
          restarts++;
        }
      }
      return learningRate * ((1 - alpha) * pow(mMul, restarts) * (0.5 + 0.5 * cosPi(left / period)) + alpha);
    },
    config: () => ({ tMul, mMul, alpha, ...lengthConfig("firstDecay", options) }),
  };
}
