/** What a study tells while it runs. @module */

import type { Study } from "../definition/study.ts";
import type { ProtocolName } from "../protocols/protocol.ts";
import type { Trial, TrialResult } from "../trials/trial.ts";
import type { Environment } from "./environment.ts";

/** The files of a finished study. */
export interface StudyFiles {
  readonly results: string;
  readonly summary: string;
  readonly html: string;
  readonly markdown: string;
  readonly csv: string;
}

/** Where a result is from: the trial ran, was finished in the folder, or in that of another study. */
export type Source = "run" | "folder" | "other study";

/** Something that happened, as plain data. */
export type StudyEvent =
  | {
      readonly event: "start";
      readonly study: Study;
      readonly protocol: ProtocolName;
      readonly seeds: readonly number[];
      readonly tuningSeeds: readonly number[];
      /** Trials at least: rates that are added to grids come on top. */
      readonly planned: number;
      /** In the folder already. */
      readonly finished: number;
      readonly workers: number;
      /** Of each worker. */
      readonly threads: number;
      readonly environment: Environment;
      readonly folder: string;
    }
  /** Something to know of that is no error: a torn last line that was cut off. */
  | { readonly event: "notice"; readonly text: string }
  /** Trials of a phase are asked for. */
  | { readonly event: "phase"; readonly phase: string; readonly trials: number }
  /** A trial begins to run. */
  | { readonly event: "begin"; readonly phase: string; readonly name: string; readonly id: string }
  /** A trial that was asked for is finished. */
  | {
      readonly event: "trial";
      readonly phase: string;
      readonly name: string;
      readonly trial: Trial;
      readonly result: TrialResult;
      readonly from: Source;
    }
  | { readonly event: "end"; readonly files: StudyFiles };

/** Is told what happens. */
export type OnProgress = (event: StudyEvent) => void;
