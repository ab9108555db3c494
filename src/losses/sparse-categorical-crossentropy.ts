/** Cross-entropy against integer labels. @module */
import { ShapeError } from "../errors.ts";
import { crossEntropy } from "../graph/ops/cross-entropy.ts";
import * as ops from "../graph/ops/index.ts";
import { formatShape } from "../shape.ts";
import { type CategoricalCrossentropyOptions, logOfProbabilities, smoothed } from "./categorical-crossentropy.ts";
import { lossMaker, smoothing } from "./loss-maker.ts";
import { logitsOf, oneHot, perSample, sumOfClasses } from "./operands.ts";

/**
 * loss[i] = -log(yPred[i, yTrue[i]]): yTrue [N] integer labels, yPred [N,classes] probabilities. From logits, and behind a softmax of ours, it is
 * computed by log-sum-exp, without clipping; probabilities from elsewhere are divided by their sum and clipped to [1e-7, 1 - 1e-7], as in Keras.
 * labelSmoothing, which Keras has only for one-hot targets, is that of categoricalCrossentropy.
 * @throws ConfigError for a labelSmoothing outside [0,1), or fromLogits behind a softmax; ShapeError
 */
export const sparseCategoricalCrossentropy = lossMaker(
  "sparseCategoricalCrossentropy",
  ({ fromLogits = false, labelSmoothing = 0 }: CategoricalCrossentropyOptions) => {
    const s = smoothing("sparseCategoricalCrossentropy", labelSmoothing);
    return (yTrue, yPred) => {
      // A label past the outputs would be read, and written, outside of them.
      if (yTrue.dtype !== "i32" || yTrue.shape.length !== 1 || yPred.shape.length !== 2 || yPred.shape[1] === 1) {
        throw new ShapeError({
          where: "sparseCategoricalCrossentropy",
          got: `${yTrue.dtype} targets ${formatShape(yTrue.shape)} and predictions ${formatShape(yPred.shape)}`,
          expected: "integer labels [N] and probabilities [N,classes]",
          hint: yPred.shape[1] === 1 ? "one output takes binaryCrossentropy" : 'end the model in dense(classes, { activation: "softmax" })',
        });
      }
      const logits = logitsOf("sparseCategoricalCrossentropy", "softmax", yPred, fromLogits);
      if (logits === null) return ops.neg(sumOfClasses(ops.mul(smoothed(oneHot(yTrue, yPred.shape[1] as number), s), logOfProbabilities(yPred))));
      const loss = crossEntropy(logits, yTrue);
      return s === 0 ? loss : ops.sub(ops.mul(loss, 1 - s), ops.mul(perSample(ops.logSoftmax(logits)), s));
    };
  },
);
