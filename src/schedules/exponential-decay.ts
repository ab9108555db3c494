/** Exponential decay. @module */
import { positive } from "./check.ts";
import { pow } from "./exact-math.ts";
import { type LengthOptions, lengthConfig, optionalLength } from "./length.ts";
import type { Schedule } from "./schedule.ts";

/** Options of {@link exponentialDecay}: `decaySteps` or `decayEpochs` is the time in which the rate falls by `decayRate`. Default one epoch. */
export interface ExponentialDecayOptions extends LengthOptions<"decay"> {
  decayRate: number;
  /** Fall at once at the end of each interval. Default false. */
  staircase?: boolean;
}

/**
 * learningRate decayRate^(step / decaySteps), the exponent rounded down with `staircase`. Keras's ExponentialDecay; PyTorch's ExponentialLR,
 * stepped once per epoch, is the staircase with the default length.
 * @throws ConfigError for options out of range
 */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  const { decayRate, staircase = false } = options;
  positive("exponentialDecay", { decayRate });
  const decay = optionalLength("exponentialDecay", "decay", options);
  return {
    name: "exponential",
    at(step, steps, learningRate, stepsPerEpoch = steps) {
      const t = step / (decay === undefined ? stepsPerEpoch : decay(stepsPerEpoch));
      return learningRate * pow(decayRate, staircase ? Math.floor(t) : t);
    },
    config: () => ({ decayRate, staircase, ...lengthConfig("decay", options) }),
  };
}
