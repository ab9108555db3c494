/** Softmax over rows of x [m,n], alone and fused with the cross-entropy. @module */
import type { Floats, References } from "./reference.ts";

/** Probabilities this small become 0: denormals are slow. */
const TINY = 1e-30;

/** Softmax of row i into y; returns log(sum exp(x)) - max, and leaves the maximum to `top`. */
function row(y: Floats | null, x: Floats, i: number, n: number): { top: number; logSum: number } {
  let top = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < n; j++) top = Math.max(top, x[i * n + j]);
  let sum = 0;
  for (let j = 0; j < n; j++) sum += Math.exp(x[i * n + j] - top);
  if (y !== null) {
    for (let j = 0; j < n; j++) {
      const p = Math.exp(x[i * n + j] - top) / sum;
      y[i * n + j] = p <= TINY ? 0 : p;
    }
  }
  return { top, logSum: Math.log(sum) };
}

export const softmax: References<
  "softmax_forward_f32" | "softmax_backward_f32" | "softmax_cross_entropy_forward_f32" | "softmax_cross_entropy_backward_f32" | "cross_entropy_logits_f32"
> = {
  softmax_forward_f32({ y, x, m, n }) {
    for (let i = 0; i < m; i++) row(y, x, i, n);
  },
  softmax_backward_f32({ dx, dy, y, m, n, beta }) {
    for (let i = 0; i < m; i++) {
      let dot = 0;
      for (let j = 0; j < n; j++) dot += dy[i * n + j] * y[i * n + j];
      for (let j = 0; j < n; j++) {
        const g = y[i * n + j] * (dy[i * n + j] - dot);
        dx[i * n + j] = beta === 0 ? g : g + dx[i * n + j];
      }
    }
  },
  softmax_cross_entropy_forward_f32({ loss, y, x, labels, m, n }) {
    for (let i = 0; i < m; i++) {
      const { top, logSum } = row(y, x, i, n);
      loss[i] = logSum - (x[i * n + labels[i]] - top);
    }
  },
  softmax_cross_entropy_backward_f32({ dx, dloss, y, labels, m, n, beta }) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        const g = dloss[i] * (y[i * n + j] - (j === labels[i] ? 1 : 0));
        dx[i * n + j] = beta === 0 ? g : g + dx[i * n + j];
      }
    }
  },
  cross_entropy_logits_f32({ loss, x, labels, m, n }) {
    for (let i = 0; i < m; i++) {
      const { top, logSum } = row(null, x, i, n);
      loss[i] = logSum - (x[i * n + labels[i]] - top);
    }
  },
};
