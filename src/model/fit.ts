/** The training loop. @module */
import { Dataset } from "../data/dataset.ts";
import { CheckpointError, ConfigError, type NumericError } from "../errors.ts";
import { deriveKey, Purpose, permutation } from "../random.ts";
import { type Callback, checkMonitors, type FitContext, monitorNames } from "./callback.ts";
import { type Checkpoint, encodeCheckpoint } from "./checkpoint.ts";
import { rowsOf } from "./feed.ts";
import { FitControl, isRate, RATE } from "./fit-control.ts";
import { type FitOptions, type FitSettings, settingsOf } from "./fit-options.ts";
import type { EpochReport, History, RateChange, StepReport } from "./history.ts";
import type { Model } from "./model.ts";
import { ACTIVITY_PENALTY, PENALTY, reportNames, summedNames } from "./objectives.ts";
import { openSaving, type Saving } from "./saving.ts";
import { diagnose, Trainer } from "./trainer.ts";
import { yieldToEventLoop } from "./yield.ts";

const SLICE_MS = 50;
/** Where the clock stands still, slices end by steps. */
const SLICE_STEPS = 512;

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
    const { optimizer, objectives } = model.needCompiled("fit");
    const names = summedNames(objectives);
    const monitors = monitorNames(reportNames(objectives), validation !== undefined);
    checkMonitors(callbacks, monitors);
    saving = await openSaving(model, settings, options);
    const executor = await model.load("train", data, capacity, Math.ceil(batch / capacity), sampleWeights);
    if (validation !== undefined) await model.loadEvaluation(validation);
    for (const penalty of [ACTIVITY_PENALTY, PENALTY]) if (executor.program.names.has(`sum:${penalty}`)) names.push(penalty);
    const streamed = model.streamedMetrics(executor, data);
    const trainer = new Trainer(executor, optimizer, model.optimizerState, names, model.randomKey, model.architecture.parameters, streamed);
    return await new Loop(model, settings, options, control, trainer, monitors, saving).run();
  } finally {
    await saving?.writer.close();
    signal?.removeEventListener("abort", wakeUp);
    control.detach();
  }
}

/** A fit that runs. */
class Loop {
  private readonly model: Model;
  private readonly settings: FitSettings;
  private readonly options: FitOptions;
  private readonly control: FitControl;
  private readonly trainer: Trainer;
  private readonly saving: Saving | null;
  private readonly context: FitContext;
  private readonly rows: Int32Array;
  /** The rows in the order of the running epoch. */
  private order: Int32Array;
  private readonly stepsPerEpoch: number;
  private readonly durations: Float64Array;
  private readonly report: StepReport;
  private readonly stepListeners: readonly Callback[];
  private readonly accuracyAt: number;

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
  /** A callback wants the slice to end after this step. */
  private sliceIsOver = false;
  private deferred: Promise<unknown>[] = [];

  constructor(
    model: Model,
    settings: FitSettings,
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
    this.order = this.rows;
    this.stepsPerEpoch = Math.ceil(data.length / batch);
    this.durations = new Float64Array(this.stepsPerEpoch);
    this.base = learningRate;
    this.rate = learningRate;
    this.accuracyAt = trainer.names.indexOf("accuracy");
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
      epochMetrics: Object.fromEntries(trainer.names.map((name) => [name, 0])),
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
    this.order = order;
    if (this.stepInEpoch === 0) {
      trainer.beginEpoch();
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
      if ((endOfSlice || this.sliceIsOver) && this.stepInEpoch < stepsPerEpoch) {
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
    model.architecture.parameters.sharing.changed();
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
    const { report, stepListeners, options, trainer, accuracyAt } = this;
    if (!endOfSlice && options.onStep === undefined && stepListeners.length === 0) return;
    const done = this.samplesDone();
    report.step = this.step - 1;
    report.epoch = this.epoch;
    report.stepInEpoch = this.stepInEpoch;
    report.loss = trainer.loss;
    report.learningRate = this.rate;
    report.epochLoss = trainer.sums[0] / done;
    report.epochAccuracy = accuracyAt < 0 ? null : trainer.sums[accuracyAt] / done;
    for (let k = 0; k < trainer.names.length; k++) report.epochMetrics[trainer.names[k]] = trainer.sums[k] / done;
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
    const means = trainer.values(done);
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
        streamed: trainer.streamed?.state() ?? [],
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
    trainer.streamed?.restore(state.streamed ?? []);
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
    this.sliceIsOver = false;
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
    const { data, batch, capacity, sampleWeights } = loop.settings;
    const { parameters } = model.architecture;
    return {
      model,
      epochs: loop.settings.epochs,
      stepsPerEpoch,
      data,
      rowsPerStep: batch,
      rowsPerPass: capacity,
      sampleWeights,
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
      endSlice() {
        loop.sliceIsOver = true;
      },
      lastBatch() {
        const to = loop.stepInEpoch * batch;
        return new Dataset({ ...data, rows: loop.order.slice(Math.max(0, to - batch), to) });
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
