/** What can be recorded while a network trains. @module */

export const measureNames = ["norms", "activations", "dead-relu", "gradient-noise", "sharpness", "landscape", "trajectory"] as const;

export type MeasureName = (typeof measureNames)[number];

/** What was recorded, by measure. Plain data. */
export type Diagnostics = { readonly [M in MeasureName]?: unknown };
