/** The training loop. @module */
import type { Dataset } from "../data/dataset.ts";
import { CheckpointError, ConfigError, type NumericError, ShapeError } from "../errors.ts";
import { deriveKey, Purpose, permutation } from "../random.ts";
import { type Schedule, type ScheduleFunction, scheduleOf } from "../schedules/index.ts";
import { ACTIVITY_PENALTY } from "./build.ts";
import { type Callback, checkMonitors, type FitContext, monitorNames } from "./callback.ts";
import { type Checkpoint, encodeCheckpoint } from "./checkpoint.ts";
import { type CheckpointOptions, CheckpointWriter, checkCheckpointOptions } from "./checkpoint-writer.ts";
import { FitControl, isRate, RATE } from "./fit-control.ts";
import type { EpochReport, History, RateChange, Resumption, StepReport } from "./history.ts";
import { type Model, rowsOf } from "./model.ts";
import { type ClassWeight, rowWeights } from "./row-weights.ts";
import { checkSameRun, type RunSettings } from "./run-state.ts";
import { diagnose, Trainer } from "./trainer.ts";
import { PENALTY } from "./update.ts";
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
  /** Batches whose gradients are averaged for one step: it is a step over so many times `batchSize` samples, a batch a pass. Default 1. */
  accumulationSteps?: number;
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

/** Where checkpoints go, and the one to go on from. */
interface Saving {
  readonly writer: CheckpointWriter;
  readonly settings: RunSettings;
  readonly digest: string;
  readonly found: (Checkpoint & { readonly file: string }) | null;
  readonly resumed: Resumption | null;
}

function settingsOf(model: Model, all: Dataset, options: FitOptions): Settings {
  const { optimizer } = model.needCompiled("fit");
  const { epochs = 1, batchSize = 32, shuffle = true, validationSplit = 0, accumulationSteps = 1, callbacks = [] } = options;
  const schedule = scheduleOf(options.schedule);
  positive("epochs", epochs);
  if (options.checkpoint !== undefined) checkCheckpointOptions(options.checkpoint);
  else if (options.resume === true)
    throw new ConfigError({ where: "fit", got: "resume without checkpoint", expected: "checkpoint: { directory }, from where to resume" });
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
  const capacity = Math.min(options.microBatch ?? (pass <= LARGEST_SINGLE_PASS ? pass : MICRO_BATCH), batch);
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
  const wakeUp = (): void => control.wakeUp();
  const signal = options.signal !== undefined && "addEventListener" in options.signal ? options.signal : undefined;
  signal?.addEventListener("abort", wakeUp);
  let saving: Saving | null = null;
  try {
    model.architecture.parameters.assertFinite();
    const { data, validation, batch, capacity, sampleWeights, callbacks } = settings;
    const { optimizer, metrics } = model.needCompiled("fit");
    const names = ["loss", ...metrics.map(({ name }) => name)];
    const monitors = monitorNames(names, validation !== undefined);
    checkMonitors(callbacks, monitors);
    saving = await openSaving(model, settings, options);
    const executor = await model.load("train", data, capacity, Math.ceil(batch / capacity), sampleWeights);
    if (validation !== undefined) await model.loadEvaluation(validation);
    for (const penalty of [ACTIVITY_PENALTY, PENALTY]) if (executor.program.names.has(`sum:${penalty}`)) names.push(penalty);
    const trainer = new Trainer(executor, optimizer, model.optimizerState, names, model.randomKey);
    return await new Loop(model, settings, options, control, trainer, monitors, saving).run();
  } finally {
    await saving?.writer.close();
    signal?.removeEventListener("abort", wakeUp);
    control.detach();
  }
}

async function openSaving(model: Model, settings: Settings, { checkpoint, resume = false }: FitOptions): Promise<Saving | null> {
  if (checkpoint === undefined) return null;
  const { arrayDigest, CheckpointFiles, datasetDigest, NO_DIGEST } = await import("./checkpoint-files.node.ts");
  const files = await CheckpointFiles.open(checkpoint.directory, checkpoint.keep ?? 2, resume);
  const { data, validation, batch, capacity, shuffle, schedule, learningRate, sampleWeights, callbacks, epochs } = settings;
  const { inputShape, layers, compiled } = model.toJSON();
  const { backend, mode, kernels, precision } = await model.runtime();
  const described = (set: Dataset) => ({ samples: set.length, sha256: datasetDigest(set) });
  const run: RunSettings = {
    inputShape,
    layers,
    ...compiled,
    data: described(data),
    sampleWeights: arrayDigest(sampleWeights),
    validation: validation === undefined ? null : described(validation),
    seed: model.seed,
    batchSize: batch,
    microBatch: capacity,
    shuffle,
    learningRate,
    schedule: { name: schedule.name, config: schedule.config() },
    callbacks: callbacks.map(({ name }) => name),
    runtime: { backend, mode, kernels, precision },
  };
  const writer = new CheckpointWriter(files, checkpoint.every);
  const parts = { writer, settings: run, digest: NO_DIGEST };
  if (!resume) return { ...parts, found: null, resumed: null };
  const { found, unusable } = await files.newest();
  if (found === null) return { ...parts, found, resumed: { file: null, epoch: 1, stepInEpoch: 0, step: 0, unusable } };
  const { file, state } = found;
  checkSameRun(state, run, epochs, schedule.usesTotal === true, file);
  return { ...parts, found, resumed: { file, epoch: state.epoch, stepInEpoch: state.stepInEpoch, step: state.step, unusable } };
}

