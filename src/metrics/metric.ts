/** What a metric is. @module */
import type { Tensor } from "../graph/graph.ts";

/** A metric that is a mean over samples: from targets and predictions to a value per sample [N], computed with the loss. */
export interface SampleMetric {
  readonly name: string;
  readonly apply: (yTrue: Tensor, yPred: Tensor) => Tensor;
  /** The same from arrays, for {@link measure}. */
  start?(inputs: MetricInputs): Accumulator;
}

/**
 * A metric that is no mean over samples, or whose digits matter: it reads targets and predictions batch by batch, one sample after another, so that its
 * value does not depend on how samples come in batches, to the last bit.
 */
export interface StreamedMetric {
  /** What it is reported as. */
  readonly name: string;
  /** Begins to measure. @throws ConfigError for predictions or targets that it does not measure */
  start(inputs: MetricInputs): Accumulator;
  /** Which of ours it is, and its options as JSON, from which it can be made again; absent for others. */
  config?(): MetricDescription;
}

/** What a model reports beside its losses. */
export type Metric = SampleMetric | StreamedMetric;

/** A maker's name and options. */
export interface MetricDescription {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** What a metric is to measure. */
export interface MetricInputs {
  /** Shape of the predictions of one sample, without the batch: `[10]`; `[1]` or `[]` for one number. */
  readonly shape: readonly number[];
  /** Shape of one target: `[]` for a label or one number. */
  readonly targetShape: readonly number[];
}

/** A metric on its way through the samples. */
export interface Accumulator {
  /** Takes the first `n` samples of these arrays: targets and predictions one after another. */
  add(targets: ArrayLike<number>, predictions: ArrayLike<number>, n: number): void;
  /** The value over all samples so far. NaN where there is none. */
  result(): number;
  /** All that it knows, for a checkpoint. A copy. */
  state(): Float64Array;
  /** Goes on from what `state` gave. */
  restore(state: Float64Array): void;
}

/** Whether a metric reads predictions on the host: all others are computed with the loss. */
export const isStreamed = (metric: Metric): metric is StreamedMetric => typeof metric === "function" || !("apply" in metric);
