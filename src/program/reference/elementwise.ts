/** Elementwise arithmetic with broadcasting, comparisons, selection, copies. @module */
import type { Call, Floats, References } from "./reference.ts";

type BinaryCall = Call<"add_f32">;

/** y = f(a, b) over four dimensions, the operands read by strides. */
function binary(f: (a: number, b: number) => number): (call: BinaryCall) => void {
  return ({ y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3 }) => {
    let out = 0;
    for (let i = 0; i < d0; i++) {
      for (let j = 0; j < d1; j++) {
        for (let k = 0; k < d2; k++) {
          let pa = i * a0 + j * a1 + k * a2;
          let pb = i * b0 + j * b1 + k * b2;
          for (let l = 0; l < d3; l++) {
            y[out++] = f(a[pa], b[pb]);
            pa += a3;
            pb += b3;
          }
        }
      }
    }
  };
}

interface UnaryCall {
  y: Floats;
  x: Floats;
  n: number;
}

/** y = f(x). */
function unary(f: (x: number) => number): (call: UnaryCall) => void {
  return ({ y, x, n }) => {
    for (let i = 0; i < n; i++) y[i] = f(x[i]);
  };
}

export const elementwise: References<
  | "add_f32" | "sub_f32" | "mul_f32" | "div_f32" | "pow_f32" | "minimum_f32" | "maximum_f32"
  | "equal_f32" | "not_equal_f32" | "less_f32" | "less_equal_f32" | "greater_f32" | "greater_equal_f32"
  | "neg_f32" | "abs_f32" | "sign_f32" | "sqrt_f32" | "exp_f32" | "log_f32"
  | "where_f32" | "fill_f32" | "accumulate_f32" | "scale_f32" | "strided_copy_f32" | "cast_i32_f32" | "cast_f32_i32"
> = {
  add_f32: binary((a, b) => a + b),
  sub_f32: binary((a, b) => a - b),
  mul_f32: binary((a, b) => a * b),
  div_f32: binary((a, b) => a / b),
  pow_f32: binary((a, b) => a ** b),
  minimum_f32: binary((a, b) => Math.min(a, b)),
  maximum_f32: binary((a, b) => Math.max(a, b)),
  equal_f32: binary((a, b) => (a === b ? 1 : 0)),
  not_equal_f32: binary((a, b) => (a !== b ? 1 : 0)),
  less_f32: binary((a, b) => (a < b ? 1 : 0)),
  less_equal_f32: binary((a, b) => (a <= b ? 1 : 0)),
  greater_f32: binary((a, b) => (a > b ? 1 : 0)),
  greater_equal_f32: binary((a, b) => (a >= b ? 1 : 0)),
  neg_f32: unary((x) => -x),
  abs_f32: unary(Math.abs),
  sign_f32: unary(Math.sign),
  sqrt_f32: unary(Math.sqrt),
  exp_f32: unary(Math.exp),
  log_f32: unary(Math.log),
  where_f32({ y, condition, a, b, n }) {
    for (let i = 0; i < n; i++) y[i] = condition[i] !== 0 ? a[i] : b[i];
  },
  fill_f32({ y, n, value }) {
    for (let i = 0; i < n; i++) y[i] = value;
  },
  accumulate_f32({ y, x, n, beta }) {
    if (beta === 0) for (let i = 0; i < n; i++) y[i] = x[i];
    else for (let i = 0; i < n; i++) y[i] += x[i];
  },
  scale_f32({ y, x, n, factor }) {
    const k = Math.fround(factor);
    for (let i = 0; i < n; i++) y[i] = k * x[i];
  },
  strided_copy_f32({ y, x, d0, d1, d2, d3, y0, y1, y2, y3, x0, x1, x2, x3, beta }) {
    for (let i = 0; i < d0; i++) {
      for (let j = 0; j < d1; j++) {
        for (let k = 0; k < d2; k++) {
          let py = i * y0 + j * y1 + k * y2;
          let px = i * x0 + j * x1 + k * x2;
          for (let l = 0; l < d3; l++) {
            y[py] = beta === 0 ? x[px] : x[px] + y[py];
            py += y3;
            px += x3;
          }
        }
      }
    }
  },
  cast_i32_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = x[i];
  },
  cast_f32_i32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = Number.isNaN(x[i]) ? 0 : Math.max(-2147483648, Math.min(2147483647, Math.trunc(x[i])));
  },
};
