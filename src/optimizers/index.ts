/** Optimizers by name. @module */
import { ConfigError } from "../errors.ts";
import { type AdamOptions, adam } from "./adam.ts";
import type { Optimizer } from "./optimizer.ts";
import { type SgdOptions, sgd } from "./sgd.ts";

export { type AdamOptions, adam } from "./adam.ts";
export type { Clip, Optimizer, OptimizerState } from "./optimizer.ts";
export { type SgdOptions, sgd } from "./sgd.ts";

const makers: Record<string, (options: { learningRate?: number } & Record<string, unknown>) => Optimizer> = {
  sgd: (o) => sgd(o as SgdOptions),
  momentum: (o) => sgd({ momentum: 0.9, ...(o as SgdOptions) }),
  nesterov: (o) => sgd({ momentum: 0.9, ...(o as SgdOptions), nesterov: true }),
  adam: (o) => adam(o as AdamOptions),
};

/** The names `compile` and the command line take. */
export const optimizerNames = Object.keys(makers);

/** The optimizer of a name. @throws ConfigError for an unknown name */
export function optimizerOf(optimizer: string | Optimizer, options: { learningRate?: number } & Record<string, unknown> = {}): Optimizer {
  if (typeof optimizer === "object") return optimizer;
  if (!Object.hasOwn(makers, optimizer))
    throw new ConfigError({ where: "compile", got: `optimizer ${JSON.stringify(optimizer)}`, expected: optimizerNames.join(", ") });
  return makers[optimizer](options);
}
