/** A bar that fills. @module */
import { duration, loss, percent } from "../format.ts";
import type { Callback } from "../model/fit/callback.ts";
import type { EpochReport } from "../model/history.ts";
import { outputParts, progressLine } from "./progress-line.ts";

/** Where a progress bar is drawn: what a terminal's stream has. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Columns of a stream that does not tell. */
const COLUMNS = 80;

/**
 * Shows each epoch as a bar with its step, loss, accuracy, speed and time left, then as a line of results; Keras's ProgbarLogger. Where there is no
 * terminal it writes the lines only.
 * @param stream default `process.stdout`, or the console where there is none
 */
export function progressBar(stream: ProgressStream = standardOutput()): Callback {
  const live = stream.isTTY === true;
  return {
    name: "progressBar",
    onSlice(report) {
      if (live) stream.write(`\r${progressLine(report, stream.columns ?? COLUMNS)}\x1b[K`);
    },
    onEpochEnd(report, { epochs }) {
      stream.write(`${live ? "\r\x1b[K" : ""}${resultLine(report, epochs)}\n`);
    },
  };
}

function resultLine({ epoch, loss: mean, accuracy, metrics, valLoss, valAccuracy, valMetrics, seconds }: EpochReport, epochs: number): string {
  const rate = (name: string, share: number | null): string[] => (share === null ? [] : [`${name} ${percent(share)}`]);
  const parts = [
    `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`,
    `loss ${loss(mean)}`,
    ...rate("accuracy", accuracy),
    ...outputParts(metrics),
    ...(valLoss === null ? [] : [`val loss ${loss(valLoss)}`]),
    ...rate("val accuracy", valAccuracy),
    ...outputParts(valMetrics ?? {}).map((part) => `val ${part}`),
    ...(seconds === null ? [] : [duration(seconds)]),
  ];
  return parts.join("  ");
}

function standardOutput(): ProgressStream {
  const { stdout } = (globalThis as { process?: { stdout?: ProgressStream } }).process ?? {};
  // biome-ignore lint/suspicious/noConsole: where there are no streams it is the place for text
  return stdout ?? { write: (text) => console.log(text.trimEnd()) };
}
