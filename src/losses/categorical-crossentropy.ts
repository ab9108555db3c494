/** Cross-entropy against shares of classes. @module */
import { ShapeError } from "../errors.ts";
import type { Tensor } from "../graph/graph.ts";
import * as ops from "../graph/ops/index.ts";
import { formatShape } from "../shape.ts";
import { lossMaker, smoothing } from "./loss-maker.ts";
import { alike, EPSILON, logitsOf, sumOfClasses } from "./operands.ts";

/** Options of {@link categoricalCrossentropy} and sparseCategoricalCrossentropy. */
export interface CategoricalCrossentropyOptions {
  /** Predictions are logits instead of probabilities. Default false. */
  fromLogits?: boolean;
  /** Targets t become t (1 - labelSmoothing) + labelSmoothing / classes. Default 0. */
  labelSmoothing?: number;
}

/** Targets that leave each class a part of what they leave. */
export function smoothed(targets: Tensor, s: number): Tensor {
  return s === 0 ? targets : ops.add(ops.mul(targets, 1 - s), s / (targets.shape.at(-1) as number));
}

/** log p of probabilities from elsewhere: divided by their sum, then clipped, as in Keras. */
export function logOfProbabilities(p: Tensor): Tensor {
  return ops.log(ops.clip(ops.div(p, ops.sum(p, { axes: [-1], keepDims: true })), EPSILON, 1 - EPSILON));
}

/**
 * loss[i] = -sum over classes of t log p: targets [N,...,classes], or labels [N]; p = yPred. From logits, and behind a softmax of ours, log p is
 * their log-softmax, without clipping; probabilities from elsewhere are divided by their sum and clipped to [1e-7, 1 - 1e-7], as in Keras.
 * @throws ConfigError for a labelSmoothing outside [0,1), or fromLogits behind a softmax; ShapeError
 */
export const categoricalCrossentropy = lossMaker("categoricalCrossentropy", ({ fromLogits = false, labelSmoothing = 0 }: CategoricalCrossentropyOptions) => {
  const s = smoothing("categoricalCrossentropy", labelSmoothing);
  return (yTrue, yPred) => {
    if (yPred.shape.length < 2 || yPred.shape.at(-1) === 1) {
      throw new ShapeError({
        where: "categoricalCrossentropy",
        got: `predictions ${formatShape(yPred.shape)}`,
        expected: "probabilities of several classes [N,...,classes]",
        hint: "one output takes binaryCrossentropy",
      });
    }
    const targets = smoothed(alike("categoricalCrossentropy", yTrue, yPred), s);
    const logits = logitsOf("categoricalCrossentropy", "softmax", yPred, fromLogits);
    return ops.neg(sumOfClasses(ops.mul(targets, logits === null ? logOfProbabilities(yPred) : ops.logSoftmax(logits))));
  };
});
