/** Cross-entropy of logits against integer labels, alone and fused with the softmax of the same logits. @module */
import { ShapeError } from "../../errors.ts";
import { formatShape, type Shape, sameDim } from "../../shape.ts";
import type { Op, Tensor } from "../graph.ts";
import { addN } from "./add-n.ts";
import { softmax, softmaxGradient } from "./softmax.ts";

const rowsAndClasses = (logits: Tensor): { m: Shape[number]; n: Shape[number] } => ({ m: logits.shape[0], n: logits.shape[1] });

/** dx[i,j] = dloss[i] (y[i,j] - (j == labels[i])). */
const gradientOp: Op<null> = {
  name: "crossEntropyGradient",
  accumulates: true,
  lower(node, to) {
    const [dloss, y, labels] = node.inputs;
    to.emit("softmax_cross_entropy_backward_f32", {
      dx: to.output(node),
      dloss: to.pointer(dloss),
      y: to.pointer(y),
      labels: to.pointer(labels),
      ...rowsAndClasses(y),
      beta: to.beta(node),
    });
  },
};

function crossEntropyGradient(dloss: Tensor, y: Tensor, labels: Tensor): Tensor {
  return dloss.graph.add(gradientOp, [dloss, y, labels], null, { shape: y.shape, dtype: "f32" })[0];
}

/** The unfused op: only the loss. */
export const crossEntropyOp: Op<null> = {
  name: "crossEntropy",
  lower(node, to) {
    const [x, labels] = node.inputs;
    to.emit("cross_entropy_logits_f32", { loss: to.output(node), x: to.pointer(x), labels: to.pointer(labels), ...rowsAndClasses(x) });
  },
  gradient(node, [dloss]) {
    const [x, labels] = node.inputs;
    return [dloss && crossEntropyGradient(dloss, softmax(x), labels), null];
  },
};

/** The fused op: loss, and softmax of the logits. */
const fusedOp: Op<null> = {
  name: "softmaxCrossEntropy",
  lower(node, to) {
    const [x, labels] = node.inputs;
    to.emit("softmax_cross_entropy_forward_f32", {
      loss: to.output(node, 0),
      y: to.output(node, 1),
      x: to.pointer(x),
      labels: to.pointer(labels),
      ...rowsAndClasses(x),
    });
  },
  gradient(node, [dloss, dy]) {
    const [, labels] = node.inputs;
    const y = node.outputs[1];
    const parts = [dloss && crossEntropyGradient(dloss, y, labels), dy && softmaxGradient(dy, y)].filter((part) => part !== null);
    return [parts.length === 1 ? parts[0] : addN(parts), null];
  },
};

function check(logits: Tensor, labels: Tensor): void {
  if (logits.shape.length !== 2 || labels.shape.length !== 1 || !sameDim(logits.shape[0], labels.shape[0]) || labels.dtype !== "i32") {
    throw new ShapeError({
      where: "crossEntropy",
      got: `logits ${formatShape(logits.shape)} and ${labels.dtype} labels ${formatShape(labels.shape)}`,
      expected: "logits [N,classes] and i32 labels [N]",
    });
  }
}

/** loss[i] = logSumExp(logits[i,:]) - logits[i, labels[i]]: logits [N,C] f32, labels [N] i32 in [0,C). Gradient: softmax - one-hot. @throws ShapeError */
export function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  check(logits, labels);
  return logits.graph.add(crossEntropyOp, [logits, labels], null, { shape: labels.shape, dtype: "f32" })[0];
}

/** The same loss and the softmax of the logits, in one pass. */
export function softmaxCrossEntropy(logits: Tensor, labels: Tensor): { loss: Tensor; probabilities: Tensor } {
  check(logits, labels);
  const [loss, probabilities] = logits.graph.add(fusedOp, [logits, labels], null, { shape: labels.shape, dtype: "f32" }, { shape: logits.shape, dtype: "f32" });
  return { loss, probabilities };
}
