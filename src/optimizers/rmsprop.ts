/** RMSprop. @module */
import { belowOne, checkPreset, nonNegative, type Preset } from "./check.ts";
import { type CommonOptions, common, growth } from "./common.ts";
import type { Optimizer } from "./optimizer.ts";

/** Options of {@link rmsprop}. */
export interface RmspropOptions extends CommonOptions {
  /** Default 0.001; 0.01 with preset "torch". */
  learningRate?: number;
  /** Decay rate of the averages. Default 0.9; 0.99 with preset "torch", which calls it alpha. */
  rho?: number;
  /** Default 0. */
  momentum?: number;
  /** Default 1e-7; 1e-8 with preset "torch". */
  epsilon?: number;
  /** Divides by the gradient's deviation from its average instead of its size. Default false. */
  centered?: boolean;
  /**
   * "keras" (default) adds epsilon under the root and scales by the learning rate when a step enters the momentum; "torch" adds it after
   * the root and scales when the momentum is applied.
   */
  preset?: Preset;
}

/**
 * v += (1-rho)(g^2 - v); p -= learningRate g / sqrt(v + epsilon), with preset "torch" learningRate g / (sqrt(v) + epsilon). Tieleman &
 * Hinton 2012, lecture 6.5. Centered (Graves 2013, equations 38 to 41): v is the variance instead, a the average of g: with d = g - a,
 * a += (1-rho) d; v += (1-rho)(rho d^2 - v), which is the average of g^2 less a^2 without their cancellation. With momentum, m is momentum m
 * plus the step, and p -= m.
 * @throws ConfigError for options out of range
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { momentum = 0, centered = false, preset = "keras" } = options;
  checkPreset("rmsprop", preset);
  const torch = preset === "torch";
  const { rho = torch ? 0.99 : 0.9, epsilon = torch ? 1e-8 : 1e-7 } = options;
  const { weightDecay, options: shared, ...rest } = common("rmsprop", options, { learningRate: torch ? 0.01 : 0.001 });
  belowOne("rmsprop", { rho, momentum });
  nonNegative("rmsprop", { epsilon });
  const late = torch && momentum > 0;
  return {
    ...rest,
    name: "rmsprop",
    slots: { v: 0, ...(centered && { a: 0 }), ...(momentum > 0 && { m: 0 }) },
    hypers: 8,
    config: () => ({ ...shared, rho, momentum, epsilon, centered, preset }),
    start: () => ({}),
    step(hyper, rate) {
      hyper[0] = late ? 1 : rate;
      hyper[1] = 1 - rho;
      hyper[2] = centered ? rho : 1;
      hyper[3] = torch ? 0 : epsilon;
      hyper[4] = torch ? epsilon : 0;
      hyper[5] = momentum;
      hyper[6] = late ? rate : 1;
      hyper[7] = growth(rate, weightDecay);
    },
    emit({ emit, p, g, slots: [v, ...others], n, hyper, ok }) {
      const a = centered ? others[0] : null;
      const m = momentum > 0 ? others[others.length - 1] : null;
      emit("rmsprop_update_f32", { p, g, v, a, m, n, hyper, ok });
    },
  };
}
