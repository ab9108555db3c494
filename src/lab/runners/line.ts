/** A line of `results.jsonl`, and whether something is one. @module */
import { has, isCount, isListOf, isObject, isRecordOf, isText, orNull, type Test, wrongField } from "../../formats/plain-data.ts";
import type { Trial, TrialResult } from "../trials/trial.ts";
import { trialId } from "../trials/trial-id.ts";
import { quoted } from "../written/nearest.ts";
import { decisive, type Environment } from "./environment.ts";

/** A finished trial. */
export interface Line extends Omit<Environment, "version"> {
  /** Absent in files from before there was one. */
  readonly version?: string;
  readonly id: string;
  /** Name of the study. */
  readonly study: string;
  /** What decides its trials: `Study.digest`. */
  readonly digest: string;
  readonly trial: Trial;
  readonly result: TrialResult;
}

const isReal: Test = Number.isFinite;
/** A mean over steps that may have diverged: JSON has null for what is not finite. */
const isMean = orNull(isReal);
/** What may be absent. */
const optional =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);
// A metric may be undefined on a set, such as one without a class.
const isScore = orNull(has({ loss: isReal, accuracy: orNull(isReal), metrics: optional(isRecordOf(isMean)) }));
const isPlain: Test = (value) => isObject(value) && !Array.isArray(value);

const texts: Readonly<Record<string, Test>> = {
  ...Object.fromEntries(["id", "study", "digest", "engine", ...decisive.map(([key]) => key)].map((key) => [key, isText])),
  version: optional(isText),
};

const resultFields: { readonly [F in keyof Required<TrialResult>]: Test } = {
  id: isText,
  divergedAt: orNull(isCount),
  steps: isCount,
  parameters: isCount,
  epochs: isListOf(has({ loss: isMean, accuracy: isMean, valLoss: isMean, valAccuracy: isMean })),
  curve: isListOf(has({ step: isCount, loss: isMean, valLoss: isReal, valAccuracy: isReal, seconds: orNull(isReal) })),
  validation: isScore,
  training: isScore,
  test: isScore,
  correct: orNull((value) => typeof value === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(value) && value.length % 4 === 0),
  weightsSha256: isText,
  diagnostics: orNull(isPlain),
  failure: optional(isText),
  resumedAt: optional(isReal),
  seconds: has({ training: orNull(isReal), wall: isReal }),
};

/** What is wrong with a value that should be a line; null if it is one. */
export function faultOf(value: unknown): string | null {
  if (!isPlain(value)) return "no object";
  const line = value as Record<string, unknown>;
  const missing = wrongField(line, texts);
  if (missing !== undefined) return `no ${missing}`;
  const { id, trial, result } = line;
  if (!isPlain(trial)) return "no trial";
  if (!isPlain(result)) return "no result";
  const { id: resultId } = result as { id: unknown };
  if (resultId !== id) return `the result of trial ${quoted(resultId)} under id ${id}`;
  const wrong = wrongField(result as Record<string, unknown>, resultFields);
  if (wrong !== undefined) return `a result whose ${wrong} is ${quoted((result as Record<string, unknown>)[wrong])}`;
  return isOf(trial as Trial, id as string) ? null : `another trial than that of id ${id}`;
}

function isOf(trial: Trial, id: string): boolean {
  try {
    return trialId(trial) === id;
  } catch (error) {
    // Nested beyond all measure.
    if (error instanceof RangeError) return false;
    throw error;
  }
}
