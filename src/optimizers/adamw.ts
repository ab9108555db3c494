/** AdamW. @module */
import { type AdamOptions, adamOf } from "./adam.ts";
import type { Optimizer } from "./optimizer.ts";

/** Options of {@link adamw}. */
export interface AdamwOptions extends AdamOptions {
  /** Default 0.004; 0.01 with preset "torch". */
  weightDecay?: number;
}

/** Adam with decoupled weight decay: p -= learningRate weightDecay p, then Adam's step. Loshchilov & Hutter 2019, algorithm 2. @throws ConfigError for options out of range */
export function adamw(options: AdamwOptions = {}): Optimizer {
  return adamOf("adamw", options, options.preset === "torch" ? 0.01 : 0.004);
}
