/** Validation while a network trains. @module */
import type { Dataset } from "../../data/index.ts";
import type { Callback, FitContext } from "../../model/fit/callback.ts";
import type { EpochReport, StepReport } from "../../model/history.ts";
import type { CurvePoint, Score, TrialResult } from "./trial.ts";

type EpochScore = Pick<TrialResult["epochs"][number], "valLoss" | "valAccuracy">;

/**
 * A callback that validates `times` an epoch at equal distances, the last time at its end, and notes where training diverged. Each validation sees the
 * weights of exactly its step: the fit waits for it.
 */
export class LearningCurve implements Callback {
  readonly name = "learningCurve";
  readonly points: CurvePoint[] = [];
  /** Steps that were done. */
  steps = 0;
  /** The step whose loss was not finite, or whose weights give none in validation; null if all was well. */
  divergedAt: number | null = null;
  /** Of the last weights, where they were validated. */
  score: Score | null = null;
  private readonly validation: Dataset | null;
  private readonly times: number;
  /** Since the last point. */
  private losses = 0;
  private stepsSince = 0;
  /** Of the epochs that ended. */
  private seconds = 0;
  private readonly epochEnds: EpochScore[] = [];
  private readonly batch: number;

  /** @param batch samples of a step */
  constructor(validation: Dataset | null, times: number, batch: number) {
    this.batch = batch;
    this.validation = validation;
    this.times = validation === null ? 0 : times;
  }

  onStepEnd(report: StepReport, context: FitContext): Promise<void> | undefined {
    this.steps++;
    this.losses += report.loss;
    this.stepsSince++;
    if (!this.isDue(report.stepInEpoch, report.stepsPerEpoch)) return undefined;
    const loss = this.losses / this.stepsSince;
    this.losses = 0;
    this.stepsSince = 0;
    const done = Math.min(report.stepInEpoch * this.batch, report.samplesInEpoch);
    const seconds = this.seconds + done / report.samplesPerSecond;
    context.endSlice();
    return this.validate(report.step + 1, loss, seconds, context);
  }

  /** What a checkpoint keeps: a trial that goes on from one tells of all its steps. */
  state(): unknown {
    const { points, steps, divergedAt, score, losses, stepsSince, seconds, epochEnds } = this;
    return { points, steps, divergedAt, score, losses, stepsSince, seconds, epochEnds };
  }

  restore(state: unknown): void {
    const { points, epochEnds, ...rest } = state as Pick<LearningCurve, "points" | "steps" | "divergedAt" | "score"> & { readonly epochEnds: EpochScore[] };
    Object.assign(this, rest);
    this.points.splice(0, this.points.length, ...points);
    this.epochEnds.splice(0, this.epochEnds.length, ...epochEnds);
  }

  onEpochEnd({ seconds }: EpochReport): void {
    this.seconds += seconds ?? 0;
    this.epochEnds.push({ valLoss: this.score?.loss ?? null, valAccuracy: this.score?.accuracy ?? null });
  }

  onNonFinite(_: unknown, context: FitContext): void {
    this.divergedAt = this.steps;
    context.stop("diverged");
  }

  /** The validation at an epoch's end. @param epoch from 0 */
  atEpoch(epoch: number): EpochScore {
    return this.epochEnds[epoch] ?? { valLoss: null, valAccuracy: null };
  }

  /** Whether step `step` of `steps`, from 1, is one of `times` at equal distances. */
  private isDue(step: number, steps: number): boolean {
    return Math.floor((step * this.times) / steps) > Math.floor(((step - 1) * this.times) / steps);
  }

  private async validate(step: number, loss: number, seconds: number, context: FitContext): Promise<void> {
    const { loss: valLoss, accuracy } = await context.evaluate(this.validation as Dataset);
    if (Number.isFinite(valLoss)) {
      this.score = { loss: valLoss, accuracy };
      this.points.push({ step, loss, valLoss, valAccuracy: accuracy ?? 0, seconds: Number.isFinite(seconds) ? seconds : null });
    } else {
      this.score = null;
      this.divergedAt = step;
      context.stop("diverged");
    }
  }
}
