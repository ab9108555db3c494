/** What training reports. @module */

/** One epoch. `loss` and metrics are running means over the epoch, as in Keras. Of several outputs `loss` is the weighted sum. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  readonly loss: number;
  /** Null of several outputs: see `metrics`. */
  readonly accuracy: number | null;
  /** Running mean of the penalties, on weights and on what layers give, which the loss does not hold. */
  readonly penalty: number;
  /**
   * Loss, every metric and, where there are some, penalties on weights and what layers give (`penalty`, `activityPenalty`), by name. Those of one of
   * several outputs bear its name, as in Keras: `digit_loss`, `digit_accuracy`.
   */
  readonly metrics: Readonly<Record<string, number>>;
  readonly valLoss: number | null;
  readonly valAccuracy: number | null;
  /** Loss and every metric on the validation data, by name; null without. */
  readonly valMetrics: Readonly<Record<string, number>> | null;
  /** Of the last step. */
  readonly learningRate: number;
  /** Training time of the epoch, evaluation apart; null where the engine's clock stands still. */
  readonly seconds: number | null;
  /** Median wall time of a step, batch assembly included. */
  readonly stepMs: number | null;
  readonly samplesPerSecond: number | null;
  readonly steps: number;
}

/** Where a running fit is. The same object is passed every time: copy what you keep. */
export interface StepReport {
  /** From 0, over all epochs of this fit. */
  step: number;
  /** From 1. */
  epoch: number;
  /** Steps done in this epoch, and in all of it: Infinity for a stream that alone knows. */
  stepInEpoch: number;
  stepsPerEpoch: number;
  epochs: number;
  /** Of a stream the most that there may be, or Infinity. */
  samplesInEpoch: number;
  /** Loss of this step's batch, before its update. */
  loss: number;
  learningRate: number;
  /** Running means over the epoch. */
  epochLoss: number;
  epochAccuracy: number | null;
  /** Loss, losses of outputs, every metric and penalties by name. */
  readonly epochMetrics: Record<string, number>;
  samplesPerSecond: number;
}

/** A base learning rate that was set while a fit ran: by its control or by a callback. */
export interface RateChange {
  /** The first step with it, from 0. */
  readonly step: number;
  readonly learningRate: number;
}

/** What `fit` resolves to. After a resumption it is that of the whole run. */
export interface History {
  readonly epochs: readonly EpochReport[];
  readonly learningRateChanges: readonly RateChange[];
  /** True if it ended before its last epoch did. */
  readonly stopped: boolean;
  /** Who stopped it: `signal`, `control`, or what a callback said; else null. */
  readonly stopReason: string | null;
  /** Sum of the epochs' training time. */
  readonly seconds: number | null;
}

/** Where a fit was taken up again. */
export interface Resumption {
  /** The checkpoint; null where there was none, and the fit starts from the beginning. */
  readonly file: string | null;
  /** The next step: its epoch from 1, its place in it and its number over all, from 0. */
  readonly epoch: number;
  readonly stepInEpoch: number;
  readonly step: number;
  /** Newer files that could not be used, and why. */
  readonly unusable: readonly { readonly file: string; readonly reason: string }[];
}
