/** Reductions of x [A,R,B] over the middle dimension. @module */
import type { References } from "./reference.ts";

export const reduction: References<"reduce_sum_f32" | "reduce_max_f32" | "reduce_argmax_f32" | "reduce_logsumexp_f32" | "sum_f64" | "finite_f64"> = {
  reduce_sum_f32({ y, x, A, R, B, beta }) {
    for (let a = 0; a < A; a++) {
      for (let b = 0; b < B; b++) {
        let sum = 0;
        for (let r = 0; r < R; r++) sum += x[(a * R + r) * B + b];
        y[a * B + b] = beta === 0 ? sum : sum + y[a * B + b];
      }
    }
  },
  reduce_max_f32({ y, x, A, R, B }) {
    for (let a = 0; a < A; a++) {
      for (let b = 0; b < B; b++) {
        let top = x[a * R * B + b];
        for (let r = 1; r < R; r++) top = Math.max(top, x[(a * R + r) * B + b]);
        y[a * B + b] = top;
      }
    }
  },
  reduce_argmax_f32({ y, x, A, R, B }) {
    for (let a = 0; a < A; a++) {
      for (let b = 0; b < B; b++) {
        let best = 0;
        let top = x[a * R * B + b];
        for (let r = 1; r < R && !Number.isNaN(top); r++) {
          const value = x[(a * R + r) * B + b];
          if (value > top || Number.isNaN(value)) {
            top = value;
            best = r;
          }
        }
        y[a * B + b] = best;
      }
    }
  },
  reduce_logsumexp_f32({ y, x, A, R, B }) {
    for (let a = 0; a < A; a++) {
      for (let b = 0; b < B; b++) {
        let top = Number.NEGATIVE_INFINITY;
        for (let r = 0; r < R; r++) top = Math.max(top, x[(a * R + r) * B + b]);
        if (!Number.isFinite(top)) {
          y[a * B + b] = top;
          continue;
        }
        let sum = 0;
        for (let r = 0; r < R; r++) sum += Math.exp(x[(a * R + r) * B + b] - top);
        y[a * B + b] = top + Math.log(sum);
      }
    }
  },
  sum_f64({ y, x, n, beta }) {
    let sum = beta === 0 ? 0 : y[0];
    for (let i = 0; i < n; i++) sum += x[i];
    y[0] = sum;
  },
  finite_f64({ ok, x }) {
    ok[0] = Number.isFinite(x[0]) ? 1 : 0;
  },
};
