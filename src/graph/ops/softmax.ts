/** Softmax. @module */
import { count, type Shape } from "../../shape.ts";
import type { Op, Tensor } from "../graph.ts";
import { axisOf, tensor } from "./operands.ts";
import { transpose } from "./shaping.ts";

const rows = (shape: Shape): { m: Shape[number]; n: Shape[number] } => ({ m: count(shape.slice(0, -1)), n: shape[shape.length - 1] });

const softmaxOp: Op<null> = {
  name: "softmax",
  lower(node, to) {
    const [x] = node.inputs;
    to.emit("softmax_forward_f32", { y: to.output(node), x: to.pointer(x), ...rows(x.shape) });
  },
  gradient: (node, [dy]) => [dy && softmaxGradient(dy, node.outputs[0])],
};

const gradientOp: Op<null> = {
  name: "softmaxGradient",
  accumulates: true,
  lower(node, to) {
    const [dy, y] = node.inputs;
    to.emit("softmax_backward_f32", { dx: to.output(node), dy: to.pointer(dy), y: to.pointer(y), ...rows(y.shape), beta: to.beta(node) });
  },
};

/** dx = y (dy - sum(dy y)) over the last axis, for y = softmax(x). */
export function softmaxGradient(dy: Tensor, y: Tensor): Tensor {
  return dy.graph.add(gradientOp, [dy, y], null, { shape: y.shape, dtype: "f32" })[0];
}

/**
 * y = e^x / sum(e^x) along an axis, without overflow. An axis other than the last costs two transposes.
 * Gradient: dx = y (dy - sum(dy y)).
 * @throws ShapeError for an axis that x does not have
 */
export function softmax(x: Tensor, axis = -1): Tensor {
  return alongLast("softmax", softmaxOp, x, axis);
}

/** An op of the last axis, along any. */
function alongLast(where: string, op: Op<null>, x: Tensor, axis: number): Tensor {
  const { graph, shape } = tensor(where, x, "f32");
  const along = axisOf(where, axis, shape);
  const last = shape.length - 1;
  if (along !== last) {
    const order = shape.map((_, i) => (i === along ? last : i === last ? along : i));
    return transpose(alongLast(where, op, transpose(x, order), last), order);
  }
  return graph.add(op, [x], null, { shape, dtype: "f32" })[0];
}

const logGradientOp: Op<null> = {
  name: "logSoftmaxGradient",
  accumulates: true,
  lower(node, to) {
    const [dy, y] = node.inputs;
    to.emit("log_softmax_backward_f32", { dx: to.output(node), dy: to.pointer(dy), y: to.pointer(y), ...rows(y.shape), beta: to.beta(node) });
  },
};

function logSoftmaxGradient(dy: Tensor, y: Tensor): Tensor {
  return dy.graph.add(logGradientOp, [dy, y], null, { shape: y.shape, dtype: "f32" })[0];
}

const logSoftmaxOp: Op<null> = {
  name: "logSoftmax",
  lower(node, to) {
    const [x] = node.inputs;
    to.emit("log_softmax_forward_f32", { y: to.output(node), x: to.pointer(x), ...rows(x.shape) });
  },
  gradient: (node, [dy]) => [dy && logSoftmaxGradient(dy, node.outputs[0])],
};

/**
 * y = log(softmax(x)) = x - logSumExp(x) along an axis, without overflow or underflow. An axis other than the last costs two transposes.
 * Gradient: dx = dy - e^y sum(dy).
 * @throws ShapeError for an axis that x does not have
 */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return alongLast("logSoftmax", logSoftmaxOp, x, axis);
}

export { softmaxOp };
