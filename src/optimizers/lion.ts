/** Lion. @module */
import { belowOne } from "./check.ts";
import { type CommonOptions, common, growth } from "./common.ts";
import type { Optimizer } from "./optimizer.ts";

/** Options of {@link lion}. */
export interface LionOptions extends CommonOptions {
  /** Default 0.001, as in Keras; the paper's is 0.0001. PyTorch has no Lion. */
  learningRate?: number;
  /** Part of m in the direction of a step. Default 0.9. */
  beta1?: number;
  /** Decay rate of m. Default 0.99. */
  beta2?: number;
}

/** p -= learningRate sign(m + (1-beta1)(g - m)); m += (1-beta2)(g - m). Chen et al. 2023, algorithm 2. @throws ConfigError for options out of range */
export function lion(options: LionOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.99 } = options;
  const { weightDecay, options: shared, ...rest } = common("lion", options, { learningRate: 0.001 });
  belowOne("lion", { beta1, beta2 });
  return {
    ...rest,
    name: "lion",
    slots: { m: 0 },
    hypers: 4,
    config: () => ({ ...shared, beta1, beta2 }),
    start: () => ({}),
    step(hyper, rate) {
      hyper[0] = rate;
      hyper[1] = 1 - beta1;
      hyper[2] = 1 - beta2;
      hyper[3] = growth(rate, weightDecay);
    },
    emit: ({ emit, p, g, slots: [m], n, hyper, ok }) => emit("lion_update_f32", { p, g, m, n, hyper, ok }),
  };
}
