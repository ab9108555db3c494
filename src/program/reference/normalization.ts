/** Batch and layer normalization. @module */
import { SHARD } from "../kernels/kernel.ts";
import type { Floats, References } from "./reference.ts";

type Name =
  | "batch_norm_moments_f32"
  | "batch_norm_statistics_f32"
  | "batch_norm_forward_f32"
  | "batch_norm_backward_sums_f32"
  | "batch_norm_backward_parameters_f32"
  | "batch_norm_backward_input_f32"
  | "layer_norm_forward_f32"
  | "layer_norm_backward_input_f32"
  | "layer_norm_backward_parameters_f32";

/** Sums f(i) for each channel over the values x[i] of each shard of samples, into row `row` of `rows` of its part. */
function sumShards(
  parts: Floats,
  rows: number,
  row: number,
  { N, P, C }: { N: number; P: number; C: number },
  f: (i: number, c: number, shard: number) => number,
): void {
  for (let n = 0, shard = 0; n < N; n += SHARD, shard++) {
    const first = n * P * C;
    const end = Math.min(n + SHARD, N) * P * C;
    for (let c = 0; c < C; c++) {
      let sum = 0;
      for (let i = first + c; i < end; i += C) sum += f(i, c, shard);
      parts[(shard * rows + row) * C + c] = sum;
    }
  }
}

export const normalization: References<Name> = {
  batch_norm_moments_f32({ parts, x, N, P, C }) {
    const first = (shard: number, c: number): number => x[shard * SHARD * P * C + c];
    for (let shard = 0; shard * SHARD < N; shard++) for (let c = 0; c < C; c++) parts[shard * 3 * C + c] = first(shard, c);
    sumShards(parts, 3, 1, { N, P, C }, (i, c, shard) => x[i] - first(shard, c));
    sumShards(parts, 3, 2, { N, P, C }, (i, c, shard) => (x[i] - first(shard, c)) ** 2);
  },
  batch_norm_statistics_f32({ mean, variance, parts, N, P, C }) {
    for (let c = 0; c < C; c++) {
      let sum = 0;
      let squares = 0;
      for (let n = 0, at = c; n < N; n += SHARD, at += 3 * C) sum += Math.min(SHARD, N - n) * P * parts[at] + parts[at + C];
      const m = sum / (N * P);
      for (let n = 0, at = c; n < N; n += SHARD, at += 3 * C) {
        const d = parts[at] - m;
        squares += parts[at + 2 * C] + d * (2 * parts[at + C] + Math.min(SHARD, N - n) * P * d);
      }
      mean[c] = m;
      variance[c] = Math.max(squares / (N * P), 0);
    }
  },
  batch_norm_forward_f32({ y, x, mean, variance, gamma, beta, N, P, C, epsilon, relu }) {
    for (let i = 0, c = 0; i < N * P * C; i++, c = c + 1 === C ? 0 : c + 1) {
      const value = ((x[i] - mean[c]) * gamma[c]) / Math.sqrt(variance[c] + epsilon) + beta[c];
      y[i] = relu && value < 0 ? 0 : value;
    }
  },
  batch_norm_backward_sums_f32({ parts, dy, x, y, mean, N, P, C }) {
    const dz = (i: number): number => (y === null || y[i] > 0 ? dy[i] : 0);
    sumShards(parts, 2, 0, { N, P, C }, dz);
    sumShards(parts, 2, 1, { N, P, C }, (i, c) => dz(i) * (x[i] - mean[c]));
  },
  batch_norm_backward_parameters_f32({ dgamma, dbeta, parts, variance, N, C, epsilon }) {
    for (let c = 0; c < C; c++) {
      let sum = 0;
      let products = 0;
      for (let n = 0, at = c; n < N; n += SHARD, at += 2 * C) {
        sum += parts[at];
        products += parts[at + C];
      }
      dbeta[c] = sum;
      dgamma[c] = products / Math.sqrt(variance[c] + epsilon);
    }
  },
  batch_norm_backward_input_f32({ dx, dy, x, y, mean, variance, gamma, dgamma, dbeta, N, P, C, total, epsilon, beta }) {
    const share = total === 0 ? 0 : 1 / total;
    for (let i = 0, c = 0; i < N * P * C; i++, c = c + 1 === C ? 0 : c + 1) {
      const s = Math.sqrt(variance[c] + epsilon);
      const dz = y === null || y[i] > 0 ? dy[i] : 0;
      const d = (gamma[c] / s) * (dz - dbeta[c] * share - ((dgamma[c] * share) / s) * (x[i] - mean[c]));
      dx[i] = beta ? d + dx[i] : d;
    }
  },
  layer_norm_forward_f32({ y, mean, scale, x, gamma, beta, m, n, epsilon }) {
    for (let r = 0; r < m; r++) {
      const start = r * n;
      let sum = 0;
      for (let j = 0; j < n; j++) sum += x[start + j];
      const average = sum / n;
      let squares = 0;
      for (let j = 0; j < n; j++) squares += (x[start + j] - average) ** 2;
      const inverse = 1 / Math.sqrt(squares / n + epsilon);
      for (let j = 0; j < n; j++) y[start + j] = (x[start + j] - average) * inverse * gamma[j] + beta[j];
      mean[r] = average;
      scale[r] = inverse;
    }
  },
  layer_norm_backward_input_f32({ dx, dy, x, mean, scale, gamma, m, n, beta }) {
    for (let r = 0; r < m; r++) {
      const start = r * n;
      let sum = 0;
      let products = 0;
      for (let j = 0; j < n; j++) {
        sum += dy[start + j] * gamma[j];
        products += dy[start + j] * gamma[j] * (x[start + j] - mean[r]) * scale[r];
      }
      for (let j = 0; j < n; j++) {
        const h = (x[start + j] - mean[r]) * scale[r];
        const d = scale[r] * (dy[start + j] * gamma[j] - sum / n - (h * products) / n);
        dx[start + j] = beta ? d + dx[start + j] : d;
      }
    }
  },
  layer_norm_backward_parameters_f32({ dgamma, dbeta, dy, x, mean, scale, m, n, ld }) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      let products = 0;
      for (let r = 0, i = j; r < m; r++, i += ld) {
        sum += dy[i];
        products += dy[i] * (x[i] - mean[r]) * scale[r];
      }
      dbeta[j] = sum;
      dgamma[j] = products;
    }
  },
};
