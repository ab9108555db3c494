/** A product in front of a rectifier has its gradients by lists of what the rectifier lets through, with the same values. */
import { expect, test } from "vitest";
import { differentiate } from "../../src/graph/differentiate.ts";
import { fuse } from "../../src/graph/fuse.ts";
import { Graph, type Tensor } from "../../src/graph/graph.ts";
import * as ops from "../../src/graph/ops/index.ts";
import { host } from "../../src/graph/ops/leaf.ts";
import { loadGraph } from "../../src/graph/run.ts";
import { BATCH as N } from "../../src/shape.ts";
import { f64 } from "./check.ts";

const [ROWS, WIDTH, UNITS] = [5, 7, 6];

/** Value and gradients of f(x, w, b), and the kernels that compute them. */
async function run(f: (x: Tensor, w: Tensor, b: Tensor) => Tensor, fused: boolean) {
  const shapes = [[N, WIDTH], [UNITS, WIDTH], [UNITS]] as const;
  const graph = new Graph();
  const leaves = shapes.map((shape, i) => host(graph, `x${i}`, [...shape]));
  const result = f(leaves[0], leaves[1], leaves[2]);
  const seed = host(graph, "seed", result.shape);
  const twin = fused ? fuse([result, seed, ...leaves], { capacity: ROWS, passes: 1 }) : (tensor: Tensor) => tensor;
  const inputs = leaves.map(twin);
  const gradients = differentiate(twin(result), twin(seed), inputs);
  const loaded = await loadGraph(await f64(), [twin(result), ...inputs.map((input) => gradients.get(input) as Tensor)], ROWS);
  const wave = (length: number, speed: number): number[] => Array.from({ length }, (_, k) => Math.sin(k * speed));
  const values = { x0: wave(ROWS * WIDTH, 1.3), x1: wave(UNITS * WIDTH, 2.3), x2: wave(UNITS, 3.3), seed: wave(ROWS * UNITS, 0.7) };
  const results = loaded.run(values, ROWS).map((v) => [...v]);
  const kernels = loaded.program.accumulate.map(({ kernel }) => kernel);
  loaded.dispose();
  return { results, kernels };
}

const z = (x: Tensor, w: Tensor, b: Tensor): Tensor => ops.add(ops.matmul(x, w, { transposeB: true }), b);

test.each([
  ["with a rectifier", (x: Tensor, w: Tensor, b: Tensor) => ops.relu(z(x, w, b)), true],
  ["not without one", z, false],
  ["not behind another function", (x: Tensor, w: Tensor, b: Tensor) => ops.tanh(z(x, w, b)), false],
  [
    "not if the sum has another reader",
    (x: Tensor, w: Tensor, b: Tensor) => {
      const sum = z(x, w, b);
      return ops.mul(ops.relu(sum), sum);
    },
    false,
  ],
] as const)("%s", async (_, f, listed) => {
  const [plain, fused] = [await run(f, false), await run(f, true)];
  expect(plain.kernels.filter((kernel) => kernel.startsWith("sparse"))).toEqual([]);
  expect(fused.kernels.filter((kernel) => kernel.startsWith("sparse")).length).toBe(listed ? 4 : 0);
  fused.results.forEach((values, i) => {
    values.forEach((value, k) => expect(Math.abs(value - plain.results[i][k])).toBeLessThan(1e-12));
  });
});
