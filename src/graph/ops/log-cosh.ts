/** Logarithm of the hyperbolic cosine. @module */
import type { Tensor } from "../graph.ts";
import { tanh } from "./activation.ts";
import { mul, unary, unaryOp } from "./elementwise.ts";

const logCoshOp = unaryOp("logCosh", "log_cosh_f32", (g, x) => mul(g, tanh(x)));

/** y = log(cosh(x)): x^2 / 2 near 0, |x| - log 2 far from it, without overflow. Gradient: dx = dy tanh(x). */
export function logCosh(x: Tensor): Tensor {
  return unary(logCoshOp, x);
}
