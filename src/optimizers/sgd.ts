/** Gradient descent, with momentum. @module */
import { nonNegative } from "./check.ts";
import type { Optimizer } from "./optimizer.ts";

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** Default 0.01. */
  learningRate?: number;
  /** Default 0: plain gradient descent. */
  momentum?: number;
  /** Nesterov's form; needs momentum. Default false. */
  nesterov?: boolean;
}

/**
 * p -= learningRate g; with momentum m = momentum m - learningRate g, p += m (Polyak 1964), or with Nesterov's look-ahead
 * p += momentum m - learningRate g (Sutskever et al. 2013). Keras's form: PyTorch scales by the learning rate when m is applied,
 * which is the same as long as the rate is constant.
 * @throws ConfigError for negative or non-finite options
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { learningRate = 0.01, momentum = 0, nesterov = false } = options;
  nonNegative("sgd", { learningRate, momentum });
  return {
    name: momentum === 0 ? "sgd" : nesterov ? "nesterov" : "momentum",
    learningRate,
    slots: momentum === 0 ? {} : { m: 0 },
    hypers: momentum === 0 ? 1 : 2,
    plain: momentum === 0,
    config: () => ({ learningRate, momentum, nesterov }),
    start: () => ({}),
    step(hyper, rate) {
      hyper[0] = rate;
      if (momentum !== 0) hyper[1] = momentum;
    },
    emit({ emit, p, g, slots, n, hyper, ok }) {
      if (momentum === 0) emit("sgd_update_f32", { p, g, n, hyper, ok });
      else emit(nesterov ? "nesterov_update_f32" : "momentum_update_f32", { p, g, m: slots[0], n, hyper, ok });
    },
  };
}
