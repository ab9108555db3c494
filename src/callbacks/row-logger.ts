/** Files that get a row per epoch. @module */

import { CheckpointError } from "../errors.ts";
import { isCount } from "../formats/plain-data.ts";
import type { Callback, FitContext } from "../model/fit/callback.ts";
import type { EpochReport } from "../model/history.ts";
import { savedState } from "./saved-state.ts";

/** What the loggers share. */
export interface RowLoggerOptions {
  /** Keep what the file holds and write after it. Default false: the file is written anew. */
  append?: boolean;
}

/**
 * Writes the rows of whole epochs. A resumed fit writes all its rows anew from the checkpoint's history, so that none is missing and none is there
 * twice, whenever the process was killed; what stood in the file before the fit stays.
 */
export function rowLogger(
  name: string,
  path: string,
  { append = false }: RowLoggerOptions,
  format: { header(context: FitContext): string; row(report: EpochReport, context: FitContext): string },
): Callback {
  /** Bytes of the file that are not of this fit. */
  let start = 0;
  return {
    name,
    async onTrainBegin(context) {
      const { exists, readFile, writeFileAtomic } = await import("../formats/atomic-file.node.ts");
      const resumes = context.resumed?.file != null;
      const held = (await exists(path)) ? await readFile(path) : new Uint8Array(0);
      if (!resumes) start = append ? held.length : 0;
      if (held.length < start) {
        throw new CheckpointError({
          where: `${name}, ${path}`,
          got: `${held.length} bytes`,
          expected: `at least the ${start} that stood in it when the fit began`,
          hint: "bring the file back, or start the fit anew",
        });
      }
      const text = [start === 0 ? format.header(context) : "", ...context.history.epochs.map((report) => format.row(report, context))].join("");
      const rows = new TextEncoder().encode(text);
      const whole = new Uint8Array(start + rows.length);
      whole.set(held.subarray(0, start));
      whole.set(rows, start);
      await writeFileAtomic(path, whole);
    },
    async onEpochEnd(report, context) {
      const { appendText } = await import("../formats/atomic-file.node.ts");
      await appendText(path, format.row(report, context));
    },
    state: () => ({ start }),
    restore(saved) {
      start = savedState<{ start: number }>(name, saved, { start: isCount }).start;
    },
  };
}
