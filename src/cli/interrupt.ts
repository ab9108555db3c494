/** Ctrl-C. @module */
import type { Io } from "./io.ts";

/** Exit status of a run that was interrupted. */
export const INTERRUPTED = 130;

/** Runs `work` with a signal that Ctrl-C sets; a second Ctrl-C ends the process at once. @param onFirst called at the first one */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>, onFirst: () => void = () => undefined): Promise<T> {
  const control = new AbortController();
  const interrupt = (): void => {
    if (control.signal.aborted) process.exit(INTERRUPTED);
    onFirst();
    control.abort();
  };
  process.on("SIGINT", interrupt);
  try {
    return await work(control.signal);
  } finally {
    process.off("SIGINT", interrupt);
  }
}

/** Says at the first one what it waits for. */
export const tellStopping = (io: Io): void => io.error("\nstopping after this step; Ctrl-C again to quit at once");

/** Says that the command has stopped because of it, as the last event of `--json`. @param hint where to go on from; null where nothing was kept */
export const tellInterrupted = (io: Io, hint: string | null): void => io.json({ event: "error", code: "interrupted", message: "stopped by Ctrl-C", hint });
