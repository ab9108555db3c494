/** Cross-entropy against integer labels. @module */
import { ShapeError } from "../errors.ts";
import { crossEntropy } from "../graph/ops/cross-entropy.ts";
import * as ops from "../graph/ops/index.ts";
import { softmaxOp } from "../graph/ops/softmax.ts";
import { formatShape } from "../shape.ts";
import type { Loss } from "./loss.ts";

/** Probabilities from elsewhere are kept this far from 0 and 1, as in Keras. */
const EPSILON = 1e-7;

/**
 * loss[i] = -log(yPred[i, yTrue[i]]): yTrue [N] integer labels, yPred [N,classes] probabilities.
 * Behind a softmax of ours it is computed from the logits by log-sum-exp, without clipping; probabilities from elsewhere are clipped to [1e-7, 1 - 1e-7].
 * @throws ShapeError
 */
export const sparseCategoricalCrossentropy: Loss = {
  name: "sparseCategoricalCrossentropy",
  apply(yTrue, yPred) {
    if (yTrue.dtype !== "i32" || yTrue.shape.length !== 1 || yPred.shape.length !== 2) {
      throw new ShapeError({
        where: "sparseCategoricalCrossentropy",
        got: `${yTrue.dtype} targets ${formatShape(yTrue.shape)} and predictions ${formatShape(yPred.shape)}`,
        expected: "integer labels [N] and probabilities [N,classes]",
        hint: 'end the model in dense(classes, { activation: "softmax" })',
      });
    }
    if (yPred.node.op === (softmaxOp as unknown)) return crossEntropy(yPred.node.inputs[0], yTrue);
    const classes = yPred.shape[1] as number;
    const names = ops.constant(
      yPred.graph,
      Array.from({ length: classes }, (_, c) => c),
      [1, classes],
    );
    const chosen = ops.compare(ops.cast(ops.reshape(yTrue, [yTrue.shape[0], 1]), "f32"), "equal", names);
    return ops.neg(ops.sum(ops.mul(chosen, ops.log(ops.clip(yPred, EPSILON, 1 - EPSILON))), { axes: [1] }));
  },
};
