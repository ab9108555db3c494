/** What runs trials: threads, or this one. @module */
import type { NamedArray } from "../../model/parameters/parameters.ts";
import type { Trial, TrialResult } from "../trials/trial.ts";

/** What a trial gave. */
export interface Outcome {
  readonly result: TrialResult;
  /** Of trials that keep them. */
  readonly weights: readonly NamedArray[] | null;
}

/** Values of weights, in the order of `model.getWeights()`. */
export type Weights = readonly ArrayLike<number>[];

/** Runs trials. */
export interface Runner {
  /** Trials that it runs side by side. */
  readonly workers: number;
  /**
   * Runs a trial as soon as there is a place. @param start the weights that it starts from @param onStart called when it begins
   * @param checkpoint a folder from whose checkpoint it goes on, if there is one of its own run, and where it leaves one
   * @throws GradienteError of the trial, ThreadError if its thread dies twice; the signal's reason when that is set
   */
  run(trial: Trial, start: Weights | null, onStart: () => void, checkpoint?: string | null): Promise<Outcome>;
  /** Ends what runs, and frees what it took. */
  close(): Promise<void>;
}
