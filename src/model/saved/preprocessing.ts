/** What a model's file says of its data, read back. @module */
import type { Preprocessing } from "../../data/preprocessing.ts";
import type { Complaint } from "../../errors.ts";
import { quote } from "../../formats/json-keys.ts";
import { has, isCount, isListOf, isObject, isText, orNull, type Test, wrongField } from "../../formats/plain-data.ts";

const isOneOf =
  (...values: readonly unknown[]): Test =>
  (value) =>
    values.includes(value);
const isFiniteNumber: Test = (value) => Number.isFinite(value);
const isPositive: Test = (value) => isCount(value) && value !== 0;
const isFilled =
  (test: Test): Test =>
  (value) =>
    isListOf(test)(value) && (value as unknown[]).length > 0;
const isDistinct: Test = (value) => isFilled(isText)(value) && new Set(value as string[]).size === (value as string[]).length;
const either =
  (...tests: readonly Test[]): Test =>
  (value) =>
    tests.some((test) => test(value));

const isScaling = has({
  kind: isOneOf("standard", "minMax", "robust", "none"),
  shift: isFiniteNumber,
  scale: (value) => isFiniteNumber(value) && (value as number) > 0,
});
const isNumbers = has({ column: isText, kind: isOneOf("numbers"), scaling: isScaling, missing: orNull(isFiniteNumber) });
const isCategories = has({
  column: isText,
  kind: isOneOf("categories"),
  categories: isDistinct,
  missing: isOneOf(true, false),
  unknown: isOneOf("error", "none"),
});
const isClasses = has({ column: isText, kind: isOneOf("classes"), classes: isDistinct });
const isScaled = has({ column: isText, scaling: isScaling });
const isNumber = has({ column: isText, kind: isOneOf("number"), scaling: isScaling });
const isAbsent: Test = (value) => value === undefined;
const isShare: Test = (value) => Number.isFinite(value) && (value as number) >= 0 && (value as number) < 1;
const isTrainedOn = has({ sha256: (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value), testSplit: isShare, time: orNull(isText) });
const isShape: Test = (value) => Array.isArray(value) && value.length === 3 && value.every(isPositive);

const tests: Readonly<Record<Preprocessing["kind"], Readonly<Record<string, Test>>>> = {
  table: { features: isFilled(either(isNumbers, isCategories)), target: either(isNumber, isClasses), trainedOn: either(isAbsent, isTrainedOn) },
  series: { length: isPositive, horizon: isPositive, steps: isOneOf("last", "all"), features: isFilled(isScaled), target: isScaled },
  images: { shape: isShape, classes: isDistinct },
};

/** What is wrong with a value that shall be a model's preprocessing; null: nothing, it is one, or null. */
export function wrongPreprocessing(value: unknown): Pick<Complaint, "got" | "expected"> | null {
  if (value === null) return null;
  const kind = isObject(value) ? value.kind : undefined;
  if (!isObject(value) || typeof kind !== "string" || !Object.hasOwn(tests, kind))
    return { got: quote(value), expected: `null, or a preprocessing of kind ${Object.keys(tests).join(", ")}` };
  const field = wrongField(value, tests[kind as Preprocessing["kind"]]);
  if (field !== undefined) return { got: `${field} ${quote(value[field])}`, expected: `${field} as a preprocessing of kind ${kind} has it` };
  const columns = columnsOf(value as unknown as Preprocessing);
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  return twice === undefined ? null : { got: `column ${quote(twice)} twice`, expected: "each column once" };
}

/** A copy of plain data that nobody can change, so that what was checked stays as it was. */
export function frozenCopy<T>(value: T): T {
  if (!isObject(value)) return value;
  const copy = Array.isArray(value)
    ? value.map(frozenCopy)
    : Object.fromEntries(Object.entries(value).map(([key, field]): [string, unknown] => [key, frozenCopy(field)]));
  return Object.freeze(copy) as T;
}

/** Columns of which each may be there once; a series may predict what it sees. */
function columnsOf(preprocessing: Preprocessing): string[] {
  if (preprocessing.kind === "images") return [];
  const features = preprocessing.features.map(({ column }) => column);
  return preprocessing.kind === "table" ? [...features, preprocessing.target.column] : features;
}
