/** Inverse time decay. @module */
import { nonNegative } from "./check.ts";
import { type LengthOptions, lengthConfig, optionalLength } from "./length.ts";
import type { Schedule } from "./schedule.ts";

/** Options of {@link inverseTimeDecay}: `decaySteps` or `decayEpochs` is the unit of time. Default one epoch. */
export interface InverseTimeDecayOptions extends LengthOptions<"decay"> {
  decayRate: number;
  /** Fall at once at the end of each interval. Default false. */
  staircase?: boolean;
}

/**
 * learningRate / (1 + decayRate t), t = step / decaySteps, rounded down with `staircase`. Keras's InverseTimeDecay.
 * @throws ConfigError for options out of range
 */
export function inverseTimeDecay(options: InverseTimeDecayOptions): Schedule {
  const { decayRate, staircase = false } = options;
  nonNegative("inverseTimeDecay", { decayRate });
  const decay = optionalLength("inverseTimeDecay", "decay", options);
  return {
    name: "inverse-time",
    at(step, steps, learningRate, stepsPerEpoch = steps) {
      const t = step / (decay === undefined ? stepsPerEpoch : decay(stepsPerEpoch));
      return learningRate / (1 + decayRate * (staircase ? Math.floor(t) : t));
    },
    config: () => ({ decayRate, staircase, ...lengthConfig("decay", options) }),
  };
}
