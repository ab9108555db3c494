/** Epochs as JSON lines. @module */
import type { Callback } from "../model/fit/callback.ts";
import { type RowLoggerOptions, rowLogger } from "./row-logger.ts";

/**
 * Writes each epoch's report as a line of JSON. Resumes without missing or repeated lines. Node, Deno, Bun.
 * @throws FileError, when the fit starts, if the file cannot be written
 */
export function jsonlLogger(path: string, options: RowLoggerOptions = {}): Callback {
  return rowLogger("jsonlLogger", path, options, { header: () => "", row: (report) => `${JSON.stringify(report)}\n` });
}
