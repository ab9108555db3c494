/** The batches of a stream as steps of a fit. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import { CheckpointError, ConfigError } from "../../errors.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { BatchSource } from "./batch-source.ts";
import type { Staging } from "./staging.ts";
import type { StreamReader } from "./stream-reader.ts";

/** What a stream is read for. */
export interface StreamPlan {
  readonly reader: StreamReader;
  readonly runtime: Runtime;
  /** Room for a batch. */
  readonly staging: Staging;
  /** The first batch, which was read already. @param epoch with which the stream was opened for it */
  readonly first: { readonly batch: Dataset; readonly epoch: number };
  /** Batches of an epoch; null: all that the stream has. */
  readonly steps: number | null;
  /** Whether the stream is opened anew for each epoch; else it goes on. */
  readonly reopens: boolean;
  /** Steps of the fit in all; null if that depends on the stream. */
  readonly total: number | null;
  /** Checks a batch, and says how much its samples count. */
  readonly prepare: (batch: Dataset) => Dataset;
}

/** Copies each batch to the place of the one before. While a step runs, one more batch is asked for, if one is needed. */
export class StreamSource implements BatchSource {
  readonly data: Dataset;
  readonly order: Int32Array;
  readonly from = 0;
  to = 0;
  readonly stepsPerEpoch: number;
  readonly samplesPerEpoch: number;
  private readonly plan: StreamPlan;
  /** A batch that was read and not yet trained on. */
  private held: Dataset | null;
  /** Batches taken: of the epoch, and of all. */
  private taken = 0;
  private total = 0;
  /** The epoch for which the stream is open at its beginning. */
  private openFor: number | null;
  private closed = false;

  constructor(plan: StreamPlan) {
    this.plan = plan;
    this.data = plan.staging.data;
    this.order = Int32Array.from({ length: plan.staging.capacity }, (_, i) => i);
    this.stepsPerEpoch = plan.steps ?? Number.POSITIVE_INFINITY;
    this.samplesPerEpoch = this.stepsPerEpoch * plan.staging.capacity;
    this.held = plan.first.batch;
    this.openFor = plan.first.epoch;
  }

  async begin(epoch: number, step: number): Promise<number> {
    const { reader, reopens } = this.plan;
    this.taken = 0;
    if (reopens && this.openFor !== epoch) {
      this.held = null;
      await reader.open(epoch);
    }
    this.openFor = null;
    let samples = 0;
    // A resumed fit: what was trained on before it was interrupted.
    for (; this.taken < step; this.taken++) {
      const batch = await this.take();
      if (batch === null)
        throw new CheckpointError({
          where: "fit, resumed stream",
          got: `${this.taken} batches`,
          expected: `more than the ${step} that were trained on`,
          hint: "the function must give an epoch the same batches again",
        });
      samples += batch.length;
    }
    return samples;
  }

  async next(): Promise<boolean> {
    const { reader, runtime, staging, steps, prepare } = this.plan;
    const given = await this.take();
    if (this.closed) return false;
    if (given === null) {
      if (steps === null && this.taken > 0) return false;
      throw new ConfigError({
        where: "fit",
        got: this.taken === 0 ? "an epoch without batches" : `the end of the stream after ${this.taken} batches of an epoch`,
        expected: steps === null ? "at least one batch" : `${steps} batches, stepsPerEpoch`,
        hint: "give a function that makes the stream anew for each epoch: fit(() => stream)",
      });
    }
    reader.inBatch(() => {
      const batch = prepare(given);
      staging.put(runtime, batch, 0, batch.length, 0);
    });
    this.to = given.length;
    this.taken++;
    this.total++;
    if (this.wantsMore()) reader.askAhead();
    return true;
  }

  close(): Promise<void> {
    this.closed = true;
    return this.plan.reader.close();
  }

  private async take(): Promise<Dataset | null> {
    const { held } = this;
    this.held = null;
    return held ?? this.plan.reader.next();
  }

  /** Whether a batch follows this one in the same reading of the stream. */
  private wantsMore(): boolean {
    const { steps, reopens, total } = this.plan;
    return (steps === null || this.taken < steps || !reopens) && (total === null || this.total < total);
  }
}
