/** A learning rate per epoch. @module */
import type { Callback } from "../model/fit/callback.ts";

/**
 * Sets the base learning rate before each epoch to `rate(epoch, learningRate)`; Keras's LearningRateScheduler, with its epochs from 0.
 * For a rate per step give `fit` a schedule. Use plain arithmetic for the same bits on every engine.
 * @throws ConfigError, when the fit runs, for a rate that is negative or not finite
 */
export function learningRateScheduler(rate: (epoch: number, learningRate: number) => number): Callback {
  return {
    name: "learningRateScheduler",
    onEpochBegin: (epoch, context) => context.setLearningRate(rate(epoch - 1, context.learningRate)),
  };
}
