/** Running one trial. @module */
import type { Dataset, TrainAndTest } from "../../data/index.ts";
import { firstNonFinite } from "../../finite.ts";
import type { Evaluation } from "../../model/evaluate/evaluator.ts";
import type { Model } from "../../model/model.ts";
import type { NamedArray } from "../../model/parameters/parameters.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { diagnosticsRecorder } from "../diagnostics/index.ts";
import { parseSchedule } from "../written/schedule-text.ts";
import { packBits } from "./correct-bits.ts";
import { LearningCurve } from "./learning-curve.ts";
import type { Score, Trial, TrialResult } from "./trial.ts";
import { type TrialData, trialData } from "./trial-data.ts";
import { trialId } from "./trial-id.ts";
import { hasAccuracy, trialModel } from "./trial-model.ts";

/** What a trial runs on. */
export interface TrialContext {
  /** All of it, as it was read; the trial says what it uses. */
  readonly data: TrainAndTest;
  readonly runtime: Runtime;
  /** The weights to start from, in the order of `getWeights`; null: initial ones. */
  readonly start: readonly ArrayLike<number>[] | null;
  /**
   * A folder for a checkpoint of its end, so that a longer trial with the same settings goes on from there; it goes on from what it finds in it. Null: none.
   * Node, Deno, Bun. Default null.
   */
  readonly checkpoint?: string | null;
  /** Ends it after the running step, with an error. */
  readonly signal?: AbortSignal;
}

/**
 * Trains a network as a trial asks, and scores it. The result has the same bits whatever ran before or runs beside it, with any number of threads, and from a
 * checkpoint or from the beginning.
 * @throws CheckpointError if the checkpoint is of no use for this trial
 */
export async function runTrial(trial: Trial, context: TrialContext): Promise<{ result: TrialResult; weights: NamedArray[] | null }> {
  const { settings } = trial;
  const { checkpoint: directory = null } = context;
  const began = performance.now();
  const data = trialData(context.data, trial.data, settings.scaling);
  const model = trialModel(settings, data.training, trial.seed, context.runtime, trial.metrics);
  try {
    if (context.start !== null) await model.setWeights(context.start);
    const batch = settings.batchSize === "full" ? data.training.length : settings.batchSize;
    const curve = new LearningCurve(data.validation, trial.validations, batch);
    let resumedAt = 0;
    const recorder = trial.measures.length === 0 ? null : diagnosticsRecorder(trial.measures);
    const history = await model.fit(data.training, {
      epochs: settings.epochs,
      batchSize: settings.batchSize,
      shuffle: settings.shuffle,
      schedule: parseSchedule(settings.schedule),
      learningRate: settings.learningRate ?? undefined,
      callbacks: recorder === null ? [curve] : [curve, recorder.callback],
      ...(directory === null ? {} : { checkpoint: { directory, every: AT_THE_END, keep: 1 }, resume: true }),
      onResume: ({ step }) => {
        resumedAt = step / Math.ceil(data.training.length / batch);
      },
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
      ...(resumedAt > 0 && { resumedAt }),
      seconds: { training: history.seconds, wall: (performance.now() - began) / 1000 },
    };
    return { result, weights: trial.keepsWeights ? weights : null };
  } finally {
    model.dispose();
  }
}

/** A fit writes a checkpoint where it ends, whatever is said of others. */
const AT_THE_END = { steps: Number.MAX_SAFE_INTEGER };

type Scores = Pick<TrialResult, "validation" | "training" | "test" | "correct">;
const NONE: Scores = { validation: null, training: null, test: null, correct: null };

/** The scores of the final weights; null where a loss is not finite: they have diverged. @param validated theirs, where they were validated already */
async function scoresOf(model: Model, { training, validation, test }: TrialData, trial: Trial, validated: Score | null): Promise<Scores | null> {
  const { role, metrics } = trial;
  // What validates on the way knows loss and accuracy.
  const known = metrics === undefined ? validated : null;
  const scores: Scores = { ...NONE, validation: known ?? (validation && (await score(model, validation, metrics))) };
  const all = role === "tune" ? scores : { ...scores, training: await score(model, training, metrics), ...(await scoreEach(model, test, trial)) };
  return [all.validation, all.training, all.test].every((one) => Number.isFinite(one?.loss ?? 0)) ? all : null;
}

async function score(model: Model, data: Dataset, metrics: Trial["metrics"]): Promise<Score> {
  return scoreOf(await model.evaluate(data), metrics);
}

function scoreOf({ loss, accuracy, metrics }: Evaluation, asked: Trial["metrics"]): Score {
  return { loss, accuracy, ...(asked !== undefined && { metrics: Object.fromEntries(asked.map((name) => [name, metrics[name]])) }) };
}

/** The same, and which samples were right. */
async function scoreEach(model: Model, test: Dataset, { settings, metrics }: Trial): Promise<Pick<Scores, "test" | "correct">> {
  if (!hasAccuracy(settings.loss, test)) return { test: await score(model, test, metrics), correct: null };
  const { evaluation, values } = await model.evaluateEach(test, "accuracy");
  return { test: scoreOf(evaluation, metrics), correct: packBits(values) };
}
