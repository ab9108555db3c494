/**
 * What surrounds an optimizer's step: penalties on weights, clipping of gradients, constraints on weights, the average of weights. `ok` points to
 * the flag that the step is sound: with 0 nothing that lasts is written.
 * @module
 */
import { elements, flag, float, inout, input, kernel, out, type Sizes, size } from "./kernel.ts";

const n = (s: Sizes): number => s.n;
const one = (): number => 1;
const rows = { A: size, R: size };
const row = { along: "A", shift: { y: one, x: (s: Sizes) => s.R } };
const ok = input("i32", one);

/** y[a] = sum over r of x[a,r]^2, in f64, in an order fixed by R alone. */
export const sum_squares_f64 = kernel({ y: out("f64", (s) => s.A), x: input("f32", (s) => s.A * s.R), ...rows }, (s) => 2 * s.A * s.R, row);
/** y[a] = sum over r of l1 |x[a,r]| + l2 x[a,r]^2, in f64, in an order fixed by R alone. */
export const penalty_sum_f64 = kernel(
  { y: out("f64", (s) => s.A), x: input("f32", (s) => s.A * s.R), ...rows, l1: float, l2: float },
  (s) => 4 * s.A * s.R,
  row,
);
/** y[0] = beta y[0] + x[0] + x[1] + ..., in this order. */
export const combine_f64 = kernel({ y: inout("f64", one), x: input("f64", n), n: size, beta: flag }, n);
/** g += 2 l2 p + l1 sign(p). */
export const penalty_gradient_f32 = kernel({ g: inout("f32", n), p: input("f32", n), n: size, l1: float, l2: float, ok }, (s) => 4 * s.n, elements("g", "p"));
/** factor = limit / norm where norm = sqrt(square) is more than the limit, else 1; ok = 0 where the norm is not finite. */
export const clip_factor_f32 = kernel({ factor: out("f32", one), ok: inout("i32", one), square: input("f64", one), limit: float });
/** g *= factor. */
export const clip_scale_f32 = kernel({ g: inout("f32", n), n: size, factor: input("f32", one), ok }, n, elements("g"));
/** g = min(max(g, -limit), limit). */
export const clip_value_f32 = kernel({ g: inout("f32", n), n: size, limit: float, ok }, () => 0, elements("g"));
/**
 * Scales p [A,R,B], rows r `ldp` elements apart, so that the norms over r lie in [low, high]: by high / (norm + 1e-7) above, low / (norm + 1e-7) below.
 * ldp is 1 or more than 1 with B, which decides the order of the sums.
 */
export const constrain_norm_f32 = kernel(
  { p: inout("f32", (s) => (s.A * s.R > 0 && s.B > 0 ? (s.A * s.R - 1) * s.ldp + s.B : 0)), ...rows, B: size, ldp: size, low: float, high: float, ok },
  (s) => 3 * s.A * s.R * s.B,
  { along: "A", shift: { p: (s) => s.R * s.ldp } },
  { along: "B", shift: { p: one }, when: (s) => s.ldp > 1 },
);
/** p = max(p, 0). */
export const constrain_non_negative_f32 = kernel({ p: inout("f32", n), n: size, ok }, () => 0, elements("p"));
/** e += h0 (p - e), or e = p where h0 is 1; 0 where that is 1e-30 or less; h = [1 - momentum; 1 in the first step]. */
export const ema_update_f32 = kernel({ e: inout("f32", n), p: input("f32", n), n: size, hyper: input("f32", one), ok }, (s) => 3 * s.n, elements("e", "p"));
