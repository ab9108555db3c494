/** What a loss is. @module */
import type { Tensor } from "../graph/graph.ts";

/**
 * The loss of each sample [N] (or [N,...]: the mean over the rest is taken), from targets and predictions. The mean over the batch is taken by
 * the training loop, so that micro-batches add up to the whole batch.
 */
export type LossFunction = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** A loss with a name. */
export interface Loss {
  readonly name: string;
  readonly apply: LossFunction;
  /** Options as JSON, from which a loss of ours can be made again. Default none. */
  config?(): Record<string, unknown>;
}
