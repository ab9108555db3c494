/** What the reports of studies and searches have in common. @module */
import { plural, wrap } from "../format.ts";
import type { Environment } from "../lab/runners/environment.ts";
import type { Io } from "./io.ts";

/** Columns of the names of rows. */
const HEADING = 10;

/** Columns of a report. */
export const columns = (io: Io): number => Math.min(io.width, 120);

/** Prints a text behind its name, in as many lines as it takes. */
export function printRow(io: Io, name: string, text: string): void {
  wrap(text, columns(io) - HEADING).forEach((line, i) => io.print(`${io.colour.bold((i === 0 ? name : "").padEnd(HEADING))}${line}`));
}

/** How a run that was stopped is taken up. @param results its file; empty before it began */
export const goOn = (results: string): string =>
  results === "" ? "nothing was run yet" : `finished trials are in ${results}: the same command goes on from them`;

/** Where trials run, and where they are kept. */
interface Place {
  readonly workers: number;
  readonly threads: number;
  readonly environment: Environment;
  readonly folder: string;
  /** Trials there already. */
  readonly finished: number;
}

/** Prints the rows of a run's place, and what parts them from what comes of it. */
export function printPlace(io: Io, { workers, threads, environment, folder, finished }: Place): void {
  printRow(io, "Running", `${plural(workers, "worker")} of ${plural(threads, "thread")}, ${environment.kernels} kernels, mode ${environment.mode}`);
  printRow(io, "Folder", `${folder}${finished > 0 ? `, where ${plural(finished, "trial")} are finished` : ""}`);
  io.print("");
}

/** Prints that a run was stopped, and how it is taken up. @param results its file; empty before it began */
export function printStopped(io: Io, results: string): void {
  io.print(["\nstopped by Ctrl-C", ...wrap(goOn(results), io.isTerminal ? columns(io) : Number.POSITIVE_INFINITY)].join("\n"));
}
