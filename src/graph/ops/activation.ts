/** Activation functions. @module */
import { count } from "../../shape.ts";
import type { Op, Tensor } from "../graph.ts";
import { scale } from "./elementwise.ts";
import { option, tensor } from "./operands.ts";

/** Activations whose slope follows from their result. */
type FromResult = "relu" | "sigmoid" | "tanh";
/** Those whose slope takes the input. */
type FromInput = "softplus" | "gelu" | "gelu_tanh" | "silu" | "mish" | "hard_silu" | "softsign";
type Slope = "leaky_relu" | "elu";

function forwardOp(name: string, kernel: `${FromResult | FromInput}_forward_f32`, gradient: (dy: Tensor, x: Tensor, y: Tensor) => Tensor): Op<null> {
  return {
    name,
    lower(node, to) {
      const [x] = node.inputs;
      to.emit(kernel, { y: to.output(node), x: to.pointer(x), n: count(x.shape) });
    },
    gradient: (node, [dy]) => [dy && gradient(dy, node.inputs[0], node.outputs[0])],
  };
}

function backwardOp(name: string, kernel: `${FromResult}_backward_f32`): Op<null> {
  return {
    name: `${name}Gradient`,
    accumulates: true,
    lower(node, to) {
      const [dy, y] = node.inputs;
      to.emit(kernel, { dx: to.output(node), dy: to.pointer(dy), y: to.pointer(y), n: count(y.shape), beta: to.beta(node) });
    },
  };
}

/** An op and its gradient op, for activations whose slope takes the input. */
function fromInputOp(name: string, kernel: FromInput): Op<null> {
  const gradient: Op<null> = {
    name: `${name}Gradient`,
    accumulates: true,
    lower(node, to) {
      const [dy, x] = node.inputs;
      to.emit(`${kernel}_backward_f32`, { dx: to.output(node), dy: to.pointer(dy), x: to.pointer(x), n: count(x.shape), beta: to.beta(node) });
    },
  };
  return forwardOp(name, `${kernel}_forward_f32`, (dy, x) => apply(gradient, null, dy, x));
}

interface Clamp {
  readonly shift: number;
  readonly scale: number;
  readonly low: number;
  readonly high: number;
}

const clampGradientOp: Op<Clamp> = {
  name: "clampGradient",
  accumulates: true,
  lower(node, to) {
    const [dy, y] = node.inputs;
    const { scale, low, high } = node.attributes;
    to.emit("clamp_backward_f32", { dx: to.output(node), dy: to.pointer(dy), y: to.pointer(y), n: count(y.shape), scale, low, high, beta: to.beta(node) });
  },
};

const clampOp: Op<Clamp> = {
  name: "clamp",
  lower(node, to) {
    const [x] = node.inputs;
    to.emit("clamp_forward_f32", { y: to.output(node), x: to.pointer(x), n: count(x.shape), ...node.attributes });
  },
  gradient: (node, [dy]) => [dy && apply(clampGradientOp, node.attributes, dy, node.outputs[0])],
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
const reluGradient = (dy: Tensor, y: Tensor): Tensor => apply(reluGradientOp, null, dy, y);
export const reluOp = forwardOp("relu", "relu_forward_f32", (dy, _, y) => reluGradient(dy, y));
export const sigmoidOp = forwardOp("sigmoid", "sigmoid_forward_f32", (dy, _, y) => apply(sigmoidGradientOp, null, dy, y));
const tanhOp = forwardOp("tanh", "tanh_forward_f32", (dy, _, y) => apply(tanhGradientOp, null, dy, y));
const softplusOp = fromInputOp("softplus", "softplus");
const geluOp = fromInputOp("gelu", "gelu");
const geluTanhOp = fromInputOp("geluTanh", "gelu_tanh");
const siluOp = fromInputOp("silu", "silu");
const mishOp = fromInputOp("mish", "mish");
const hardSiluOp = fromInputOp("hardSilu", "hard_silu");
const softsignOp = fromInputOp("softsign", "softsign");
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

/**
 * y = x Phi(x), Phi(x) = (1 + erf(x / sqrt 2)) / 2: the exact form, the default of Keras 3 and PyTorch (Hendrycks & Gimpel 2016).
 * Gradient: dx = dy (Phi(x) + x e^(-x^2/2) / sqrt(2 pi)).
 */
export function gelu(x: Tensor): Tensor {
  return apply(geluOp, null, x);
}

/** y = x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2: gelu approximated, Keras's `approximate=True`. Gradient: of this formula. */
export function geluTanh(x: Tensor): Tensor {
  return apply(geluTanhOp, null, x);
}

/** y = x sigmoid(x), also known as swish (Ramachandran et al. 2017). Gradient: dx = dy (s + x s (1 - s)), s = sigmoid(x). */
export function silu(x: Tensor): Tensor {
  return apply(siluOp, null, x);
}

/** y = x tanh(softplus(x)) (Misra 2019). Gradient: dx = dy (t + x sigmoid(x) (1 - t^2)), t = tanh(softplus(x)). */
export function mish(x: Tensor): Tensor {
  return apply(mishOp, null, x);
}

/** y = x hardSigmoid(x), also known as hard swish (Howard et al. 2019). Gradient: dx = 0 up to -3, dy (2 x + 3) / 6 below 3, dy from there. */
export function hardSilu(x: Tensor): Tensor {
  return apply(hardSiluOp, null, x);
}

/** y = x / (1 + |x|). Gradient: dx = dy / (1 + |x|)^2. */
export function softsign(x: Tensor): Tensor {
  return apply(softsignOp, null, x);
}

/** y = min(max(x + 3, 0), 6) / 6, as in Keras 3 and PyTorch. Gradient: dx = dy / 6 where -3 < x < 3, else 0. */
export function hardSigmoid(x: Tensor): Tensor {
  return apply(clampOp, { shift: 3, scale: 1 / 6, low: 0, high: 1 }, x);
}

/** y = x limited to [-1, 1]. Gradient: dx = dy where -1 < x < 1, else 0. */
export function hardTanh(x: Tensor): Tensor {
  return apply(clampOp, { shift: 0, scale: 1, low: -1, high: 1 }, x);
}

/** y = x limited to [0, 6]. Gradient: dx = dy where 0 < x < 6, else 0. */
export function relu6(x: Tensor): Tensor {
  return apply(clampOp, { shift: 0, scale: 1, low: 0, high: 6 }, x);
}

/** The constants with which activations keep mean 0 and variance 1 (Klambauer et al. 2017). */
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** y = 1.0507 x where x > 0, else 1.0507 1.6733 (e^x - 1) (Klambauer et al. 2017). Gradient: dx = 1.0507 dy where x > 0, else dy (y + 1.7581). */
export function selu(x: Tensor): Tensor {
  return scale(elu(x, SELU_ALPHA), SELU_SCALE);
}

/** y = x. */
export function linear(x: Tensor): Tensor {
  return tensor("linear", x, "f32");
}
