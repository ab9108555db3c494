/** Softmax, and with the cross-entropy against integer labels. @module */
import { flush } from "./flush.ts";
import type { Floats, References } from "./reference.ts";

type Name =
  | "softmax_forward_f32"
  | "softmax_backward_f32"
  | "log_softmax_forward_f32"
  | "log_softmax_backward_f32"
  | "softmax_cross_entropy_forward_f32"
  | "softmax_cross_entropy_backward_f32"
  | "cross_entropy_logits_f32";

/** The first place of the largest of x[start..end); of a NaN, if there is one. */
function largest(x: Floats, start: number, end: number): number {
  let at = start;
  for (let i = start; i < end; i++) {
    if (Number.isNaN(x[i])) return i;
    if (x[i] > x[at]) at = i;
  }
  return at;
}

/** Sum of e^(x - x[at]) over x[start..end) without the 1 at `at`, which a tiny sum would vanish in. */
function rest(x: Floats, start: number, end: number, at: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) if (i !== at) sum += Math.exp(x[i] - x[at]);
  return sum;
}

/** y = softmax(x) on [start,end). */
function probabilities(y: Floats, x: Floats, start: number, end: number, shift: number, sum: number): void {
  for (let i = start; i < end; i++) y[i] = flush(Math.exp(x[i] - shift) / sum);
}

export const softmax: References<Name> = {
  softmax_forward_f32({ y, x, m, n }) {
    for (let start = 0; start < m * n; start += n) {
      const at = largest(x, start, start + n);
      probabilities(y, x, start, start + n, x[at], 1 + rest(x, start, start + n, at));
    }
  },
  softmax_backward_f32({ dx, dy, y, m, n, beta }) {
    for (let start = 0; start < m * n; start += n) {
      let sum = 0;
      for (let i = start; i < start + n; i++) sum += dy[i] * y[i];
      for (let i = start; i < start + n; i++) {
        const d = y[i] * (dy[i] - sum);
        dx[i] = beta ? d + dx[i] : d;
      }
    }
  },
  log_softmax_forward_f32({ y, x, m, n }) {
    for (let start = 0; start < m * n; start += n) {
      const at = largest(x, start, start + n);
      const shift = x[at];
      const log = Math.log1p(rest(x, start, start + n, at));
      for (let i = start; i < start + n; i++) y[i] = x[i] - shift - log;
    }
  },
  log_softmax_backward_f32({ dx, dy, y, m, n, beta }) {
    for (let start = 0; start < m * n; start += n) {
      let sum = 0;
      for (let i = start; i < start + n; i++) sum += dy[i];
      for (let i = start; i < start + n; i++) {
        const d = dy[i] - flush(Math.exp(y[i])) * sum;
        dx[i] = beta ? d + dx[i] : d;
      }
    }
  },
  softmax_cross_entropy_forward_f32({ loss, y, x, labels, m, n }) {
    for (let r = 0; r < m; r++) {
      const start = r * n;
      const at = largest(x, start, start + n);
      const sum = rest(x, start, start + n, at);
      loss[r] = Math.log1p(sum) + (x[at] - x[start + labels[r]]);
      probabilities(y, x, start, start + n, x[at], 1 + sum);
    }
  },
  softmax_cross_entropy_backward_f32({ dx, dloss, y, labels, m, n, beta }) {
    for (let r = 0; r < m; r++) {
      const label = r * n + labels[r];
      for (let i = r * n; i < (r + 1) * n; i++) {
        const d = dloss[r] * (i === label ? y[i] - 1 : y[i]);
        dx[i] = beta ? d + dx[i] : d;
      }
    }
  },
  cross_entropy_logits_f32({ loss, x, labels, m, n }) {
    for (let r = 0; r < m; r++) {
      const start = r * n;
      const at = largest(x, start, start + n);
      loss[r] = Math.log1p(rest(x, start, start + n, at)) + (x[at] - x[start + labels[r]]);
    }
  },
};
