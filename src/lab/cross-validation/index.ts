/** Cross-validation and nested selection. @module */

export { type CrossValidation, type CrossValidationOptions, crossValidate } from "./cross-validate.ts";
export { type NestedChoice, type NestedSelection, type NestedSelectionOptions, nestedSelection } from "./nested.ts";
export type { FoldedData, Recipe } from "./recipe.ts";
export type { FoldResult } from "./run-fold.ts";
export type { FoldedScore } from "./scores.ts";
