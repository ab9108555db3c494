/** Presents batches to a loaded Program: which rows of the dataset, how many, and what its random numbers are drawn from. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import type { Executor } from "../../program/executor.ts";
import { type Key, threefry } from "../../random.ts";
import type { Floats } from "../../runtime/memory.ts";

const NO_KEY: Key = [0, 0];

/** The numbers that the host writes into a Program's scalars before it runs. Nothing allocates per step. */
export class Feed {
  private readonly executor: Executor;
  private readonly key: Key;
  private indices: Int32Array = new Int32Array(0);
  private invBatch: Floats | null = null;
  private rows: Floats | null = null;
  private randomKey: Int32Array | null = null;
  private positions: Int32Array | null = null;

  /** @param key of the model's random layers; a step's key is drawn from it by the step's number */
  constructor(executor: Executor, key: Key = NO_KEY) {
    this.executor = executor;
    this.key = key;
  }

  /** Renews the views of memory: call before a run of steps. */
  refresh(): void {
    const { executor } = this;
    const { names } = executor.program;
    executor.refresh();
    this.indices = executor.ints("indices");
    this.invBatch = names.has("invBatch") ? executor.floats("invBatch") : null;
    this.rows = names.has("rows") ? executor.floats("rows") : null;
    this.randomKey = names.has("randomKey") ? executor.ints("randomKey") : null;
    this.positions = names.has("positions") ? executor.ints("positions") : null;
  }

  /** A step over `batch` samples; its passes follow. @param step counts all steps the model was ever trained */
  step(batch: number, step: number): void {
    if (this.invBatch !== null) this.invBatch[0] = 1 / batch;
    if (this.randomKey !== null) threefry(this.randomKey, this.key[0], this.key[1], step, 0);
  }

  /** The next run is on the `n` samples order[begin...], which start at `first` in the step's batch. */
  pass(order: Int32Array, begin: number, n: number, first: number): void {
    const { executor, indices, positions } = this;
    for (let i = 0; i < n; i++) indices[i] = order[begin + i];
    if (positions !== null) for (let i = 0; i < n; i++) positions[i] = first + i;
    if (this.rows !== null) this.rows[0] = n;
    executor.setRows(n);
    executor.setAccumulating(first > 0);
  }
}

/** Row numbers of a dataset's samples. */
export function rowsOf(data: Dataset): Int32Array {
  return data.rows ?? Int32Array.from({ length: data.length }, (_, i) => i);
}
