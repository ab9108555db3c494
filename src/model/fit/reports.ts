/** What is told of the steps and epochs of a running fit. @module */
import { ACTIVITY_PENALTY, PENALTY } from "../build/objectives.ts";
import type { Evaluation } from "../evaluate/evaluator.ts";
import type { EpochReport, StepReport } from "../history.ts";
import type { RunningFit } from "./running-fit.ts";

/** The report of steps, before the first. */
export function newStepReport({ settings, trainer }: RunningFit): StepReport {
  const { source, epochs, learningRate } = settings;
  return {
    step: 0,
    epoch: 0,
    stepInEpoch: 0,
    stepsPerEpoch: source.stepsPerEpoch,
    epochs,
    samplesInEpoch: source.samplesPerEpoch,
    loss: 0,
    learningRate,
    epochLoss: 0,
    epochAccuracy: null,
    epochMetrics: Object.fromEntries(trainer.names.map((name) => [name, 0])),
    samplesPerSecond: 0,
  };
}

/** Makes it that of the step just done. @param milliseconds training time of the epoch */
export function renewStepReport(report: StepReport, { progress, trainer }: RunningFit, milliseconds: number): void {
  const { samples } = progress;
  report.step = progress.step - 1;
  report.epoch = progress.epoch;
  report.stepInEpoch = progress.stepInEpoch;
  report.loss = trainer.loss;
  report.learningRate = progress.rate;
  report.epochLoss = trainer.sums[0] / samples;
  for (let k = 0; k < trainer.names.length; k++) report.epochMetrics[trainer.names[k]] = trainer.sums[k] / samples;
  report.epochAccuracy = report.epochMetrics.accuracy ?? null;
  report.samplesPerSecond = samples / (milliseconds / 1000);
}

/** The report of the running epoch, whole or cut short. @param stepMs median time of its steps */
export function epochReport({ progress, trainer }: RunningFit, validation: Evaluation | null, stepMs: number | null): EpochReport {
  const { epoch, samples, rate, stepInEpoch, milliseconds } = progress;
  const seconds = milliseconds / 1000;
  const means = trainer.values(samples);
  const clock = seconds > 0;
  return {
    epoch,
    loss: means.loss,
    accuracy: means.accuracy ?? null,
    penalty: (means[PENALTY] ?? 0) + (means[ACTIVITY_PENALTY] ?? 0),
    metrics: means,
    valLoss: validation?.loss ?? null,
    valAccuracy: validation?.accuracy ?? null,
    valMetrics: validation?.metrics ?? null,
    learningRate: rate,
    seconds: clock ? seconds : null,
    stepMs: clock ? stepMs : null,
    samplesPerSecond: clock ? samples / seconds : null,
    steps: stepInEpoch,
  };
}
