/** What is recorded on request while a network trains, and how a report shows it. @module */
export type { Activations, ActivationsOptions, Distribution } from "./activations.ts";
export type { DeadShare, DeadUnits, DeadUnitsOptions } from "./dead-units.ts";
export type { GradientNoise, GradientNoiseOptions, NoiseScale } from "./gradient-noise.ts";
export type { Landscape, LandscapeOptions } from "./landscape.ts";
export { type Diagnostics, type MeasureName, measureNames } from "./names.ts";
export type { Norms, NormsOptions } from "./norms.ts";
export type { Recorded } from "./numbers.ts";
export { type DiagnosticsOptions, type DiagnosticsRecorder, diagnosticsRecorder } from "./recorder.ts";
export { type Competitor, diagnosticSections, type LastFigures, lastFigures } from "./sections/index.ts";
export type { Sharpness, SharpnessOptions, SharpnessPoint } from "./sharpness.ts";
export type { Trajectory, TrajectoryOptions } from "./trajectory.ts";
