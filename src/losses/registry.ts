/** Losses by name. @module */
import { ConfigError } from "../errors.ts";
import { binaryCrossentropy } from "./binary-crossentropy.ts";
import { categoricalCrossentropy } from "./categorical-crossentropy.ts";
import { hinge } from "./hinge.ts";
import { huber } from "./huber.ts";
import { klDivergence } from "./kl-divergence.ts";
import { logCosh } from "./log-cosh.ts";
import type { Loss, LossFunction } from "./loss.ts";
import type { LossMaker } from "./loss-maker.ts";
import { meanAbsoluteError } from "./mean-absolute-error.ts";
import { meanSquaredError } from "./mean-squared-error.ts";
import { poisson } from "./poisson.ts";
import { sparseCategoricalCrossentropy } from "./sparse-categorical-crossentropy.ts";

const losses = [
  sparseCategoricalCrossentropy,
  categoricalCrossentropy,
  binaryCrossentropy,
  meanSquaredError,
  meanAbsoluteError,
  huber,
  logCosh,
  hinge,
  klDivergence,
  poisson,
] as readonly LossMaker<object>[];
const makers: ReadonlyMap<string, LossMaker<object>> = new Map([
  ...losses.map((loss) => [loss.name, loss] as const),
  ["mse", meanSquaredError as LossMaker<object>],
  ["mae", meanAbsoluteError as LossMaker<object>],
]);

/** The names, in order of the docs; `mse` and `mae` are short for two of them. */
export const lossNames: readonly string[] = [...makers.keys()];

/** A loss as `toJSON` writes it: its name if it has no options; "custom" for one that is not ours. */
export type LossConfig = string | { readonly name: string; readonly config: Readonly<Record<string, unknown>> };

/** The loss of a name, a function, or itself. @throws ConfigError for an unknown name */
export function lossOf(loss: string | LossFunction | Loss): Loss {
  if (typeof loss === "function" && !Object.hasOwn(loss, "apply")) return { name: "custom", apply: loss as LossFunction };
  if (typeof loss === "string") return named(loss)();
  return loss as Loss;
}

function named(name: string): LossMaker<object> {
  const found = makers.get(name);
  if (found !== undefined) return found;
  throw new ConfigError({
    where: "compile",
    got: `loss ${JSON.stringify(name)}`,
    expected: lossNames.join(", "),
    hint: "or give a function (yTrue, yPred) => loss per sample",
  });
}

/** A loss as `toJSON` writes it. */
export function describeLoss(loss: Loss): LossConfig {
  if (!makers.has(loss.name)) return "custom";
  const config = loss.config?.() ?? {};
  return Object.keys(config).length === 0 ? loss.name : { name: loss.name, config };
}

/** The loss that `describeLoss` described; null for "custom". @throws ConfigError for an unknown name or an option out of range */
export function lossFromConfig(description: LossConfig): Loss | null {
  if (description === "custom") return null;
  if (typeof description === "string") return named(description)();
  const { name, config } = description ?? {};
  if (typeof config !== "object" || config === null)
    throw new ConfigError({ where: "loss", got: JSON.stringify(description) ?? "nothing", expected: '{ "name", "config" }' });
  return named(name)(config);
}
