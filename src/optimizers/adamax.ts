/** Adamax. @module */
import { belowOne, checkPreset, nonNegative, type Preset } from "./check.ts";
import { type CommonOptions, common, growth } from "./common.ts";
import type { Optimizer } from "./optimizer.ts";

/** Options of {@link adamax}. */
export interface AdamaxOptions extends CommonOptions {
  /** Default 0.001; 0.002 with preset "torch". */
  learningRate?: number;
  /** Decay rate of the average of gradients. Default 0.9. */
  beta1?: number;
  /** Decay rate of the largest gradient. Default 0.999. */
  beta2?: number;
  /** Default 1e-7; 1e-8 with preset "torch". */
  epsilon?: number;
  /** "keras" (default) adds epsilon to u when it divides; "torch" to |g| before the maximum. */
  preset?: Preset;
}

/**
 * m += (1-beta1)(g - m); u = max(beta2 u, |g|); p -= learningRate/(1-beta1^t) m / (u + epsilon). Kingma & Ba 2015, section 7.1. Preset
 * "torch": u = max(beta2 u, |g| + epsilon) and m / u.
 * @throws ConfigError for options out of range
 */
export function adamax(options: AdamaxOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, preset = "keras" } = options;
  checkPreset("adamax", preset);
  const torch = preset === "torch";
  const { epsilon = torch ? 1e-8 : 1e-7 } = options;
  const { weightDecay, options: shared, ...rest } = common("adamax", options, { learningRate: torch ? 0.002 : 0.001 });
  belowOne("adamax", { beta1, beta2 });
  nonNegative("adamax", { epsilon });
  return {
    ...rest,
    name: "adamax",
    slots: { m: 0, u: 0 },
    hypers: 6,
    config: () => ({ ...shared, beta1, beta2, epsilon, preset }),
    start: () => ({ beta1Power: 1 }),
    step(hyper, rate, state) {
      state.beta1Power *= beta1;
      hyper[0] = rate / (1 - state.beta1Power);
      hyper[1] = 1 - beta1;
      hyper[2] = 1 - beta2;
      hyper[3] = torch ? epsilon : 0;
      hyper[4] = torch ? 0 : epsilon;
      hyper[5] = growth(rate, weightDecay);
    },
    emit: ({ emit, p, g, slots: [m, u], n, hyper, ok }) => emit("adamax_update_f32", { p, g, m, u, n, hyper, ok }),
  };
}
