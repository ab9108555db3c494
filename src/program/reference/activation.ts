/** Activations and their gradients. @module */
import type { References } from "./reference.ts";

type Activation = "relu" | "leaky_relu" | "elu" | "sigmoid" | "tanh" | "softplus" | "hard_silu" | "softsign" | "clamp";

export const activation: References<`${Activation}_${"forward" | "backward"}_f32`> = {
  relu_forward_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = x[i] < 0 ? 0 : x[i];
  },
  relu_backward_f32({ dx, dy, y, n, beta }) {
    for (let i = 0; i < n; i++) {
      const d = y[i] > 0 ? dy[i] : 0;
      dx[i] = beta ? d + dx[i] : d;
    }
  },
  leaky_relu_forward_f32({ y, x, n, alpha }) {
    for (let i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : alpha * x[i];
  },
  leaky_relu_backward_f32({ dx, dy, y, n, alpha, beta }) {
    for (let i = 0; i < n; i++) {
      const d = y[i] > 0 ? dy[i] : alpha * dy[i];
      dx[i] = beta ? d + dx[i] : d;
    }
  },
  elu_forward_f32({ y, x, n, alpha }) {
    for (let i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : alpha * Math.expm1(x[i]);
  },
  elu_backward_f32({ dx, dy, y, n, alpha, beta }) {
    for (let i = 0; i < n; i++) {
      const d = y[i] > 0 ? dy[i] : dy[i] * (y[i] + alpha);
      dx[i] = beta ? d + dx[i] : d;
    }
  },
  sigmoid_forward_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = 1 / (1 + Math.exp(-x[i]));
  },
  sigmoid_backward_f32({ dx, dy, y, n, beta }) {
    for (let i = 0; i < n; i++) {
      const d = dy[i] * y[i] * (1 - y[i]);
      dx[i] = beta ? d + dx[i] : d;
    }
  },
  tanh_forward_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = Math.tanh(x[i]);
  },
  tanh_backward_f32({ dx, dy, y, n, beta }) {
    for (let i = 0; i < n; i++) {
      const d = dy[i] * (1 - y[i]) * (1 + y[i]);
      dx[i] = beta ? d + dx[i] : d;
    }
  },
  softplus_forward_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = Math.max(x[i], 0) + Math.log1p(Math.exp(-Math.abs(x[i])));
  },
  softplus_backward_f32({ dx, dy, x, n, beta }) {
    for (let i = 0; i < n; i++) {
      const d = dy[i] / (1 + Math.exp(-x[i]));
      dx[i] = beta ? d + dx[i] : d;
    }
  },
  hard_silu_forward_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = (x[i] * Math.min(Math.max(x[i] + 3, 0), 6)) / 6;
  },
  hard_silu_backward_f32({ dx, dy, x, n, beta }) {
    for (let i = 0; i < n; i++) {
      const d = x[i] <= -3 ? 0 : x[i] < 3 ? (dy[i] * (2 * x[i] + 3)) / 6 : dy[i];
      dx[i] = beta ? d + dx[i] : d;
    }
  },
  softsign_forward_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = x[i] / (1 + Math.abs(x[i]));
  },
  softsign_backward_f32({ dx, dy, x, n, beta }) {
    for (let i = 0; i < n; i++) {
      const d = dy[i] / (1 + Math.abs(x[i])) / (1 + Math.abs(x[i]));
      dx[i] = beta ? d + dx[i] : d;
    }
  },
  clamp_forward_f32({ y, x, n, shift, scale, low, high }) {
    for (let i = 0; i < n; i++) y[i] = Math.min(Math.max((x[i] + shift) * scale, low), high);
  },
  clamp_backward_f32({ dx, dy, y, n, scale, low, high, beta }) {
    for (let i = 0; i < n; i++) {
      const d = y[i] > low && y[i] < high ? dy[i] * scale : 0;
      dx[i] = beta ? d + dx[i] : d;
    }
  },
};
