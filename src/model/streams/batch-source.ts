/** Where the batches of a fit come from: samples in memory, or a stream. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import { deriveKey, Purpose, permutation } from "../../random.ts";
import { rowsOf } from "../running/feed.ts";

/** Gives a fit the rows of each step. */
export interface BatchSource {
  /** What the model is bound to: all samples, or the room in which those of a stream's batch stand. */
  readonly data: Dataset;
  /** The rows of the step are order[from..to). */
  readonly order: Int32Array;
  readonly from: number;
  readonly to: number;
  /** Infinity where the stream alone knows. */
  readonly stepsPerEpoch: number;
  /** The same; of a stream the most that there may be. */
  readonly samplesPerEpoch: number;
  /** Goes to where the next step of an epoch begins, and tells the samples of the steps before. @param epoch counts all that the model was trained */
  begin(epoch: number, step: number): number | Promise<number>;
  /** Takes the rows of the next step; false at the end of the epoch. */
  next(): boolean | Promise<boolean>;
  /** No more is wanted. */
  close(): Promise<void>;
}

/** A dataset's samples. Nothing allocates per step. */
export class DatasetSource implements BatchSource {
  readonly data: Dataset;
  readonly stepsPerEpoch: number;
  readonly samplesPerEpoch: number;
  order: Int32Array;
  from = 0;
  to = 0;
  private readonly batch: number;
  private readonly rows: Int32Array;
  private readonly seed: number | null;

  /** @param seed of a new order each epoch; null: the dataset's own order */
  constructor(data: Dataset, batch: number, seed: number | null) {
    this.data = data;
    this.batch = batch;
    this.seed = seed;
    this.rows = rowsOf(data);
    this.order = this.rows;
    this.samplesPerEpoch = data.length;
    this.stepsPerEpoch = Math.ceil(data.length / batch);
  }

  begin(epoch: number, step: number): number {
    const { seed, rows } = this;
    if (seed !== null) {
      this.order = permutation(rows.length, deriveKey(seed, Purpose.shuffle, epoch));
      for (let i = 0; i < rows.length; i++) this.order[i] = rows[this.order[i]];
    }
    this.from = Math.max(0, step - 1) * this.batch;
    this.to = Math.min(step * this.batch, rows.length);
    return this.to;
  }

  next(): boolean {
    this.from = this.to;
    this.to = Math.min(this.from + this.batch, this.rows.length);
    return this.to > this.from;
  }

  async close(): Promise<void> {}
}
