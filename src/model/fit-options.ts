/** What a fit is asked for. @module */
import type { TargetColumn } from "../data/dataset/columns.ts";
import type { Dataset } from "../data/dataset/dataset.ts";
import type { BatchStream } from "../data/dataset/stream.ts";
import { ConfigError, ShapeError } from "../errors.ts";
import { type Schedule, type ScheduleFunction, scheduleOf } from "../schedules/index.ts";
import { type BatchSource, DatasetSource } from "./batch-source.ts";
import type { Callback } from "./callback.ts";
import { type CheckpointOptions, checkCheckpointOptions } from "./checkpoint-writer.ts";
import { type FitControl, isRate, RATE } from "./fit-control.ts";
import type { EpochReport, Resumption, StepReport } from "./history.ts";
import type { Model } from "./model.ts";
import { type ClassWeight, rowWeights } from "./row-weights.ts";
import { type LossWeights, selectTargets } from "./selection.ts";

/** What {@link Model.fit} takes. */
export interface FitOptions {
  /** Default 1. */
  epochs?: number;
  /** Samples per step, or `"full"`: the whole set. Of a stream: the most that a batch may have. Default 32; for a stream what its first batch has. */
  batchSize?: number | "full";
  /** Batches of an epoch, for a stream: one that is no function goes on where the epoch before ended. Default: all that the stream has. */
  stepsPerEpoch?: number;
  /** A new order each epoch, from the model's seed. A stream has its own order. Default true. */
  shuffle?: boolean;
  /** Evaluated after each epoch. A stream is read from its beginning each time. */
  validationData?: Dataset | BatchStream;
  /** Part of the training data held out for validation, stratified. Default 0. */
  validationSplit?: number;
  /**
   * Rows per pass. A step over more rows adds up passes: mathematically the same gradient, its bits fixed for a given value; memory does not
   * grow with the batch. Default: the batch size up to 1024, else 240.
   */
  microBatch?: number;
  /** Batches whose gradients are averaged for one step: it is a step over so many times `batchSize` samples, a batch a pass. Default 1. */
  accumulationSteps?: number;
  /**
   * How much the samples of a class count: `{ 1: 5 }` by label (absent: 1), or one weight for each class. Multiplies the samples' own weights, in
   * training only; metrics are not weighted. Only for models with one loss.
   */
  classWeight?: ClassWeight;
  /** Learning rate; default the optimizer's. */
  learningRate?: number;
  /** Changes the learning rate from step to step; a function (step, steps, learningRate, stepsPerEpoch) => rate will do. Default `constantRate()`. */
  schedule?: Schedule | ScheduleFunction;
  /** Called as the fit goes, one after another in this order. */
  callbacks?: readonly Callback[];
  /** Pauses, steps, stops the fit and changes its learning rate while it runs: `fitControl()`. */
  control?: FitControl;
  /** Writes what the fit can be resumed from, while it runs and when it is stopped. Node, Deno, Bun. */
  checkpoint?: CheckpointOptions;
  /**
   * Goes on from the newest checkpoint of that directory with the very bits of a fit that was never interrupted; from the beginning where there is
   * none. Model, data and options must be those of the saved run (typed error, field by field); more epochs are allowed unless the schedule
   * depends on the number of steps in all. The model's weights are replaced. Default false: the directory must hold no checkpoint.
   */
  resume?: boolean;
  /** Ends the fit after the running step; an AbortSignal also while it is paused. */
  signal?: AbortSignal | { readonly aborted: boolean };
  /** Called with `resume` before training goes on: from where. */
  onResume?: (place: Resumption) => void;
  /** Called after each step with the same object: copy what you keep. A promise is awaited when the slice of steps ends. */
  onStep?: (report: StepReport) => void | Promise<void>;
  /** Called, and awaited, after each epoch and its callbacks; also after one that was cut short, with fewer `steps`. */
  onEpoch?: (report: EpochReport) => void | Promise<void>;
  /** Called, and awaited, when a slice of steps ends and the event loop gets a turn, about every 50 ms. */
  onSlice?: (report: StepReport) => void | Promise<void>;
}

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
