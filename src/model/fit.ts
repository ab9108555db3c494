/** The training loop. @module */
import type { Dataset } from "../data/dataset.ts";
import { ConfigError, type NumericError, ShapeError } from "../errors.ts";
import { deriveKey, Purpose, permutation } from "../random.ts";
import { type Schedule, type ScheduleFunction, scheduleOf } from "../schedules/index.ts";
import { ACTIVITY_PENALTY } from "./build.ts";
import { type Callback, checkMonitors, type FitContext, monitorNames } from "./callback.ts";
import { FitControl, isRate, RATE } from "./fit-control.ts";
import type { EpochReport, History, RateChange, StepReport } from "./history.ts";
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
  /** Called as the fit goes, one after another in this order. */
  callbacks?: readonly Callback[];
  /** Pauses, steps, stops the fit and changes its learning rate while it runs: `fitControl()`. */
  control?: FitControl;
  /** Ends the fit after the running step. */
  signal?: { readonly aborted: boolean };
  /** Called after each step with the same object: copy what you keep. */
  onStep?: (report: StepReport) => void;
  /** Called, and awaited, after each epoch and its callbacks; also after one that was cut short, with fewer `steps`. */
  onEpoch?: (report: EpochReport) => void | Promise<void>;
  /** Called, and awaited, when a slice of steps ends and the event loop gets a turn, about every 50 ms. */
  onSlice?: (report: StepReport) => void | Promise<void>;
}

const LARGEST_SINGLE_PASS = 1024;
const MICRO_BATCH = 240;
const SLICE_MS = 50;
/** Where the clock stands still, slices end by steps. */
const SLICE_STEPS = 512;

function positive(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw new ConfigError({ where: "fit", got: `${name} = ${value}`, expected: "a positive integer" });
}

/** The options, checked and with their defaults. */
interface Settings {
  readonly data: Dataset;
  readonly validation: Dataset | undefined;
  readonly epochs: number;
  /** Rows of a step. */
  readonly batch: number;
  /** Rows of a pass. */
  readonly capacity: number;
  readonly shuffle: boolean;
  readonly schedule: Schedule;
  readonly learningRate: number;
  /** How much each stored sample counts; null: all alike. */
  readonly sampleWeights: Float32Array | null;
  readonly callbacks: readonly Callback[];
}

function settingsOf(model: Model, all: Dataset, options: FitOptions): Settings {
  const { optimizer } = model.needCompiled("fit");
  const { epochs = 1, batchSize = 32, shuffle = true, validationSplit = 0, callbacks = [] } = options;
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
  const learningRate = options.learningRate ?? optimizer.learningRate;
  if (!isRate(learningRate)) throw new ConfigError({ where: "fit", got: `learningRate = ${learningRate}`, expected: RATE });
  const sampleWeights = rowWeights(data, options.classWeight);
  return { data, validation, epochs, batch, capacity, shuffle, schedule, learningRate, sampleWeights, callbacks };
}

/** Trains `model`; see {@link FitOptions}. */
export async function fit(model: Model, all: Dataset, options: FitOptions): Promise<History> {
  const settings = settingsOf(model, all, options);
  const control = options.control ?? new FitControl();
  control.attach(settings.learningRate);
  try {
    model.architecture.parameters.assertFinite();
    const { data, validation, batch, capacity, sampleWeights, callbacks } = settings;
    const { optimizer, metrics } = model.needCompiled("fit");
    const executor = await model.load("train", data, capacity, Math.ceil(batch / capacity), sampleWeights);
    if (validation !== undefined) await model.loadEvaluation(validation);
    const names = ["loss", ...metrics.map(({ name }) => name)];
    const monitors = monitorNames(names, validation !== undefined);
    if (executor.program.names.has(`sum:${ACTIVITY_PENALTY}`)) names.push(ACTIVITY_PENALTY);
    checkMonitors(callbacks, monitors);
    const trainer = new Trainer(executor, optimizer, model.optimizerState, names, model.randomKey);
    return await new Loop(model, settings, options, control, trainer, monitors).run();
  } finally {
    control.detach();
  }
}

/** A fit that runs. */
class Loop {
  private readonly model: Model;
  private readonly settings: Settings;
  private readonly options: FitOptions;
  private readonly control: FitControl;
  private readonly trainer: Trainer;
  private readonly context: FitContext;
  private readonly rows: Int32Array;
  private readonly stepsPerEpoch: number;
  private readonly durations: Float64Array;
  private readonly report: StepReport;
  private readonly stepListeners: readonly Callback[];

  /** The next step: its epoch from 1, its place in it, its number over all. */
  private epoch = 1;
  private stepInEpoch = 0;
  private step = 0;
  /** What the schedule starts from, and what it made of it in the last step. */
  private base: number;
  private rate: number;
  /** Training time of the epoch, but for the running slice. */
  private milliseconds = 0;
  private readonly reports: EpochReport[] = [];
  private readonly changes: RateChange[] = [];
  private stopReason: string | null = null;

