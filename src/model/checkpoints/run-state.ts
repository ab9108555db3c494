/** What a fit is between two steps, as plain data, and whether a saved one serves another fit. @module */
import { CheckpointError } from "../../errors.ts";
import { has, isCount, isListOf, isNumber, isObject, isRecordOf, isText, orNull, type Test, wrongField } from "../../formats/plain-data.ts";
import type { OptimizerState } from "../../optimizers/index.ts";
import type { EpochReport, RateChange } from "../history.ts";
import { exactCopy } from "./exact-json.ts";

/** What decides every bit of a run, as plain data: a checkpoint serves only a fit with the same. */
export interface RunSettings {
  readonly [field: string]: unknown;
}

/** A fit between two steps, but for the model's weights and optimizer slots. */
export interface RunState {
  readonly settings: RunSettings;
  /** Epochs that were asked for. */
  readonly epochs: number;
  /** The next step: its epoch from 1, its place in it, its number over all. */
  readonly epoch: number;
  readonly stepInEpoch: number;
  readonly step: number;
  /** What the schedule starts from, and what it made of it in the last step. */
  readonly baseRate: number;
  readonly lastRate: number;
  /** Training time of the running epoch. */
  readonly milliseconds: number;
  /** Why a callback ended the fit; null if it goes on. */
  readonly stopReason: string | null;
  readonly epochsTrained: number;
  readonly stepsTrained: number;
  readonly optimizerState: OptimizerState;
  /** Sums over the running epoch. */
  readonly sums: Float64Array;
  /** What each streamed metric keeps of the running epoch; checkpoints without such metrics may lack it. */
  readonly streamed?: readonly Float64Array[];
  /** What each callback keeps. */
  readonly callbacks: readonly { readonly name: string; readonly state: unknown }[];
  readonly learningRateChanges: readonly RateChange[];
  readonly reports: readonly EpochReport[];
}

const isNotNegative: Test = (value) => typeof value === "number" && Number.isFinite(value) && value >= 0;

const REPORT: { readonly [Field in keyof EpochReport]: Test } = {
  epoch: isCount,
  loss: isNumber,
  accuracy: orNull(isNumber),
  penalty: isNumber,
  metrics: isRecordOf(isNumber),
  valLoss: orNull(isNumber),
  valAccuracy: orNull(isNumber),
  valMetrics: orNull(isRecordOf(isNumber)),
  learningRate: isNumber,
  seconds: orNull(isNumber),
  stepMs: orNull(isNumber),
  samplesPerSecond: orNull(isNumber),
  steps: isCount,
};

const STATE: { readonly [Field in keyof RunState]-?: Test } = {
  settings: isObject,
  epochs: isCount,
  epoch: (value) => isCount(value) && value !== 0,
  stepInEpoch: isCount,
  step: isCount,
  baseRate: isNotNegative,
  lastRate: isNotNegative,
  milliseconds: isNotNegative,
  stopReason: orNull(isText),
  epochsTrained: isCount,
  stepsTrained: isCount,
  optimizerState: isRecordOf(Number.isFinite),
  sums: (value) => value instanceof Float64Array,
  streamed: (value) => value === undefined || isListOf((part) => part instanceof Float64Array)(value),
  callbacks: isListOf(has({ name: isText })),
  learningRateChanges: isListOf(has({ step: isCount, learningRate: isNotNegative })),
  reports: isListOf(has(REPORT)),
};

/** Of a file anything may be read: what leads the loop must be what it says. @throws CheckpointError naming the field that is not */
export function checkState(state: unknown, where: string): asserts state is RunState {
  const bad = isObject(state) ? wrongField(state, STATE) : "form";
  if (bad !== undefined) throw new CheckpointError({ where, got: `a state with a wrong ${bad}`, expected: "a checkpoint as fit writes it" });
}

/** Where two plain values differ, field by field, as `path: saved X, now Y`. */
export function differences(saved: unknown, now: unknown, path = ""): string[] {
  if (isObject(saved) && isObject(now) && Array.isArray(saved) === Array.isArray(now)) {
    if (Array.isArray(saved) && saved.length !== (now as unknown as unknown[]).length) return [tell(path, saved, now)];
    const keys = new Set([...Object.keys(saved), ...Object.keys(now)]);
    return [...keys].flatMap((key) => differences(saved[key], now[key], Array.isArray(saved) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`));
  }
  return Object.is(saved, now) ? [] : [tell(path, saved, now)];
}

const tell = (path: string, saved: unknown, now: unknown): string => `${path}: saved ${brief(saved)}, now ${brief(now)}`;

function brief(value: unknown): string {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing");
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

/** @throws CheckpointError naming every field in which a checkpoint's run and this one differ */
export function checkSameRun({ settings, epochs, epoch, stepInEpoch }: RunState, now: RunSettings, asked: number, usesTotal: boolean, where: string): void {
  // The way that the saved ones went.
  const found = differences(settings, exactCopy(now));
  if (usesTotal && epochs !== asked) found.push(`epochs: saved ${epochs}, now ${asked}, and the schedule depends on the number of steps in all`);
  else if (asked < epoch - 1) found.push(`epochs: saved after ${epoch - 1}, now ${asked}`);
  else if (asked < epoch && stepInEpoch > 0) found.push(`epochs: saved in epoch ${epoch}, now ${asked}`);
  if (found.length === 0) return;
  throw new CheckpointError({
    where: `resuming from ${where}`,
    got: "another run",
    expected: `the one that was saved, from which it differs in\n  ${found.join("\n  ")}`,
    hint: "resume with the saved settings, or start anew in another directory",
  });
}
