/** Weights that are not negative. @module */
import type { Constraint } from "./constraint.ts";

/** max(w, 0). Keras's NonNeg. */
export function nonNegative(): Constraint {
  return {
    name: "nonNegative",
    config: () => ({}),
    emit: ({ emit, p, n, ok }) => emit("constrain_non_negative_f32", { p, n, ok }),
  };
}
