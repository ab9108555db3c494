/**
 * Updates of a contiguous run of n parameters. `hyper` points to the optimizer's numbers of this step, `ok` to the flag that the
 * step's loss was finite: with 0 nothing is written. The last of the numbers decays the weights: p += h p before the step, with 0 no bit
 * changes. Decayed slots of magnitude 1e-30 or less become 0 (denormals cost 15x).
 * @module
 */
import { elements, inout, input, kernel, type Sizes, size } from "./kernel.ts";

const n = (s: Sizes): number => s.n;
const p = inout("f32", n);
const g = input("f32", n);
const slot = inout("f32", n);
const maybe = { ...slot, optional: true } as const;
const ok = input("i32", () => 1);
const hyper = (length: number) => input("f32", () => length);

/** p += h1 p - h0 g; h = [learningRate, decay]. */
export const sgd_update_f32 = kernel({ p, g, n: size, hyper: hyper(2), ok }, (s) => 4 * s.n, elements("p", "g"));
/** m = h1 m - h0 g; p += h3 p + h2 m; h = [factor of g, momentum, factor of m, decay]. */
export const momentum_update_f32 = kernel({ p, g, m: slot, n: size, hyper: hyper(4), ok }, (s) => 7 * s.n, elements("p", "g", "m"));
/** m = h1 m - h0 g; p += h3 p + h2 (h1 m - h0 g); h = [factor of g, momentum, factor of m, decay]. */
export const nesterov_update_f32 = kernel({ p, g, m: slot, n: size, hyper: hyper(4), ok }, (s) => 9 * s.n, elements("p", "g", "m"));
/** v += g^2; p += h3 p - h0 g / (sqrt(v + h1) + h2); h = [learningRate, epsilon under the root, epsilon after it, decay]. */
export const adagrad_update_f32 = kernel({ p, g, v: slot, n: size, hyper: hyper(4), ok }, (s) => 10 * s.n, elements("p", "g", "v"));
/** v += h1 (g^2 - v); d = sqrt(u + h2) g / sqrt(v + h2); u += h1 (d^2 - u); p += h3 p - h0 d; h = [learningRate, 1-rho, epsilon, decay]. */
export const adadelta_update_f32 = kernel({ p, g, v: slot, u: slot, n: size, hyper: hyper(4), ok }, (s) => 18 * s.n, elements("p", "g", "v", "u"));
/**
 * d = g - a, or g without a; a += h1 d; v += h1 (h2 d^2 - v); s = h0 g / (sqrt(v + h3) + h4); m = h5 m + s; p += h7 p - h6 m, or - s without m;
 * h = [factor of g, 1-rho, rho with a or else 1, epsilon under the root, epsilon after it, momentum, factor of m, decay].
 */
export const rmsprop_update_f32 = kernel(
  { p, g, v: slot, a: maybe, m: maybe, n: size, hyper: hyper(8), ok },
  (s) => 13 * s.n,
  elements("p", "g", "v", "a", "m"),
);
/**
 * m += h1 (g - m); v += h2 (g^2 - v); p += h4 p - h0 m / (sqrt(v) + h3), with the largest v so far in place of v where there is one;
 * h = [step size with bias correction, 1-beta1, 1-beta2, epsilon, decay].
 */
export const adam_update_f32 = kernel(
  { p, g, m: slot, v: slot, largest: maybe, n: size, hyper: hyper(5), ok },
  (s) => 12 * s.n,
  elements("p", "g", "m", "v", "largest"),
);
/** m += h1 (g - m); u = max((1-h2) u, |g| + h3); p += h5 p - h0 m / (u + h4); h = [step size with bias correction, 1-beta1, 1-beta2, epsilon in the maximum, epsilon after it, decay]. */
export const adamax_update_f32 = kernel({ p, g, m: slot, u: slot, n: size, hyper: hyper(6), ok }, (s) => 13 * s.n, elements("p", "g", "m", "u"));
/** m += h1 (g - m); v += h2 (g^2 - v); p += h5 p - (h0 m + h4 g) / (sqrt(v) + h3); h = [step size of m, 1-beta1, 1-beta2, epsilon, step size of g, decay]. */
export const nadam_update_f32 = kernel({ p, g, m: slot, v: slot, n: size, hyper: hyper(6), ok }, (s) => 14 * s.n, elements("p", "g", "m", "v"));
/** p += h3 p - h0 sign(m + h1 (g - m)); m += h2 (g - m); h = [learningRate, 1-beta1, 1-beta2, decay]. */
export const lion_update_f32 = kernel({ p, g, m: slot, n: size, hyper: hyper(4), ok }, (s) => 9 * s.n, elements("p", "g", "m"));
