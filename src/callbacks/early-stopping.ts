/** Ending a fit that no longer improves. @module */
import { ConfigError } from "../errors.ts";
import { isCount, isListOf, isNumber, orNull } from "../formats/plain-data.ts";
import { type Callback, monitored } from "../model/fit/callback.ts";
import { directionOf, integers, isBetter, type MonitorMode, nonNegative, worst } from "./monitor.ts";
import { savedState } from "./saved-state.ts";

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions {
  /** Default `valLoss`. */
  monitor?: string;
  /** What an improvement must exceed. Default 0. */
  minDelta?: number;
  /** Epochs without improvement after which training ends. Default 0. */
  patience?: number;
  /** Default `auto`. */
  mode?: MonitorMode;
  /** Improvements that do not reach this value do not count against patience; default none. */
  baseline?: number;
  /** At the end of training the weights of the best epoch are put back, also where training was not stopped. Default false. */
  restoreBest?: boolean;
  /** Epochs to wait before watching. Default 0. */
  startFromEpoch?: number;
}

interface State {
  wait: number;
  best: number;
  bestEpoch: number | null;
  bestWeights: Float32Array[] | null;
}

/**
 * Ends training when a quantity has not improved for `patience` epochs; Keras's EarlyStopping.
 * @throws ConfigError for options out of range
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const { monitor = "valLoss", minDelta = 0, patience = 0, mode = "auto", baseline, restoreBest = false, startFromEpoch = 0 } = options;
  integers("earlyStopping", 0, { patience, startFromEpoch });
  nonNegative("earlyStopping", { minDelta });
  if (baseline !== undefined && !Number.isFinite(baseline))
    throw new ConfigError({ where: "earlyStopping", got: `baseline = ${baseline}`, expected: "a finite number" });
  const direction = directionOf("earlyStopping", monitor, mode);
  const start = (): State => ({ wait: 0, best: worst(direction), bestEpoch: null, bestWeights: null });
  let state = start();
  return {
    name: "earlyStopping",
    monitor,
    onTrainBegin(context) {
      // The same object may serve another fit; a resumed one has its state already.
      if (context.resumed?.file == null) state = start();
    },
    onEpochEnd(report, context) {
      if (report.epoch <= startFromEpoch) return;
      const keep = (): void => {
        state.bestEpoch = report.epoch;
        if (restoreBest) state.bestWeights = context.getWeights().map(({ data }) => data);
      };
      const value = monitored(report, monitor);
      if (state.bestEpoch === null) keep();
      state.wait++;
      if (isBetter(direction, value, state.best, minDelta)) {
        state.best = value;
        keep();
        if (baseline === undefined || isBetter(direction, value, baseline, minDelta)) state.wait = 0;
      } else if (state.wait >= patience && report.epoch > 1) {
        context.stop(`earlyStopping: ${monitor} is best in epoch ${state.bestEpoch}`);
      }
    },
    onTrainEnd(_history, context) {
      if (state.bestWeights !== null) context.setWeights(state.bestWeights);
    },
    state: () => state,
    restore(saved) {
      state = savedState<State>("earlyStopping", saved, {
        wait: isCount,
        best: isNumber,
        bestEpoch: orNull(isCount),
        bestWeights: orNull(isListOf((weights) => weights instanceof Float32Array)),
      });
    },
  };
}
