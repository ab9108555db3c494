/** A running fit as plain data for a checkpoint, and back. @module */
import { CheckpointError } from "../../errors.ts";
import type { Checkpoint } from "../checkpoints/checkpoint.ts";
import type { RunSettings, RunState } from "../checkpoints/run-state.ts";
import type { RunningFit } from "./running-fit.ts";

/** What it is between two steps. @param run what decides every bit of it */
export function stateOf({ model, settings, trainer, progress }: RunningFit, run: RunSettings): RunState {
  const { epoch, stepInEpoch, step, base, rate, milliseconds, stopReason, isOver, changes, reports } = progress;
  return {
    settings: run,
    epochs: settings.epochs,
    epoch,
    stepInEpoch,
    step,
    baseRate: base,
    lastRate: rate,
    milliseconds,
    stopReason: isOver ? stopReason : null,
    epochsTrained: model.epochsTrained,
    stepsTrained: model.stepsTrained,
    optimizerState: model.optimizerState,
    sums: trainer.sums,
    streamed: trainer.streamed?.state() ?? [],
    callbacks: settings.callbacks.map((callback) => ({ name: callback.name, state: callback.state?.() })),
    learningRateChanges: changes,
    reports,
  };
}

/** Goes back to where a checkpoint was made. @throws CheckpointError if it is none of this fit */
export function restore(fit: RunningFit, { state, file, applyTo }: Checkpoint & { readonly file: string }): void {
  const { model, settings, control, trainer, progress } = fit;
  checkPlace(fit, state, file);
  trainer.streamed?.restore(state.streamed ?? []);
  applyTo(model);
  model.epochsTrained = state.epochsTrained;
  model.stepsTrained = state.stepsTrained;
  progress.epoch = state.epoch;
  progress.stepInEpoch = state.stepInEpoch;
  progress.step = state.step;
  progress.base = state.baseRate;
  progress.rate = state.lastRate;
  // What the control was told before the fit began still holds.
  control.startFrom(state.baseRate);
  progress.milliseconds = state.milliseconds;
  progress.stopReason = state.stopReason;
  progress.isOver = state.stopReason !== null;
  trainer.sums.set(state.sums);
  progress.changes.push(...state.learningRateChanges);
  progress.reports.push(...state.reports);
  settings.callbacks.forEach((callback, i) => {
    const saved = state.callbacks[i]?.state;
    if (saved !== undefined) callback.restore?.(saved);
  });
}

/** @throws CheckpointError for numbers that do not fit each other, or not this fit */
function checkPlace({ settings, trainer }: RunningFit, state: RunState, file: string): void {
  const { stepsPerEpoch } = settings.source;
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
}