  private sliceStart = 0;
  private sliceSteps = 0;
  private deferred: Promise<unknown>[] = [];

  constructor(model: Model, settings: Settings, options: FitOptions, control: FitControl, trainer: Trainer, monitors: readonly string[]) {
    this.model = model;
    this.settings = settings;
    this.options = options;
    this.control = control;
    this.trainer = trainer;
    const { data, batch, epochs, learningRate, callbacks } = settings;
    this.rows = rowsOf(data);
    this.stepsPerEpoch = Math.ceil(data.length / batch);
    this.durations = new Float64Array(this.stepsPerEpoch);
    this.base = learningRate;
    this.rate = learningRate;
    this.stepListeners = callbacks.filter(({ onStepEnd }) => onStepEnd !== undefined);
    this.report = {
      step: 0,
      epoch: 0,
      stepInEpoch: 0,
      stepsPerEpoch: this.stepsPerEpoch,
      epochs,
      samplesInEpoch: data.length,
      loss: 0,
      learningRate,
      epochLoss: 0,
      epochAccuracy: null,
      samplesPerSecond: 0,
    };
    this.context = this.makeContext(monitors);
  }

  async run(): Promise<History> {
    const { callbacks, epochs } = this.settings;
    for (const callback of callbacks) await callback.onTrainBegin?.(this.context);
    while (this.epoch <= epochs && !this.stops()) await this.runEpoch();
    const history = this.history();
    for (const callback of callbacks) await callback.onTrainEnd?.(history, this.context);
    await this.drain();
    return history;
  }

  /** The rest of the running epoch, or as much of it as comes before a stop. */
  private async runEpoch(): Promise<void> {
    const { model, trainer, control, stepsPerEpoch } = this;
    const { shuffle, callbacks } = this.settings;
    const order = shuffle ? shuffled(this.rows, deriveKey(model.seed, Purpose.shuffle, model.epochsTrained)) : this.rows;
    if (this.stepInEpoch === 0) {
      trainer.sums.fill(0);
      for (const callback of callbacks) await callback.onEpochBegin?.(this.epoch, this.context);
    }
    const first = this.stepInEpoch;
    this.beginSlice();
    let before = this.sliceStart;
    while (this.stepInEpoch < stepsPerEpoch) {
      for (let wait = control.gate(); wait !== null; wait = control.gate()) {
        this.endSlice();
        await this.drain();
        await wait;
        this.beginSlice();
        before = this.sliceStart;
      }
      if (this.stops()) break;
      this.takeChanges();
      if (!this.takeStep(order)) {
        const failure = await this.diagnose(order);
        for (const callback of callbacks) callback.onNonFinite?.(failure, this.context);
        if (this.stopReason === null) throw failure;
        break;
      }
      const now = performance.now();
      this.durations[this.stepInEpoch - 1] = now - before;
      before = now;
      this.sliceSteps++;
      const endOfSlice = now - this.sliceStart >= SLICE_MS || this.sliceSteps >= SLICE_STEPS;
      this.tell(now, endOfSlice);
      if (endOfSlice && this.stepInEpoch < stepsPerEpoch) {
        this.endSlice();
        await this.options.onSlice?.(this.report);
        await this.drain();
        await yieldToEventLoop();
        this.beginSlice();
        before = this.sliceStart;
      }
    }
    this.endSlice();
    await this.drain();
    if (this.stepInEpoch > 0) await this.endEpoch(first);
  }

  /** Takes the next step; false if its loss is not finite: nothing has changed then. */
  private takeStep(order: Int32Array): boolean {
    const { model, trainer, stepsPerEpoch, step } = this;
    const { data, batch, schedule, epochs } = this.settings;
    const from = this.stepInEpoch * batch;
    this.rate = schedule.at(step, stepsPerEpoch * epochs, this.base, stepsPerEpoch);
    if (!isRate(this.rate)) throw new ConfigError({ where: `fit, step ${step}`, got: `${this.rate} from schedule "${schedule.name}"`, expected: RATE });
    // Also if a thread dies in the midst of it.
    model.architecture.parameters.version++;
    if (!trainer.step(order, from, Math.min(from + batch, data.length), this.rate, model.stepsTrained)) return false;
    model.stepsTrained++;
    this.stepInEpoch++;
    this.step++;
    return true;
  }

  /** What made the loss of the next step not finite. */
  private async diagnose(order: Int32Array): Promise<NumericError> {
    const { model, step } = this;
    const { data, batch, capacity, sampleWeights } = this.settings;
    const from = this.stepInEpoch * batch;
    const executor = await model.load("diagnose", data, capacity, 1, sampleWeights);
    return diagnose(executor, order, from, Math.min(from + batch, data.length), { inFit: step, ofModel: model.stepsTrained }, model.randomKey);
  }

