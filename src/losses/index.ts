/** Losses by name. @module */
import { ConfigError } from "../errors.ts";
import type { Loss, LossFunction } from "./loss.ts";
import { sparseCategoricalCrossentropy } from "./sparse-categorical-crossentropy.ts";

export type { Loss, LossFunction } from "./loss.ts";
export { sparseCategoricalCrossentropy } from "./sparse-categorical-crossentropy.ts";

const losses: readonly Loss[] = [sparseCategoricalCrossentropy];

/** The loss of a name or function. @throws ConfigError for an unknown name */
export function lossOf(loss: string | LossFunction | Loss): Loss {
  if (typeof loss === "function") return { name: "custom", apply: loss };
  if (typeof loss === "object") return loss;
  const found = losses.find(({ name }) => name === loss);
  if (found === undefined) {
    throw new ConfigError({
      where: "compile",
      got: `loss ${JSON.stringify(loss)}`,
      expected: losses.map(({ name }) => name).join(", "),
      hint: "or give a function (yTrue, yPred) => loss per sample",
    });
  }
  return found;
}