/** A fit that runs. */
class Loop {
  private readonly model: Model;
  private readonly settings: Settings;
  private readonly options: FitOptions;
  private readonly control: FitControl;
  private readonly trainer: Trainer;
  private readonly saving: Saving | null;
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
  /** Whether a callback stopped it, and resuming is in vain. */
  private isOver = false;

  private sliceStart = 0;
  private sliceSteps = 0;
  private deferred: Promise<unknown>[] = [];

  constructor(
    model: Model,
    settings: Settings,
    options: FitOptions,
    control: FitControl,
    trainer: Trainer,
    monitors: readonly string[],
    saving: Saving | null,
  ) {
    this.model = model;
    this.settings = settings;
    this.options = options;
    this.control = control;
    this.trainer = trainer;
    this.saving = saving;
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
    const { settings, saving } = this;
    if (saving?.found != null) this.restore(saving.found);
    if (saving?.resumed != null) this.options.onResume?.(saving.resumed);
    for (const callback of settings.callbacks) await callback.onTrainBegin?.(this.context);
    this.takeChanges();
    // Where checkpoints cannot be written the fit fails now, not after long work.
    if (saving?.found === null) await this.save();
    while (this.epoch <= settings.epochs && !this.stops()) await this.runEpoch();
    if (this.stepInEpoch === 0) await this.save();
    const history = this.history();
    for (const callback of settings.callbacks) await callback.onTrainEnd?.(history, this.context);
    await this.drain();
    return history;
  }

