/** What surrounds an optimizer's step. @module */
import { flush } from "./flush.ts";
import type { References } from "./reference.ts";

type Name =
  | "sum_squares_f64"
  | "penalty_sum_f64"
  | "combine_f64"
  | "penalty_gradient_f32"
  | "clip_factor_f32"
  | "clip_scale_f32"
  | "clip_value_f32"
  | "constrain_norm_f32"
  | "constrain_non_negative_f32"
  | "ema_update_f32";

export const update: References<Name> = {
  sum_squares_f64({ y, x, A, R }) {
    for (let a = 0; a < A; a++) {
      let sum = 0;
      for (let i = a * R; i < (a + 1) * R; i++) sum += x[i] * x[i];
      y[a] = sum;
    }
  },
  penalty_sum_f64({ y, x, A, R, l1, l2 }) {
    for (let a = 0; a < A; a++) {
      let sum = 0;
      for (let i = a * R; i < (a + 1) * R; i++) sum += Math.abs(x[i]) * (l1 + l2 * Math.abs(x[i]));
      y[a] = sum;
    }
  },
  combine_f64({ y, x, n, beta }) {
    let sum = beta ? y[0] : 0;
    for (let i = 0; i < n; i++) sum += x[i];
    y[0] = sum;
  },
  penalty_gradient_f32({ g, p, n, l1, l2, ok }) {
    if (ok[0] === 0) return;
    for (let i = 0; i < n; i++) g[i] += 2 * l2 * p[i] + l1 * Math.sign(p[i]);
  },
  clip_factor_f32({ factor, ok, square, limit }) {
    const norm = Math.sqrt(square[0]);
    if (!Number.isFinite(norm)) ok[0] = 0;
    factor[0] = norm > limit ? limit / norm : 1;
  },
  clip_scale_f32({ g, n, factor, ok }) {
    if (ok[0] === 0) return;
    for (let i = 0; i < n; i++) g[i] *= factor[0];
  },
  clip_value_f32({ g, n, limit, ok }) {
    if (ok[0] === 0) return;
    for (let i = 0; i < n; i++) g[i] = g[i] > limit ? limit : g[i] < -limit ? -limit : g[i];
  },
  constrain_norm_f32({ p, A, R, B, ldp, low, high, ok }) {
    if (ok[0] === 0) return;
    for (let a = 0; a < A; a++) {
      for (let b = 0; b < B; b++) {
        const first = a * R * ldp + b;
        let square = 0;
        for (let r = 0; r < R; r++) square += p[first + r * ldp] * p[first + r * ldp];
        const norm = Math.sqrt(square);
        if (!(norm > high || norm < low)) continue;
        const factor = (norm > high ? high : low) / (norm + 1e-7);
        for (let r = 0; r < R; r++) p[first + r * ldp] *= factor;
      }
    }
  },
  constrain_non_negative_f32({ p, n, ok }) {
    if (ok[0] === 0) return;
    for (let i = 0; i < n; i++) if (p[i] < 0) p[i] = 0;
  },
  ema_update_f32({ e, p, n, hyper, ok }) {
    if (ok[0] === 0) return;
    for (let i = 0; i < n; i++) e[i] = flush(hyper[0] === 1 ? p[i] : e[i] + hyper[0] * (p[i] - e[i]));
  },
};
