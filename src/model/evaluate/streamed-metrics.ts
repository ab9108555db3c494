/** Metrics that read predictions on the host, of all outputs, on one way through samples. @module */
import { product, type TargetColumn } from "../../data/dataset/columns.ts";
import { CheckpointError } from "../../errors.ts";
import type { Accumulator, StreamedMetric } from "../../metrics/index.ts";
import type { Executor } from "../../program/executor.ts";
import type { Floats } from "../../runtime/memory.ts";
import { type Objective, streamedMetrics } from "../build/objectives.ts";

/** The streamed metrics of an output, and what they read. */
interface Stream {
  /** Name of the predictions in the Program. */
  readonly output: string;
  readonly metrics: readonly { readonly reported: string; readonly metric: StreamedMetric }[];
  readonly shape: readonly number[];
  readonly target: TargetColumn;
  /** The targets of a pass, or of a step. */
  gathered: Float32Array | Int32Array;
  /** The predictions of a pass. */
  predictions: Floats;
  /** The predictions of a step of several passes. */
  kept: Floats;
  accumulators: readonly Accumulator[];
}

/** Nothing allocates per pass, but for what a metric keeps of every sample, and once for the passes of a step. */
export class StreamedMetrics {
  private readonly executor: Executor;
  private readonly streams: readonly Stream[];

  /**
   * @param outputs names of all outputs in the Program
   * @param targets for each objective
   * @throws ConfigError for predictions or targets that a metric does not measure
   */
  constructor(executor: Executor, outputs: readonly string[], objectives: readonly Objective[], targets: readonly TargetColumn[]) {
    this.executor = executor;
    const { capacity, names } = executor.program;
    this.streams = objectives.flatMap((objective, k): Stream[] => {
      const metrics = streamedMetrics(objective);
      if (metrics.length === 0) return [];
      const output = outputs[objective.output];
      const shape = (names.get(output)?.shape ?? []).slice(1) as number[];
      const target = targets[k];
      const length = capacity * product(target.shape);
      const gathered = target.values instanceof Float32Array ? new Float32Array(length) : new Int32Array(length);
      return [{ output, metrics, shape, target, gathered, predictions: new Float32Array(0), kept: new Float32Array(0), accumulators: [] }];
    });
    this.begin();
  }

  /** Forgets the samples so far. */
  begin(): void {
    for (const stream of this.streams) {
      const { metrics, shape, target } = stream;
      stream.accumulators = metrics.map(({ metric }) => metric.start({ shape, targetShape: target.shape }));
    }
  }

  /** Renews the views of memory: call before a run of passes. */
  refresh(): void {
    for (const stream of this.streams) stream.predictions = this.executor.floats(stream.output);
  }

  /** Takes the pass that was just run: the samples order[from..from + n). */
  add(order: Int32Array, from: number, n: number): void {
    for (let s = 0; s < this.streams.length; s++) take(this.streams[s], this.streams[s].predictions, order, from, n);
  }

  /** Keeps the predictions of the pass that was just run, of a step of `rows` samples those from `at` on: they are gone with the next pass. */
  keep(at: number, n: number, rows: number): void {
    for (let s = 0; s < this.streams.length; s++) {
      const stream = this.streams[s];
      const { predictions, shape } = stream;
      const width = product(shape);
      if (stream.kept.length < rows * width) stream.kept = new (predictions.constructor as new (length: number) => Floats)(rows * width);
      for (let i = 0; i < n * width; i++) stream.kept[at * width + i] = predictions[i];
    }
  }

  /** Takes the step whose predictions were kept: the samples order[from..from + n). */
  addKept(order: Int32Array, from: number, n: number): void {
    for (let s = 0; s < this.streams.length; s++) take(this.streams[s], this.streams[s].kept, order, from, n);
  }

  /** The values over the samples so far, by the names under which they are reported. */
  results(): Record<string, number> {
    return Object.fromEntries(
      this.streams.flatMap(({ metrics, accumulators }) => metrics.map(({ reported }, k): [string, number] => [reported, accumulators[k].result()])),
    );
  }

  /** What a checkpoint keeps. */
  state(): Float64Array[] {
    return this.streams.flatMap(({ accumulators }) => accumulators.map((accumulator) => accumulator.state()));
  }

  /** @throws CheckpointError unless it is what `state` gave */
  restore(state: readonly Float64Array[]): void {
    const accumulators = this.streams.flatMap((stream) => stream.accumulators);
    if (state.length !== accumulators.length)
      throw new CheckpointError({ where: "metrics", got: `states of ${state.length}`, expected: `those of ${accumulators.length} streamed metrics` });
    for (const [k, accumulator] of accumulators.entries()) accumulator.restore(state[k]);
  }
}

/** The samples order[from..from + n), whose predictions these are. */
function take(stream: Stream, predictions: Floats, order: Int32Array, from: number, n: number): void {
  const { values, shape } = stream.target;
  const width = product(shape);
  if (stream.gathered.length < n * width) stream.gathered = stream.gathered instanceof Float32Array ? new Float32Array(n * width) : new Int32Array(n * width);
  const { gathered, accumulators } = stream;
  for (let i = 0; i < n; i++) for (let j = 0; j < width; j++) gathered[i * width + j] = values[order[from + i] * width + j];
  for (let k = 0; k < accumulators.length; k++) accumulators[k].add(gathered, predictions, n);
}
