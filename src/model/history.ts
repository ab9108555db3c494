/** What training reports. @module */

/** One epoch. `loss` and metrics are running means over the epoch, as in Keras. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number | null;
  /** Every metric, by name. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly valLoss: number | null;
  readonly valAccuracy: number | null;
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
  /** Steps done in this epoch, and in all of it. */
  stepInEpoch: number;
  stepsPerEpoch: number;
  epochs: number;
  samplesInEpoch: number;
  /** Loss of this step's batch, before its update. */
  loss: number;
  /** Running means over the epoch. */
  epochLoss: number;
  epochAccuracy: number | null;
  samplesPerSecond: number;
}

/** What `fit` resolves to. */
export interface History {
  readonly epochs: readonly EpochReport[];
  /** True if it ended early by its signal. */
  readonly stopped: boolean;
  /** Sum of the epochs' training time. */
  readonly seconds: number | null;
}
