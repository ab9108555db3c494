/** Bias and rectifier in one, and their gradients. @module */
import { SHARD } from "../kernels/index.ts";
import type { References } from "./reference.ts";

export const biasRelu: References<"bias_relu_forward_f32" | "bias_relu_backward_f32"> = {
  bias_relu_forward_f32({ y, z, bias, rows, n }) {
    for (let i = 0; i < rows * n; i++) {
      const sum = z[i] + bias[i % n];
      y[i] = sum < 0 ? 0 : sum;
    }
  },
  bias_relu_backward_f32({ dz, db, dy, y, N, rows, n }) {
    db.fill(0, 0, Math.ceil(N / SHARD) * n);
    for (let i = 0; i < N * rows * n; i++) {
      dz[i] = y[i] > 0 ? dy[i] : 0;
      db[Math.floor(i / (rows * n * SHARD)) * n + (i % n)] += dz[i];
    }
  },
};
