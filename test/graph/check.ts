/** Evaluating and differentiating small graphs, with memory that punishes reads of what was never written. */
import { setFlagsFromString } from "node:v8";
import { expect } from "vitest";
import { differentiate } from "../../src/graph/differentiate.ts";
import { Graph, type Tensor } from "../../src/graph/graph.ts";
import { host } from "../../src/graph/ops/leaf.ts";
import { type LoadedGraph, loadGraph, type Values } from "../../src/graph/run.ts";
import { createRuntime, type Runtime } from "../../src/runtime/runtime.ts";
import { at, count, type Shape, shapeAt } from "../../src/shape.ts";

setFlagsFromString("--experimental-wasm-relaxed-simd");

/** A leaf of a graph: its shape, and either its values or the range they are drawn from (default -2 to 2, never twice the same, never 0). */
export interface Input {
  readonly shape: Shape;
  readonly from?: number;
  readonly to?: number;
  readonly values?: readonly number[];
  readonly dtype?: "f32" | "i32";
}

export type Build = (...leaves: Tensor[]) => Tensor;

export interface Options {
  readonly rows?: number;
  /** More than rows by default: what lies behind the running rows must not matter. */
  readonly capacity?: number;
  readonly runtime?: Runtime;
}

let state = 1;
/** Uniform in [0,1). */
export function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return (state >>> 8) / 2 ** 24;
}

function shuffled(n: number): number[] {
  const list = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

/** Values for an input, representable in f32. */
export function fill({ shape, from = -2, to = 2, values }: Input, rows: number): number[] {
  const n = at(count(shape), rows);
  return values?.slice() ?? shuffled(n).map((k) => Math.fround(from + ((k + 0.37) * (to - from)) / n));
}

let oracle: Promise<Runtime> | undefined;
/** The plain runtime in double precision. */
export function f64(): Promise<Runtime> {
  oracle ??= createRuntime({ backend: "js", precision: "f64" });
  return oracle;
}

/** Fills the memory of activations with NaN. */
export function poison(runtime: Runtime): void {
  runtime.workspace.reserve(1 << 21);
  const { block } = runtime.workspace;
  block.floats(0, block.byteLength / 4).fill(Number.NaN);
}

/** A graph y = build(inputs), loaded with its gradient. */
export interface Checked {
  readonly graph: Graph;
  readonly y: Tensor;
  readonly loaded: LoadedGraph;
  /** y, and the gradient of each input: null where none flows. */
  run(values: readonly ArrayLike<number>[], seed?: ArrayLike<number>): { y: Values; gradients: (Values | null)[] };
}

export async function load(
  build: Build,
  inputs: readonly Input[],
  { rows = 3, capacity = rows + 2, runtime }: Options = {},
  backward = true,
): Promise<Checked> {
  const engine = runtime ?? (await f64());
  const graph = new Graph();
  const leaves = inputs.map(({ shape, dtype }, i) => host(graph, `x${i}`, shape, dtype ?? "f32"));
  const y = build(...leaves);
  const results = [y];
  let found = new Map<Tensor, Tensor>();
  if (backward) {
    found = differentiate(y, host(graph, "seed", y.shape), leaves);
    for (const leaf of leaves) if (found.has(leaf)) results.push(found.get(leaf) as Tensor);
  }
  const loaded = await loadGraph(engine, results, capacity);
  const named = (lists: readonly ArrayLike<number>[], seed: ArrayLike<number> | undefined): Record<string, ArrayLike<number>> => {
    const used = new Set([...loaded.program.names.keys()]);
    return Object.fromEntries([...lists.map((list, i) => [`x${i}`, list] as const), ["seed", seed ?? []] as const].filter(([name]) => used.has(name)));
  };
  const nan = (shape: Shape): number[] => Array(at(count(shape), capacity)).fill(Number.NaN);
  poison(engine);
  loaded.run(
    named(
      inputs.map((input) => (input.dtype === "i32" ? Array(at(count(input.shape), capacity)).fill(0) : nan(input.shape))),
      nan(y.shape),
    ),
    capacity,
  );
  return {
    graph,
    y,
    loaded,
    run(values, seed) {
      poison(engine);
      const [first, ...rest] = loaded.run(named(values, seed), rows);
      return { y: first, gradients: leaves.map((leaf) => (found.has(leaf) ? (rest.shift() as Values) : null)) };
    },
  };
}

/** y = build(inputs) in double precision. */
export async function evaluate(build: Build, inputs: readonly Input[], options: Options = {}): Promise<{ shape: number[]; y: number[]; x: number[][] }> {
  const { rows = 3 } = options;
  const x = inputs.map((input) => fill(input, rows));
  const checked = await load(build, inputs, options, false);
  const y = [...checked.run(x).y];
  checked.loaded.dispose();
  return { shape: shapeAt(checked.y.shape, rows), y, x };
}

const H = 1e-6;

/** Compares the gradient of sum(seed y) with central differences, in every coordinate of every f32 input. Returns the gradients. */
export async function checkGradient(build: Build, inputs: readonly Input[], options: Options = {}): Promise<(number[] | null)[]> {
  const { rows = 3 } = options;
  const x = inputs.map((input) => fill(input, rows));
  const checked = await load(build, inputs, options);
  const seed = fill({ shape: checked.y.shape, from: -1, to: 1.5 }, rows);
  const loss = (): number => [...checked.run(x, seed).y].reduce((sum, value, i) => sum + value * seed[i], 0);
  const { gradients } = checked.run(x, seed);
  inputs.forEach((input, k) => {
    if (input.dtype === "i32") return;
    const gradient = gradients[k];
    x[k].forEach((value, i) => {
      x[k][i] = value + H;
      const above = loss();
      x[k][i] = value - H;
      const below = loss();
      x[k][i] = value;
      const numeric = (above - below) / (2 * H);
      const analytic = gradient === null ? 0 : gradient[i];
      const scale = Math.max(Math.abs(numeric), Math.abs(analytic), 0.1);
      if (!(Math.abs(analytic - numeric) <= 1e-6 * scale)) expect.fail(`gradient of input ${k} at ${i}: ${analytic}, numerically ${numeric}`);
    });
  });
  checked.loaded.dispose();
  return gradients.map((gradient) => gradient && [...gradient]);
}
