/** Gives protocols the results of trials: from the folder, from another study, or by running them. @module */
import type { Execute } from "../protocols/protocol.ts";
import type { Trial, TrialResult } from "../trials/trial.ts";
import { trialId } from "../trials/trial-id.ts";
import type { CarriedWeights } from "./carried.node.ts";
import type { Environment } from "./environment.ts";
import { gate } from "./gate.ts";
import type { Line } from "./line.ts";
import type { OnProgress, Source } from "./progress.ts";
import type { ResultsFile } from "./results-file.node.ts";
import type { Outcome, Runner } from "./runner.ts";

/** What an executor works with. */
export interface ExecutorParts {
  readonly study: { readonly name: string; readonly digest: string };
  readonly environment: Environment;
  readonly file: ResultsFile;
  readonly carried: CarriedWeights;
  readonly runner: Runner;
  /** Finished trials of other studies, by id. */
  readonly others: ReadonlyMap<string, Line>;
  readonly name: (trial: Trial) => string;
  readonly onProgress: OnProgress;
  /** The folder of a trial's checkpoint, from which a longer one with the same settings goes on. Default: none has one. */
  readonly checkpoint?: (trial: Trial) => string | null;
  /** What is kept of a trial that throws, so that others go on. Default: nothing, and all end. @throws the error where it is none of the trial's */
  readonly failed?: (trial: Trial, error: unknown) => TrialResult;
}

/** An {@link Execute} that runs no trial that is finished, and keeps each that it runs before its result is used. */
export function executor(parts: ExecutorParts): Execute {
  const { study, environment, file, carried, runner, others, name, onProgress, checkpoint, failed } = parts;
  /** Trials that were asked for, by id: two protocols may want the same. */
  const asked = new Map<string, ReturnType<typeof answer>>();
  // Weights to start from are read for those who run and those who are next, not for all who wait.
  const inTurn = gate(2 * runner.workers);

  const keep = async (line: Line): Promise<TrialResult> => {
    await file.append(line);
    return line.result;
  };

  const answer = async (trial: Trial, id: string, phase: string): Promise<{ result: TrialResult; from: Source }> => {
    if (trial.keepsWeights) carried.claim(id);
    const finished = file.lines.get(id);
    if (finished !== undefined) return { result: finished.result, from: "folder" };
    const other = others.get(id);
    // Weights that are to be carried on are in the other study's folder, if anywhere.
    if (other !== undefined && !trial.keepsWeights && other.result.failure === undefined) {
      return { result: await keep({ ...other, study: study.name, digest: study.digest }), from: "other study" };
    }
    const onStart = (): void => onProgress({ event: "begin", phase, name: name(trial), id });
    const { start: from } = trial;
    const outcome =
      from === null ? runner.run(trial, null, onStart, checkpoint?.(trial)) : inTurn(async () => runner.run(trial, await carried.of(from), onStart));
    const { result, weights } = await outcome.catch((error: unknown): Outcome => {
      if (failed === undefined) throw error;
      return { result: failed(trial, error), weights: null };
    });
    if (trial.keepsWeights && weights !== null) await carried.keep(id, weights);
    // As the file will give it back, so that a study that is resumed sees the same.
    const plain = JSON.parse(JSON.stringify({ id, study: study.name, digest: study.digest, trial, ...environment, result })) as Line;
    return { result: await keep(plain), from: "run" };
  };

  return async (trials, phase) => {
    onProgress({ event: "phase", phase, trials: trials.length });
    return Promise.all(
      trials.map(async (trial) => {
        const id = trialId(trial);
        const before = asked.get(id);
        const answered = before ?? answer(trial, id, phase);
        asked.set(id, answered);
        const { result, from } = await answered;
        onProgress({ event: "trial", phase, name: name(trial), trial, result, from: before === undefined ? from : "folder" });
        return result;
      }),
    );
  };
}
