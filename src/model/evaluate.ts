/** Running the evaluation and inference Programs over a dataset. @module */
import type { Dataset } from "../data/dataset.ts";
import type { Executor } from "../program/executor.ts";
import { Feed, rowsOf } from "./feed.ts";
import type { StreamedMetrics } from "./streamed-metrics.ts";
import { yieldToEventLoop } from "./yield.ts";

/** Calls `visit` after each run of up to capacity rows. @param prepare runs the section that depends on the weights only, if it has to */
async function overRows(executor: Executor, data: Dataset, prepare: () => void, visit: (order: Int32Array, from: number, n: number) => void): Promise<void> {
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
}

/**
 * Means over the dataset of the named sums, by name. Empty data gives NaN.
 * @param streamed is given all predictions too
 * @param each what to keep of every row: the name of a result with one value for each, and where it goes
 */
export async function evaluateRows(
  executor: Executor,
  data: Dataset,
  names: readonly string[],
  prepare: () => void,
  streamed: StreamedMetrics | null,
  each?: { readonly name: string; readonly values: Float32Array },
): Promise<Record<string, number>> {
  const sums = names.map(() => 0);
  await overRows(executor, data, prepare, (rows, from, n) => {
    names.forEach((name, k) => {
      sums[k] += executor.doubles(`sum:${name}`)[0];
    });
    streamed?.refresh();
    streamed?.add(rows, from, n);
    each?.values.set(executor.floats(each.name).subarray(0, n), from);
  });
  return { ...Object.fromEntries(names.map((name, k) => [name, sums[k] / data.length])), ...streamed?.results() };
}

/** The outputs of every row. @param names of the results that are the outputs */
export async function predictRows(executor: Executor, data: Dataset, names: readonly string[], prepare: () => void): Promise<Float32Array[]> {
  executor.refresh();
  const widths = names.map((name) => executor.floats(name).length / executor.program.capacity);
  const results = widths.map((width) => new Float32Array(data.length * width));
  await overRows(executor, data, prepare, (_, from, n) => {
    names.forEach((name, k) => results[k].set(executor.floats(name).subarray(0, n * widths[k]), from * widths[k]));
  });
  return results;
}
