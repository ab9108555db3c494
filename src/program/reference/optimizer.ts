/** Optimizer updates. @module */
import type { References } from "./reference.ts";

/** Decayed slots up to this magnitude become 0. */
const TINY = 1e-30;
const flush = (x: number): number => (Math.abs(x) <= TINY ? 0 : x);

type Name = "sgd_update_f32" | "momentum_update_f32" | "nesterov_update_f32" | "adam_update_f32";

export const optimizer: References<Name> = {
  sgd_update_f32({ p, g, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const rate = hyper[0];
    for (let i = 0; i < n; i++) p[i] -= rate * g[i];
  },
  momentum_update_f32({ p, g, m, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const [rate, momentum] = [hyper[0], hyper[1]];
    for (let i = 0; i < n; i++) {
      const velocity = flush(momentum * m[i] - rate * g[i]);
      m[i] = velocity;
      p[i] += velocity;
    }
  },
  nesterov_update_f32({ p, g, m, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const [rate, momentum] = [hyper[0], hyper[1]];
    for (let i = 0; i < n; i++) {
      const velocity = flush(momentum * m[i] - rate * g[i]);
      m[i] = velocity;
      p[i] += momentum * velocity - rate * g[i];
    }
  },
  adam_update_f32({ p, g, m, v, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const [step, meanDecay, squareDecay, epsilon] = [hyper[0], hyper[1], hyper[2], hyper[3]];
    for (let i = 0; i < n; i++) {
      const mean = flush(m[i] + meanDecay * (g[i] - m[i]));
      const square = flush(v[i] + squareDecay * (g[i] * g[i] - v[i]));
      m[i] = mean;
      v[i] = square;
      p[i] -= (step * mean) / (Math.sqrt(square) + epsilon);
    }
  },
};
