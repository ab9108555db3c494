/** Searches for the point of a space where a function is least. @module */
export { checkSpace } from "./check-space.ts";
export { type CompletionOrder, drive } from "./drive.ts";
export type { Candidate, Evaluated, Method } from "./method.ts";
export { type MethodName, type MethodOptions, methodNames, methodOf } from "./methods/index.ts";
export { type Objective, type ObjectiveContext, type SearchOptions, type SearchResult, type SearchTrial, search } from "./search.ts";
export type { Dimension, Point, Range, Space, Value } from "./space.ts";
