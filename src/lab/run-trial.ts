/** Running one trial. @module */
import type { Dataset, TrainAndTest } from "../data/index.ts";
import { firstNonFinite } from "../finite.ts";
import type { Model } from "../model/model.ts";
import type { NamedArray } from "../model/parameters.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { packBits } from "./correct-bits.ts";
import { diagnosticsRecorder } from "./diagnostics/index.ts";
import { LearningCurve } from "./learning-curve.ts";
import { parseSchedule } from "./schedule-text.ts";
import type { Score, Trial, TrialResult } from "./trial.ts";
import { type TrialData, trialData } from "./trial-data.ts";
import { trialId } from "./trial-id.ts";
import { trialModel } from "./trial-model.ts";

/** What a trial runs on. */
export interface TrialContext {
  /** All of it, as it was read; the trial says what it uses. */
  readonly data: TrainAndTest;
  readonly runtime: Runtime;
  /** The weights to start from, in the order of `getWeights`; null: initial ones. */
  readonly start: readonly ArrayLike<number>[] | null;
  /** Ends it after the running step, with an error. */
  readonly signal?: AbortSignal;
}

/** Trains a network as a trial asks, and scores it. The result has the same bits whatever ran before or runs beside it, with any number of threads. */
export async function runTrial(trial: Trial, context: TrialContext): Promise<{ result: TrialResult; weights: NamedArray[] | null }> {
  const { settings } = trial;
  const began = performance.now();
  const data = trialData(context.data, trial.data, settings.scaling);
  const model = trialModel(settings, data.training, trial.seed, context.runtime);
  try {
    if (context.start !== null) await model.setWeights(context.start);
    const curve = new LearningCurve(data.validation, trial.validations, settings.batchSize === "full" ? data.training.length : settings.batchSize);
    const recorder = trial.measures.length === 0 ? null : diagnosticsRecorder(trial.measures);
    const history = await model.fit(data.training, {
      epochs: settings.epochs,
      batchSize: settings.batchSize,
      shuffle: settings.shuffle,
      schedule: parseSchedule(settings.schedule),
      learningRate: settings.learningRate ?? undefined,
      callbacks: recorder === null ? [curve] : [curve, recorder.callback],
      signal: context.signal,
    });
    context.signal?.throwIfAborted();
    const weights = await model.getWeights();
    const scores =
      curve.divergedAt === null && weights.every((weight) => firstNonFinite(weight.data) < 0) ? await scoresOf(model, data, trial, curve.score) : null;
    const result: TrialResult = {
      id: trialId(trial),
      divergedAt: scores === null ? (curve.divergedAt ?? curve.steps) : null,
      steps: curve.steps,
      parameters: model.parameterCount,
      epochs: history.epochs.map(({ loss, accuracy }, i) => ({ loss, accuracy: accuracy ?? 0, ...curve.atEpoch(i) })),
      curve: curve.points,
      ...(scores ?? NONE),
      weightsSha256: await model.weightsSha256(),
      diagnostics: recorder === null ? null : await recorder.finish(model, data.training),
      seconds: { training: history.seconds, wall: (performance.now() - began) / 1000 },
    };
    return { result, weights: trial.keepsWeights ? weights : null };
  } finally {
    model.dispose();
  }
}

type Scores = Pick<TrialResult, "validation" | "training" | "test" | "correct">;
const NONE: Scores = { validation: null, training: null, test: null, correct: null };

/** The scores of the final weights; null where a loss is not finite: they have diverged. @param validated theirs, where they were validated already */
async function scoresOf(model: Model, { training, validation, test }: TrialData, { role }: Trial, validated: Score | null): Promise<Scores | null> {
  const scores: Scores = { ...NONE, validation: validated ?? (validation && (await score(model, validation))) };
  const all = role === "tune" ? scores : { ...scores, training: await score(model, training), ...(await scoreEach(model, test)) };
  return [all.validation, all.training, all.test].every((one) => Number.isFinite(one?.loss ?? 0)) ? all : null;
}

async function score(model: Model, data: Dataset): Promise<Score> {
  const { loss, accuracy } = await model.evaluate(data);
  return { loss, accuracy: accuracy ?? 0 };
}

/** The same, and which samples were right. */
async function scoreEach(model: Model, data: Dataset): Promise<Pick<Scores, "test" | "correct">> {
  const { evaluation, values } = await model.evaluateEach(data, "accuracy");
  return { test: { loss: evaluation.loss, accuracy: evaluation.accuracy ?? 0 }, correct: packBits(values) };
}
