/** Ending a fit from outside, also while it waits. @module */
import type { FitControl } from "./fit-control.ts";
import type { FitOptions } from "./fit-options.ts";

/** Who wants the fit to end, outside of it. */
export function reasonToStop({ signal }: FitOptions, control: FitControl): string | null {
  if (signal?.aborted === true) return "signal";
  return control.isStopping ? "control" : null;
}

/** What is waited for, or null as soon as the fit is to stop. */
export async function unlessStopped<T>(work: Promise<T>, control: FitControl, stopReason: () => string | null): Promise<T | null> {
  try {
    return await new Promise<T | null>((resolve, reject) => {
      control.onWake = () => {
        if (stopReason() !== null) resolve(null);
      };
      control.onWake();
      work.then(resolve, reject);
    });
  } finally {
    control.onWake = null;
  }
}
