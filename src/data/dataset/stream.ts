/** Streams of batches: data that need not be in memory at once. @module */
import { ConfigError } from "../../errors.ts";
import { deriveKey, Purpose, permutation } from "../../random.ts";
import { type InputColumn, product, type TargetColumn } from "./columns.ts";
import { Dataset } from "./dataset.ts";
import type { DatasetOptions } from "./make-dataset.ts";

/** Samples of a step and their targets: what `dataset` takes, or a dataset. `sampleShape` is by default that of the model's input. */
export type Batch = Dataset | DatasetOptions;

/** Batches one after another. */
export type Batches = Iterable<Batch> | AsyncIterable<Batch>;

/**
 * Batches, or a function that gives them for each epoch: it is called anew with the number of epochs that the model was trained before, over all fits.
 * Who shuffles by that number gives a resumed fit the same batches again.
 */
export type BatchStream = Batches | ((epoch: number) => Batches | Promise<Batches>);

/** Options of {@link batches}. */
export interface BatchesOptions {
  /** Samples of a batch; of the last one there may be fewer. Default 32. */
  batchSize?: number;
  /** A new order each epoch. Default false. */
  shuffle?: boolean;
  /** Of the orders: with a model's seed they are those of its `fit`. Default 0. */
  seed?: number;
}

/**
 * A dataset as a stream of batches, each a dataset of its own with copies of its samples.
 * @throws ConfigError for an option outside its range
 * @example
 * await model.fit(function* (epoch) {
 *   for (const { x, y } of batches(train, { shuffle: true })(epoch)) yield { x: mirrored(x), y };
 * }, { epochs: 5 });
 */
export function batches(data: Dataset, options: BatchesOptions = {}): (epoch?: number) => Generator<Dataset, void, undefined> {
  const { batchSize = 32, shuffle = false, seed = 0 } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new ConfigError({ where: "batches", got: `batchSize = ${batchSize}`, expected: "a positive integer" });
  return function* (epoch = 0) {
    const rows = data.rows ?? Int32Array.from({ length: data.length }, (_, i) => i);
    const order = shuffle ? permutation(rows.length, deriveKey(seed, Purpose.shuffle, epoch)).map((i) => rows[i]) : rows;
    for (let from = 0; from < order.length; from += batchSize) yield compact(data, order.subarray(from, from + batchSize));
  };
}

/** Whether it is a stream, and no dataset. */
export function isStream(given: unknown): given is BatchStream {
  if (typeof given === "function") return true;
  return typeof given === "object" && given !== null && (Symbol.iterator in given || Symbol.asyncIterator in given) && !ArrayBuffer.isView(given);
}

/** @internal the stored samples `rows`, and nothing else */
export function compact(data: Dataset, rows: Int32Array): Dataset {
  const take = <Column extends InputColumn | TargetColumn>(column: Column): Column => ({
    ...column,
    values: gathered(column.values, product(column.shape), rows),
  });
  const inputs = data.inputs.map(take);
  const targets = data.targets.map((column) => ({ ...take(column), sampleWeight: column.sampleWeight && gathered(column.sampleWeight, 1, rows) }));
  return new Dataset({ inputs, targets, rows: null });
}

function gathered<Values extends Uint8Array | Int32Array | Float32Array>(values: Values, width: number, rows: Int32Array): Values {
  const copy = new (values.constructor as new (n: number) => Values)(rows.length * width);
  for (let i = 0; i < rows.length; i++) copy.set(values.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
  return copy;
}
