/** The training loop. @module */
import type { Dataset } from "../data/dataset.ts";
import { ConfigError, ShapeError } from "../errors.ts";
import { deriveKey, Purpose, permutation } from "../random.ts";
import { type Schedule, type ScheduleFunction, scheduleOf } from "../schedules/index.ts";
import { ACTIVITY_PENALTY } from "./build.ts";
import type { EpochReport, History, StepReport } from "./history.ts";
import { type Model, rowsOf } from "./model.ts";
import { type ClassWeight, rowWeights } from "./row-weights.ts";
import { diagnose, Trainer } from "./trainer.ts";
import { yieldToEventLoop } from "./yield.ts";

/** What {@link Model.fit} takes. */
export interface FitOptions {
  /** Default 1. */
  epochs?: number;
  /** Samples per step, or `"full"`: the whole set. Default 32. */
  batchSize?: number | "full";
  /** A new order each epoch, from the model's seed. Default true. */
  shuffle?: boolean;
  /** Evaluated after each epoch. */
  validationData?: Dataset;
  /** Part of the training data held out for validation, stratified. Default 0. */
  validationSplit?: number;
  /**
   * Rows per pass. A step over more rows adds up passes: mathematically the same gradient, its bits fixed for a given value; memory does not
   * grow with the batch. Default: the batch size up to 1024, else 240.
   */
  microBatch?: number;
  /**
   * How much the samples of a class count: `{ 1: 5 }` by label (absent: 1), or one weight for each class. Multiplies the samples' own weights, in
   * training only; metrics are not weighted.
   */
  classWeight?: ClassWeight;
  /** Learning rate; default the optimizer's. */
  learningRate?: number;
  /** Changes the learning rate from step to step; a function (step, steps, learningRate, stepsPerEpoch) => rate will do. Default `constantRate()`. */
  schedule?: Schedule | ScheduleFunction;
  /** Ends the fit after the running step. */
  signal?: { readonly aborted: boolean };
  /** Called after each step with the same object: copy what you keep. */
  onStep?: (report: StepReport) => void;
  /** Called, and awaited, after each epoch. */
  onEpoch?: (report: EpochReport) => void | Promise<void>;
  /** Called, and awaited, when a slice of steps ends and the event loop gets a turn, about every 50 ms. */
  onSlice?: (report: StepReport) => void | Promise<void>;
}

const LARGEST_SINGLE_PASS = 1024;
const MICRO_BATCH = 240;
const SLICE_MS = 50;
/** Where the clock stands still, slices end by steps. */
const SLICE_STEPS = 512;

const RATE = "a finite number, 0 or more";
const isRate = (rate: number): boolean => Number.isFinite(rate) && rate >= 0;

function positive(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw new ConfigError({ where: "fit", got: `${name} = ${value}`, expected: "a positive integer" });
}

