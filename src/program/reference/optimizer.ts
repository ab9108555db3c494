/** Updates of a contiguous run of parameters. @module */
import type { References } from "./reference.ts";

/** Decayed values this small become 0: denormals are slow. */
const flush = (x: number): number => (Math.abs(x) <= 1e-30 ? 0 : x);

export const optimizer: References<"sgd_update_f32" | "momentum_update_f32" | "nesterov_update_f32" | "adam_update_f32"> = {
  sgd_update_f32({ p, g, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const rate = hyper[0];
    for (let i = 0; i < n; i++) p[i] -= rate * g[i];
  },
  momentum_update_f32({ p, g, m, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const [rate, momentum] = [hyper[0], hyper[1]];
    for (let i = 0; i < n; i++) {
      m[i] = flush(momentum * m[i] - rate * g[i]);
      p[i] += m[i];
    }
  },
  nesterov_update_f32({ p, g, m, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const [rate, momentum] = [hyper[0], hyper[1]];
    for (let i = 0; i < n; i++) {
      m[i] = flush(momentum * m[i] - rate * g[i]);
      p[i] += momentum * m[i] - rate * g[i];
    }
  },
  adam_update_f32({ p, g, m, v, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const [alpha, decay1, decay2, epsilon] = [hyper[0], hyper[1], hyper[2], hyper[3]];
    for (let i = 0; i < n; i++) {
      m[i] = flush(m[i] + decay1 * (g[i] - m[i]));
      v[i] = flush(v[i] + decay2 * (g[i] * g[i] - v[i]));
      p[i] -= (alpha * m[i]) / (Math.sqrt(v[i]) + epsilon);
    }
  },
};
