/** The options of every optimizer. @module */
import { ConfigError } from "../errors.ts";
import { belowOne, nonNegative, positive } from "./check.ts";
import type { Clip, Optimizer } from "./optimizer.ts";

/** What every optimizer takes besides its own options. */
export interface CommonOptions {
  /** Step size; the default is the optimizer's. */
  learningRate?: number;
  /** Decoupled decay of all weights: p -= learningRate weightDecay p before each step (Loshchilov & Hutter 2019). Default 0; see adamw. */
  weightDecay?: number;
  /** Bound on the magnitude of each value of a gradient. At most one of the three clips. Default: none. */
  clipValue?: number;
  /** Bound on the Euclidean norm of each parameter's gradient, which is scaled down to it. */
  clipNorm?: number;
  /** Bound on the Euclidean norm of all gradients together, which are scaled down to it. */
  globalClipNorm?: number;
  /** Momentum of an exponential moving average of the weights, as 0.99. Default: none is kept. */
  ema?: number;
}

/** The options as an optimizer's object carries them. */
export interface Common extends Pick<Optimizer, "learningRate" | "clip" | "ema"> {
  readonly weightDecay: number;
  /** For `config()`: what was given, and the defaults. */
  readonly options: CommonOptions;
}

/** Checks the common options. @throws ConfigError for options out of range, and for more than one clip */
export function common(where: string, given: CommonOptions, defaults: { learningRate: number; weightDecay?: number }): Common {
  const { learningRate = defaults.learningRate, weightDecay = defaults.weightDecay ?? 0, clipValue, clipNorm, globalClipNorm, ema } = given;
  const clips = Object.entries({ clipValue, clipNorm, globalClipNorm }).filter((entry): entry is [string, number] => entry[1] !== undefined);
  nonNegative(where, { learningRate, weightDecay });
  positive(where, Object.fromEntries(clips));
  if (ema !== undefined) belowOne(where, { ema });
  if (clips.length > 1) throw new ConfigError({ where, got: clips.map(([name]) => name).join(" and "), expected: "one of them" });
  return {
    learningRate,
    weightDecay,
    ...(clips.length > 0 && { clip: { by: BY[clips[0][0] as keyof typeof BY], limit: clips[0][1] } }),
    ...(ema !== undefined && { ema }),
    options: { learningRate, weightDecay, ...Object.fromEntries(clips), ...(ema !== undefined && { ema }) },
  };
}

const BY = { clipValue: "value", clipNorm: "norm", globalClipNorm: "globalNorm" } as const satisfies Record<string, Clip["by"]>;

/** The number g of p + g p that decays weights: +0 without decay, so that every p, -0 too, stays as it is. */
export function growth(learningRate: number, weightDecay: number): number {
  return 0 - learningRate * weightDecay;
}
