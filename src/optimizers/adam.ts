/** Adam. @module */
import { ConfigError } from "../errors.ts";
import { nonNegative } from "./check.ts";
import type { Optimizer } from "./optimizer.ts";

/** Options of {@link adam}. */
export interface AdamOptions {
  /** Default 0.001. */
  learningRate?: number;
  /** Default 0.9. */
  beta1?: number;
  /** Default 0.999. */
  beta2?: number;
  /** Default 1e-7 (Keras); 1e-8 with preset "torch". */
  epsilon?: number;
  /** "keras" (default) adds epsilon before the bias correction of v ("epsilon hat" of the paper); "torch" after it. */
  preset?: "keras" | "torch";
}

/**
 * m += (1-beta1)(g - m); v += (1-beta2)(g^2 - v); p -= learningRate sqrt(1-beta2^t)/(1-beta1^t) m / (sqrt(v) + epsilon).
 * Kingma & Ba 2015, the form just before section 2.1. The powers are running products.
 * @throws ConfigError for options out of range
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, preset = "keras" } = options;
  const { epsilon = preset === "torch" ? 1e-8 : 1e-7 } = options;
  nonNegative("adam", { learningRate, beta1, beta2, epsilon });
  if (beta1 >= 1 || beta2 >= 1) throw new ConfigError({ where: "adam", got: `beta1 = ${beta1}, beta2 = ${beta2}`, expected: "both below 1" });
  if (preset !== "keras" && preset !== "torch")
    throw new ConfigError({ where: "adam", got: `preset ${JSON.stringify(preset)}`, expected: '"keras" or "torch"' });
  return {
    name: "adam",
    learningRate,
    slots: { m: 0, v: 0 },
    hypers: 4,
    config: () => ({ learningRate, beta1, beta2, epsilon, preset }),
    start: () => ({ beta1Power: 1, beta2Power: 1 }),
    step(hyper, rate, state) {
      state.beta1Power *= beta1;
      state.beta2Power *= beta2;
      const correction = Math.sqrt(1 - state.beta2Power);
      hyper[0] = (rate * correction) / (1 - state.beta1Power);
      hyper[1] = 1 - beta1;
      hyper[2] = 1 - beta2;
      hyper[3] = preset === "torch" ? epsilon * correction : epsilon;
    },
    emit({ emit, p, g, slots: [m, v], n, hyper, ok }) {
      emit("adam_update_f32", { p, g, m, v, n, hyper, ok });
    },
  };
}
