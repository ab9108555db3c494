/**
 * Statistics of comparisons: pure functions, numbers in and plain objects out. Random numbers have a fixed seed: equal input, equal output.
 * @module
 */
export { bootstrapMean } from "./bootstrap.ts";
export { type Correlation, kendall, spearman } from "./correlation.ts";
export { type Description, describe, mean, quantile } from "./describe.ts";
export { averageRanks, type FriedmanTest, friedman } from "./friedman.ts";
export { holm } from "./holm.ts";
export type { BootstrapOptions, Interval } from "./interval.ts";
export { type LeastSquares, leastSquares } from "./least-squares.ts";
export { type McNemar, mcnemar } from "./mcnemar.ts";
export { type Nemenyi, nemenyi, nemenyiCritical } from "./nemenyi.ts";
export { type NoiseFloor, noiseFloor } from "./noise-floor.ts";
export { type PairedT, type PairedTOptions, pairedT } from "./paired-t.ts";
export { type PerformanceProfile, performanceProfile } from "./performance-profile.ts";
export { predictionInterval } from "./prediction.ts";
export { correctedResampledT, type ResampledMean, type ResampledOptions } from "./resampled-t.ts";
export { type RateResult, type Sensitivity, sensitivity } from "./sensitivity.ts";
export { type Contribution, shapley } from "./shapley.ts";
export { type SignFlipTest, signFlipTest } from "./sign-flip.ts";
export { type Progress, type TimeToTarget, timeToTarget } from "./time-to-target.ts";
export {
  type CorrectBySeed,
  type TwoLevelComparison,
  type TwoLevelInterval,
  twoLevelBootstrap,
  twoLevelComparison,
  twoLevelP,
  type VarianceComponents,
} from "./two-level-bootstrap.ts";
export { type WilcoxonTest, wilcoxonSignedRank } from "./wilcoxon.ts";
