/** Convolutions of every kind and pooling against PyTorch: values and all gradients on random shapes and options. */
import { describe, expect, it } from "vitest";
import { differentiate } from "../../src/graph/differentiate.ts";
import { Graph, type Tensor } from "../../src/graph/graph.ts";
import { host } from "../../src/graph/ops/leaf.ts";
import { runGraph } from "../../src/graph/run.ts";
import { ops, type Runtime } from "../../src/index.ts";
import { BATCH } from "../../src/shape.ts";
import { everyRuntime, golden, summaryDistance, type TensorSummary } from "./golden.ts";

interface Case {
  op: "conv2d" | "conv1d" | "depthwiseConv2d" | "conv2dTranspose" | `${"max" | "average"}Pool${1 | 2}d`;
  seed: number;
  x: number[];
  /** In Keras's layout. */
  w?: number[];
  // biome-ignore lint/suspicious/noExplicitAny: options come from a file
  options: any;
  /** Of y, dx and dw. */
  results: Omit<TensorSummary, "name">[];
  float32Distance: number;
}

const { cases } = golden<{ cases: Case[] }>("convolutions.json");
const runtimes = await everyRuntime();
/** A unit in the last place of float32, where PyTorch's float32 happened to hit. */
const ULP = 2 ** -23;
const allowed = (runtime: Runtime, off: number): number => (runtime.precision === "f64" ? 1e-10 : Math.max(10 * off, ULP));

/** The numbers that the generator draws. */
function draws(seed: number): (count: number) => Float64Array {
  let state = seed;
  return (count) =>
    Float64Array.from({ length: count }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state >>> 8) / 2 ** 23 - 1;
    });
}

/** The op, with options of sequences as numbers and filters in the order of memory. */
function apply({ op, options }: Case, x: Tensor, w: Tensor): Tensor {
  const one = op.includes("1d") ? Object.fromEntries(Object.entries(options).map(([key, value]) => [key, Array.isArray(value) ? value[0] : value])) : options;
  if (op === "conv2d") return ops.conv2d(x, ops.transpose(w, [3, 0, 1, 2]), options);
  if (op === "conv1d") return ops.conv1d(x, ops.transpose(w, [2, 0, 1]), one);
  if (op === "depthwiseConv2d") return ops.depthwiseConv2d(x, w, options);
  if (op === "conv2dTranspose") return ops.conv2dTranspose(x, ops.transpose(w, [3, 0, 1, 2]), options);
  return ops[op](x, one.poolSize as never, one);
}

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

async function run(c: Case, runtime: Runtime) {
  const draw = draws(c.seed);
  const graph = new Graph();
  const values: Record<string, Float64Array> = { x: draw(count(c.x)) };
  const x = host(graph, "x", [BATCH, ...c.x.slice(1)]);
  const leaves = [x];
  if (c.w !== undefined) {
    values.w = draw(count(c.w));
    leaves.push(host(graph, "w", c.w));
  }
  const y = apply(c, x, leaves[1]);
  const [{ shape }] = c.results;
  expect(y.shape.slice(1)).toEqual(shape.slice(1));
  values.seed = draw(count(shape));
  const gradients = differentiate(y, host(graph, "seed", [BATCH, ...shape.slice(1)]), leaves);
  return runGraph(runtime, [y, ...leaves.map((leaf) => gradients.get(leaf) as Tensor)], values, shape[0]);
}

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(cases.map((c, i) => [`${i}: ${c.op} ${JSON.stringify(c.options)} of [${c.x}]${c.w ? ` with [${c.w}]` : ""}`, c] as const))("%s", async (_name, c) => {
    const results = await run(c, runtime);
    results.forEach((data, i) => {
      const expected = { name: ["y", "dx", "dw"][i], ...c.results[i] };
      expect(data.length).toBe(count(expected.shape));
      expect(summaryDistance({ name: expected.name, shape: expected.shape, data: data as Float32Array }, expected), expected.name).toBeLessThan(
        allowed(runtime, c.float32Distance),
      );
    });
  });
});
