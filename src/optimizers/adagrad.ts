/** Adagrad. @module */
import { checkPreset, nonNegative, type Preset } from "./check.ts";
import { type CommonOptions, common, growth } from "./common.ts";
import type { Optimizer } from "./optimizer.ts";

/** Options of {@link adagrad}. */
export interface AdagradOptions extends CommonOptions {
  /** Default 0.001; 0.01 with preset "torch". */
  learningRate?: number;
  /** What the sums of squares start from. Default 0.1; 0 with preset "torch". */
  initialAccumulatorValue?: number;
  /** Default 1e-7; 1e-10 with preset "torch". */
  epsilon?: number;
  /** "keras" (default) adds epsilon under the root, "torch" after it. */
  preset?: Preset;
}

/**
 * v += g^2; p -= learningRate g / sqrt(v + epsilon), with preset "torch" learningRate g / (sqrt(v) + epsilon). Duchi et al. 2011, with
 * diagonal matrices.
 * @throws ConfigError for options out of range
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const { preset = "keras" } = options;
  checkPreset("adagrad", preset);
  const torch = preset === "torch";
  const { initialAccumulatorValue = torch ? 0 : 0.1, epsilon = torch ? 1e-10 : 1e-7 } = options;
  const { weightDecay, options: shared, ...rest } = common("adagrad", options, { learningRate: torch ? 0.01 : 0.001 });
  nonNegative("adagrad", { initialAccumulatorValue, epsilon });
  return {
    ...rest,
    name: "adagrad",
    slots: { v: initialAccumulatorValue },
    hypers: 4,
    config: () => ({ ...shared, initialAccumulatorValue, epsilon, preset }),
    start: () => ({}),
    step(hyper, rate) {
      hyper[0] = rate;
      hyper[1] = torch ? 0 : epsilon;
      hyper[2] = torch ? epsilon : 0;
      hyper[3] = growth(rate, weightDecay);
    },
    emit: ({ emit, p, g, slots: [v], n, hyper, ok }) => emit("adagrad_update_f32", { p, g, v, n, hyper, ok }),
  };
}
