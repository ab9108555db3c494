/** A fit and its checkpoints: where they go, and the one to go on from. @module */
import { Dataset } from "../../data/dataset/dataset.ts";
import type { BatchStream } from "../../data/dataset/stream.ts";
import { type Checkpoint, checkCheckpointSize } from "../checkpoints/checkpoint.ts";
import { CheckpointWriter } from "../checkpoints/checkpoint-writer.ts";
import { checkSameRun, type RunSettings } from "../checkpoints/run-state.ts";
import type { Resumption } from "../history.ts";
import type { Model } from "../model.ts";
import type { FitOptions } from "./fit-options.ts";
import type { FitSettings } from "./fit-settings.ts";

/** Where checkpoints go, and the one to go on from. */
export interface Saving {
  readonly writer: CheckpointWriter;
  readonly settings: RunSettings;
  readonly digest: string;
  readonly found: (Checkpoint & { readonly file: string }) | null;
  readonly resumed: Resumption | null;
}

/** Opens the directory of a fit; null for a fit without. @throws FileError, CheckpointError for a run that is not this one */
export async function openSaving(model: Model, settings: FitSettings, { checkpoint, resume = false }: FitOptions): Promise<Saving | null> {
  if (checkpoint === undefined) return null;
  checkCheckpointSize(model);
  const { arrayDigest, CheckpointFiles, datasetDigest, NO_DIGEST } = await import("../checkpoints/checkpoint-files.node.ts");
  const files = await CheckpointFiles.open(checkpoint.directory, checkpoint.keep ?? 2, resume);
  const { data, isStream, source, validation, batch, capacity, shuffle, schedule, learningRate, sampleWeights, callbacks, epochs } = settings;
  const { inputShape, layers, inputs, calls, outputs, compiled } = model.toJSON();
  const { backend, mode, kernels, precision } = await model.runtime();
  // What a stream gives is known to itself.
  const stream = { stream: true, stepsPerEpoch: Number.isFinite(source.stepsPerEpoch) ? source.stepsPerEpoch : null };
  const described = (set: Dataset | BatchStream) => (set instanceof Dataset ? { samples: set.length, sha256: datasetDigest(set) } : { stream: true });
  const weights = isStream ? sampleWeights.map((weights) => weights !== null) : sampleWeights.map(arrayDigest);
  const run: RunSettings = {
    inputShape,
    layers,
    inputs,
    calls,
    outputs,
    ...compiled,
    data: isStream ? stream : described(data),
    sampleWeights: weights.length === 1 ? weights[0] : weights,
    validation: validation === undefined ? null : described(validation),
    seed: model.seed,
    batchSize: batch,
    microBatch: capacity,
    shuffle,
    learningRate,
    schedule: { name: schedule.name, config: schedule.config() },
    callbacks: callbacks.map(({ name }) => name),
    runtime: { backend, mode, kernels, precision },
  };
  const writer = new CheckpointWriter(files, checkpoint.every);
  const parts = { writer, settings: run, digest: NO_DIGEST };
  if (!resume) return { ...parts, found: null, resumed: null };
  const { found, unusable } = await files.newest();
  if (found === null) return { ...parts, found, resumed: { file: null, epoch: 1, stepInEpoch: 0, step: 0, unusable } };
  const { file, state } = found;
  checkSameRun(state, run, epochs, schedule.usesTotal === true, file);
  return { ...parts, found, resumed: { file, epoch: state.epoch, stepInEpoch: state.stepInEpoch, step: state.step, unusable } };
}
