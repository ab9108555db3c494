/** Polynomial decay. @module */
import { nonNegative, positive } from "./check.ts";
import { pow } from "./exact-math.ts";
import { type LengthOptions, lengthConfig, optionalLength } from "./length.ts";
import type { Schedule } from "./schedule.ts";

/** Options of {@link polynomialDecay}: `decaySteps` or `decayEpochs`. Default: the whole fit. */
export interface PolynomialDecayOptions extends LengthOptions<"decay"> {
  /** Default 0.0001. */
  endLearningRate?: number;
  /** Default 1: a straight line. */
  power?: number;
  /** After each decay, begin another that ends at the next multiple of the length. Default false: stay at the end. */
  cycle?: boolean;
}

/**
 * (learningRate - endLearningRate) (1 - t)^power + endLearningRate, t = step / decaySteps, at most 1; with `cycle` decaySteps is its next multiple
 * that is not below the step. Keras's PolynomialDecay; PyTorch's PolynomialLR with endLearningRate 0.
 * @throws ConfigError for options out of range
 */
export function polynomialDecay(options: PolynomialDecayOptions = {}): Schedule {
  const { endLearningRate = 0.0001, power = 1, cycle = false } = options;
  nonNegative("polynomialDecay", { endLearningRate });
  positive("polynomialDecay", { power });
  const decay = optionalLength("polynomialDecay", "decay", options);
  return {
    name: "polynomial",
    usesTotal: decay === undefined,
    at(step, steps, learningRate, stepsPerEpoch = steps) {
      const once = decay === undefined ? steps : decay(stepsPerEpoch);
      const end = cycle ? once * Math.max(1, Math.ceil(step / once)) : once;
      return (learningRate - endLearningRate) * pow(1 - Math.min(step / end, 1), power) + endLearningRate;
    },
    config: () => ({ endLearningRate, power, cycle, ...lengthConfig("decay", options) }),
  };
}
