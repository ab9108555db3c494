/** Nadam. @module */
import { belowOne, checkPreset, nonNegative, type Preset } from "./check.ts";
import { type CommonOptions, common, growth } from "./common.ts";
import type { Optimizer } from "./optimizer.ts";

/** Options of {@link nadam}. */
export interface NadamOptions extends CommonOptions {
  /** Default 0.001; 0.002 with preset "torch". */
  learningRate?: number;
  /** What the decay rate of the average of gradients rises to. Default 0.9. */
  beta1?: number;
  /** Decay rate of the average of their squares. Default 0.999. */
  beta2?: number;
  /** Default 1e-7; 1e-8 with preset "torch". */
  epsilon?: number;
  /** How fast: psi of the formula. Default 1, as in Keras; 0.004 with preset "torch". */
  momentumDecay?: number;
  /** Default "keras". PyTorch's form is the same, its defaults are not. */
  preset?: Preset;
}

/**
 * Adam with Nesterov's look-ahead: mu_t = beta1 (1 - 0.96^(t psi) / 2); m += (1-beta1)(g - m); v += (1-beta2)(g^2 - v);
 * p -= learningRate (mu_(t+1) m / (1 - mu_1 ... mu_(t+1)) + (1 - mu_t) g / (1 - mu_1 ... mu_t)) / (sqrt(v / (1-beta2^t)) + epsilon).
 * Dozat 2016, algorithm 2. Powers and products run from step to step.
 * @throws ConfigError for options out of range
 */
export function nadam(options: NadamOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, preset = "keras" } = options;
  checkPreset("nadam", preset);
  const torch = preset === "torch";
  const { epsilon = torch ? 1e-8 : 1e-7, momentumDecay = torch ? 0.004 : 1 } = options;
  const { weightDecay, options: shared, ...rest } = common("nadam", options, { learningRate: torch ? 0.002 : 0.001 });
  belowOne("nadam", { beta1, beta2 });
  nonNegative("nadam", { epsilon, momentumDecay });
  const decay = powerOf096(momentumDecay);
  return {
    ...rest,
    name: "nadam",
    slots: { m: 0, v: 0 },
    hypers: 6,
    config: () => ({ ...shared, beta1, beta2, epsilon, momentumDecay, preset }),
    start: () => ({ beta2Power: 1, decayPower: 1, muProduct: 1 }),
    step(hyper, rate, state) {
      state.beta2Power *= beta2;
      state.decayPower *= decay;
      const mu = beta1 * (1 - 0.5 * state.decayPower);
      const next = beta1 * (1 - 0.5 * state.decayPower * decay);
      state.muProduct *= mu;
      const correction = Math.sqrt(1 - state.beta2Power);
      hyper[0] = (rate * correction * next) / (1 - state.muProduct * next);
      hyper[1] = 1 - beta1;
      hyper[2] = 1 - beta2;
      hyper[3] = epsilon * correction;
      hyper[4] = (rate * correction * (1 - mu)) / (1 - state.muProduct);
      hyper[5] = growth(rate, weightDecay);
    },
    emit: ({ emit, p, g, slots: [m, v], n, hyper, ok }) => emit("nadam_update_f32", { p, g, m, v, n, hyper, ok }),
  };
}

/** 0.96^x for x >= 0 with the same bits on every engine, which Math.pow does not promise: 1 / e^(-x ln 0.96) by its series, whose terms are all positive. */
function powerOf096(x: number): number {
  const exponent = Math.min(700, 0.040821994520255166 * x);
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= exponent / k;
    sum += term;
  }
  return 1 / sum;
}
