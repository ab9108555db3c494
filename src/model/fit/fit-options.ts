/** What a fit is asked for. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import type { BatchStream } from "../../data/dataset/stream.ts";
import type { Schedule, ScheduleFunction } from "../../schedules/index.ts";
import type { CheckpointOptions } from "../checkpoints/checkpoint-writer.ts";
import type { EpochReport, Resumption, StepReport } from "../history.ts";
import type { Callback } from "./callback.ts";
import type { FitControl } from "./fit-control.ts";
import type { ClassWeight } from "./row-weights.ts";

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
