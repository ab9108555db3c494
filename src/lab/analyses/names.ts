/** What a study can ask of its results besides what is said of all. @module */

export const analysisNames = ["carried-weights", "gain-shares", "overfitting", "optimum"] as const;

export type AnalysisName = (typeof analysisNames)[number];
