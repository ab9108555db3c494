/** Drops at regular intervals. @module */
import { check } from "./check.ts";
import { pow } from "./exact-math.ts";
import { type LengthOptions, length, lengthConfig } from "./length.ts";
import type { Schedule } from "./schedule.ts";

/** Options of {@link stepDecay}: `decaySteps` or `decayEpochs`, the time between drops, is required. */
export interface StepDecayOptions extends LengthOptions<"decay"> {
  /** What each drop multiplies the rate by. Default 0.1. */
  gamma?: number;
}

/**
 * learningRate gamma^floor(step / decaySteps). PyTorch's StepLR; in Keras, ExponentialDecay with staircase.
 * @throws ConfigError for options out of range, or without a length
 */
export function stepDecay(options: StepDecayOptions): Schedule {
  const { gamma = 0.1 } = options;
  check("stepDecay", { gamma }, (value) => value > 0, "a positive number");
  const decay = length("stepDecay", "decay", options);
  return {
    name: "step",
    at: (step, steps, learningRate, stepsPerEpoch = steps) => learningRate * pow(gamma, Math.floor(step / decay(stepsPerEpoch))),
    config: () => ({ gamma, ...lengthConfig("decay", options) }),
  };
}
