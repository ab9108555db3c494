/** Epochs as CSV. @module */
import { ConfigError } from "../errors.ts";
import { type Callback, monitored } from "../model/fit/callback.ts";
import { type RowLoggerOptions, rowLogger } from "./row-logger.ts";

/** Options of {@link csvLogger}. */
export interface CsvLoggerOptions extends RowLoggerOptions {
  /** One character. Default `,`. */
  separator?: string;
}

/**
 * Writes a row per epoch: epoch, loss, metrics, those of validation, penalty, learningRate, seconds; Keras's CSVLogger. Numbers are written in full.
 * Resumes without missing or repeated rows. Node, Deno, Bun.
 * @throws ConfigError for a separator of another length; FileError, when the fit starts, if the file cannot be written
 */
export function csvLogger(path: string, options: CsvLoggerOptions = {}): Callback {
  const { separator = ",", ...rest } = options;
  if (separator.length !== 1) throw new ConfigError({ where: "csvLogger", got: `separator ${JSON.stringify(separator)}`, expected: "one character" });
  const quote = (text: string): string => (/["\n\r]/.test(text) || text.includes(separator) ? `"${text.replaceAll('"', '""')}"` : text);
  const line = (cells: readonly (string | number | null)[]): string => `${cells.map((cell) => quote(String(cell ?? ""))).join(separator)}\n`;
  return rowLogger("csvLogger", path, rest, {
    header: ({ monitors }) => line(["epoch", ...monitors, "learningRate", "seconds"]),
    row: (report, { monitors }) => line([report.epoch, ...monitors.map((name) => monitored(report, name)), report.learningRate, report.seconds]),
  });
}