/** Trains `model`; see {@link FitOptions}. */
export async function fit(model: Model, all: Dataset, options: FitOptions): Promise<History> {
  const { optimizer, metrics } = model.needCompiled("fit");
  const { epochs = 1, batchSize = 32, shuffle = true, validationSplit = 0, signal } = options;
  const schedule = scheduleOf(options.schedule);
  positive("epochs", epochs);
  if (all.length === 0) throw new ShapeError({ where: "fit", got: "an empty dataset", expected: "at least one sample" });
  if (!(validationSplit >= 0 && validationSplit < 1))
    throw new ConfigError({ where: "fit", got: `validationSplit = ${validationSplit}`, expected: "0 or more, below 1" });
  const [data, validation] = validationSplit > 0 ? all.split(validationSplit, { seed: model.seed, stratified: true }) : [all, options.validationData];
  const batch = Math.min(batchSize === "full" ? data.length : batchSize, data.length);
  positive("batchSize", batch);
  const capacity = Math.min(options.microBatch ?? (batch <= LARGEST_SINGLE_PASS ? batch : MICRO_BATCH), batch);
  positive("microBatch", capacity);
  const passes = Math.ceil(batch / capacity);
  const learningRate = options.learningRate ?? optimizer.learningRate;
  if (!isRate(learningRate)) throw new ConfigError({ where: "fit", got: `learningRate = ${learningRate}`, expected: RATE });

  const { parameters } = model.architecture;
  parameters.assertFinite();
  const names = ["loss", ...metrics.map(({ name }) => name)];
  const sampleWeights = rowWeights(data, options.classWeight);
  const executor = await model.load("train", data, capacity, passes, sampleWeights);
  if (executor.program.names.has(`sum:${ACTIVITY_PENALTY}`)) names.push(ACTIVITY_PENALTY);
  if (validation !== undefined) await model.loadEvaluation(validation);
  const trainer = new Trainer(executor, optimizer, model.optimizerState, names, model.randomKey);
  const accuracyAt = names.indexOf("accuracy");

  const rows = rowsOf(data);
  const stepsPerEpoch = Math.ceil(data.length / batch);
  const durations = new Float64Array(stepsPerEpoch);
  const report: StepReport = {
    step: 0,
    epoch: 0,
    stepInEpoch: 0,
    stepsPerEpoch,
    epochs,
    samplesInEpoch: data.length,
    loss: 0,
    epochLoss: 0,
    epochAccuracy: null,
    samplesPerSecond: 0,
  };
  const reports: EpochReport[] = [];
  let step = 0;
  let rate = learningRate;
  let stopped = false;

  for (let epoch = 1; epoch <= epochs && !stopped; epoch++) {
    const order = shuffle ? shuffled(rows, deriveKey(model.seed, Purpose.shuffle, model.epochsTrained)) : rows;
    trainer.sums.fill(0);
    trainer.refresh();
    let seconds = 0;
    let done = 0;
    let k = 0;
    let sliceStart = performance.now();
    let sliceSteps = 0;
    let before = sliceStart;
    while (k < stepsPerEpoch && !stopped) {
      const from = k * batch;
      const to = Math.min(from + batch, data.length);
      rate = schedule.at(step, stepsPerEpoch * epochs, learningRate, stepsPerEpoch);
      if (!isRate(rate)) throw new ConfigError({ where: `fit, step ${step}`, got: `${rate} from schedule "${schedule.name}"`, expected: RATE });
      // Also if a thread dies in the midst of it.
      parameters.version++;
      if (!trainer.step(order, from, to, rate, model.stepsTrained)) {
        const diagnosing = await model.load("diagnose", data, capacity, 1, sampleWeights);
        throw diagnose(diagnosing, order, from, to, { inFit: step, ofModel: model.stepsTrained }, model.randomKey);
      }
      model.stepsTrained++;
      const now = performance.now();
      durations[k] = now - before;
      before = now;
      done += to - from;
      k++;
      step++;
      sliceSteps++;
      const endOfSlice = now - sliceStart >= SLICE_MS || sliceSteps >= SLICE_STEPS;
      if (options.onStep !== undefined || endOfSlice) {
        report.step = step - 1;
        report.epoch = epoch;
        report.stepInEpoch = k;
        report.loss = trainer.loss;
        report.epochLoss = trainer.sums[0] / done;
        report.epochAccuracy = accuracyAt < 0 ? null : trainer.sums[accuracyAt] / done;
        report.samplesPerSecond = done / ((seconds + (now - sliceStart)) / 1000);
        options.onStep?.(report);
      }
      if (endOfSlice && k < stepsPerEpoch) {
        seconds += now - sliceStart;
        await options.onSlice?.(report);
        await yieldToEventLoop();
        trainer.refresh();
        sliceStart = performance.now();
        before = sliceStart;
        sliceSteps = 0;
      }
      // After the pause too: that is when whoever aborts gets a turn.
      if (signal?.aborted === true) stopped = true;
    }
    seconds += performance.now() - sliceStart;
    model.epochsTrained++;
    const val = validation === undefined ? null : await model.evaluateNow(validation);
    const means = Object.fromEntries(names.map((name, i) => [name, trainer.sums[i] / done]));
    const clock = seconds > 0;
    const epochReport: EpochReport = {
      epoch,
      loss: means.loss,
      accuracy: means.accuracy ?? null,
      metrics: means,
      valLoss: val?.loss ?? null,
      valAccuracy: val?.accuracy ?? null,
      learningRate: rate,
      seconds: clock ? seconds / 1000 : null,
      stepMs: clock ? median(durations.subarray(0, k)) : null,
      samplesPerSecond: clock ? done / (seconds / 1000) : null,
      steps: k,
    };
    reports.push(epochReport);
    await options.onEpoch?.(epochReport);
    await yieldToEventLoop();
    if (signal?.aborted === true) stopped = true;
  }
  const total = reports.reduce<number | null>((sum, { seconds }) => (sum === null || seconds === null ? null : sum + seconds), 0);
  return { epochs: reports, stopped, seconds: total };
}

function shuffled(rows: Int32Array, key: readonly [number, number]): Int32Array {
  const order = permutation(rows.length, key);
  for (let i = 0; i < order.length; i++) order[i] = rows[order[i]];
  return order;
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  return sorted[sorted.length >> 1];
}
