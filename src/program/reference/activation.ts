/** Activations, forward and backward. @module */
import type { Floats, References } from "./reference.ts";

interface ForwardCall {
  y: Floats;
  x: Floats;
  n: number;
}

interface BackwardCall {
  dx: Floats;
  dy: Floats;
  y: Floats;
  n: number;
  beta: number;
}

function forward(f: (x: number) => number): (call: ForwardCall) => void {
  return ({ y, x, n }) => {
    for (let i = 0; i < n; i++) y[i] = f(x[i]);
  };
}

/** dx = dy f'(from y) + beta dx. */
function backward(slope: (y: number) => number): (call: BackwardCall) => void {
  return ({ dx, dy, y, n, beta }) => {
    for (let i = 0; i < n; i++) {
      const g = dy[i] * slope(y[i]);
      dx[i] = beta === 0 ? g : g + dx[i];
    }
  };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export const activation: References<
  | "relu_forward_f32" | "relu_backward_f32" | "leaky_relu_forward_f32" | "leaky_relu_backward_f32" | "elu_forward_f32" | "elu_backward_f32"
  | "sigmoid_forward_f32" | "sigmoid_backward_f32" | "tanh_forward_f32" | "tanh_backward_f32" | "softplus_forward_f32" | "softplus_backward_f32"
> = {
  relu_forward_f32: forward((x) => (x < 0 ? 0 : x)),
  relu_backward_f32({ dx, dy, y, n, beta }) {
    for (let i = 0; i < n; i++) {
      const g = y[i] > 0 ? dy[i] : 0;
      dx[i] = beta === 0 ? g : g + dx[i];
    }
  },
  leaky_relu_forward_f32({ y, x, n, alpha }) {
    const a = Math.fround(alpha);
    for (let i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : a * x[i];
  },
  leaky_relu_backward_f32({ dx, dy, y, n, alpha, beta }) {
    const a = Math.fround(alpha);
    for (let i = 0; i < n; i++) {
      const g = y[i] > 0 ? dy[i] : a * dy[i];
      dx[i] = beta === 0 ? g : g + dx[i];
    }
  },
  elu_forward_f32({ y, x, n, alpha }) {
    const a = Math.fround(alpha);
    for (let i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : a * Math.expm1(x[i]);
  },
  elu_backward_f32({ dx, dy, y, n, alpha, beta }) {
    const a = Math.fround(alpha);
    for (let i = 0; i < n; i++) {
      const g = y[i] > 0 ? dy[i] : dy[i] * (y[i] + a);
      dx[i] = beta === 0 ? g : g + dx[i];
    }
  },
  sigmoid_forward_f32: forward(sigmoid),
  sigmoid_backward_f32: backward((y) => y * (1 - y)),
  tanh_forward_f32: forward(Math.tanh),
  tanh_backward_f32: backward((y) => 1 - y * y),
  softplus_forward_f32: forward((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  softplus_backward_f32({ dx, dy, x, n, beta }) {
    for (let i = 0; i < n; i++) {
      const g = dy[i] * sigmoid(x[i]);
      dx[i] = beta === 0 ? g : g + dx[i];
    }
  },
};
