/** Running the evaluation and inference Programs over a dataset. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import type { Executor } from "../../program/executor.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { Feed, rowsOf } from "../running/feed.ts";
import { yieldToEventLoop } from "../running/yield.ts";
import type { Staging } from "../streams/staging.ts";
import type { StreamReader } from "../streams/stream-reader.ts";
import type { StreamedMetrics } from "./streamed-metrics.ts";

/** Is called after each run, on rows order[from..from + n). */
type Visit = (order: Int32Array, from: number, n: number) => void;

/** Runs a loaded Program over samples, so many rows at a time as it is made for, and resolves to the number of samples. */
export type Passes = (visit: Visit) => Promise<number>;

/** Over a dataset. @param prepare runs the section that depends on the weights only, if it has to */
export async function overRows(executor: Executor, data: Dataset, prepare: () => void, visit: Visit): Promise<number> {
  const { capacity } = executor.program;
  const feed = new Feed(executor);
  const rows = rowsOf(data);
  let runs = 0;
  feed.refresh();
  prepare();
  for (let from = 0; from < data.length; from += capacity) {
    if (++runs % 64 === 0) {
      await yieldToEventLoop();
      feed.refresh();
    }
    const n = Math.min(capacity, data.length - from);
    feed.pass(rows, from, n, 0);
    executor.run("accumulate");
    visit(rows, from, n);
  }
  return data.length;
}

/** A stream that is read, and the room in which its samples are evaluated. */
export interface StreamedRows {
  readonly reader: StreamReader;
  readonly staging: Staging;
  readonly runtime: Runtime;
  /** The first batch, which was read already. */
  readonly first: Dataset;
  /** @throws ShapeError, ConfigError for a batch that the model cannot read */
  readonly check: (batch: Dataset) => void;
}

/** Over a stream. Rows go on from batch to batch: wherever it is cut, the passes are those over a dataset of all. */
export async function overStream(executor: Executor, streamed: StreamedRows, prepare: () => void, visit: Visit): Promise<number> {
  const { reader, staging, runtime, first, check } = streamed;
  const { capacity } = staging;
  const feed = new Feed(executor);
  const order = Int32Array.from({ length: capacity }, (_, i) => i);
  let [filled, runs, samples] = [0, 0, 0];
  const run = (): void => {
    feed.refresh();
    feed.pass(order, 0, filled, 0);
    executor.run("accumulate");
    visit(order, 0, filled);
    samples += filled;
    filled = 0;
  };
  feed.refresh();
  prepare();
  for (let batch: Dataset | null = first; batch !== null; batch = await reader.next()) {
    const given = batch;
    reader.inBatch(() => check(given));
    for (let from = 0; from < given.length; ) {
      const to = Math.min(given.length, from + capacity - filled);
      reader.inBatch(() => staging.put(runtime, given, from, to, filled));
      filled += to - from;
      from = to;
      if (filled < capacity) continue;
      run();
      // A stream that is not async leaves no turn to anybody else.
      if (++runs % 64 === 0) await yieldToEventLoop();
    }
  }
  if (filled > 0) run();
  return samples;
}

/** What to keep of every row: the name of a result with one value for each, and where it goes. */
export interface EachSample {
  readonly name: string;
  readonly values: Float32Array;
}

/**
 * Means over the samples of the named sums, by name. No samples give NaN.
 * @param streamed is given all predictions too
 */
export async function evaluatePasses(
  executor: Executor,
  passes: Passes,
  names: readonly string[],
  streamed: StreamedMetrics | null,
  each?: EachSample,
): Promise<Record<string, number>> {
  const sums = names.map(() => 0);
  const samples = await passes((rows, from, n) => {
    names.forEach((name, k) => {
      sums[k] += executor.doubles(`sum:${name}`)[0];
    });
    streamed?.refresh();
    streamed?.add(rows, from, n);
    each?.values.set(executor.floats(each.name).subarray(0, n), from);
  });
  return { ...Object.fromEntries(names.map((name, k) => [name, sums[k] / samples])), ...streamed?.results() };
}

/** The outputs of every row. @param names of the results that are the outputs @param length number of samples; null if it is not known before */
export async function predictPasses(executor: Executor, passes: Passes, names: readonly string[], length: number | null): Promise<Float32Array[]> {
  executor.refresh();
  const widths = names.map((name) => executor.floats(name).length / executor.program.capacity);
  const results = widths.map((width) => new Float32Array((length ?? 0) * width));
  let done = 0;
  const samples = await passes((_, __, n) => {
    names.forEach((name, k) => {
      const width = widths[k];
      if ((done + n) * width > results[k].length) results[k] = grown(results[k], (done + n) * width);
      results[k].set(executor.floats(name).subarray(0, n * width), done * width);
    });
    done += n;
  });
  return results.map((values, k) => (values.length === samples * widths[k] ? values : values.slice(0, samples * widths[k])));
}

/** A copy with room for at least so many. */
function grown(values: Float32Array, length: number): Float32Array<ArrayBuffer> {
  const copy = new Float32Array(Math.max(length, 2 * values.length));
  copy.set(values);
  return copy;
}
