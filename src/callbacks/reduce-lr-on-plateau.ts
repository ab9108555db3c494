/** A lower learning rate where a quantity stands still. @module */
import { ConfigError } from "../errors.ts";
import { isCount, isNumber } from "../formats/plain-data.ts";
import { type Callback, monitored } from "../model/fit/callback.ts";
import { directionOf, integers, isBetter, type MonitorMode, nonNegative, worst } from "./monitor.ts";
import { savedState } from "./saved-state.ts";

/** Options of {@link reduceLROnPlateau}. */
export interface ReduceLROnPlateauOptions {
  /** Default `valLoss`. */
  monitor?: string;
  /** The new rate is the old one times this, below 1. Default 0.1. */
  factor?: number;
  /** Epochs without improvement after which the rate is lowered. Default 10. */
  patience?: number;
  /** What an improvement must exceed. Default 1e-4. */
  minDelta?: number;
  /** Epochs after a reduction in which none is counted. Default 0. */
  cooldown?: number;
  /** Default 0. */
  minLearningRate?: number;
  /** Default `auto`. */
  mode?: MonitorMode;
}

interface State {
  wait: number;
  best: number;
  cooling: number;
}

/**
 * Multiplies the base learning rate by `factor` when a quantity has not improved for `patience` epochs; Keras's ReduceLROnPlateau. A schedule
 * goes on from the lower base.
 * @throws ConfigError for options out of range
 */
export function reduceLROnPlateau(options: ReduceLROnPlateauOptions = {}): Callback {
  const { monitor = "valLoss", factor = 0.1, patience = 10, minDelta = 1e-4, cooldown = 0, minLearningRate = 0, mode = "auto" } = options;
  integers("reduceLROnPlateau", 0, { patience, cooldown });
  nonNegative("reduceLROnPlateau", { factor, minDelta, minLearningRate });
  if (factor >= 1) throw new ConfigError({ where: "reduceLROnPlateau", got: `factor = ${factor}`, expected: "a number below 1" });
  const direction = directionOf("reduceLROnPlateau", monitor, mode);
  const start = (): State => ({ wait: 0, best: worst(direction), cooling: 0 });
  let state = start();
  return {
    name: "reduceLROnPlateau",
    monitor,
    onTrainBegin(context) {
      if (context.resumed?.file == null) state = start();
    },
    onEpochEnd(report, context) {
      const value = monitored(report, monitor);
      if (state.cooling > 0) {
        state.cooling--;
        state.wait = 0;
      }
      if (isBetter(direction, value, state.best, minDelta)) {
        state.best = value;
        state.wait = 0;
      } else if (state.cooling === 0 && ++state.wait >= patience && context.learningRate > minLearningRate) {
        context.setLearningRate(Math.max(context.learningRate * factor, minLearningRate));
        state.cooling = cooldown;
        state.wait = 0;
      }
    },
    state: () => state,
    restore(saved) {
      state = savedState<State>("reduceLROnPlateau", saved, { wait: isCount, best: isNumber, cooling: isCount });
    },
  };
}
