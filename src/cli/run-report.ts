/** What the reports of studies and searches have in common. @module */
import { wrap } from "../format.ts";
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
