/** Ctrl-C. @module */

/** Exit status of a run that was interrupted. */
export const INTERRUPTED = 130;

/** Runs `work` with a signal that Ctrl-C sets; a second Ctrl-C ends the process at once. @param onFirst called at the first one */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>, onFirst: () => void): Promise<T> {
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