  /** The rest of the running epoch, or as much of it as comes before a stop. */
  private async runEpoch(): Promise<void> {
    const { model, trainer, control, stepsPerEpoch, saving } = this;
    const { shuffle, callbacks } = this.settings;
    const order = shuffle ? shuffled(this.rows, deriveKey(model.seed, Purpose.shuffle, model.epochsTrained)) : this.rows;
    if (this.stepInEpoch === 0) {
      trainer.sums.fill(0);
      this.milliseconds = 0;
      for (const callback of callbacks) await callback.onEpochBegin?.(this.epoch, this.context);
    }
    const first = this.stepInEpoch;
    this.beginSlice();
    let before = this.sliceStart;
    while (this.stepInEpoch < stepsPerEpoch) {
      if (this.stops()) break;
      const wait = control.gate();
      if (wait !== null) {
        this.endSlice();
        await this.drain();
        await wait;
        this.beginSlice();
        before = this.sliceStart;
        continue;
      }
      this.takeChanges();
      if (!this.takeStep(order)) {
        const failure = await this.diagnose(order);
        for (const callback of callbacks) await callback.onNonFinite?.(failure, this.context);
        if (this.stopReason === null) throw failure;
        break;
      }
      const now = performance.now();
      this.durations[this.stepInEpoch - 1] = now - before;
      before = now;
      this.sliceSteps++;
      const endOfSlice = now - this.sliceStart >= SLICE_MS || this.sliceSteps >= SLICE_STEPS;
      this.tell(now, endOfSlice);
      if (saving !== null && this.stepInEpoch < stepsPerEpoch && saving.writer.isDue(this.step, now)) {
        this.endSlice();
        await this.beginToSave(saving);
        this.beginSlice();
        before = this.sliceStart;
      }
      if (endOfSlice && this.stepInEpoch < stepsPerEpoch) {
        this.endSlice();
        for (const callback of callbacks) await callback.onSlice?.(this.report, this.context);
        await this.options.onSlice?.(this.report);
        await this.drain();
        await yieldToEventLoop();
        this.beginSlice();
        before = this.sliceStart;
      }
    }
    this.endSlice();
    await this.drain();
    if (this.stepInEpoch > 0 && this.stepInEpoch < stepsPerEpoch) await this.save();
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
    for (let i = 0; i < stepListeners.length; i++) this.defer(stepListeners[i].onStepEnd?.(report, this.context));
    this.defer(options.onStep?.(report));
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
      penalty: (means[PENALTY] ?? 0) + (means[ACTIVITY_PENALTY] ?? 0),
      metrics: means,
      valLoss: val?.loss ?? null,
      valAccuracy: val?.accuracy ?? null,
      valMetrics: val?.metrics ?? null,
      learningRate: this.rate,
      seconds: clock ? seconds : null,
      stepMs: clock && first < stepInEpoch ? median(this.durations.subarray(first, stepInEpoch)) : null,
      samplesPerSecond: clock ? done / seconds : null,
      steps: stepInEpoch,
    };
    this.reports.push(report);
    if (whole) {
      this.epoch++;
      this.stepInEpoch = 0;
      for (const callback of callbacks) await callback.onEpochEnd?.(report, this.context);
      await this.drain();
    }
    await this.options.onEpoch?.(report);
    await yieldToEventLoop();
    this.takeChanges();
    const goesOn = this.epoch <= this.settings.epochs && this.stopReason === null;
    if (whole && goesOn && this.saving?.writer.isDueAfterEpoch(this.step, performance.now()) === true) await this.beginToSave(this.saving);
  }

  /** Writes a checkpoint of here and now, beside the steps to come. */
  private async beginToSave(saving: Saving): Promise<void> {
    await this.drain();
    this.takeChanges();
    await saving.writer.begin(this.step, () => this.encode(saving));
  }

  /** The same, and waits for it. */
  private async save(): Promise<void> {
    const { saving } = this;
    if (saving === null) return;
    await this.drain();
    this.takeChanges();
    await saving.writer.write(this.step, () => this.encode(saving));
  }

  private encode({ settings, digest }: Saving): Uint8Array {
    const { model, trainer, epoch, stepInEpoch, step, milliseconds } = this;
    return encodeCheckpoint(
      model,
      {
        settings,
        epochs: this.settings.epochs,
        epoch,
        stepInEpoch,
        step,
        baseRate: this.base,
        lastRate: this.rate,
        milliseconds,
        stopReason: this.isOver ? this.stopReason : null,
        epochsTrained: model.epochsTrained,
        stepsTrained: model.stepsTrained,
        optimizerState: model.optimizerState,
        sums: trainer.sums,
        callbacks: this.settings.callbacks.map((callback) => ({ name: callback.name, state: callback.state?.() })),
        learningRateChanges: this.changes,
        reports: this.reports,
      },
      digest,
    );
  }

  /** Goes back to where a checkpoint was made. */
  private restore({ state, file, applyTo }: Checkpoint & { readonly file: string }): void {
    const { model, trainer, control } = this;
    const step = (state.epoch - 1) * this.stepsPerEpoch + state.stepInEpoch;
    if (state.stepInEpoch >= this.stepsPerEpoch || state.step !== step || state.reports.length !== state.epoch - 1) {
      throw new CheckpointError({
        where: file,
        got: `step ${state.step}, ${state.stepInEpoch} of epoch ${state.epoch}, after ${state.reports.length} reports`,
        expected: `epochs of ${this.stepsPerEpoch} steps, a report of each`,
      });
    }
    if (state.sums.length !== trainer.sums.length)
      throw new CheckpointError({ where: file, got: `${state.sums.length} sums`, expected: `${trainer.sums.length}: ${trainer.names.join(", ")}` });
    applyTo(model);
    model.epochsTrained = state.epochsTrained;
    model.stepsTrained = state.stepsTrained;
    this.epoch = state.epoch;
    this.stepInEpoch = state.stepInEpoch;
    this.step = state.step;
    this.base = state.baseRate;
    this.rate = state.lastRate;
    // What the control was told before the fit began still holds.
    control.startFrom(state.baseRate);
    this.milliseconds = state.milliseconds;
    this.stopReason = state.stopReason;
    this.isOver = state.stopReason !== null;
    trainer.sums.set(state.sums);
    this.changes.push(...state.learningRateChanges);
    this.reports.push(...state.reports);
    this.settings.callbacks.forEach((callback, i) => {
      const saved = state.callbacks[i]?.state;
      if (saved !== undefined) callback.restore?.(saved);
    });
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

  /** Work to wait for at the end of the slice. */
  private defer(work: unknown): void {
    if (!(work instanceof Promise)) return;
    // Told when it is waited for; until then a failure is not "unhandled".
    work.catch(() => undefined);
    this.deferred.push(work);
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
      resumed: loop.saving?.resumed ?? null,
      get history() {
        return loop.history();
      },
      get learningRate() {
        return control.learningRate ?? loop.base;
      },
      setLearningRate: (rate) => control.setLearningRate(rate),
      stop(reason) {
        if (loop.stopReason === null) loop.isOver = true;
        loop.stopReason ??= reason;
      },
      defer: (work) => loop.defer(work),
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
