/** Reductions over the middle dimension. @module */
import type { References } from "./reference.ts";

type Name = "reduce_sum_f32" | "reduce_max_f32" | "reduce_argmax_f32" | "reduce_logsumexp_f32" | "sum_f64" | "finite_f64";

export const reduction: References<Name> = {
  reduce_sum_f32({ y, x, A, R, B, beta }) {
    for (let a = 0; a < A; a++) {
      for (let b = 0; b < B; b++) {
        let sum = 0;
        for (let r = 0, i = a * R * B + b; r < R; r++, i += B) sum += x[i];
        y[a * B + b] = beta ? sum + y[a * B + b] : sum;
      }
    }
  },
  reduce_max_f32({ y, x, A, R, B }) {
    for (let a = 0; a < A; a++) {
      for (let b = 0; b < B; b++) {
        let largest = -Infinity;
        for (let r = 0, i = a * R * B + b; r < R; r++, i += B) largest = Math.max(largest, x[i]);
        y[a * B + b] = largest;
      }
    }
  },
  reduce_argmax_f32({ y, x, A, R, B }) {
    for (let a = 0; a < A; a++) {
      for (let b = 0; b < B; b++) {
        let i = a * R * B + b;
        let largest = x[i];
        let first = 0;
        for (let r = 1; r < R; r++) {
          i += B;
          if (x[i] > largest || (Number.isNaN(x[i]) && !Number.isNaN(largest))) {
            largest = x[i];
            first = r;
          }
        }
        y[a * B + b] = first;
      }
    }
  },
  reduce_logsumexp_f32({ y, x, A, R, B }) {
    for (let a = 0; a < A; a++) {
      for (let b = 0; b < B; b++) {
        const start = a * R * B + b;
        let shift = -Infinity;
        for (let r = 0, i = start; r < R; r++, i += B) shift = Math.max(shift, x[i]);
        if (!Number.isFinite(shift)) shift = 0;
        let sum = 0;
        for (let r = 0, i = start; r < R; r++, i += B) sum += Math.exp(x[i] - shift);
        y[a * B + b] = Math.log(sum) + shift;
      }
    }
  },
  sum_f64({ y, x, n, beta }) {
    let sum = beta ? y[0] : 0;
    for (let i = 0; i < n; i++) sum += x[i];
    y[0] = sum;
  },
  finite_f64({ ok, x }) {
    ok[0] = Number.isFinite(x[0]) ? 1 : 0;
  },
};
