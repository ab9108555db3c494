/** One training run: what it is asked for and what comes of it. Plain data, a line of `results.jsonl`. @module */

import type { Settings } from "../definition/settings.ts";
import type { Diagnostics, MeasureName } from "../diagnostics/names.ts";

/** What a trial is for. */
export type Role = "tune" | "report";

/** What a trial uses of the data. */
export interface DataUse {
  readonly name: string;
  /** Only the first n training samples; null: all. */
  readonly limit: number | null;
  /** Part of the training samples held out, the same in all trials (0: none). */
  readonly validation: number;
  /** Of tables: the column that is predicted. */
  readonly target?: string;
  /** They stand in the order of time: the last of the training samples are held out. Default false. */
  readonly ordered?: boolean;
}

/** What a trial is asked for. Equal trials have equal results, bit for bit, in one engine and mode. */
export interface Trial {
  readonly settings: Settings;
  /** Decides initial weights, order and dropout. */
  readonly seed: number;
  readonly role: Role;
  readonly data: DataUse;
  /** Id of the trial from whose last weights it starts; null: initial weights. */
  readonly start: string | null;
  /** Its last weights are kept for a later trial that starts from them. */
  readonly keepsWeights: boolean;
  /** Times an epoch that it is validated (tuning trials: only at the end, 0). */
  readonly validations: number;
  /** Recorded while it trains. */
  readonly measures: readonly MeasureName[];
  /** Metrics by name that its scores have besides. */
  readonly metrics?: readonly string[];
}

/** A point of a learning curve. */
export interface CurvePoint {
  readonly step: number;
  /** Mean training loss over the steps since the last point. */
  readonly loss: number;
  readonly valLoss: number;
  readonly valAccuracy: number;
  /** Training time up to here, evaluation apart. A time: not part of what is reproducible. */
  readonly seconds: number | null;
}

/** Loss and accuracy of the final weights over a set. */
export interface Score {
  readonly loss: number;
  /** Null where the data have no classes. */
  readonly accuracy: number | null;
  /** Of trials that ask for metrics: by name. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** What a trial gives. */
export interface TrialResult {
  readonly id: string;
  /**
   * The step at which the loss was not finite, from 0, or behind which the weights were not, or had no finite loss over a set; null if all was well.
   * Otherwise the scores are null, and it counts as failed.
   */
  readonly divergedAt: number | null;
  readonly steps: number;
  /** Parameters of the model. */
  readonly parameters: number;
  /** Running means of each epoch, and its validation where there was one. */
  readonly epochs: readonly { readonly loss: number; readonly accuracy: number; readonly valLoss: number | null; readonly valAccuracy: number | null }[];
  /** Reporting trials with validation: `validations` points an epoch. */
  readonly curve: readonly CurvePoint[];
  /** Of the final weights; null without validation data. */
  readonly validation: Score | null;
  /** Of the final weights on the training samples; reporting trials only. */
  readonly training: Score | null;
  /** Touched once, by reporting trials only. */
  readonly test: Score | null;
  /** Reporting trials: which test samples were right, a bit each from the lowest of the first byte, base64. */
  readonly correct: string | null;
  readonly weightsSha256: string;
  readonly diagnostics: Diagnostics | null;
  /** Of trials of a search that cannot be trained, such as a model that does not fit the data: what the error said. There are no scores then. */
  readonly failure?: string;
  /**
   * Epochs that it took over from the checkpoint of a shorter trial with the same settings; absent: it began with initial weights. The result is the same: it tells only
   * what was spent, and is not part of what is reproducible.
   */
  readonly resumedAt?: number;
  /** Times: not part of what is reproducible. `training` sums the epochs; `wall` is the whole trial. */
  readonly seconds: { readonly training: number | null; readonly wall: number };
}
