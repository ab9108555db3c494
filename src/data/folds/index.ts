/** Folds: ways to divide samples for cross-validation. @module */
export { Fold } from "./fold.ts";
export { groupKFold } from "./groups.ts";
export { kFold, repeatedKFold } from "./k-fold.ts";
export type { KFoldOptions, RepeatedKFoldOptions } from "./options.ts";
export { repeatedStratifiedKFold, stratifiedKFold } from "./stratified.ts";
export { type TimeFoldOptions, timeFolds } from "./time.ts";
