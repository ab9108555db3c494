/** A linear warm-up before any schedule. @module */
import { check } from "./check.ts";
import { type LengthOptions, length, lengthConfig } from "./length.ts";
import type { Schedule } from "./schedule.ts";

/** Options of {@link warmUp}: `warmupSteps` or `warmupEpochs` is required. */
export interface WarmUpOptions extends LengthOptions<"warmup"> {
  /** The first rate as a part of the one that the schedule begins with. Default 0. */
  startFactor?: number;
}

/**
 * first (startFactor + (1 - startFactor) step / warmupSteps), first being the schedule's own first rate; then the schedule, its step 0 at the end of
 * the warm-up and its steps those that are left. The warm-up of Keras's CosineDecay (which begins at its initial_learning_rate); PyTorch's SequentialLR
 * of a LinearLR (start_factor 1/3 by default there) and the schedule.
 * @example fit(data, { epochs: 10, schedule: warmUp(cosineDecay(), { warmupEpochs: 1 }) })
 * @throws ConfigError for options out of range, or without a length
 */
export function warmUp(schedule: Schedule, options: WarmUpOptions): Schedule {
  const { startFactor = 0 } = options;
  check("warmUp", { startFactor }, (value) => value >= 0 && value <= 1, "0 to 1");
  const warmup = length("warmUp", "warmup", options);
  return {
    name: "warm-up",
    usesTotal: schedule.usesTotal,
    at(step, steps, learningRate, stepsPerEpoch = steps) {
      const rising = warmup(stepsPerEpoch);
      const left = Math.max(1, steps - rising);
      if (step >= rising) return schedule.at(step - rising, left, learningRate, stepsPerEpoch);
      return schedule.at(0, left, learningRate, stepsPerEpoch) * (startFactor + (1 - startFactor) * (step / rising));
    },
    config: () => ({ startFactor, ...lengthConfig("warmup", options), schedule: { name: schedule.name, config: schedule.config() } }),
  };
}
