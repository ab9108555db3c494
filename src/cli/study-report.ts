/** What `study` tells: as text with a live table, or as JSON events. @module */
import { plural } from "../format.ts";
import type { Study } from "../lab/definition/study.ts";
import { renderTerminal } from "../lab/reports/index.ts";
import type { StudyRun } from "../lab/run-study.ts";
import type { StudyEvent } from "../lab/runners/progress.ts";
import { tellInterrupted } from "./interrupt.ts";
import type { Io } from "./io.ts";
import { columns, goOn, printPlace, printRow, printStopped } from "./run-report.ts";
import { StudyTable } from "./study-table.ts";

/** The listener of one study after another. */
export interface StudyReport {
  progress(event: StudyEvent): void;
  end(study: Study, run: StudyRun): void;
  /** The study has stopped because of Ctrl-C. */
  interrupted(): void;
  /** A study is over, in whatever way. */
  close(): void;
}

/** The events of `--json`, one per line. */
export function jsonReport(io: Io): StudyReport {
  let study = "";
  let results = "";
  return {
    progress(event) {
      if (event.event === "start") {
        const { protocol, seeds, tuningSeeds, planned, finished, workers, threads, environment, folder } = event;
        const { name, title, question, quick, digest } = event.study;
        study = name;
        results = `${folder}/results.jsonl`;
        const what = { study, title, question, quick, digest, protocol, seeds, tuningSeeds };
        io.json({ event: "start", ...what, planned, finished, workers, threads, ...environment, folder });
      } else if (event.event === "trial") {
        const { phase, name, from, trial, result } = event;
        const { id, divergedAt, validation, test, seconds } = result;
        const scores = { validationAccuracy: validation?.accuracy ?? null, testAccuracy: test?.accuracy ?? null, divergedAt };
        io.json({ event: "trial", study, phase, name, id, role: trial.role, seed: trial.seed, from, ...scores, seconds: seconds.wall });
      } else if (event.event === "phase") io.json({ event: "phase", study, phase: event.phase, trials: event.trials });
      else if (event.event === "notice") io.json({ event: "notice", text: event.text });
    },
    end({ name }, { summary, files }) {
      io.json({ event: "end", study: name, verdict: summary.verdict, ...files, wallSeconds: performance.now() / 1000 });
    },
    interrupted() {
      tellInterrupted(io, goOn(results));
    },
    close: () => undefined,
  };
}

/** Text for people: on a terminal a table that lives, elsewhere a line for each trial. @param total studies; of several only the verdicts are printed in the end */
export function textReport(io: Io, total: number): StudyReport {
  const { dim } = io.colour;
  let over = 0;
  let table: StudyTable | null = null;
  let results = "";
  const row = (name: string, text: string): void => printRow(io, name, text);
  return {
    progress(event) {
      if (event.event === "start") {
        const { study, protocol, seeds, planned, workers, folder } = event;
        results = `${folder}/results.jsonl`;
        if (over > 0) io.print("");
        row("Study", `${study.name}${study.quick ? " (quick)" : ""}${total > 1 ? `, ${over + 1} of ${total}` : ""}: ${study.question}`);
        row("Protocol", `${protocol}, ${plural(study.cells.length, "competitor")}, ${plural(seeds.length, "seed")}, ${plural(planned, "trial")} or more`);
        printPlace(io, event);
        table = new StudyTable(io, planned, workers);
      } else if (event.event === "notice") io.error(dim(event.text));
      else table?.tell(event);
    },
    end(_, { report, files }) {
      table?.close();
      if (total === 1) io.print(`\n${renderTerminal(report, { width: columns(io), colours: io.colour.isColorSupported })}`);
      io.print("");
      // Above it are tables that may fill the screen.
      const verdict = total === 1 ? report.verdict.slice(0, 1) : report.verdict;
      verdict.forEach((line, i) => row(i === 0 ? "Verdict" : "", line));
      row("Report", files.html);
    },
    interrupted() {
      table?.close();
      printStopped(io, results);
    },
    close() {
      table?.close();
      table = null;
      over++;
    },
  };
}
