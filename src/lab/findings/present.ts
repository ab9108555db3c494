/** What is there of values that may be missing. @module */

/** Without those that are null or absent. */
export const present = <T>(values: readonly (T | null | undefined)[]): T[] => values.filter((value): value is T => value !== null && value !== undefined);
