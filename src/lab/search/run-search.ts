/** Running a search: Node, Deno and Bun keep its results in a folder; elsewhere there is an error that says so. @module */
import type { TrainAndTest } from "../../data/dataset/train-and-test.ts";
import { needFiles } from "../../data/need-files.ts";
import type { Preprocessing } from "../../data/preprocessing.ts";
import type { Mode } from "../../runtime/runtime.ts";
import type { Report } from "../reports/report.ts";
import type { Environment } from "../runners/environment.ts";
import type { Source, StudyFiles } from "../runners/progress.ts";
import type { Trial, TrialResult } from "../trials/trial.ts";
import type { Search } from "./definition.ts";
import type { Goal } from "./objective.ts";
import type { SearchSummary } from "./report/summary.ts";
import type { Tried } from "./tried.ts";

/** Something that happened, as plain data. */
export type SearchEvent =
  | {
      readonly event: "start";
      readonly search: Search;
      readonly goal: Goal;
      /** Resource that the method sets out to spend: points, or epochs of points. */
      readonly budget: number;
      /** Trials in the folder already. */
      readonly finished: number;
      readonly workers: number;
      /** Of each worker. */
      readonly threads: number;
      readonly environment: Environment;
      readonly folder: string;
    }
  /** Something to know of that is no error. */
  | { readonly event: "notice"; readonly text: string }
  /** A trial begins to run. */
  | { readonly event: "begin"; readonly name: string; readonly id: string }
  /** A trial is finished: of the search (`tune`), or of what is tested in the end (`report`). */
  | { readonly event: "trial"; readonly name: string; readonly trial: Trial; readonly result: TrialResult; readonly from: Source }
  /** All trials of a point are. */
  | {
      readonly event: "tried";
      readonly tried: Tried;
      /** The best so far, as scores go: of those that were trained the longest. */
      readonly best: Tried | null;
      /** Of the budget. */
      readonly spent: number;
    }
  /** The search is over, and the best settings are tested. */
  | { readonly event: "reporting"; readonly trials: number }
  | { readonly event: "end"; readonly files: StudyFiles };

/** Options of {@link runSearch}. */
export interface RunSearchOptions {
  /** Trials that run side by side, each in a thread of its own; but for `asha` the results have the same bits for any number. Default: one for each core. */
  workers?: number;
  /** The folder in which the search's folder, named after it, is made. Default "results". */
  out?: string;
  /** Arithmetic of the trials. Default "fast". */
  mode?: Mode;
  /** Training and test set, and what was done to them. Default: loaded by the search's name of them. */
  data?: TrainAndTest & { readonly preprocessing?: Preprocessing | null };
  /** Ends the search when it is set: finished trials are kept, and the same call goes on from them. */
  signal?: AbortSignal;
  /** Told what happens. */
  onProgress?: (event: SearchEvent) => void;
}

/** What came of a search. */
export interface SearchRun {
  readonly summary: SearchSummary;
  readonly report: Report;
  readonly files: StudyFiles;
}

/**
 * Runs the trials of a search that are not finished yet, tests the best settings, and writes `results.jsonl`, `summary.json`, `report.html`, `report.md` and
 * `report.csv` into a folder. A trial that fails (it diverges, its model does not fit the data or the memory) has no score, and the search goes on. A process that is killed at any moment
 * loses the running trials only: the same call goes on. All of `summary.json` but `times` is the same, whatever the number of workers and however often it
 * was interrupted; with `asha` points depend on the order in which trials finish, which is kept in `order.jsonl` and followed by whoever goes on. Node, Deno, Bun.
 * @throws ConfigError for bad options, or a folder with results that are not to be mixed with these; FileError for a damaged or full folder, or one that
 * another process writes; NumericError if all trials fail; the reason of `signal` when that is set
 */
export async function runSearch(search: Search, options: RunSearchOptions = {}): Promise<SearchRun> {
  needFiles("runSearch");
  return (await import("../runners/run-search.node.ts")).runSearchHere(search, options);
}
