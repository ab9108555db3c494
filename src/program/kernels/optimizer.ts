/**
 * Updates of a contiguous run of n parameters. `hyper` points to the optimizer's numbers of this step, `ok` to the flag that the
 * step's loss was finite: with 0 nothing is written. Decayed slots of magnitude 1e-30 or less become 0 (denormals cost 15x).
 * @module
 */
import { elements, inout, input, kernel, type Sizes, size } from "./kernel.ts";

const n = (s: Sizes): number => s.n;
const p = inout("f32", n);
const g = input("f32", n);
const slot = inout("f32", n);
const ok = input("i32", () => 1);

/** p -= h0 g; h = [learningRate]. */
export const sgd_update_f32 = kernel({ p, g, n: size, hyper: input("f32", () => 1), ok }, (s) => 2 * s.n, elements("p", "g"));
/** m = h1 m - h0 g; p += m; h = [learningRate, momentum]. */
export const momentum_update_f32 = kernel({ p, g, m: slot, n: size, hyper: input("f32", () => 2), ok }, (s) => 4 * s.n, elements("p", "g", "m"));
/** m = h1 m - h0 g; p += h1 m - h0 g; h = [learningRate, momentum]. */
export const nesterov_update_f32 = kernel({ p, g, m: slot, n: size, hyper: input("f32", () => 2), ok }, (s) => 6 * s.n, elements("p", "g", "m"));
/** m += h1 (g - m); v += h2 (g^2 - v); p -= h0 m / (sqrt(v) + h3); h = [step size with bias correction, 1-beta1, 1-beta2, epsilon]. */
export const adam_update_f32 = kernel({ p, g, m: slot, v: slot, n: size, hyper: input("f32", () => 4), ok }, (s) => 10 * s.n, elements("p", "g", "m", "v"));
