/** The training loop. @module */
import { Dataset } from "../data/dataset/dataset.ts";
import { type BatchStream, isStream } from "../data/dataset/stream.ts";
import { CheckpointError, ConfigError, type NumericError } from "../errors.ts";
import type { BatchSource } from "./batch-source.ts";
import { type Callback, checkMonitors, type FitContext, monitorNames } from "./callback.ts";
import { type Checkpoint, encodeCheckpoint } from "./checkpoint.ts";
import { FitControl, isRate, RATE } from "./fit-control.ts";
import { commonSettings, datasetSettings, type FitOptions, type FitSettings } from "./fit-options.ts";
import type { EpochReport, History, RateChange, StepReport } from "./history.ts";
import type { Model } from "./model.ts";
import { ACTIVITY_PENALTY, PENALTY, reportNames, summedNames } from "./objectives.ts";
import { openSaving, type Saving } from "./saving.ts";
import { StepTimes } from "./step-times.ts";
import { reasonToStop, unlessStopped } from "./stopping.ts";
import { StreamReader } from "./stream-reader.ts";
import { streamSettings } from "./stream-settings.ts";
import { diagnose, Trainer } from "./trainer.ts";
import { yieldToEventLoop } from "./yield.ts";

const SLICE_MS = 50;
/** Where the clock stands still, slices end by steps. */
const SLICE_STEPS = 512;

