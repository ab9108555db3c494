/** What `search` tells: as text with a live table, or as JSON events. @module */
import { plural } from "../format.ts";
import { renderTerminal } from "../lab/reports/index.ts";
import type { SearchEvent, SearchRun } from "../lab/search/run-search.ts";
import { tellInterrupted } from "./interrupt.ts";
import type { Io } from "./io.ts";
import { columns, goOn, printPlace, printRow, printStopped } from "./run-report.ts";
import { SearchTable } from "./search-table.ts";

/** The listener of a search. */
export interface SearchReport {
  progress(event: SearchEvent): void;
  end(run: SearchRun): void;
  /** The search has stopped because of Ctrl-C. */
  interrupted(): void;
  /** The search is over, in whatever way. */
  close(): void;
}

/** The events of `--json`, one per line. */
export function jsonReport(io: Io): SearchReport {
  let search = "";
  let results = "";
  return {
    progress(event) {
      if (event.event === "start") {
        const { goal, budget, finished, workers, threads, environment, folder } = event;
        const { name, title, question, quick, digest, method, seed, seeds, epochs, space } = event.search;
        search = name;
        results = `${folder}/results.jsonl`;
        const what = { search, title, question, quick, digest, method, space, seed, seeds, epochs, objective: goal.name };
        io.json({ event: "start", ...what, budget, finished, workers, threads, ...environment, folder });
      } else if (event.event === "trial") {
        const { name, from, trial, result } = event;
        const { id, divergedAt, failure = null, validation, test, seconds } = result;
        const scores = { validation, test, divergedAt, failure };
        io.json({
          event: "trial",
          search,
          name,
          id,
          role: trial.role,
          seed: trial.seed,
          epochs: trial.settings.epochs,
          from,
          ...scores,
          seconds: seconds.wall,
        });
      } else if (event.event === "tried") {
        const { tried, best, spent } = event;
        const { id, point, epochs, from, rung, bracket, score, failure } = tried;
        io.json({ event: "point", search, id, point, epochs, from, rung, bracket, score, failure, best: best && { id: best.id, score: best.score }, spent });
      } else if (event.event === "reporting") io.json({ event: "reporting", search, trials: event.trials });
      else if (event.event === "notice") io.json({ event: "notice", text: event.text });
    },
    end({ summary, files }) {
      const { verdict, budget, tested } = summary;
      const best = tested.map(({ id, point, score, test }) => ({ id, point, score, test }))[0];
      io.json({ event: "end", search, verdict, budget, best, ...files, wallSeconds: performance.now() / 1000 });
    },
    interrupted() {
      tellInterrupted(io, goOn(results));
    },
    close: () => undefined,
  };
}

/** Text for people: on a terminal a table that lives, elsewhere a line for each point. */
export function textReport(io: Io): SearchReport {
  const { dim } = io.colour;
  let table: SearchTable | null = null;
  let results = "";
  const row = (name: string, text: string): void => printRow(io, name, text);
  return {
    progress(event) {
      if (event.event === "start") {
        const { search, goal, budget, folder } = event;
        const { method, space, epochs, seeds } = search;
        results = `${folder}/results.jsonl`;
        row("Search", `${search.name}${search.quick ? " (quick)" : ""}: ${search.question}`);
        row(
          "Method",
          `${method.name}, ${plural(budget, epochs === null ? "point" : "epoch")}${seeds > 1 ? ` with ${seeds} seeds each` : ""}, by ${goal.name} on validation`,
        );
        row("Space", Object.keys(space).join(", "));
        printPlace(io, event);
        table = new SearchTable(io, event);
      } else if (event.event === "notice") io.error(dim(event.text));
      else table?.tell(event);
    },
    end({ report, files }) {
      table?.close();
      io.print(`\n${renderTerminal(report, { width: columns(io), colours: io.colour.isColorSupported })}\n`);
      // Above it are tables that may fill the screen.
      report.verdict.slice(0, 2).forEach((line, i) => row(i === 0 ? "Verdict" : "", line));
      row("Report", files.html);
    },
    interrupted() {
      table?.close();
      printStopped(io, results);
    },
    close() {
      table?.close();
      table = null;
    },
  };
}
