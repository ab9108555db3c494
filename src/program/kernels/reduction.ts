/** Reductions of x [A,R,B] over the middle dimension, and the sums a step reports. @module */
import { flag, inout, input, kernel, out, type Sizes, type Split, size } from "./kernel.ts";

const whole = (s: Sizes): number => s.A * s.R * s.B;
const kept = (s: Sizes): number => s.A * s.B;
const dims = { A: size, R: size, B: size };
const outer: Split = { along: "A", shift: { y: (s) => s.B, x: (s) => s.R * s.B } };

/** y [A,B] = sum over r of x [A,r,B] + beta y, in an order fixed by R alone (that of r itself where B > 1). R = 0 gives 0. */
export const reduce_sum_f32 = kernel({ y: inout("f32", kept), x: input("f32", whole), ...dims, beta: flag }, whole, outer);
/** y [A,B] = max over r; NaN if any is NaN. R >= 1. */
export const reduce_max_f32 = kernel({ y: out("f32", kept), x: input("f32", whole), ...dims }, whole, outer);
/** y [A,B] = first r of the largest value (a NaN counts as largest, as in NumPy). R >= 1. */
export const reduce_argmax_f32 = kernel({ y: out("i32", kept), x: input("f32", whole), ...dims }, () => 0, outer);
/** y [A,B] = log(sum over r of exp(x)), shifted by the maximum. R >= 1. */
export const reduce_logsumexp_f32 = kernel({ y: out("f32", kept), x: input("f32", whole), ...dims }, whole, outer);
/** y[0] = sum of x [n] + beta y[0], in f64. */
export const sum_f64 = kernel({ y: inout("f64", () => 1), x: input("f32", (s) => s.n), n: size, beta: flag }, (s) => s.n);
/** ok[0] = 1 if x[0] is finite, else 0. */
export const finite_f64 = kernel({ ok: out("i32", () => 1), x: input("f64", () => 1) });
