/** Gradient descent, with momentum. @module */
import { ConfigError } from "../errors.ts";
import { checkPreset, type Preset } from "./check.ts";
import { type CommonOptions, common, growth } from "./common.ts";
import type { Optimizer } from "./optimizer.ts";

/** Options of {@link sgd}. */
export interface SgdOptions extends CommonOptions {
  /** Default 0.01; 0.001 with preset "torch". */
  learningRate?: number;
  /** 0 to 1. Default 0: plain gradient descent. */
  momentum?: number;
  /** Nesterov's form; needs momentum. Default false. */
  nesterov?: boolean;
  /** "torch" scales by the learning rate when m is applied, not when g enters it: another trajectory when the rate changes. Default "keras". */
  preset?: Preset;
}

/**
 * p -= learningRate g; with momentum m = momentum m - learningRate g, p += m (Polyak 1964), or with Nesterov's look-ahead
 * p += momentum m - learningRate g (Sutskever et al. 2013). Preset "torch": m = momentum m - g, p += learningRate m, or
 * p += learningRate (momentum m - g).
 * @throws ConfigError for options out of range
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { momentum = 0, nesterov = false, preset = "keras" } = options;
  checkPreset("sgd", preset);
  const torch = preset === "torch";
  const { weightDecay, options: shared, ...rest } = common("sgd", options, { learningRate: torch ? 0.001 : 0.01 });
  if (!(momentum >= 0 && momentum <= 1)) throw new ConfigError({ where: "sgd", got: `momentum = ${momentum}`, expected: "a number from 0 to 1" });
  const config = (): Record<string, unknown> => ({ ...shared, momentum, nesterov, preset });
  if (momentum === 0) {
    return {
      ...rest,
      name: "sgd",
      slots: {},
      hypers: 2,
      plain: weightDecay === 0 && rest.clip === undefined,
      config,
      start: () => ({}),
      step(hyper, rate) {
        hyper[0] = rate;
        hyper[1] = growth(rate, weightDecay);
      },
      emit: ({ emit, p, g, n, hyper, ok }) => emit("sgd_update_f32", { p, g, n, hyper, ok }),
    };
  }
  return {
    ...rest,
    name: nesterov ? "nesterov" : "momentum",
    slots: { m: 0 },
    hypers: 4,
    config,
    start: () => ({}),
    step(hyper, rate) {
      hyper[0] = torch ? 1 : rate;
      hyper[1] = momentum;
      hyper[2] = torch ? rate : 1;
      hyper[3] = growth(rate, weightDecay);
    },
    emit: ({ emit, p, g, slots: [m], n, hyper, ok }) => emit(nesterov ? "nesterov_update_f32" : "momentum_update_f32", { p, g, m, n, hyper, ok }),
  };
}
