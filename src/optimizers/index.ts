/** Optimizers by name. @module */
import { ConfigError } from "../errors.ts";
import { adadelta } from "./adadelta.ts";
import { adagrad } from "./adagrad.ts";
import { adam } from "./adam.ts";
import { adamax } from "./adamax.ts";
import { adamw } from "./adamw.ts";
import { lion } from "./lion.ts";
import { nadam } from "./nadam.ts";
import type { Optimizer } from "./optimizer.ts";
import { rmsprop } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

export { type AdadeltaOptions, adadelta } from "./adadelta.ts";
export { type AdagradOptions, adagrad } from "./adagrad.ts";
export { type AdamOptions, adam } from "./adam.ts";
export { type AdamaxOptions, adamax } from "./adamax.ts";
export { type AdamwOptions, adamw } from "./adamw.ts";
export type { CommonOptions } from "./common.ts";
export { type LionOptions, lion } from "./lion.ts";
export { type NadamOptions, nadam } from "./nadam.ts";
export type { Clip, Optimizer, OptimizerState } from "./optimizer.ts";
export { type RmspropOptions, rmsprop } from "./rmsprop.ts";
export { type SgdOptions, sgd } from "./sgd.ts";

/** By the names that `compile` and the command line take; each checks its options. */
const makers: Record<string, (options: Record<string, unknown>) => Optimizer> = {
  sgd,
  momentum: (options) => sgd({ momentum: 0.9, ...options }),
  nesterov: (options) => sgd({ momentum: 0.9, ...options, nesterov: true }),
  adagrad,
  adadelta,
  rmsprop,
  adam,
  adamw,
  adamax,
  nadam,
  lion,
};

/** The names `compile` and the command line take. */
export const optimizerNames = Object.keys(makers);

/** The optimizer of a name. @throws ConfigError for an unknown name, or options out of range */
export function optimizerOf(optimizer: string | Optimizer, options: Record<string, unknown> = {}): Optimizer {
  if (typeof optimizer === "object") return optimizer;
  if (!Object.hasOwn(makers, optimizer))
    throw new ConfigError({ where: "compile", got: `optimizer ${JSON.stringify(optimizer)}`, expected: optimizerNames.join(", ") });
  return makers[optimizer](options);
}