  /** Reports the step just done to who listens. */
  private tell(now: number, endOfSlice: boolean): void {
    const { report, stepListeners, options, trainer } = this;
    if (!endOfSlice && options.onStep === undefined && stepListeners.length === 0) return;
    const done = this.samplesDone();
    const accuracyAt = trainer.names.indexOf("accuracy");
    report.step = this.step - 1;
    report.epoch = this.epoch;
    report.stepInEpoch = this.stepInEpoch;
    report.loss = trainer.loss;
    report.learningRate = this.rate;
    report.epochLoss = trainer.sums[0] / done;
    report.epochAccuracy = accuracyAt < 0 ? null : trainer.sums[accuracyAt] / done;
    report.samplesPerSecond = done / ((this.milliseconds + (now - this.sliceStart)) / 1000);
    for (let i = 0; i < stepListeners.length; i++) stepListeners[i].onStepEnd?.(report, this.context);
    options.onStep?.(report);
  }

  /** Validates and reports the epoch, whole or cut short. @param first of its steps that this process did */
  private async endEpoch(first: number): Promise<void> {
    const { model, trainer, stepInEpoch } = this;
    const { validation, callbacks } = this.settings;
    const whole = stepInEpoch === this.stepsPerEpoch;
    const done = this.samplesDone();
    const seconds = this.milliseconds / 1000;
    model.epochsTrained++;
    const val = validation === undefined ? null : await model.evaluateNow(validation);
    const means = Object.fromEntries(trainer.names.map((name, i) => [name, trainer.sums[i] / done]));
    const clock = seconds > 0;
    const report: EpochReport = {
      epoch: this.epoch,
      loss: means.loss,
      accuracy: means.accuracy ?? null,
      metrics: means,
      valLoss: val?.loss ?? null,
      valAccuracy: val?.accuracy ?? null,
      valMetrics: val?.metrics ?? null,
      learningRate: this.rate,
      seconds: clock ? seconds : null,
      stepMs: clock ? median(this.durations.subarray(first, stepInEpoch)) : null,
      samplesPerSecond: clock ? done / seconds : null,
      steps: stepInEpoch,
    };
    this.reports.push(report);
    if (whole) {
      this.epoch++;
      this.stepInEpoch = 0;
      this.milliseconds = 0;
      for (const callback of callbacks) await callback.onEpochEnd?.(report, this.context);
      await this.drain();
    }
    await this.options.onEpoch?.(report);
    await yieldToEventLoop();
    this.takeChanges();
  }

  /** Whether it is to end here, and why. */
  private stops(): boolean {
    if (this.options.signal?.aborted === true) this.stopReason ??= "signal";
    if (this.control.isStopping) this.stopReason ??= "control";
    return this.stopReason !== null;
  }

  private takeChanges(): void {
    const base = this.control.takeRate(this.base);
    if (base === this.base) return;
    this.base = base;
    this.changes.push({ step: this.step, learningRate: base });
  }

  private beginSlice(): void {
    this.trainer.refresh();
    this.sliceStart = performance.now();
    this.sliceSteps = 0;
  }

  private endSlice(): void {
    this.milliseconds += performance.now() - this.sliceStart;
  }

  /** Waits for what callbacks deferred. */
  private async drain(): Promise<void> {
    while (this.deferred.length > 0) await Promise.all(this.deferred.splice(0));
  }

  private samplesDone(): number {
    const { data, batch } = this.settings;
    return Math.min(this.stepInEpoch * batch, data.length);
  }

  private history(): History {
    const { reports, changes, stopReason } = this;
    const seconds = reports.reduce<number | null>((sum, epoch) => (sum === null || epoch.seconds === null ? null : sum + epoch.seconds), 0);
    return { epochs: reports, learningRateChanges: changes, stopped: stopReason !== null, stopReason, seconds };
  }

  private makeContext(monitors: readonly string[]): FitContext {
    const loop = this;
    const { model, control, stepsPerEpoch } = loop;
    const { parameters } = model.architecture;
    return {
      model,
      epochs: loop.settings.epochs,
      stepsPerEpoch,
      monitors,
      resumed: null,
      get history() {
        return loop.history();
      },
      get learningRate() {
        return control.learningRate ?? loop.base;
      },
      setLearningRate: (rate) => control.setLearningRate(rate),
      stop(reason) {
        loop.stopReason ??= reason;
      },
      defer(work) {
        // Told when it is waited for; until then a failure is not "unhandled".
        work.catch(() => undefined);
        loop.deferred.push(work);
      },
      getWeights: () => parameters.named(),
      setWeights: (arrays) => parameters.write(arrays),
      evaluate: (data) => model.evaluateNow(data),
    };
  }
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
