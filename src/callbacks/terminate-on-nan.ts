/** Ending a fit quietly at a loss that is not finite. @module */
import type { Callback } from "../model/fit/callback.ts";

/**
 * Ends training at the first loss that is not finite, where `fit` would throw a NumericError; Keras's TerminateOnNaN. The weights stay those of the
 * last good step, and `history.stopReason` names step and layer.
 */
export function terminateOnNaN(): Callback {
  return {
    name: "terminateOnNaN",
    onNonFinite({ complaint: { where, got } }, context) {
      context.stop(`terminateOnNaN: ${where}: ${got}`);
    },
  };
}
