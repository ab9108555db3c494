/** Whether a value that was read from a file is what it must be. @module */

/** A question to a value. */
export type Test = (value: unknown) => boolean;

export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
export const isText: Test = (value) => typeof value === "string";
/** NaN and infinities too. */
export const isNumber: Test = (value) => typeof value === "number";
/** An integer, 0 or more. */
export const isCount: Test = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
export const orNull =
  (test: Test): Test =>
  (value) =>
    value === null || test(value);
export const isListOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
export const isRecordOf =
  (test: Test): Test =>
  (value) =>
    isObject(value) && Object.values(value).every(test);
/** The first field that is not what it must be; undefined if all are. */
export const wrongField = (value: Readonly<Record<string, unknown>>, tests: Readonly<Record<string, Test>>): string | undefined =>
  Object.entries(tests).find(([field, test]) => !test(value[field]))?.[0];
/** An object with these fields. */
export const has =
  (tests: Readonly<Record<string, Test>>): Test =>
  (value) =>
    isObject(value) && wrongField(value, tests) === undefined;
