/** What a fit on a stream of batches is asked for. @module */
import { Dataset } from "../../data/dataset/dataset.ts";
import type { BatchStream } from "../../data/dataset/stream.ts";
import { ConfigError, ShapeError } from "../../errors.ts";
import type { Model } from "../model.ts";
import { selectTargets } from "../running/selection.ts";
import { Staging } from "../streams/staging.ts";
import { NO_BATCHES, type StreamReader } from "../streams/stream-reader.ts";
import { StreamSource } from "../streams/stream-source.ts";
import type { FitOptions } from "./fit-options.ts";
import { type CommonSettings, type FitSettings, passCapacity, positive, weightsOf } from "./fit-settings.ts";

/** The options of a fit on a stream: its first batch decides what kinds of numbers it has, and how many rows unless `batchSize` does. @throws ConfigError, ShapeError */
export async function streamSettings(
  model: Model,
  stream: BatchStream,
  reader: StreamReader,
  common: CommonSettings,
  options: FitOptions,
): Promise<FitSettings> {
  refuse(options, stream, common);
  const { stepsPerEpoch, batchSize, classWeight, microBatch } = options;
  if (stepsPerEpoch !== undefined) positive("stepsPerEpoch", stepsPerEpoch);
  if (batchSize !== undefined) positive("batchSize", batchSize as number);
  const epoch = model.epochsTrained;
  await reader.open(epoch);
  const first = await reader.next();
  if (first === null) throw new ShapeError({ where: "fit", ...NO_BATCHES });
  const batch = (batchSize as number | undefined) ?? first.length;
  const prepare = (given: Dataset): Dataset => {
    if (given.length > batch) {
      const hint = batchSize === undefined ? "the first batch has so many: give batchSize where later ones have more" : undefined;
      throw new ShapeError({ where: "x", got: `${given.length} samples`, expected: `at most ${batch}, the batchSize`, hint });
    }
    model.checkBatch("train", given);
    return classWeight === undefined ? given : weighted(model, given, classWeight);
  };
  const staging = new Staging(
    reader.inBatch(() => prepare(first)),
    batch,
  );
  const isFunction = typeof stream === "function";
  const source = new StreamSource({
    reader,
    runtime: await model.runtime(),
    staging,
    first: { batch: first, epoch },
    steps: stepsPerEpoch ?? null,
    reopens: isFunction || stepsPerEpoch === undefined,
    total: stepsPerEpoch === undefined ? null : stepsPerEpoch * common.epochs,
    prepare,
  });
  const { data } = staging;
  const sampleWeights = selectTargets(model.needCompiled("fit").objectives, data).map(({ sampleWeight }) => sampleWeight);
  const capacity = passCapacity(microBatch, batch, batch);
  return { ...common, source, data, isStream: true, validation: options.validationData, batch, capacity, shuffle: false, sampleWeights };
}

/** @throws ConfigError for options that a stream cannot have */
function refuse(options: FitOptions, stream: BatchStream, { schedule }: CommonSettings): void {
  const { batchSize, shuffle, validationSplit = 0, accumulationSteps = 1, stepsPerEpoch, checkpoint } = options;
  const no = (got: string, expected: string, hint?: string): never => {
    throw new ConfigError({ where: "fit, stream", got, expected, hint });
  };
  if (batchSize === "full") no('batchSize "full"', "a number: the most samples that a batch may have");
  if (shuffle === true) no("shuffle: true", "the stream's own order", "batches(data, { shuffle: true }) shuffles a dataset");
  if (validationSplit !== 0) no(`validationSplit = ${validationSplit}`, "validationData: a dataset or a stream");
  if (accumulationSteps !== 1) no(`accumulationSteps = ${accumulationSteps}`, "batches of as many samples as a step takes", "microBatch cuts them into passes");
  if (schedule.usesTotal === true && stepsPerEpoch === undefined)
    no(`schedule "${schedule.name}", which depends on the number of steps in all`, "stepsPerEpoch: the batches of an epoch");
  if (checkpoint !== undefined && typeof stream !== "function")
    no("checkpoint with a stream that cannot be read again", "a function that makes it for each epoch: fit((epoch) => stream)");
}

/** The batch with the weights of classes. */
function weighted(model: Model, batch: Dataset, classWeight: FitOptions["classWeight"]): Dataset {
  const { objectives } = model.needCompiled("fit");
  const columns = selectTargets(objectives, batch);
  const known = columns.map((column, k) => ({ ...column, classes: Math.max(column.classes ?? 0, model.classesOf(objectives[k])) }));
  const weights = weightsOf(known, classWeight);
  const targets = batch.targets.map((column) => {
    const k = columns.indexOf(column);
    return k < 0 ? column : { ...column, sampleWeight: weights[k] };
  });
  return new Dataset({ ...batch, targets });
}
