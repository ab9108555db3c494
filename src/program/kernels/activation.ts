/** Activations, forward and backward. Each backward takes beta: dx = dy f'(x) + beta dx; with beta 0, dx may equal dy. @module */
import { elements, flag, float, inout, input, kernel, out, reusable, type Sizes, size } from "./kernel.ts";

const n = (s: Sizes): number => s.n;
const forward = () => kernel({ y: out("f32", n), x: reusable("f32", n), n: size }, n, elements("y", "x"));
const forwardAlpha = () => kernel({ y: out("f32", n), x: reusable("f32", n), n: size, alpha: float }, n, elements("y", "x"));
/** Backward from the output y. */
const backward = () => kernel({ dx: inout("f32", n), dy: reusable("f32", n), y: input("f32", n), n: size, beta: flag }, n, elements("dx", "dy", "y"));
/** Backward from the input x. */
const backwardFromInput = () => kernel({ dx: inout("f32", n), dy: reusable("f32", n), x: input("f32", n), n: size, beta: flag }, n, elements("dx", "dy", "x"));
const backwardAlpha = () =>
  kernel({ dx: inout("f32", n), dy: reusable("f32", n), y: input("f32", n), n: size, alpha: float, beta: flag }, n, elements("dx", "dy", "y"));

export const relu_forward_f32 = forward();
export const relu_backward_f32 = backward();
/** y = x if x > 0, else alpha x. */
export const leaky_relu_forward_f32 = forwardAlpha();
export const leaky_relu_backward_f32 = backwardAlpha();
/** y = x if x > 0, else alpha (e^x - 1). */
export const elu_forward_f32 = forwardAlpha();
export const elu_backward_f32 = backwardAlpha();
export const sigmoid_forward_f32 = forward();
export const sigmoid_backward_f32 = backward();
export const tanh_forward_f32 = forward();
export const tanh_backward_f32 = backward();
export const softplus_forward_f32 = forward();
/** From the input x: dx = dy sigmoid(x). */
export const softplus_backward_f32 = kernel(
  { dx: inout("f32", n), dy: input("f32", n), x: input("f32", n), n: size, beta: flag },
  n,
  elements("dx", "dy", "x"),
);
/** y = x Phi(x), Phi the normal distribution's. */
export const gelu_forward_f32 = forward();
export const gelu_backward_f32 = backwardFromInput();
/** y = x sigmoid(v), v = 2 sqrt(2/pi) (x + 0.044715 x^3). */
export const gelu_tanh_forward_f32 = forward();
export const gelu_tanh_backward_f32 = backwardFromInput();
/** y = x sigmoid(x). */
export const silu_forward_f32 = forward();
export const silu_backward_f32 = backwardFromInput();
/** y = x tanh(log(1 + e^x)). */
export const mish_forward_f32 = forward();
export const mish_backward_f32 = backwardFromInput();
/** y = x min(max(x + 3, 0), 6) / 6; the slope is that of the middle strictly inside. */
export const hard_silu_forward_f32 = forward();
export const hard_silu_backward_f32 = backwardFromInput();
/** y = x / (1 + |x|). */
export const softsign_forward_f32 = forward();
export const softsign_backward_f32 = backwardFromInput();
/** y = min(max((x + shift) scale, low), high); nothing passes back at the limits. */
export const clamp_forward_f32 = kernel(
  { y: out("f32", n), x: reusable("f32", n), n: size, shift: float, scale: float, low: float, high: float },
  n,
  elements("y", "x"),
);
export const clamp_backward_f32 = kernel(
  { dx: inout("f32", n), dy: reusable("f32", n), y: input("f32", n), n: size, scale: float, low: float, high: float, beta: flag },
  n,
  elements("dx", "dy", "y"),
);
