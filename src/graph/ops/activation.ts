/** Activation functions. @module */
import type { KernelName } from "../../program/kernels/index.ts";
import { count } from "../../shape.ts";
import type { Op, Tensor } from "../graph.ts";
import { option, tensor } from "./operands.ts";

type Plain = "relu" | "sigmoid" | "tanh" | "softplus";
type Slope = "leaky_relu" | "elu";
/** Of the activations whose slope follows from their result. */
type FromResult = Extract<KernelName, `${Exclude<Plain, "softplus">}_backward_f32`>;

function forwardOp(name: string, kernel: `${Plain}_forward_f32`, gradient: (dy: Tensor, x: Tensor, y: Tensor) => Tensor): Op<null> {
  return {
    name,
    lower(node, to) {
      const [x] = node.inputs;
      to.emit(kernel, { y: to.output(node), x: to.pointer(x), n: count(x.shape) });
    },
    gradient: (node, [dy]) => [dy && gradient(dy, node.inputs[0], node.outputs[0])],
  };
}

function backwardOp(name: string, kernel: FromResult): Op<null> {
  return {
    name: `${name}Gradient`,
    accumulates: true,
    lower(node, to) {
      const [dy, y] = node.inputs;
      to.emit(kernel, { dx: to.output(node), dy: to.pointer(dy), y: to.pointer(y), n: count(y.shape), beta: to.beta(node) });
    },
  };
}

const softplusGradientOp: Op<null> = {
  name: "softplusGradient",
  accumulates: true,
  lower(node, to) {
    const [dy, x] = node.inputs;
    to.emit("softplus_backward_f32", { dx: to.output(node), dy: to.pointer(dy), x: to.pointer(x), n: count(x.shape), beta: to.beta(node) });
  },
};

/** An op and its gradient op, for activations with a parameter. */
function slopeOp(name: string, kernel: Slope): Op<{ readonly alpha: number }> {
  const gradient: Op<{ readonly alpha: number }> = {
    name: `${name}Gradient`,
    accumulates: true,
    lower(node, to) {
      const [dy, y] = node.inputs;
      to.emit(`${kernel}_backward_f32`, {
        dx: to.output(node),
        dy: to.pointer(dy),
        y: to.pointer(y),
        n: count(y.shape),
        alpha: node.attributes.alpha,
        beta: to.beta(node),
      });
    },
  };
  return {
    name,
    lower(node, to) {
      const [x] = node.inputs;
      to.emit(`${kernel}_forward_f32`, { y: to.output(node), x: to.pointer(x), n: count(x.shape), alpha: node.attributes.alpha });
    },
    gradient: (node, [dy]) => [dy && apply(gradient, node.attributes, dy, node.outputs[0])],
  };
}

/** A node whose result has the shape of its operands. */
function apply<A>(op: Op<A>, attributes: A, ...inputs: [Tensor, ...Tensor[]]): Tensor {
  const [x] = inputs;
  tensor(op.name, x, "f32");
  return x.graph.add(op, inputs, attributes, { shape: x.shape, dtype: "f32" })[0];
}

const reluGradientOp = backwardOp("relu", "relu_backward_f32");
const sigmoidGradientOp = backwardOp("sigmoid", "sigmoid_backward_f32");
const tanhGradientOp = backwardOp("tanh", "tanh_backward_f32");
/** dy where y > 0: what passes back through a rectifier. */
export const reluGradient = (dy: Tensor, y: Tensor): Tensor => apply(reluGradientOp, null, dy, y);
export const reluOp = forwardOp("relu", "relu_forward_f32", (dy, _, y) => reluGradient(dy, y));
const sigmoidOp = forwardOp("sigmoid", "sigmoid_forward_f32", (dy, _, y) => apply(sigmoidGradientOp, null, dy, y));
const tanhOp = forwardOp("tanh", "tanh_forward_f32", (dy, _, y) => apply(tanhGradientOp, null, dy, y));
const softplusOp = forwardOp("softplus", "softplus_forward_f32", (dy, x) => apply(softplusGradientOp, null, dy, x));
const leakyReluOp = slopeOp("leakyRelu", "leaky_relu");
const eluOp = slopeOp("elu", "elu");

/** y = max(x, 0). Gradient: dx = dy where x > 0, else 0. */
export function relu(x: Tensor): Tensor {
  return apply(reluOp, null, x);
}

/**
 * y = x where x > 0, else alpha x. Default alpha 0.2, as the activation of Keras 3 (its LeakyReLU layer: 0.3; PyTorch: 0.01).
 * Gradient: dx = dy where x > 0, else alpha dy.
 * @throws ConfigError unless alpha is a finite number of at least 0
 */
export function leakyRelu(x: Tensor, alpha = 0.2): Tensor {
  return apply(leakyReluOp, { alpha: option("leakyRelu", "alpha", alpha, "a finite number of at least 0", isSlope) }, x);
}

/**
 * y = x where x > 0, else alpha (e^x - 1). Gradient: dx = dy where x > 0, else dy alpha e^x.
 * @throws ConfigError unless alpha is a finite number of at least 0
 */
export function elu(x: Tensor, alpha = 1): Tensor {
  return apply(eluOp, { alpha: option("elu", "alpha", alpha, "a finite number of at least 0", isSlope) }, x);
}

/** The gradients follow from the sign of the result, which must be that of x. */
const isSlope = (alpha: number): boolean => Number.isFinite(alpha) && alpha >= 0;

/** y = 1 / (1 + e^-x). Gradient: dx = dy y (1 - y). */
export function sigmoid(x: Tensor): Tensor {
  return apply(sigmoidOp, null, x);
}

/** y = tanh(x). Gradient: dx = dy (1 - y^2). */
export function tanh(x: Tensor): Tensor {
  return apply(tanhOp, null, x);
}

/** y = log(1 + e^x). Gradient: dx = dy sigmoid(x). */
export function softplus(x: Tensor): Tensor {
  return apply(softplusOp, null, x);
}

/** y = x. */
export function linear(x: Tensor): Tensor {
  return tensor("linear", x, "f32");
}
