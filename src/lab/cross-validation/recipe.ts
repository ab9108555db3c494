/** What is cross-validated: how a model is made, its data prepared, and it is trained. @module */
import { Dataset } from "../../data/dataset/dataset.ts";
import type { Fold } from "../../data/folds/index.ts";
import { ConfigError } from "../../errors.ts";
import type { FitOptions } from "../../model/fit/fit-options.ts";
import type { Model } from "../../model/model.ts";

/** A way to get from a training part to a trained model. */
export interface Recipe {
  /** Makes a new model, compiled, for a training part as `prepare` gave it. It gets a seed of its own for every fold. */
  readonly make: (train: Dataset, seed: number) => Model | Promise<Model>;
  /** How it is trained. */
  readonly fit?: Omit<FitOptions, "signal" | "checkpoint" | "resume" | "control">;
  /**
   * What is measured on the training part (a scaler, a choice of inputs) and done to both: it sees the training part only, so that nothing of the test part leaks into training.
   * `prepare: (train) => { const { normalization } = train.normalizedBy("standardize"); return (part) => part.normalizedBy(normalization); }`
   */
  readonly prepare?: (train: Dataset) => (part: Dataset) => Dataset;
}

/** Data to divide, or what gives the two parts of a fold: tables are encoded by what was measured on `fold.train`, and on that alone. */
export type FoldedData = Dataset | ((fold: Fold) => { readonly train: Dataset; readonly test: Dataset });

/** The two parts of a fold, prepared. @throws ConfigError for a part without a sample, or to train on without one that counts */
export function partsOf(where: string, data: FoldedData, fold: Fold, { prepare }: Recipe): { train: Dataset; test: Dataset } {
  const given = data instanceof Dataset ? split(data, fold) : data(fold);
  const apply = prepare?.(given.train) ?? ((part: Dataset) => part);
  const parts = { train: apply(given.train), test: apply(given.test) };
  for (const [name, part] of Object.entries(parts))
    if (part.length === 0) throw new ConfigError({ where, got: `no samples to ${name}${name === "train" ? " on" : ""}`, expected: "at least one" });
  if (parts.test.length !== fold.test.length)
    throw new ConfigError({ where, got: `${parts.test.length} samples to test`, expected: `${fold.test.length}, those of the fold` });
  if (parts.train.targets.some(({ sampleWeight }) => sampleWeight !== null && rowsOf(parts.train).every((row) => sampleWeight[row] === 0)))
    throw new ConfigError({ where, got: "a training part whose samples all have weight 0", expected: "one that counts", hint: "use fewer folds, or kFold" });
  return parts;
}

function split(data: Dataset, fold: Fold): { train: Dataset; test: Dataset } {
  const [train, test] = fold.split(data);
  return { train, test };
}

const rowsOf = (data: Dataset): Int32Array => data.rows ?? Int32Array.from({ length: data.length }, (_, i) => i);
