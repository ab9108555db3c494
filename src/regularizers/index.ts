/** Penalties on weights and on what layers give. @module */
export { l1, l1l2, l2 } from "./l1l2.ts";
export { describeRegularizer, type RegularizerConfig, regularizerFromConfig, regularizerOf } from "./registry.ts";
export type { Regularizer } from "./regularizer.ts";
