/** The training loop: epochs, steps, and what comes between them. @module */
import { ConfigError, type NumericError } from "../../errors.ts";
import { encodeCheckpoint } from "../checkpoints/checkpoint.ts";
import type { History, StepReport } from "../history.ts";
import { yieldToEventLoop } from "../running/yield.ts";
import type { Callback, FitContext } from "./callback.ts";
import { fitContext } from "./context.ts";
import { isRate, RATE } from "./fit-control.ts";
import { epochReport, newStepReport, renewStepReport } from "./reports.ts";
import { restore, stateOf } from "./resuming.ts";
import type { RunningFit } from "./running-fit.ts";
import type { Saving } from "./saving.ts";
import { Slice } from "./slice.ts";
import { StepTimes } from "./step-times.ts";
import { reasonToStop, unlessStopped } from "./stopping.ts";
import { diagnose } from "./trainer.ts";

/** Leads a fit from its first step, or that of a checkpoint, to its last. */
export class Loop {
  private readonly fit: RunningFit;
  private readonly saving: Saving | null;
  private readonly context: FitContext;
  /** Infinity where only the source knows. */
  private readonly stepsPerEpoch: number;
  private readonly durations: StepTimes;
  private readonly report: StepReport;
  private readonly stepListeners: readonly Callback[];
  private readonly slice = new Slice();
  /** The source has no more for the running epoch. */
  private epochIsOver = false;

  /** @param monitors the quantities of an epoch that callbacks may monitor */
  constructor(fit: RunningFit, monitors: readonly string[], saving: Saving | null) {
    const { source, callbacks } = fit.settings;
    this.fit = fit;
    this.saving = saving;
    this.stepsPerEpoch = source.stepsPerEpoch;
    this.durations = new StepTimes(source.stepsPerEpoch);
    this.report = newStepReport(fit);
    this.stepListeners = callbacks.filter(({ onStepEnd }) => onStepEnd !== undefined);
    this.context = fitContext(fit, this.slice, monitors, saving?.resumed ?? null);
  }

  async run(): Promise<History> {
    const { saving } = this;
    const { settings, options, progress } = this.fit;
    if (saving?.found != null) restore(this.fit, saving.found);
    if (saving?.resumed != null) options.onResume?.(saving.resumed);
    for (const callback of settings.callbacks) await callback.onTrainBegin?.(this.context);
    this.takeChanges();
    // Where checkpoints cannot be written the fit fails now, not after long work.
    if (saving?.found === null) await this.save();
    while (progress.epoch <= settings.epochs && !this.stops()) await this.runEpoch();
    if (progress.stepInEpoch === 0) await this.save();
    const history = progress.history();
    for (const callback of settings.callbacks) await callback.onTrainEnd?.(history, this.context);
    await this.slice.drain();
    return history;
  }

  /** The rest of the running epoch, or as much of it as comes before a stop. */
  private async runEpoch(): Promise<void> {
    const { saving, stepsPerEpoch, slice } = this;
    const { model, settings, options, control, trainer, progress } = this.fit;
    const { source, callbacks } = settings;
    const begun = source.begin(model.epochsTrained, progress.stepInEpoch);
    const samples = typeof begun === "number" ? begun : await this.unlessStopped(begun);
    if (samples === null) return;
    progress.samples = samples;
    this.epochIsOver = false;
    this.durations.clear();
    if (progress.stepInEpoch === 0) {
      trainer.beginEpoch();
      progress.milliseconds = 0;
      for (const callback of callbacks) await callback.onEpochBegin?.(progress.epoch, this.context);
    }
    this.beginSlice();
    while (progress.stepInEpoch < stepsPerEpoch) {
      if (this.stops()) break;
      const wait = control.gate();
      if (wait !== null) {
        this.endSlice();
        await slice.drain();
        await wait;
        this.beginSlice();
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
        if (progress.stopReason === null) throw failure;
        break;
      }
      const now = performance.now();
      this.durations.add(slice.count(now));
      const isFull = slice.isFull(now);
      this.tell(now, isFull);
      if (saving !== null && progress.stepInEpoch < stepsPerEpoch && saving.writer.isDue(progress.step, now)) {
        this.endSlice();
        await this.beginToSave(saving);
        this.beginSlice();
      }
      if ((isFull || slice.isCut) && progress.stepInEpoch < stepsPerEpoch) {
        this.endSlice();
        for (const callback of callbacks) await callback.onSlice?.(this.report, this.context);
        await options.onSlice?.(this.report);
        await slice.drain();
        await yieldToEventLoop();
        this.beginSlice();
      }
    }
    this.endSlice();
    await slice.drain();
    if (progress.stepInEpoch === stepsPerEpoch) this.epochIsOver = true;
    if (progress.stepInEpoch > 0 && !this.epochIsOver) await this.save();
    if (progress.stepInEpoch > 0) await this.endEpoch();
  }