/** Trains `model`; see {@link FitOptions}. */
export async function fit(model: Model, all: Dataset | BatchStream, options: FitOptions): Promise<History> {
  const common = commonSettings(model, options);
  const control = options.control ?? new FitControl();
  control.attach(common.learningRate);
  const wakeUp = (): void => control.wakeUp();
  const signal = options.signal !== undefined && "addEventListener" in options.signal ? options.signal : undefined;
  signal?.addEventListener("abort", wakeUp);
  let saving: Saving | null = null;
  const reader = isStream(all) ? new StreamReader("fit", model, all) : null;
  let isDone = false;
  try {
    model.architecture.parameters.assertFinite();
    const stopReason = (): string | null => reasonToStop(options, control);
    const settings = isStream(all)
      ? await unlessStopped(streamSettings(model, all, reader as StreamReader, common, options), control, stopReason)
      : datasetSettings(model, all, common, options);
    // It was to stop while it waited for the first batch.
    if (settings === null) return { epochs: [], learningRateChanges: [], stopped: true, stopReason: stopReason(), seconds: 0 };
    const { data, validation, batch, capacity, sampleWeights, callbacks } = settings;
    const { optimizer, objectives } = model.needCompiled("fit");
    const names = summedNames(objectives);
    const monitors = monitorNames(reportNames(objectives), validation !== undefined);
    checkMonitors(callbacks, monitors);
    saving = await openSaving(model, settings, options);
    const executor = await model.load("train", data, capacity, Math.ceil(batch / capacity), sampleWeights);
    if (validation instanceof Dataset) await model.loadEvaluation(validation);
    for (const penalty of [ACTIVITY_PENALTY, PENALTY]) if (executor.program.names.has(`sum:${penalty}`)) names.push(penalty);
    const streamed = model.streamedMetrics(executor, data);
    const trainer = new Trainer(executor, optimizer, model.optimizerState, names, model.randomKey, model.architecture.parameters, streamed);
    const history = await new Loop(model, settings, options, control, trainer, monitors, saving).run();
    isDone = true;
    return history;
  } finally {
    // What a stream says to being closed is news only where nothing else failed.
    await reader?.close().catch((error) => {
      if (isDone) throw error;
    });
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
  private readonly source: BatchSource;
  /** Infinity where only the source knows. */
  private readonly stepsPerEpoch: number;
  private readonly durations: StepTimes;
  private readonly report: StepReport;
  private readonly stepListeners: readonly Callback[];
  private readonly accuracyAt: number;

  /** The next step: its epoch from 1, its place in it, its number over all. */
  private epoch = 1;
  private stepInEpoch = 0;
  private step = 0;
  /** Samples of the epoch's steps so far. */
  private samplesDone = 0;
  /** The source has no more for it. */
  private epochIsOver = false;
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
    const { source, epochs, learningRate, callbacks } = settings;
    this.source = source;
    this.stepsPerEpoch = source.stepsPerEpoch;
    this.durations = new StepTimes(source.stepsPerEpoch);
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
      samplesInEpoch: source.samplesPerEpoch,
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
    const { model, trainer, control, source, stepsPerEpoch, saving } = this;
    const { callbacks } = this.settings;
    const begun = source.begin(model.epochsTrained, this.stepInEpoch);
    const samples = typeof begun === "number" ? begun : await this.unlessStopped(begun);
    if (samples === null) return;
    this.samplesDone = samples;
    this.epochIsOver = false;
    this.durations.clear();
    if (this.stepInEpoch === 0) {
      trainer.beginEpoch();
      this.milliseconds = 0;
      for (const callback of callbacks) await callback.onEpochBegin?.(this.epoch, this.context);
    }
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
      const ready = source.next();
      if (typeof ready === "boolean") this.epochIsOver = !ready;
      else {
        const more = await this.unlessStopped(ready);
        if (more === null) break;
        this.epochIsOver = !more;
        // Memory may have grown meanwhile.
        trainer.refresh();
      }
      if (this.epochIsOver) break;
      this.takeChanges();
      if (!this.takeStep()) {
        const failure = await this.diagnose();
        for (const callback of callbacks) await callback.onNonFinite?.(failure, this.context);
        if (this.stopReason === null) throw failure;
        break;
      }
      const now = performance.now();
      this.durations.add(now - before);
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
    if (this.stepInEpoch === stepsPerEpoch) this.epochIsOver = true;
    if (this.stepInEpoch > 0 && !this.epochIsOver) await this.save();
    if (this.stepInEpoch > 0) await this.endEpoch();
  }

  private unlessStopped<T>(work: Promise<T>): Promise<T | null> {
    return unlessStopped(work, this.control, () => {
      this.stops();
      return this.stopReason;
    });
  }

  /** Takes the next step; false if its loss is not finite: nothing has changed then. */
  private takeStep(): boolean {
    const { model, trainer, source, step } = this;
    const { order, from, to } = source;
    const { schedule } = this.settings;
    this.rate = this.scheduled();
    if (!isRate(this.rate)) {
      const hint = Number.isFinite(this.stepsPerEpoch) ? undefined : "a schedule that depends on the length of an epoch needs stepsPerEpoch";
      throw new ConfigError({ where: `fit, step ${step}`, got: `${this.rate} from schedule "${schedule.name}"`, expected: RATE, hint });
    }
    // Also if a thread dies in the midst of it.
    model.architecture.parameters.sharing.changed();
    if (!trainer.step(order, from, to, this.rate, model.stepsTrained)) return false;
    model.stepsTrained++;
    this.samplesDone += to - from;
    this.stepInEpoch++;
    this.step++;
    return true;
  }

  /** The learning rate of the next step. Where the length of an epoch is not known, a schedule that asks for it gives NaN. */
  private scheduled(): number {
    const { step, base, stepsPerEpoch } = this;
    const { schedule, epochs } = this.settings;
    const known = Number.isFinite(stepsPerEpoch) ? stepsPerEpoch : Number.NaN;
    return schedule.at(step, known * epochs, base, known);
  }

  /** What made the loss of the next step not finite. */
  private async diagnose(): Promise<NumericError> {
    const { model, step } = this;
    const { data, capacity, sampleWeights } = this.settings;
    const { order, from, to } = this.source;
    const executor = await model.load("diagnose", data, capacity, 1, sampleWeights);
    return diagnose(executor, order, from, to, { inFit: step, ofModel: model.stepsTrained }, model.randomKey);
  }

  /** Reports the step just done to who listens. */
  private tell(now: number, endOfSlice: boolean): void {
    const { report, stepListeners, options, trainer, accuracyAt } = this;
    if (!endOfSlice && options.onStep === undefined && stepListeners.length === 0) return;
    const done = this.samplesDone;
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

  /** Validates and reports the epoch, whole or cut short. */
  private async endEpoch(): Promise<void> {
    const { model, trainer, stepInEpoch } = this;
    const { validation, callbacks } = this.settings;
    const whole = this.epochIsOver;
    const done = this.samplesDone;
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
      stepMs: clock ? this.durations.median() : null,
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
    const { stepsPerEpoch } = this;
    const before = Number.isFinite(stepsPerEpoch) ? (state.epoch - 1) * stepsPerEpoch : state.reports.reduce((sum, { steps }) => sum + steps, 0);
    const step = before + state.stepInEpoch;
    if (state.stepInEpoch >= stepsPerEpoch || state.step !== step || state.reports.length !== state.epoch - 1) {
      throw new CheckpointError({
        where: file,
        got: `step ${state.step}, ${state.stepInEpoch} of epoch ${state.epoch}, after ${state.reports.length} reports`,
        expected: `epochs of ${Number.isFinite(stepsPerEpoch) ? stepsPerEpoch : "such"} steps, a report of each`,
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
    this.stopReason ??= reasonToStop(this.options, this.control);
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

  private history(): History {
    const { reports, changes, stopReason } = this;
    const seconds = reports.reduce<number | null>((sum, epoch) => (sum === null || epoch.seconds === null ? null : sum + epoch.seconds), 0);
    return { epochs: reports, learningRateChanges: changes, stopped: stopReason !== null, stopReason, seconds };
  }

  private makeContext(monitors: readonly string[]): FitContext {
    const loop = this;
    const { model, control, stepsPerEpoch } = loop;
    const { data, batch, capacity, sampleWeights, isStream } = loop.settings;
    const { parameters } = model.architecture;
    return {
      model,
      epochs: loop.settings.epochs,
      stepsPerEpoch,
      data,
      isStream,
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
        const { order, from, to } = loop.source;
        return new Dataset({ ...data, rows: loop.stepInEpoch === 0 ? new Int32Array(0) : order.slice(from, to) });
      },
      getWeights: () => parameters.named(),
      setWeights: (arrays) => parameters.write(arrays),
      evaluate: (data) => model.evaluateNow(data),
    };
  }
}
