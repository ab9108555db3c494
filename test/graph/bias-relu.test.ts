/** Bias and rectifier as one op against the two ops it stands for; when it is used, and when it is not. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fuse } from "../../src/graph/fuse.ts";
import { Graph, reachable, type Tensor } from "../../src/graph/graph.ts";
import { biasRelu } from "../../src/graph/ops/bias-relu.ts";
import * as ops from "../../src/graph/ops/index.ts";
import { host } from "../../src/graph/ops/leaf.ts";
import { createRuntime } from "../../src/runtime/runtime.ts";
import { at, count, type Dim, BATCH as N, type Shape } from "../../src/shape.ts";
import { expectClose } from "../kernels/harness.ts";
import { f64, fill, load } from "./check.ts";

const small = fc.integer({ min: 1, max: 6 });
/** Rows of the batch in any place but the last: a model may reshape, transpose or have none of them. */
const shapes: fc.Arbitrary<Shape> = fc
  .tuple(fc.array(small, { minLength: 2, maxLength: 4 }), fc.integer({ min: -1, max: 3 }), small, fc.integer({ min: 1, max: 37 }))
  .map(([outer, place, times, units]): Shape => [...outer.map((dim, i): Dim => (i === place ? { rows: times } : dim)), units]);

describe.each([
  ["wasm", "deterministic"],
  ["wasm", "fast"],
  ["js", "fast"],
] as const)("%s, %s: equals rectifier and sum", (backend, mode) => {
  const runtime = createRuntime({ backend, mode });

  test("over random shapes", async () => {
    const engine = await runtime;
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer({ min: 1, max: 7 }), async (shape, rows) => {
        const inputs = [{ shape }, { shape: [shape.at(-1) as Dim] }];
        const one = await load((z, b) => ops.relu(ops.add(z, b)), inputs, { rows, runtime: await f64() });
        const other = await load(biasRelu, inputs, { rows, runtime: engine });
        const x = inputs.map((input) => fill(input, rows));
        const seed = fill({ shape, from: -1, to: 1.5 }, rows);
        const [right, got] = [one.run(x, seed), other.run(x, seed)];
        one.loaded.dispose();
        other.loaded.dispose();
        const terms = at(count(shape), rows) / (shape.at(-1) as number);
        expectClose(got.y, right.y, { rtol: 2 ** -23, atol: 2 ** -22, anyZero: true });
        expectClose(got.gradients[0] as Float32Array, right.gradients[0] as Float32Array, { anyZero: true });
        expectClose(got.gradients[1] as Float32Array, right.gradients[1] as Float32Array, { atol: terms * terms * 1.5 * 2 ** -24, anyZero: true });
      }),
      { numRuns: 60, seed: 11 },
    );
  });
});

test("a NaN, an Infinity and zeros of both signs are those of the separate ops, forwards and backwards", async () => {
  const special = [Number.NaN, Infinity, -Infinity, -0, 0, 1e-45, -1e-45, 3e38];
  const inputs = [{ shape: [N, 8, 8] as Shape }, { shape: [8] as Shape }];
  const z = Array.from({ length: 5 * 64 }, (_, i) => special[(i >> 3) % 8]);
  const b = [0, 1, -1, Infinity, -Infinity, Number.NaN, -0, 3e38];
  const seed = Array.from({ length: 5 * 64 }, (_, i) => special[(i + (i >> 6)) % 8]);
  for (const mode of ["deterministic", "fast"] as const) {
    const runtime = await createRuntime({ mode });
    const [one, other] = [await load((x, y) => ops.relu(ops.add(x, y)), inputs, { rows: 5, runtime }), await load(biasRelu, inputs, { rows: 5, runtime })];
    const [right, got] = [one.run([z, b], seed), other.run([z, b], seed)];
    expect([...got.y]).toEqual([...right.y]);
    expect([...(got.gradients[0] as Float32Array)].map((value) => value + 0)).toEqual([...(right.gradients[0] as Float32Array)].map((value) => value + 0));
    expect([...(got.gradients[1] as Float32Array)]).toEqual([...(right.gradients[1] as Float32Array)]);
    one.loaded.dispose();
    other.loaded.dispose();
  }
});

describe("fusion", () => {
  const leaf = (shape: Shape, graph = new Graph()): Tensor => host(graph, `x${graph.nodes.length}`, shape);
  const fused = (...roots: Tensor[]): boolean => {
    const twin = fuse(roots, { capacity: 4, passes: 1 });
    return reachable(roots.map(twin)).some((node) => node.op.name === "biasRelu");
  };
  const biased = (shape: Shape, bias: Shape): Tensor => {
    const z = leaf(shape);
    return ops.add(z, leaf(bias, z.graph));
  };

  test("is what rectifier and bias of maps become, whatever the dimension of the batch", () => {
    expect(fused(ops.relu(biased([N, 4, 3], [3])))).toBe(true);
    expect(fused(ops.relu(biased([5, N, 4, 3], [3])))).toBe(true);
    expect(fused(ops.relu(biased([{ rows: 6 }, 4, 3], [3])))).toBe(true);
  });

  test("is refused for what is no bias of maps, and where the sum has another reader", () => {
    expect(fused(ops.relu(biased([N, 3], [3])))).toBe(false);
    expect(fused(ops.relu(biased([N, 4, 3], [1])))).toBe(false);
    expect(fused(ops.relu(biased([N, 4, 3], [4, 3])))).toBe(false);
    expect(fused(ops.tanh(biased([N, 4, 3], [3])))).toBe(false);
    const sum = biased([N, 4, 3], [3]);
    expect(fused(ops.relu(sum), ops.sum(sum))).toBe(false);
  });

  test("is refused for units of which there are as many as samples", () => {
    expect(fused(ops.relu(biased([4, 3, N], [N])))).toBe(false);
  });
});