  /** Takes the next step; false if its loss is not finite: nothing has changed then. */
  private takeStep(): boolean {
    const { model, settings, trainer, progress } = this.fit;
    const { schedule, source } = settings;
    const { order, from, to } = source;
    progress.rate = this.scheduled();
    if (!isRate(progress.rate)) {
      const hint = Number.isFinite(this.stepsPerEpoch) ? undefined : "a schedule that depends on the length of an epoch needs stepsPerEpoch";
      throw new ConfigError({ where: `fit, step ${progress.step}`, got: `${progress.rate} from schedule "${schedule.name}"`, expected: RATE, hint });
    }
    // Also if a thread dies in the midst of it.
    model.architecture.parameters.sharing.changed();
    if (!trainer.step(order, from, to, progress.rate, model.stepsTrained)) return false;
    model.stepsTrained++;
    progress.samples += to - from;
    progress.stepInEpoch++;
    progress.step++;
    return true;
  }

  /** The learning rate of the next step. Where the length of an epoch is not known, a schedule that asks for it gives NaN. */
  private scheduled(): number {
    const { stepsPerEpoch } = this;
    const { settings, progress } = this.fit;
    const { schedule, epochs } = settings;
    const known = Number.isFinite(stepsPerEpoch) ? stepsPerEpoch : Number.NaN;
    return schedule.at(progress.step, known * epochs, progress.base, known);
  }

  /** What made the loss of the next step not finite. */
  private async diagnose(): Promise<NumericError> {
    const { model, settings, progress } = this.fit;
    const { data, capacity, sampleWeights, source } = settings;
    const { order, from, to } = source;
    const executor = await model.load("diagnose", data, capacity, 1, sampleWeights);
    return diagnose(executor, order, from, to, { inFit: progress.step, ofModel: model.stepsTrained }, model.randomKey);
  }

  /** Reports the step just done to who listens. */
  private tell(now: number, endOfSlice: boolean): void {
    const { report, stepListeners, slice, fit } = this;
    const { options, progress } = fit;
    if (!endOfSlice && options.onStep === undefined && stepListeners.length === 0) return;
    renewStepReport(report, fit, progress.milliseconds + slice.milliseconds(now));
    for (let i = 0; i < stepListeners.length; i++) slice.defer(stepListeners[i].onStepEnd?.(report, this.context));
    slice.defer(options.onStep?.(report));
  }

  /** Validates and reports the epoch, whole or cut short. */
  private async endEpoch(): Promise<void> {
    const { saving, fit } = this;
    const { model, settings, options, progress } = fit;
    const { validation, callbacks, epochs } = settings;
    const whole = this.epochIsOver;
    model.epochsTrained++;
    const report = epochReport(fit, validation === undefined ? null : await model.evaluateNow(validation), this.durations.median());
    progress.reports.push(report);
    if (whole) {
      progress.epoch++;
      progress.stepInEpoch = 0;
      for (const callback of callbacks) await callback.onEpochEnd?.(report, this.context);
      await this.slice.drain();
    }
    await options.onEpoch?.(report);
    await yieldToEventLoop();
    this.takeChanges();
    const goesOn = progress.epoch <= epochs && progress.stopReason === null;
    if (whole && goesOn && saving?.writer.isDueAfterEpoch(progress.step, performance.now()) === true) await this.beginToSave(saving);
  }

  /** Writes a checkpoint of here and now, beside the steps to come. */
  private async beginToSave(saving: Saving): Promise<void> {
    await this.slice.drain();
    this.takeChanges();
    await saving.writer.begin(this.fit.progress.step, () => this.encode(saving));
  }

  /** The same, and waits for it. */
  private async save(): Promise<void> {
    const { saving } = this;
    if (saving === null) return;
    await this.slice.drain();
    this.takeChanges();
    await saving.writer.write(this.fit.progress.step, () => this.encode(saving));
  }

  private encode({ settings, digest }: Saving): Uint8Array {
    return encodeCheckpoint(this.fit.model, stateOf(this.fit, settings), digest);
  }

  /** Whether it is to end here, and why. */
  private stops(): boolean {
    const { options, control, progress } = this.fit;
    progress.stopReason ??= reasonToStop(options, control);
    return progress.stopReason !== null;
  }

  private unlessStopped<T>(work: Promise<T>): Promise<T | null> {
    const { control, progress } = this.fit;
    return unlessStopped(work, control, () => {
      this.stops();
      return progress.stopReason;
    });
  }

  private takeChanges(): void {
    const { control, progress } = this.fit;
    progress.startFrom(control.takeRate(progress.base));
  }

  private beginSlice(): void {
    this.fit.trainer.refresh();
    this.slice.begin();
  }

  private endSlice(): void {
    this.fit.progress.milliseconds += this.slice.milliseconds(performance.now());
  }
}
