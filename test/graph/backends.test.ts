/** Every op and its gradient: the WebAssembly kernels against the reference in double precision. */
import { describe, expect, test } from "vitest";
import * as ops from "../../src/graph/ops/index.ts";
import { hasRelaxedSimd } from "../../src/runtime/probe.ts";
import { createRuntime, type Runtime } from "../../src/runtime/runtime.ts";
import { BATCH as N } from "../../src/shape.ts";
import { type Case, cases } from "./cases.ts";
import { f64, fill, load } from "./check.ts";

/** Sizes at which products take the packed kernels and elementwise loops their wide bodies. */
const large: readonly Case[] = [
  {
    name: "a large dense layer",
    build: (x, w, b) => ops.relu(ops.add(ops.matmul(x, w), b)),
    inputs: [{ shape: [N, 520] }, { shape: [520, 516], from: -0.3, to: 0.3 }, { shape: [516] }],
  },
  { name: "large products in batches", build: (a, b) => ops.matmul(a, b, { transposeB: true }), inputs: [{ shape: [2, N, 260] }, { shape: [2, 130, 260] }] },
  {
    name: "a long loss",
    build: (x) => ops.sub(ops.logSumExp(x, { axes: -1 }), ops.sum(ops.mul(x, ops.softmax(x)), { axes: -1 })),
    inputs: [{ shape: [N, 67] }],
  },
];

test("large products are packed", async () => {
  const { loaded } = await load(large[0].build, large[0].inputs, { rows: 66 });
  expect(
    loaded.program.accumulate
      .map(({ kernel }) => kernel)
      .filter((kernel) => kernel.startsWith("gemm"))
      .sort(),
  ).toEqual(["gemm_nn_f32", "gemm_nt_f32", "gemm_tn_f32"]);
  loaded.dispose();
});

async function agree(runtime: Runtime, { build, inputs }: Case, rows: number): Promise<void> {
  const x = inputs.map((input) => fill(input, rows));
  const [exact, fast] = [await load(build, inputs, { rows, runtime: await f64() }), await load(build, inputs, { rows, runtime })];
  const seed = fill({ shape: exact.y.shape, from: -1, to: 1.5 }, rows);
  const [right, got] = [exact.run(x, seed), fast.run(x, seed)];
  const pairs = [[right.y, got.y], ...right.gradients.map((g, i) => [g, got.gradients[i]])];
  pairs.forEach(([a, b], k) => {
    if (a === null || b === null) return expect(b).toBe(a);
    expect(b.length).toBe(a.length);
    // Sums cancel: what counts is the size of their terms, for which the largest element stands, or 1 where all cancel. The worst measured is 1.9e-6.
    const largest = [...a].reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    for (let i = 0; i < a.length; i++) {
      if (!(Math.abs(a[i] - b[i]) <= 4e-6 * largest)) expect.fail(`${k === 0 ? "value" : `gradient of input ${k - 1}`} at ${i}: ${b[i]}, expected ${a[i]}`);
    }
  });
  exact.loaded.dispose();
  fast.loaded.dispose();
}

describe.each(["deterministic", "fast"] as const)("wasm, %s", (mode) => {
  const loading = createRuntime({ mode });
  test("uses the build it should", async () => {
    expect((await loading).kernels).toBe(mode === "fast" && hasRelaxedSimd() ? "relaxed" : "simd");
    expect(hasRelaxedSimd()).toBe(true);
  });
  test.each(cases.map((c) => [c.name, c] as const))("%s", async (_, one) => agree(await loading, one, 3));
  test.each(large.map((c) => [c.name, c] as const))("%s", async (_, one) => agree(await loading, one, 66));
});
