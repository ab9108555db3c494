/** Trials that go on from a checkpoint. @module */
import { rm } from "node:fs/promises";
import { CheckpointError } from "../../errors.ts";
import { runTrial, type TrialContext } from "../trials/run-trial.ts";
import type { Trial } from "../trials/trial.ts";
import type { Outcome } from "./runner.ts";

/**
 * As `runTrial`; from the beginning where the checkpoint is damaged, another run's, or beyond the trial's end: its result is the same. A trial that diverged leaves none:
 * it ended in the midst of an epoch.
 */
export async function runContinued(trial: Trial, context: TrialContext): Promise<Outcome> {
  const { checkpoint = null } = context;
  if (checkpoint === null) return runTrial(trial, context);
  const clear = (): Promise<void> => rm(checkpoint, { recursive: true, force: true });
  const outcome = await runTrial(trial, context).catch(async (error: unknown) => {
    if (!(error instanceof CheckpointError)) throw error;
    await clear();
    return runTrial(trial, context);
  });
  if (outcome.result.divergedAt !== null) await clear();
  return outcome;
}
