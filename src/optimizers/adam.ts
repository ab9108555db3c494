/** Adam. @module */
import { belowOne, checkPreset, nonNegative, type Preset } from "./check.ts";
import { type CommonOptions, common, growth } from "./common.ts";
import type { Optimizer } from "./optimizer.ts";

/** Options of {@link adam}. */
export interface AdamOptions extends CommonOptions {
  /** Default 0.001. */
  learningRate?: number;
  /** Decay rate of the average of gradients. Default 0.9. */
  beta1?: number;
  /** Decay rate of the average of their squares. Default 0.999. */
  beta2?: number;
  /** Default 1e-7; 1e-8 with preset "torch". */
  epsilon?: number;
  /** Divides by the largest v so far. Default false. */
  amsgrad?: boolean;
  /** "keras" (default) adds epsilon before the bias correction of v ("epsilon hat" of the paper); "torch" after it. */
  preset?: Preset;
}

/**
 * m += (1-beta1)(g - m); v += (1-beta2)(g^2 - v); p -= learningRate sqrt(1-beta2^t)/(1-beta1^t) m / (sqrt(v) + epsilon).
 * Kingma & Ba 2015, the form just before section 2.1. AMSGrad has the largest v so far in place of v (Reddi et al. 2018, bias correction as
 * in Keras and PyTorch). The powers are running products.
 * @throws ConfigError for options out of range
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return adamOf("adam", options, 0);
}

/** Adam under either name, with the weight decay that it has unless told. */
export function adamOf(name: string, options: AdamOptions, defaultDecay: number): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, amsgrad = false, preset = "keras" } = options;
  checkPreset(name, preset);
  const torch = preset === "torch";
  const { epsilon = torch ? 1e-8 : 1e-7 } = options;
  const { weightDecay, options: shared, ...rest } = common(name, options, { learningRate: 0.001, weightDecay: defaultDecay });
  belowOne(name, { beta1, beta2 });
  nonNegative(name, { epsilon });
  return {
    ...rest,
    name,
    slots: { m: 0, v: 0, ...(amsgrad && { largest: 0 }) },
    hypers: 5,
    config: () => ({ ...shared, beta1, beta2, epsilon, amsgrad, preset }),
    start: () => ({ beta1Power: 1, beta2Power: 1 }),
    step(hyper, rate, state) {
      state.beta1Power *= beta1;
      state.beta2Power *= beta2;
      const correction = Math.sqrt(1 - state.beta2Power);
      hyper[0] = (rate * correction) / (1 - state.beta1Power);
      hyper[1] = 1 - beta1;
      hyper[2] = 1 - beta2;
      hyper[3] = torch ? epsilon * correction : epsilon;
      hyper[4] = growth(rate, weightDecay);
    },
    emit: ({ emit, p, g, slots: [m, v, largest = null], n, hyper, ok }) => emit("adam_update_f32", { p, g, m, v, largest, n, hyper, ok }),
  };
}
