/** Running a study: Node, Deno and Bun keep its results in a folder; elsewhere there is an error that says so. @module */
import type { TrainAndTest } from "../data/dataset/train-and-test.ts";
import { needFiles } from "../data/need-files.ts";
import type { Mode } from "../runtime/runtime.ts";
import type { Study } from "./definition/study.ts";
import type { ProtocolName } from "./protocols/protocol.ts";
import type { Report } from "./reports/report.ts";
import type { OnProgress, StudyFiles } from "./runners/progress.ts";
import type { Summary } from "./summary/index.ts";

/** Options of {@link runStudy}. */
export interface RunStudyOptions {
  /** How competitors are compared. Default "fair". */
  protocol?: ProtocolName;
  /** Reporting seeds: 1, 2, 3 ... Default: 10, of quick studies 3; under `as-printed` 1. Tuning seeds are 1001, 1002 and 1003. */
  seeds?: number;
  /** Trials that run side by side, each in a thread of its own; the results have the same bits for any number. Default: one for each core. */
  workers?: number;
  /** The folder in which the study's folder, named after it, is made. Default "results". */
  out?: string;
  /** Arithmetic of the trials. Default "fast". */
  mode?: Mode;
  /** Training and test set. Default: loaded by the study's name of them. */
  data?: TrainAndTest;
  /** Ends the study when it is set: finished trials are kept, and the same call goes on from them. */
  signal?: AbortSignal;
  /** Told what happens. */
  onProgress?: OnProgress;
}

/** What came of a study. */
export interface StudyRun {
  readonly summary: Summary;
  readonly report: Report;
  readonly files: StudyFiles;
}

/**
 * Runs the trials of a study that are not finished yet, sums them up and writes `results.jsonl`, `summary.json`, `report.html`, `report.md` and `report.csv` into
 * a folder. A process that is killed at any moment loses the running trials only: the same call goes on. All of `summary.json` but `times` is the same, whatever
 * the number of workers and however often it was interrupted. Node, Deno, Bun.
 * @throws ConfigError for bad options, a study that the protocol contradicts, or a folder with results that are not to be mixed with these; FileError for a
 * damaged or full folder, or one that another process writes; ThreadError for a trial whose thread dies twice; the reason of `signal` when that is set
 */
export async function runStudy(study: Study, options: RunStudyOptions = {}): Promise<StudyRun> {
  needFiles("runStudy");
  return (await import("./runners/run-study.node.ts")).runStudyHere(study, options);
}
