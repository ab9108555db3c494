/** The fused convolution block against the ops it stands for; when it is used, and when it is not. */
import { describe, expect, test } from "vitest";
import { fuse } from "../../src/graph/fuse.ts";
import { Graph, reachable, type Tensor } from "../../src/graph/graph.ts";
import * as ops from "../../src/graph/ops/index.ts";
import { host } from "../../src/graph/ops/leaf.ts";
import { createRuntime, type Runtime } from "../../src/runtime/runtime.ts";
import { BATCH as N, type Shape, shapeAt } from "../../src/shape.ts";
import { expectClose } from "../kernels/harness.ts";
import { block } from "./cases.ts";
import { type Build, f64, fill, type Input, load, random } from "./check.ts";

const whole = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));
/** Small integers, so that sums are exact and maxima are often equal. */
const integers = (shape: readonly number[]): number[] => Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => whole(-2, 2));

/**
 * The separate ops. Columns of zeros at the right of filters and images change nothing, and leave filters that are not square, which no
 * Winograd tile takes: sums stay exact.
 */
const separate =
  (padding: ops.Padding, relu: boolean): Build =>
  (x, w, b) => {
    const [, KH, KW] = w.shape as readonly number[];
    const more = KW + 1 === KH ? 2 : 1;
    const [top, left] = padding === "same" ? [KH, KW].map((k) => (k - 1) >> 1) : [0, 0];
    const [bottom, right] = padding === "same" ? [KH - 1 - top, KW - 1 - left] : [0, 0];
    const none = [0, 0] as const;
    const z = ops.add(ops.conv2d(ops.pad(x, [none, [top, bottom], [left, right + more], none]), ops.pad(w, [none, none, [0, more], none])), b);
    return ops.maxPool2d(relu ? ops.relu(z) : z, 2);
  };

interface Shapes {
  readonly padding: ops.Padding;
  readonly relu: boolean;
  readonly rows: number;
  readonly inputs: readonly Input[];
}

function shapes(i: number, [KH, KW]: readonly [number, number], C: number): Shapes {
  const OC = i % 5 === 0 ? whole(60, 140) : whole(1, 40);
  const [H, W] = [whole(KH + 1, 12), whole(KW + 1, 12)];
  return {
    padding: i % 3 === 0 ? "same" : "valid",
    relu: i % 7 !== 0,
    rows: whole(1, 9),
    inputs: [{ shape: [N, H, W, C] }, { shape: [OC, KH, KW, C] }, { shape: [OC] }],
  };
}

/** Values and gradients of both forms. */
async function both(
  { padding, relu, rows, inputs }: Shapes,
  runtime: Runtime,
  x: number[][],
  seedOf: (shape: Shape) => number[],
): Promise<[Float64Array, Float32Array][]> {
  const one = await load(separate(padding, relu), inputs, { rows, runtime: await f64() });
  const other = await load((a, b, c) => block(a, b, c, relu, { padding }), inputs, { rows, runtime });
  const seed = seedOf(one.y.shape);
  const [right, got] = [one.run(x, seed), other.run(x, seed)];
  one.loaded.dispose();
  other.loaded.dispose();
  return [[right.y, got.y], ...right.gradients.map((gradient, k) => [gradient, got.gradients[k]])] as [Float64Array, Float32Array][];
}

describe.each(["deterministic", "fast"] as const)("wasm, %s: equals the separate ops", (mode) => {
  const runtime = createRuntime({ mode });

  // Not where Winograd's tiles, which round, decide between equals.
  test.each(Array.from({ length: 40 }, (_, i) => i))("to the bit where sums are exact, ties as there: shape %i", async (i) => {
    const few = i % 2 === 0;
    const size = few ? ([3, 3] as const) : ([whole(1, 7), 2 * whole(1, 3)] as const);
    const all = shapes(i, size, few ? whole(1, 4) : whole(1, 40));
    const x = all.inputs.map(({ shape }) => integers(shapeAt(shape, all.rows)));
    // An image on a ground of zeros.
    const { shape } = all.inputs[0];
    x[0] = x[0].map((value, k) => ((k / (2 * (shape[3] as number))) % 5 < 2 ? 0 : value));
    const results = await both(all, await runtime, x, (dims) => fill({ shape: dims, from: -8, to: 8 }, all.rows).map(Math.round));
    for (const [right, got] of results) expect([...got]).toEqual([...right].map((value) => value + 0));
  });

  test.each(Array.from({ length: 30 }, (_, i) => i))("within rounding: shape %i", async (i) => {
    const size = i % 3 === 0 ? ([5, 5] as const) : i % 3 === 1 ? ([3, 3] as const) : ([whole(1, 6), whole(1, 6)] as const);
    const all = shapes(i, size, whole(1, 40));
    const x = all.inputs.map((input) => fill(input, all.rows));
    const results = await both(all, await runtime, x, (shape) => fill({ shape, from: -1, to: 1.5 }, all.rows));
    for (const [right, got] of results) {
      const largest = right.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expectClose(got, right, { atol: 1e-5 * largest, anyZero: true });
    }
  });
});

