/** Adadelta. @module */
import { belowOne, checkPreset, nonNegative, type Preset } from "./check.ts";
import { type CommonOptions, common, growth } from "./common.ts";
import type { Optimizer } from "./optimizer.ts";

/** Options of {@link adadelta}. */
export interface AdadeltaOptions extends CommonOptions {
  /** Default 0.001, as in Keras; 1 with preset "torch", as in the paper. */
  learningRate?: number;
  /** Decay rate of both averages. Default 0.95; 0.9 with preset "torch". */
  rho?: number;
  /** Under both roots. Default 1e-7; 1e-6 with preset "torch". */
  epsilon?: number;
  /** Default "keras". PyTorch's form is the same, its defaults are not. */
  preset?: Preset;
}

/**
 * v += (1-rho)(g^2 - v); d = g sqrt(u + epsilon) / sqrt(v + epsilon); u += (1-rho)(d^2 - u); p -= learningRate d. Zeiler 2012,
 * algorithm 1.
 * @throws ConfigError for options out of range
 */
export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  const { preset = "keras" } = options;
  checkPreset("adadelta", preset);
  const torch = preset === "torch";
  const { rho = torch ? 0.9 : 0.95, epsilon = torch ? 1e-6 : 1e-7 } = options;
  const { weightDecay, options: shared, ...rest } = common("adadelta", options, { learningRate: torch ? 1 : 0.001 });
  belowOne("adadelta", { rho });
  nonNegative("adadelta", { epsilon });
  return {
    ...rest,
    name: "adadelta",
    slots: { v: 0, u: 0 },
    hypers: 4,
    config: () => ({ ...shared, rho, epsilon, preset }),
    start: () => ({}),
    step(hyper, rate) {
      hyper[0] = rate;
      hyper[1] = 1 - rho;
      hyper[2] = epsilon;
      hyper[3] = growth(rate, weightDecay);
    },
    emit: ({ emit, p, g, slots: [v, u], n, hyper, ok }) => emit("adadelta_update_f32", { p, g, v, u, n, hyper, ok }),
  };
}
