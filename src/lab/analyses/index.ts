/** The analyses that a study can ask for. @module */
import type { Analysis } from "./analysis.ts";
import { carriedWeights } from "./carried-weights/index.ts";
import type { AnalysisName } from "./names.ts";

export type { Analysis, Finding } from "./analysis.ts";

/** By name. One that is not built yet is absent. */
export const analyses: Readonly<Partial<Record<AnalysisName, Analysis>>> = { "carried-weights": carriedWeights };
