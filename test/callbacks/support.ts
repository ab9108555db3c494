/** Driving a callback by hand, epoch by epoch, without a fit. */
import type { Callback, EpochReport, FitContext } from "../../src/index.ts";

/** An epoch whose quantities are given by name: `valX` are those of validation. */
export function epochOf(epoch: number, quantities: Record<string, number>): EpochReport {
  const metrics: Record<string, number> = {};
  const valMetrics: Record<string, number> = {};
  for (const [name, value] of Object.entries(quantities)) {
    if (name.startsWith("val")) valMetrics[name[3].toLowerCase() + name.slice(4)] = value;
    else metrics[name] = value;
  }
  return {
    epoch,
    loss: metrics.loss ?? 0,
    penalty: 0,
    accuracy: metrics.accuracy ?? null,
    metrics,
    valLoss: valMetrics.loss ?? null,
    valAccuracy: valMetrics.accuracy ?? null,
    valMetrics,
    learningRate: 0.1,
    seconds: 1,
    stepMs: 1,
    samplesPerSecond: 1,
    steps: 10,
  };
}

/** What a callback did. */
export interface Driven {
  /** Epoch after which it stopped the fit; null if it did not. */
  stopped: number | null;
  reason: string | null;
  /** Base rate after each epoch. */
  rates: number[];
  /** The weights are one number: that of the epoch which made them. */
  weights: number;
}

/**
 * Runs epochs with these values of a quantity until the callback stops.
 * @param cut epochs after which the callback is replaced by a new one that gets its state, as in a resumed fit
 */
export async function drive(make: () => Callback, monitor: string, values: readonly number[], options: { rate?: number; cut?: number } = {}): Promise<Driven> {
  const driven: Driven = { stopped: null, reason: null, rates: [], weights: 0 };
  let rate = options.rate ?? 0.1;
  let resumed: FitContext["resumed"] = null;
  const context = {
    get resumed() {
      return resumed;
    },
    get learningRate() {
      return rate;
    },
    setLearningRate: (value: number) => {
      rate = value;
    },
    stop: (reason: string) => {
      driven.reason = reason;
    },
    getWeights: () => [{ name: "w", shape: [1], data: Float32Array.of(driven.weights) }],
    setWeights: ([w]: ArrayLike<number>[]) => {
      driven.weights = w[0];
    },
  } as unknown as FitContext;
  let callback = make();
  await callback.onTrainBegin?.(context);
  for (const [i, value] of values.entries()) {
    if (i === options.cut) {
      const state = structuredClone(callback.state?.());
      callback = make();
      callback.restore?.(state);
      resumed = { file: "checkpoint", epoch: i + 1, stepInEpoch: 0, step: 0, unusable: [] };
      await callback.onTrainBegin?.(context);
    }
    await callback.onEpochBegin?.(i + 1, context);
    driven.weights = i + 1;
    await callback.onEpochEnd?.(epochOf(i + 1, { loss: 0, [monitor]: value }), context);
    driven.rates.push(rate);
    if (driven.reason !== null) {
      driven.stopped = i + 1;
      break;
    }
  }
  await callback.onTrainEnd?.({} as never, context);
  return driven;
}
