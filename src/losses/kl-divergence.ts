/** Divergence of distributions. @module */
import * as ops from "../graph/ops/index.ts";
import { lossMaker } from "./loss-maker.ts";
import { alike, EPSILON, logitsOf, sumOfClasses } from "./operands.ts";

/**
 * loss[i] = sum over classes of t log(t / p), t = yTrue and p = yPred clipped to [1e-7, 1], as in Keras; behind a softmax of ours log p is the
 * log-softmax of its logits, without clipping (Kullback & Leibler 1951).
 * @throws ShapeError
 */
export const klDivergence = lossMaker("klDivergence", () => (yTrue, yPred) => {
  const t = ops.clip(alike("klDivergence", yTrue, yPred), EPSILON, 1);
  const logits = logitsOf("klDivergence", "softmax", yPred, false);
  const log = logits === null ? ops.log(ops.clip(yPred, EPSILON, 1)) : ops.logSoftmax(logits);
  return sumOfClasses(ops.mul(t, ops.sub(ops.log(t), log)));
});
