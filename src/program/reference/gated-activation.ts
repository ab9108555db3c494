/** Activations y = x g(x) with a gate g, and their gradients. @module */
import { flush } from "./flush.ts";
import type { References } from "./reference.ts";

/** Beyond, slopes have ended: infinities are not multiplied by 0. */
const FAR = 100;

const PEAK = 1 / Math.sqrt(2 * Math.PI);

/**
 * Phi(-a) of the normal distribution, a >= 0, to some 1e-16: below 4 by the series 1/2 - phi(a) (a + a^3/3 + a^5/(3 5) + ...), above by the
 * continued fraction phi(a) / (a + 1/(a + 2/(a + 3/(...)))).
 */
function tail(a: number): number {
  const density = PEAK * Math.exp(-0.5 * a * a);
  if (a < 4) {
    let term = a;
    let sum = a;
    for (let k = 3; term > 1e-17 * sum; k += 2) {
      term *= (a * a) / k;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = a;
  for (let k = 40; k > 0; k--) fraction = a + k / fraction;
  return density / fraction;
}

/** y = max(x, 0) - |x| s, where s is the gate at -|x|. */
const gated = (x: number, s: number): number => (Number.isNaN(x) ? x : Math.max(x, 0) - Math.abs(x) * flush(s));

/** The slope at x, where t is that at -|x|. */
const slope = (x: number, t: number): number => (x > 0 ? 1 - flush(t) : flush(t));

const CUBIC = 2 * Math.sqrt(2 / Math.PI);
const cubic = (a: number): number => CUBIC * (a + 0.044715 * a * a * a);
/** 1 / (1 + e^v). */
const falling = (v: number): number => 1 / (1 + Math.exp(v));

type Gate = "gelu" | "gelu_tanh" | "silu" | "mish";

export const gatedActivation: References<`${Gate}_${"forward" | "backward"}_f32`> = {
  gelu_forward_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = gated(x[i], tail(Math.abs(x[i])));
  },
  gelu_backward_f32({ dx, dy, x, n, beta }) {
    for (let i = 0; i < n; i++) {
      const a = Math.min(Math.abs(x[i]), FAR);
      const d = dy[i] * slope(x[i], tail(a) - a * PEAK * Math.exp(-0.5 * a * a));
      dx[i] = beta ? d + dx[i] : d;
    }
  },
  gelu_tanh_forward_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = gated(x[i], falling(cubic(Math.abs(x[i]))));
  },
  gelu_tanh_backward_f32({ dx, dy, x, n, beta }) {
    for (let i = 0; i < n; i++) {
      const a = Math.min(Math.abs(x[i]), FAR);
      const s = falling(cubic(a));
      const d = dy[i] * slope(x[i], s - a * s * (1 - s) * CUBIC * (1 + 3 * 0.044715 * a * a));
      dx[i] = beta ? d + dx[i] : d;
    }
  },
  silu_forward_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = gated(x[i], falling(Math.abs(x[i])));
  },
  silu_backward_f32({ dx, dy, x, n, beta }) {
    for (let i = 0; i < n; i++) {
      const a = Math.min(Math.abs(x[i]), FAR);
      const s = falling(a);
      const d = dy[i] * slope(x[i], s - a * s * (1 - s));
      dx[i] = beta ? d + dx[i] : d;
    }
  },
  mish_forward_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = x[i] * flush(Math.tanh(softplus(x[i])));
  },
  mish_backward_f32({ dx, dy, x, n, beta }) {
    for (let i = 0; i < n; i++) {
      const z = Math.max(-FAR, Math.min(x[i], FAR));
      const t = Math.tanh(softplus(z));
      const bend = (z * (1 - t) * (1 + t)) / (1 + Math.exp(-z));
      const d = dy[i] * flush(t + bend);
      dx[i] = beta ? d + dx[i] : d;
    }
  },
};

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
