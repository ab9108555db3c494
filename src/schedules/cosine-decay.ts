/** Cosine decay. @module */
import { check } from "./check.ts";
import { cosPi } from "./exact-math.ts";
import { type LengthOptions, lengthConfig, optionalLength } from "./length.ts";
import type { Schedule } from "./schedule.ts";

/** Options of {@link cosineDecay}: `decaySteps` or `decayEpochs`. Default: the whole fit. */
export interface CosineDecayOptions extends LengthOptions<"decay"> {
  /** The last rate as a part of the first. Default 0. */
  alpha?: number;
}

/**
 * learningRate ((1 - alpha) (1 + cos(pi t)) / 2 + alpha), t = step / decaySteps, at most 1. Keras's CosineDecay without its warm-up (see `warmUp`);
 * PyTorch's CosineAnnealingLR up to T_max, with eta_min = alpha learningRate. Loshchilov & Hutter 2017, "SGDR".
 * @throws ConfigError for options out of range
 */
export function cosineDecay(options: CosineDecayOptions = {}): Schedule {
  const { alpha = 0 } = options;
  check("cosineDecay", { alpha }, (value) => value >= 0 && value <= 1, "0 to 1");
  const decay = optionalLength("cosineDecay", "decay", options);
  return {
    name: "cosine",
    usesTotal: decay === undefined,
    at(step, steps, learningRate, stepsPerEpoch = steps) {
      const t = Math.min(step / (decay === undefined ? steps : decay(stepsPerEpoch)), 1);
      return learningRate * ((1 - alpha) * (0.5 + 0.5 * cosPi(t)) + alpha);
    },
    config: () => ({ alpha, ...lengthConfig("decay", options) }),
  };
}
