/** Batch normalization is what its formula says by ops of elements and sums, and stays so when a rectifier joins it. */
import { describe, expect, test } from "vitest";
import { differentiate } from "../../src/graph/differentiate.ts";
import { fuse } from "../../src/graph/fuse.ts";
import { Graph, type Tensor } from "../../src/graph/graph.ts";
import * as ops from "../../src/graph/ops/index.ts";
import { host } from "../../src/graph/ops/leaf.ts";
import { loadGraph } from "../../src/graph/run.ts";
import { createRuntime, type Runtime } from "../../src/runtime/runtime.ts";
import { BATCH as N } from "../../src/shape.ts";
import { f64 } from "./check.ts";

type Outputs = { readonly y: Tensor; readonly others?: readonly Tensor[] };
type Build = (x: Tensor, gamma: Tensor, beta: Tensor) => Outputs;

const ROWS = 6;
const C = 5;
const PIXELS = 4;
const SHAPES = [[N, 2, 2, C], [C], [C]] as const;
/** Large next to their spread, as squares would lose it. */
const VALUES = [0, 1, 2].map((which) =>
  Array.from({ length: which === 0 ? ROWS * PIXELS * C : C }, (_, k) => (which === 0 ? 30 : 0) + Math.sin(k * 1.7 + which)),
);
const SEEDS = Array.from({ length: ROWS * PIXELS * C }, (_, k) => Math.cos(k * 0.7));

/** Values of y, of its gradients and of other outputs, and the kernels that compute them. */
async function run(build: Build, fused: boolean, runtime?: Runtime) {
  const graph = new Graph();
  const leaves = SHAPES.map((shape, i) => host(graph, `x${i}`, [...shape]));
  const { y, others = [] } = build(leaves[0], leaves[1], leaves[2]);
  const seed = host(graph, "seed", y.shape);
  const twin = fused ? fuse([y, seed, ...others, ...leaves], { capacity: ROWS, passes: 1 }) : (tensor: Tensor) => tensor;
  const inputs = leaves.map(twin);
  const gradients = differentiate(twin(y), twin(seed), inputs);
  const wanted = [twin(y), ...inputs.map((input) => gradients.get(input) as Tensor), ...others.map(twin)];
  const loaded = await loadGraph(runtime ?? (await f64()), wanted, ROWS);
  const results = loaded.run({ x0: VALUES[0], x1: VALUES[1], x2: VALUES[2], seed: SEEDS }, ROWS).map((v) => [...v]);
  const kernels = loaded.program.accumulate.map(({ kernel }) => kernel);
  loaded.dispose();
  return { results, kernels };
}

const byHand: Build = (x, gamma, beta) => {
  const axes = [0, 1, 2];
  const mean = ops.mean(x, { axes });
  const variance = ops.mean(ops.square(ops.sub(x, mean)), { axes });
  return { y: ops.add(ops.mul(ops.div(ops.sub(x, mean), ops.sqrt(ops.add(variance, 1e-3))), gamma), beta), others: [mean, variance] };
};
const asOp: Build = (x, gamma, beta) => {
  const { y, mean, variance } = ops.batchNorm(x, gamma, beta);
  return { y, others: [mean, variance] };
};

const near = (a: readonly (readonly number[])[], b: readonly (readonly number[])[], limit: number): void => {
  expect(a.length).toBe(b.length);
  a.forEach((values, i) => void values.forEach((value, k) => void expect(Math.abs(value - b[i][k]), `result ${i}[${k}]`).toBeLessThan(limit)));
};

test("is its formula, with its gradients and statistics", async () => {
  near((await run(asOp, false)).results, (await run(byHand, false)).results, 1e-9);
});

test("keeps its digits in f32 where the mean is large", async () => {
  const runtime = await createRuntime();
  const [value, exact] = [await run(asOp, false, runtime), await run(asOp, false)];
  // x itself is rounded by 30 * 2^-24 = 1.8e-6.
  near(value.results, exact.results, 3e-5);
});

describe("with a rectifier", () => {
  const rectified: Build = (x, gamma, beta) => {
    const { y, others } = asOp(x, gamma, beta);
    return { y: ops.relu(y), others };
  };
  const inference: Build = (x, gamma, beta) => ({
    y: ops.relu(
      ops.batchNormInference(x, gamma, beta, ops.constant(x.graph, [30, 30.1, 29.8, 30, 30.5], [C]), ops.constant(x.graph, [1, 2, 0.5, 1, 0.1], [C])),
    ),
  });
  test.each([
    ["is one op that normalizes once, whoever reads the statistics", rectified],
    ["is one op at inference", inference],
  ])("%s", async (_, build) => {
    const [plain, fused] = [await run(build, false), await run(build, true)];
    const count = (kernels: readonly string[], name: string): number => kernels.filter((kernel) => kernel === name).length;
    expect(count(plain.kernels, "relu_forward_f32") + count(plain.kernels, "relu_backward_f32")).toBe(2);
    expect(count(fused.kernels, "relu_forward_f32") + count(fused.kernels, "relu_backward_f32")).toBe(0);
    expect(count(fused.kernels, "batch_norm_forward_f32")).toBe(1);
    expect(fused.results[0].filter((y) => y === 0).length).toBeGreaterThan(10);
    near(fused.results, plain.results, 1e-12);
  });
  test("is none if what lies between has another reader", async () => {
    const { kernels, results } = await run((x, g, b) => {
      const { y } = ops.batchNorm(x, g, b);
      return { y: ops.mul(ops.relu(y), y) };
    }, true);
    expect(kernels).toContain("relu_forward_f32");
    near(results, (await run((x, g, b) => ({ y: ops.square(ops.relu(byHand(x, g, b).y)) }), false)).results, 1e-9);
  });
});

test("a loss may not depend on its statistics", () => {
  const graph = new Graph();
  const [x, g, b] = SHAPES.map((shape, i) => host(graph, `x${i}`, [...shape]));
  const { y, mean } = ops.batchNorm(x, g, b);
  const sum = ops.add(y, mean);
  expect(() => differentiate(sum, host(graph, "seed", sum.shape), [x])).toThrow(
    /batchNorm: got a loss that depends on its mean or variance, expected statistics that are only kept/,
  );
});
