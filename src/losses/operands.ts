/** What the losses do with targets and predictions. @module */
import { ConfigError, ShapeError } from "../errors.ts";
import type { Tensor } from "../graph/graph.ts";
import { sigmoidOp } from "../graph/ops/activation.ts";
import * as ops from "../graph/ops/index.ts";
import { reshapeOp } from "../graph/ops/shaping.ts";
import { softmaxOp } from "../graph/ops/softmax.ts";
import { formatShape, sameDim, sameShape } from "../shape.ts";

/** Probabilities from elsewhere are kept this far from 0 and 1, as in Keras. */
export const EPSILON = 1e-7;

/** 1 at each label [N], else 0: [N,classes]. */
export function oneHot(labels: Tensor, classes: number): Tensor {
  const names = ops.constant(
    labels.graph,
    Array.from({ length: classes }, (_, c) => c),
    [1, classes],
  );
  return ops.compare(ops.cast(ops.reshape(labels, [labels.shape[0], 1]), "f32"), "equal", names);
}

/**
 * The targets as numbers of the predictions' shape. Integer labels [N] of predictions [N,classes] become one-hot rows; a last dimension of 1 may
 * be missing on either side.
 * @throws ShapeError
 */
export function alike(where: string, yTrue: Tensor, yPred: Tensor): Tensor {
  const { shape } = yPred;
  const last = shape.at(-1);
  if (yTrue.dtype === "i32" && yTrue.shape.length === 1 && shape.length === 2 && typeof last === "number" && last > 1) return oneHot(yTrue, last);
  const values = ops.cast(yTrue, "f32");
  if (sameShape(values.shape, shape)) return values;
  if (sameShape([...values.shape, 1], shape) || sameShape(values.shape, [...shape, 1])) return ops.reshape(values, shape);
  throw new ShapeError({
    where,
    got: `targets ${formatShape(yTrue.shape)} and predictions ${formatShape(shape)}`,
    expected: "targets of the predictions' shape, or a label for each row of them",
  });
}

/** The mean over all but the first dimension. */
export function perSample(x: Tensor): Tensor {
  return x.shape.length === 1 ? x : ops.mean(x, { axes: x.shape.slice(1).map((_, i) => i + 1) });
}

/** The sum over the last dimension, then the mean over the others but the first. */
export function sumOfClasses(x: Tensor): Tensor {
  return perSample(ops.sum(x, { axes: [-1] }));
}

const activations = { softmax: softmaxOp, sigmoid: sigmoidOp };

/** What an activation of ours made predictions from, of their shape; null if something else made them. Changes of shape that keep the classes do not matter. */
function behind(activation: keyof typeof activations, x: Tensor): Tensor | null {
  const { node } = x;
  if (node.op === (activations[activation] as unknown)) return node.inputs[0];
  if (node.op !== (reshapeOp as unknown)) return null;
  const [input] = node.inputs;
  if (activation === "softmax" && !sameDim(x.shape.at(-1) ?? 1, input.shape.at(-1) ?? 1)) return null;
  const logits = behind(activation, input);
  return logits && ops.reshape(logits, x.shape);
}

/**
 * The logits of predictions: themselves with `fromLogits`, or what a softmax or sigmoid of ours made them from; null for probabilities from elsewhere.
 * @throws ConfigError for fromLogits behind that activation
 */
export function logitsOf(where: string, activation: keyof typeof activations, yPred: Tensor, fromLogits: boolean): Tensor | null {
  const logits = behind(activation, yPred);
  if (!fromLogits) return logits;
  if (logits === null) return yPred;
  throw new ConfigError({
    where,
    got: `fromLogits behind a ${activation}`,
    expected: "logits, or probabilities without fromLogits",
    hint: "behind an activation of ours the loss is computed from its logits anyway",
  });
}
