/** Ctrl-C. @module */

/** Exit status of a run that was interrupted. */
export const INTERRUPTED = 130;

/** Runs `work` with a signal that Ctrl-C sets; a second Ctrl-C ends the process at once. @param onFirst called at the first one */
export async function interruptible<T>(work: (signal: { readonly aborted: boolean }) => Promise<T>, onFirst: () => void): Promise<T> {
  const signal = { aborted: false };
  const interrupt = (): void => {
    if (signal.aborted) process.exit(INTERRUPTED);
    signal.aborted = true;
    onFirst();
  };
  process.on("SIGINT", interrupt);
  try {
    return await work(signal);
  } finally {
    process.off("SIGINT", interrupt);
  }
}
