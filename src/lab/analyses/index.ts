/** The analyses that a study can ask for. @module */
import type { Analysis } from "./analysis.ts";
import { carriedWeights } from "./carried-weights/index.ts";
import { gainShares } from "./gain-shares/index.ts";
import type { AnalysisName } from "./names.ts";
import { optimum } from "./optimum/index.ts";
import { overfitting } from "./overfitting/index.ts";

export type { Analysis } from "./analysis.ts";

/** By name. */
export const analyses: Readonly<Record<AnalysisName, Analysis>> = { "carried-weights": carriedWeights, "gain-shares": gainShares, overfitting, optimum };
