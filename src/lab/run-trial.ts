/** Running one trial. @module */
import type { Dataset, TrainAndTest } from "../data/index.ts";
import { firstNonFinite } from "../finite.ts";
import type { Model } from "../model/model.ts";
import type { NamedArray } from "../model/parameters.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { diagnosticsRecorder } from "./diagnostics/index.ts";
import { LearningCurve } from "./learning-curve.ts";
import { parseSchedule } from "./schedule-text.ts";
import type { Score, Trial, TrialResult } from "./trial.ts";
import { trialData } from "./trial-data.ts";
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
    const reports = trial.role === "report";
    const validation = curve.score ?? (await score(model, data.validation));
    const training = reports ? await score(model, data.training) : null;
    const test = reports ? await scoreEach(model, data.test) : null;
    const isSound = weights.every((weight) => firstNonFinite(weight.data) < 0) && [validation, training, test].every((one) => Number.isFinite(one?.loss ?? 0));
    const divergedAt = curve.divergedAt ?? (isSound ? null : curve.steps);
    const scores = { validation, training, test: test && { loss: test.loss, accuracy: test.accuracy }, correct: test && bits(test.correct) };
    const result: TrialResult = {
      id: trialId(trial),
      divergedAt,
      steps: curve.steps,
      parameters: model.parameterCount,
      epochs: history.epochs.map(({ loss, accuracy }, i) => ({ loss, accuracy: accuracy ?? 0, ...curve.atEpoch(i) })),
      curve: curve.points,
      ...(divergedAt === null ? scores : { validation: null, training: null, test: null, correct: null }),
      weightsSha256: await model.weightsSha256(),
      diagnostics: recorder === null ? null : await recorder.finish(model, data.training),
      seconds: { training: history.seconds, wall: (performance.now() - began) / 1000 },
    };
    return { result, weights: trial.keepsWeights ? weights : null };
  } finally {
    model.dispose();
  }
}

async function score(model: Model, data: Dataset | null): Promise<Score | null> {
  if (data === null) return null;
  const { loss, accuracy } = await model.evaluate(data);
  return { loss, accuracy: accuracy ?? 0 };
}

/** The same, with 1 for every sample whose class was the prediction's, else 0. */
async function scoreEach(model: Model, data: Dataset): Promise<Score & { readonly correct: Float32Array }> {
  const { evaluation, values } = await model.evaluateEach(data, "accuracy");
  return { loss: evaluation.loss, accuracy: evaluation.accuracy ?? 0, correct: values };
}

/** A bit each, from the lowest of the first byte, base64. */
function bits(values: Float32Array): string {
  const bytes = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, i) => {
    if (value === 1) bytes[i >> 3] |= 1 << (i & 7);
  });
  return btoa(String.fromCharCode(...bytes));
}
