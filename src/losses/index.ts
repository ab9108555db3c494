/** Losses. @module */
export { type BinaryCrossentropyOptions, binaryCrossentropy } from "./binary-crossentropy.ts";
export { type CategoricalCrossentropyOptions, categoricalCrossentropy } from "./categorical-crossentropy.ts";
export { hinge } from "./hinge.ts";
export { type HuberOptions, huber } from "./huber.ts";
export { klDivergence } from "./kl-divergence.ts";
export { logCosh } from "./log-cosh.ts";
export type { Loss, LossFunction } from "./loss.ts";
export type { LossMaker } from "./loss-maker.ts";
export { meanAbsoluteError } from "./mean-absolute-error.ts";
export { meanSquaredError } from "./mean-squared-error.ts";
export { poisson } from "./poisson.ts";
export { describeLoss, type LossConfig, lossFromConfig, lossNames, lossOf } from "./registry.ts";
export { sparseCategoricalCrossentropy } from "./sparse-categorical-crossentropy.ts";
