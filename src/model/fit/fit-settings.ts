/** The options of a fit, checked against model and data and with their defaults. @module */
import type { TargetColumn } from "../../data/dataset/columns.ts";
import type { Dataset } from "../../data/dataset/dataset.ts";
import type { BatchStream } from "../../data/dataset/stream.ts";
import { ConfigError, ShapeError } from "../../errors.ts";
import { type Schedule, scheduleOf } from "../../schedules/index.ts";
import { checkCheckpointOptions } from "../checkpoints/checkpoint-writer.ts";
import type { Model } from "../model.ts";
import { type LossWeights, selectTargets } from "../running/selection.ts";
import { type BatchSource, DatasetSource } from "../streams/batch-source.ts";
import type { Callback } from "./callback.ts";
import { isRate, RATE } from "./fit-control.ts";
import type { FitOptions } from "./fit-options.ts";
import { type ClassWeight, rowWeights } from "./row-weights.ts";

const LARGEST_SINGLE_PASS = 1024;
const MICRO_BATCH = 240;

/** @throws ConfigError */
export function positive(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw new ConfigError({ where: "fit", got: `${name} = ${value}`, expected: "a positive integer" });
}

/** The options that do not depend on the data, checked and with their defaults. */
export interface CommonSettings {
  readonly epochs: number;
  readonly schedule: Schedule;
  readonly learningRate: number;
  readonly callbacks: readonly Callback[];
}

/** All of them. */
export interface FitSettings extends CommonSettings {
  readonly source: BatchSource;
  /** What the source gives rows of. */
  readonly data: Dataset;
  readonly isStream: boolean;
  readonly validation: Dataset | BatchStream | undefined;
  /** Rows of a step. */
  readonly batch: number;
  /** Rows of a pass. */
  readonly capacity: number;
  readonly shuffle: boolean;
  /** How much each stored sample counts, for each loss. */
  readonly sampleWeights: LossWeights;
}

/** @throws ConfigError */
export function commonSettings(model: Model, options: FitOptions): CommonSettings {
  const { optimizer } = model.needCompiled("fit");
  const { epochs = 1, callbacks = [] } = options;
  const schedule = scheduleOf(options.schedule);
  positive("epochs", epochs);
  if (options.checkpoint !== undefined) checkCheckpointOptions(options.checkpoint);
  else if (options.resume === true)
    throw new ConfigError({ where: "fit", got: "resume without checkpoint", expected: "checkpoint: { directory }, from where to resume" });
  const learningRate = options.learningRate ?? optimizer.learningRate;
  if (!isRate(learningRate)) throw new ConfigError({ where: "fit", got: `learningRate = ${learningRate}`, expected: RATE });
  return { epochs, schedule, learningRate, callbacks };
}

/** Rows of a pass, of a step over so many. @param pass rows of a batch @throws ConfigError */
export function passCapacity(microBatch: number | undefined, pass: number, batch: number): number {
  const capacity = Math.min(microBatch ?? (pass <= LARGEST_SINGLE_PASS ? pass : MICRO_BATCH), batch);
  positive("microBatch", capacity);
  return capacity;
}

/** How much each stored sample counts, for each loss. @throws ConfigError */
export function weightsOf(targets: readonly TargetColumn[], classWeight: ClassWeight | undefined): LossWeights {
  if (classWeight === undefined || targets.length === 1) return targets.map((column) => rowWeights(column, classWeight));
  throw new ConfigError({
    where: "fit, classWeight",
    got: `a model with ${targets.length} losses`,
    expected: "a model with one",
    hint: "weigh samples: dataset({ sampleWeight: { output: [...] } })",
  });
}

/** The options of a fit on `all`. @throws ConfigError, ShapeError */
export function datasetSettings(model: Model, all: Dataset, common: CommonSettings, options: FitOptions): FitSettings {
  const { objectives } = model.needCompiled("fit");
  const { batchSize = 32, shuffle = true, validationSplit = 0, accumulationSteps = 1 } = options;
  if (options.stepsPerEpoch !== undefined)
    throw new ConfigError({
      where: "fit",
      got: "stepsPerEpoch for a dataset",
      expected: "a stream of batches",
      hint: "a dataset's epoch is all of it: dataset.take(n)",
    });
  if (all.length === 0) throw new ShapeError({ where: "fit", got: "an empty dataset", expected: "at least one sample" });
  if (!(validationSplit >= 0 && validationSplit < 1))
    throw new ConfigError({ where: "fit", got: `validationSplit = ${validationSplit}`, expected: "0 or more, below 1" });
  const [data, validation] = validationSplit > 0 ? all.split(validationSplit, { seed: model.seed, stratified: true }) : [all, options.validationData];
  positive("accumulationSteps", accumulationSteps);
  if (batchSize === "full" && accumulationSteps > 1)
    throw new ConfigError({ where: "fit", got: `accumulationSteps = ${accumulationSteps} with batchSize "full"`, expected: "a batchSize that is a number" });
  const pass = Math.min(batchSize === "full" ? data.length : batchSize, data.length);
  positive("batchSize", pass);
  const batch = Math.min(pass * accumulationSteps, data.length);
  const capacity = passCapacity(options.microBatch, pass, batch);
  const sampleWeights = weightsOf(selectTargets(objectives, data), options.classWeight);
  const source = new DatasetSource(data, batch, shuffle ? model.seed : null);
  return { ...common, source, data, isStream: false, validation, batch, capacity, shuffle, sampleWeights };
}
