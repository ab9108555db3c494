/** What can be recorded while a network trains. @module */
import type { Activations } from "./activations.ts";
import type { DeadUnits } from "./dead-units.ts";
import type { GradientNoise } from "./gradient-noise.ts";
import type { Landscape } from "./landscape.ts";
import type { Norms } from "./norms.ts";
import type { Sharpness } from "./sharpness.ts";
import type { Trajectory } from "./trajectory.ts";

export const measureNames = ["norms", "activations", "dead-relu", "gradient-noise", "sharpness", "landscape", "trajectory"] as const;

export type MeasureName = (typeof measureNames)[number];

/** What was recorded, by measure. Plain data; null stands for numbers that were not finite. */
export interface Diagnostics {
  readonly norms?: Norms;
  readonly activations?: Activations;
  readonly "dead-relu"?: DeadUnits;
  readonly "gradient-noise"?: GradientNoise;
  readonly sharpness?: Sharpness;
  readonly landscape?: Landscape;
  readonly trajectory?: Trajectory;
}