test.each([
  ["deterministic", 8],
  ["deterministic", 1],
  ["deterministic", 3],
  ["fast", 8],
  ["fast", 1],
  ["fast", 3],
] as const)("wasm, %s: a NaN in any place of a window shows, with %i channels", async (mode, C) => {
  const inputs: Input[] = [{ shape: [N, 10, 10, C] }, { shape: [8, 3, 3, C] }, { shape: [8] }];
  const { run, loaded } = await load((a, b, c) => block(a, b, c, true, {}), inputs, { rows: 1, runtime: await createRuntime({ mode }) });
  const values = inputs.map((input) => fill(input, 1));
  for (let pixel = 0; pixel < 100; pixel++) {
    const x = values[0].slice();
    x[C * pixel] = Number.NaN;
    const { y } = run([x, values[1], values[2]], new Array(4 * 4 * 8).fill(1));
    expect(y.some(Number.isNaN), `pixel ${pixel}`).toBe(true);
  }
  loaded.dispose();
});

describe("fusion", () => {
  const options = { capacity: 4, sparseInput: false, passes: 1 };
  const leaves = (): { x: Tensor; w: Tensor; b: Tensor } => {
    const graph = new Graph();
    return { x: host(graph, "x", [N, 8, 8, 2]), w: host(graph, "w", [3, 3, 3, 2]), b: host(graph, "b", [3]) };
  };
  const fused = (...roots: Tensor[]): boolean => {
    const twin = fuse(roots, options);
    return reachable(roots.map(twin)).some((node) => node.op.name === "convBlock");
  };

  test("is what convolution, bias, rectifier and pooling become", () => {
    const { x, w, b } = leaves();
    const z = ops.conv2d(x, w);
    expect(fused(ops.maxPool2d(ops.relu(ops.add(z, b)), 2))).toBe(true);
    expect(fused(ops.maxPool2d(ops.add(z, b), 2))).toBe(true);
    expect(fused(ops.maxPool2d(ops.relu(z), 2))).toBe(true);
    expect(fused(ops.maxPool2d(z, 2))).toBe(true);
    expect(fused(ops.maxPool2d(ops.relu(ops.conv2d(x, w, { padding: "same" })), 2, { padding: "same" }))).toBe(true);
  });

  test("is refused where an inner tensor has another reader", () => {
    const { x, w, b } = leaves();
    const [z, sum] = [ops.conv2d(x, w), ops.add(ops.conv2d(x, w), b)];
    const relu = ops.relu(sum);
    expect(fused(ops.maxPool2d(z, 2), ops.sum(z))).toBe(false);
    expect(fused(ops.maxPool2d(relu, 2), ops.sum(relu))).toBe(false);
    expect(fused(ops.maxPool2d(relu, 2), ops.sum(sum))).toBe(false);
    expect(fused(ops.maxPool2d(relu, 2), relu)).toBe(false);
  });

  test("is refused for what the kernels do not do", () => {
    const { x, w, b } = leaves();
    const z = ops.relu(ops.add(ops.conv2d(x, w), b));
    expect(fused(ops.maxPool2d(z, 3))).toBe(false);
    expect(fused(ops.maxPool2d(z, 2, { strides: 1 }))).toBe(false);
    expect(fused(ops.maxPool2d(ops.relu(ops.conv2d(x, w, { padding: "valid" })), 2, { strides: [2, 1] }))).toBe(false);
    expect(fused(ops.maxPool2d(ops.relu(ops.conv2d(x, w, { strides: 2 })), 2))).toBe(false);
    expect(fused(ops.maxPool2d(ops.relu(ops.slice(ops.conv2d(x, w), [0, 1, 1, 0], [N, 5, 5, 3])), 2, { padding: "same" }))).toBe(false);
    expect(fused(ops.maxPool2d(ops.tanh(ops.conv2d(x, w)), 2))).toBe(false);
    expect(fused(ops.averagePool2d(z, 2))).toBe(false);
    expect(fused(ops.maxPool2d(ops.add(ops.conv2d(x, w), 1), 2))).toBe(false);
    expect(fused(ops.maxPool2d(ops.add(ops.conv2d(x, w), ops.slice(b, [0], [1])), 2))).toBe(false);
    expect(fused(ops.maxPool2d(ops.conv2d(x, w), 2, { padding: "same" }))).toBe(true);
    expect(fused(ops.maxPool2d(ops.conv2d(x, host(x.graph, "v", [3, 2, 2, 2])), 2, { padding: "same" }))).toBe(false);
  });
});
