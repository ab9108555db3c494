/** Optimizer updates. @module */
import { flush } from "./flush.ts";
import type { References } from "./reference.ts";

type Name =
  | "sgd_update_f32"
  | "momentum_update_f32"
  | "nesterov_update_f32"
  | "adagrad_update_f32"
  | "adadelta_update_f32"
  | "rmsprop_update_f32"
  | "adam_update_f32"
  | "adamax_update_f32"
  | "nadam_update_f32"
  | "lion_update_f32";

export const optimizer: References<Name> = {
  sgd_update_f32({ p, g, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const [rate, growth] = [hyper[0], hyper[1]];
    for (let i = 0; i < n; i++) p[i] = p[i] + growth * p[i] - rate * g[i];
  },
  momentum_update_f32({ p, g, m, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const [factor, momentum, rate, growth] = [hyper[0], hyper[1], hyper[2], hyper[3]];
    for (let i = 0; i < n; i++) {
      const velocity = flush(momentum * m[i] - factor * g[i]);
      m[i] = velocity;
      p[i] = p[i] + growth * p[i] + rate * velocity;
    }
  },
  nesterov_update_f32({ p, g, m, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const [factor, momentum, rate, growth] = [hyper[0], hyper[1], hyper[2], hyper[3]];
    for (let i = 0; i < n; i++) {
      const velocity = flush(momentum * m[i] - factor * g[i]);
      m[i] = velocity;
      p[i] = p[i] + growth * p[i] + rate * (momentum * velocity - factor * g[i]);
    }
  },
  adagrad_update_f32({ p, g, v, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const [rate, under, after, growth] = [hyper[0], hyper[1], hyper[2], hyper[3]];
    for (let i = 0; i < n; i++) {
      const sum = v[i] + g[i] * g[i];
      v[i] = sum;
      p[i] = p[i] + growth * p[i] - (rate * g[i]) / (Math.sqrt(sum + under) + after);
    }
  },
  adadelta_update_f32({ p, g, v, u, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const [rate, decay, epsilon, growth] = [hyper[0], hyper[1], hyper[2], hyper[3]];
    for (let i = 0; i < n; i++) {
      const square = flush(v[i] + decay * (g[i] * g[i] - v[i]));
      const delta = (Math.sqrt(u[i] + epsilon) * g[i]) / Math.sqrt(square + epsilon);
      v[i] = square;
      u[i] = flush(u[i] + decay * (delta * delta - u[i]));
      p[i] = p[i] + growth * p[i] - rate * delta;
    }
  },
  rmsprop_update_f32({ p, g, v, a, m, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const [factor, decay, shrink, under] = [hyper[0], hyper[1], hyper[2], hyper[3]];
    const [after, momentum, rate, growth] = [hyper[4], hyper[5], hyper[6], hyper[7]];
    for (let i = 0; i < n; i++) {
      const deviation = a === null ? g[i] : g[i] - a[i];
      if (a !== null) a[i] = flush(a[i] + decay * deviation);
      const square = flush(v[i] + decay * (shrink * deviation * deviation - v[i]));
      v[i] = square;
      const step = (factor * g[i]) / (Math.sqrt(square + under) + after);
      if (m === null) {
        p[i] = p[i] + growth * p[i] - step;
      } else {
        const velocity = flush(momentum * m[i] + step);
        m[i] = velocity;
        p[i] = p[i] + growth * p[i] - rate * velocity;
      }
    }
  },
  adam_update_f32({ p, g, m, v, largest, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const [step, meanDecay, squareDecay, epsilon, growth] = [hyper[0], hyper[1], hyper[2], hyper[3], hyper[4]];
    for (let i = 0; i < n; i++) {
      const mean = flush(m[i] + meanDecay * (g[i] - m[i]));
      const square = flush(v[i] + squareDecay * (g[i] * g[i] - v[i]));
      m[i] = mean;
      v[i] = square;
      if (largest !== null && !(square < largest[i])) largest[i] = square;
      p[i] = p[i] + growth * p[i] - (step * mean) / (Math.sqrt(largest === null ? square : largest[i]) + epsilon);
    }
  },
  adamax_update_f32({ p, g, m, u, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const [step, meanDecay, mostDecay, within, after, growth] = [hyper[0], hyper[1], hyper[2], hyper[3], hyper[4], hyper[5]];
    for (let i = 0; i < n; i++) {
      const mean = flush(m[i] + meanDecay * (g[i] - m[i]));
      const size = Math.abs(g[i]) + within;
      const before = u[i] - mostDecay * u[i];
      const most = flush(size < before ? before : size);
      m[i] = mean;
      u[i] = most;
      p[i] = p[i] + growth * p[i] - (step * mean) / (most + after);
    }
  },
  nadam_update_f32({ p, g, m, v, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const [step, meanDecay, squareDecay, epsilon, ahead, growth] = [hyper[0], hyper[1], hyper[2], hyper[3], hyper[4], hyper[5]];
    for (let i = 0; i < n; i++) {
      const mean = flush(m[i] + meanDecay * (g[i] - m[i]));
      const square = flush(v[i] + squareDecay * (g[i] * g[i] - v[i]));
      m[i] = mean;
      v[i] = square;
      p[i] = p[i] + growth * p[i] - (step * mean + ahead * g[i]) / (Math.sqrt(square) + epsilon);
    }
  },
  lion_update_f32({ p, g, m, n, hyper, ok }) {
    if (ok[0] === 0) return;
    const [rate, directionDecay, meanDecay, growth] = [hyper[0], hyper[1], hyper[2], hyper[3]];
    for (let i = 0; i < n; i++) {
      const difference = g[i] - m[i];
      p[i] = p[i] + growth * p[i] - rate * Math.sign(m[i] + directionDecay * difference);
      m[i] = flush(m[i] + meanDecay * difference);
    }
  },
};
