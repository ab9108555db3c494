/** Cross-entropy of yes and no. @module */
import * as ops from "../graph/ops/index.ts";
import { lossMaker, smoothing } from "./loss-maker.ts";
import { alike, EPSILON, logitsOf, perSample } from "./operands.ts";

/** Options of {@link binaryCrossentropy}. */
export interface BinaryCrossentropyOptions {
  /** Predictions are logits instead of probabilities. Default false. */
  fromLogits?: boolean;
  /** Targets t become t (1 - labelSmoothing) + labelSmoothing / 2. Default 0. */
  labelSmoothing?: number;
}

/**
 * loss[i] = mean over a sample of -t log p - (1 - t) log(1 - p), p = yPred. From logits x, and behind a sigmoid of ours, t softplus(-x) + (1 - t)
 * softplus(x), without clipping; probabilities from elsewhere are clipped to [1e-7, 1 - 1e-7], as in Keras (PyTorch clamps the logarithms to -100).
 * @throws ConfigError for a labelSmoothing outside [0,1), or fromLogits behind a sigmoid; ShapeError
 */
export const binaryCrossentropy = lossMaker("binaryCrossentropy", ({ fromLogits = false, labelSmoothing = 0 }: BinaryCrossentropyOptions) => {
  const s = smoothing("binaryCrossentropy", labelSmoothing);
  return (yTrue, yPred) => {
    const hard = alike("binaryCrossentropy", yTrue, yPred);
    const yes = s === 0 ? hard : ops.add(ops.mul(hard, 1 - s), s / 2);
    const no = ops.sub(1, yes);
    const logits = logitsOf("binaryCrossentropy", "sigmoid", yPred, fromLogits);
    if (logits !== null) return perSample(ops.add(ops.mul(yes, ops.softplus(ops.neg(logits))), ops.mul(no, ops.softplus(logits))));
    const p = ops.clip(yPred, EPSILON, 1 - EPSILON);
    return ops.neg(perSample(ops.add(ops.mul(yes, ops.log(p)), ops.mul(no, ops.log(ops.sub(1, p))))));
  };
});
