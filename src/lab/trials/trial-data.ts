/** What a trial uses of training and test data. @module */
import type { Dataset, TrainAndTest } from "../../data/index.ts";
import type { Settings } from "../definition/settings.ts";
import type { DataUse } from "./trial.ts";

/** The parts of the data. */
export interface TrialData {
  readonly training: Dataset;
  /** Null where nothing is held out. */
  readonly validation: Dataset | null;
  readonly test: Dataset;
}

/** Decides which samples are held out: the same in every trial, whatever its seed. */
const SPLIT_SEED = 0;

/** The parts of data by what is used of it: trials of a study mostly use the same. */
const known = new WeakMap<TrainAndTest, Map<string, TrialData>>();

/**
 * The first `limit` training samples, less those held out, stratified or, of samples in the order of time, the last; all of them and the test set scaled as is measured on the training samples in
 * use. The parts share the arrays of `data`, and so their copy in a runtime's memory.
 */
export function trialData(data: TrainAndTest, { limit, validation, ordered = false }: DataUse, scaling: Settings["scaling"]): TrialData {
  const parts = known.get(data) ?? new Map<string, TrialData>();
  known.set(data, parts);
  const key = JSON.stringify([limit, validation, ordered, scaling]);
  const made = parts.get(key) ?? divide(data, { limit, validation, ordered }, scaling);
  parts.set(key, made);
  return made;
}

function divide(
  { train, test }: TrainAndTest,
  { limit, validation, ordered }: Omit<Required<DataUse>, "name" | "target">,
  scaling: Settings["scaling"],
): TrialData {
  const used = limit === null ? train : train.take(limit);
  const [rest, heldOut] = validation > 0 ? used.split(validation, { seed: SPLIT_SEED, stratified: true, shuffle: !ordered }) : [used, null];
  const training = rest.normalizedBy(scaling);
  const { normalization } = training;
  return { training, validation: heldOut?.normalizedBy(normalization) ?? null, test: test.normalizedBy(normalization) };
}
