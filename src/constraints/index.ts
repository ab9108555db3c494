/** What weights may be. @module */
export type { ConstrainedParameter, Constraint } from "./constraint.ts";
export { nonNegative } from "./non-negative.ts";
export { maxNorm, type NormOptions, unitNorm } from "./norms.ts";
export { type ConstraintConfig, constraintFromConfig, constraintOf, describeConstraint } from "./registry.ts";
