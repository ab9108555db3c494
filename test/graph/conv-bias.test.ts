/** Convolution, bias and rectifier become one op, by tiles or directly, with the same values and gradients. */
import { expect, test } from "vitest";
import { differentiate } from "../../src/graph/differentiate.ts";
import { fuse } from "../../src/graph/fuse.ts";
import { Graph, type Tensor } from "../../src/graph/graph.ts";
import * as ops from "../../src/graph/ops/index.ts";
import { host } from "../../src/graph/ops/leaf.ts";
import { loadGraph } from "../../src/graph/run.ts";
import { BATCH as N } from "../../src/shape.ts";
import { f64 } from "./check.ts";

/** Value and gradients of f(x, w, b), and the kernels that compute them. */
async function run(f: (x: Tensor, w: Tensor, b: Tensor) => Tensor, fused: boolean, channels: number) {
  const shapes = [[N, 8, 8, channels], [8, 3, 3, channels], [8]] as const;
  const graph = new Graph();
  const leaves = shapes.map((shape, i) => host(graph, `x${i}`, [...shape]));
  const result = f(leaves[0], leaves[1], leaves[2]);
  const seed = host(graph, "seed", result.shape);
  const twin = fused ? fuse([result, seed, ...leaves], { capacity: 3, passes: 1 }) : (tensor: Tensor) => tensor;
  const inputs = leaves.map(twin);
  const gradients = differentiate(twin(result), twin(seed), inputs);
  const loaded = await loadGraph(await f64(), [twin(result), ...inputs.map((input) => gradients.get(input) as Tensor)], 3);
  const values = shapes.map((shape, i) =>
    Array.from({ length: shape.reduce<number>((n, d) => n * (d === N ? 3 : (d as number)), 1) }, (_, k) => Math.sin(k * (i + 1.3)) * 0.5),
  );
  const seeds = Array.from({ length: 3 * 8 * 8 * 8 }, (_, k) => Math.cos(k * 0.7));
  const results = loaded.run({ x0: values[0], x1: values[1], x2: values[2], seed: seeds }, 3).map((v) => [...v]);
  const kernels = loaded.program.accumulate.map(({ kernel }) => kernel);
  loaded.dispose();
  return { results, kernels };
}

test.each([
  ["with a rectifier", (x: Tensor, w: Tensor, b: Tensor) => ops.relu(ops.add(ops.conv2d(x, w, { padding: "same" }), b)), true],
  ["without one", (x: Tensor, w: Tensor, b: Tensor) => ops.add(ops.conv2d(x, w, { padding: "same" }), b), true],
  [
    "unless the sum has another reader",
    (x: Tensor, w: Tensor, b: Tensor) => {
      const z = ops.conv2d(x, w, { padding: "same" });
      return ops.mul(ops.relu(ops.add(z, b)), z);
    },
    false,
  ],
] as const)("%s", async (_, f, one) => {
  for (const [channels, family, directions] of [
    [8, "winograd", ["forward", "backward_input", "backward_filter"]],
    [1, "conv2d_nhwc", ["forward", "backward_filter"]],
  ] as const) {
    const [plain, fused] = [await run(f, false, channels), await run(f, true, channels)];
    expect(plain.kernels).toContain("add_f32");
    expect(fused.kernels).not.toContain("add_f32");
    expect(fused.kernels.includes("bias_relu_forward_f32")).toBe(!one);
    for (const kernel of directions) {
      expect(plain.kernels).toContain(`${family}_${kernel}_f32`);
      expect(fused.kernels).toContain(`${family}_${kernel}_f32`);
    }
    fused.results.forEach((values, i) => {
      values.forEach((value, k) => expect(Math.abs(value - plain.results[i][k])).toBeLessThan(1e-11));
    });
  }
});
