/** What the live tables of studies and searches have in common. @module */
import { bar } from "../callbacks/progress-line.ts";
import { duration, integer } from "../format.ts";

/** Milliseconds between two drawings. */
export const DRAW_MS = 200;
/** Running trials that are shown. */
const MOST_RUNNING = 6;
const WIDEST_BAR = 30;

/** A trial that runs: its name, and when it began. */
export interface Running {
  readonly name: string;
  readonly since: number;
}

/** The trials that run, and for how long; each in less than `width` columns. */
export function runningLines(running: Iterable<Running>, width: number, dim: (text: string) => string): string[] {
  const now = performance.now();
  const all = [...running];
  const lines = all.slice(0, MOST_RUNNING).map(({ name, since }) => {
    const time = duration((now - since) / 1000);
    return dim(`  · ${name.slice(0, Math.max(8, width - time.length - 7))}  ${time}`);
  });
  return all.length > MOST_RUNNING ? [...lines, dim(`  · and ${all.length - MOST_RUNNING} more`)] : lines;
}

/** How far it is, and about how many seconds are left (null: nobody knows yet). @param unit what is counted: `trials` */
export function barLine(done: number, all: number, unit: string, left: number | null, width: number): string {
  const text = `${integer(done)}/${integer(all)} ${unit}${left === null ? "" : `  about ${duration(left)} left`}`;
  const space = width - text.length - 4;
  return `  ${space >= 8 ? `${bar(Math.min(1, done / all), Math.min(WIDEST_BAR, space))}  ` : ""}${text.slice(0, width)}`;
}
