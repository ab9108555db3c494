/** Gradients where central differences say nothing: kinks, ties, edges. The values are PyTorch's. */
import { describe, expect, test } from "vitest";
import * as ops from "../../src/graph/ops/index.ts";
import { BATCH as N } from "../../src/shape.ts";
import { type Build, type Input, load } from "./check.ts";

/** The gradients of sum(y) at these values. */
async function gradientAt(build: Build, ...values: number[][]): Promise<(number[] | null)[]> {
  const inputs = values.map((list): Input => ({ shape: [list.length], values: list }));
  const checked = await load(build, inputs, { rows: 1 });
  const ones = Array(checked.y.shape.reduce<number>((n, dim) => n * (dim as number), 1)).fill(1);
  const { gradients } = checked.run(values, ones);
  checked.loaded.dispose();
  return gradients.map((g) => g && [...g]);
}

const cases: [string, Build, number[][], (number[] | null)[]][] = [
  ["abs at 0", (x) => ops.abs(x), [[0, -1, 2]], [[0, -1, 1]]],
  ["sign", (x) => ops.sign(x), [[0, -1, 2]], [null]],
  ["sqrt at 0", (x) => ops.sqrt(x), [[0, 4]], [[Number.POSITIVE_INFINITY, 0.25]]],
  [
    "minimum of equals",
    (a, b) => ops.minimum(a, b),
    [
      [1, 2, 3],
      [1, 3, 2],
    ],
    [
      [0.5, 1, 0],
      [0.5, 0, 1],
    ],
  ],
  [
    "maximum of equals",
    (a, b) => ops.maximum(a, b),
    [
      [1, 2, 3],
      [1, 3, 2],
    ],
    [
      [0.5, 0, 1],
      [0.5, 1, 0],
    ],
  ],
  ["clip at its limits", (x) => ops.clip(x, -1, 1), [[-2, -1, 0, 1, 2]], [[0, 1, 1, 1, 0]]],
  ["relu at 0", (x) => ops.relu(x), [[-1, 0, 1]], [[0, 0, 1]]],
  ["leakyRelu at 0", (x) => ops.leakyRelu(x, 0.25), [[-1, 0, 1]], [[0.25, 0.25, 1]]],
  ["elu at 0", (x) => ops.elu(x, 0.5), [[0, 1]], [[0.5, 1]]],
  ["max of equals", (x) => ops.max(x), [[3, 1, 3, 3]], [[1 / 3, 0, 1 / 3, 1 / 3]]],
  ["min of equals", (x) => ops.min(x), [[3, 1, 1, 3]], [[0, 0.5, 0.5, 0]]],
  [
    "max of equals over two axes apart",
    (x) => ops.max(ops.reshape(x, [2, 2, 2]), { axes: [0, 2] }),
    [[5, 5, 0, 1, 5, 1, 1, 0]],
    [[1 / 3, 1 / 3, 0, 0.5, 1 / 3, 0, 0.5, 0]],
  ],
  ["pow 0 at 0", (x) => ops.pow(x, 0), [[0, 2]], [null]],
  ["pow 2 at 0", (x) => ops.pow(x, 2), [[0, 2]], [[0, 4]]],
  ["pow 3 at 0", (x) => ops.pow(x, 3), [[0, 2]], [[0, 12]]],
  ["pow 1.5 at 0", (x) => ops.pow(x, 1.5), [[0, 4]], [[0, 3]]],
  [
    "a tensor of exponents at base 0",
    (a, b) => ops.pow(a, b),
    [
      [0, 0, 0, 3],
      [0, 1, 2, 0],
    ],
    [
      [0, 1, 0, 0],
      [0, 0, 0, Math.log(3)],
    ],
  ],
  ["where with both sides of one tensor", (x) => ops.where(ops.compare(x, "greater", 0), x, ops.mul(x, 2)), [[0, 1]], [[2, 1]]],
  ["argmax", (x) => ops.cast(ops.argmax(x), "f32"), [[1, 2]], [null]],
  ["compare", (x) => ops.compare(x, "less", 1), [[1, 2]], [null]],
  ["softmax of large numbers", (x) => ops.slice(ops.softmax(x), [0], [1]), [[1000, 1000]], [[0.25, -0.25]]],
  ["logSumExp of large numbers", (x) => ops.logSumExp(x), [[1000, 1000, -1000]], [[0.5, 0.5, 0]]],
  ["softplus far out", (x) => ops.softplus(x), [[-1000, 0, 1000]], [[0, 0.5, 1]]],
  ["sigmoid far out", (x) => ops.sigmoid(x), [[-1000, 0, 1000]], [[0, 0.25, 0]]],
  [
    "stopGradient",
    (x, y) => ops.mul(x, ops.stopGradient(y)),
    [
      [2, 3],
      [4, 5],
    ],
    [[4, 5], null],
  ],
  ["stopGradient beside a path", (x) => ops.mul(x, ops.stopGradient(x)), [[2, 3]], [[2, 3]]],
  [
    "no gradient to a condition",
    (c, x) => ops.where(c, x, 0),
    [
      [1, 0],
      [4, 5],
    ],
    [null, [1, 0]],
  ],
];

describe("gradients at special points", () => {
  test.each(cases)("%s", async (_, build, values, expected) => {
    const gradients = await gradientAt(build, ...values);
    gradients.forEach((g, k) => {
      const right = expected[k];
      if (g === null || right === null) expect(g).toBe(right);
      else for (const [i, value] of g.entries()) expect(value, `input ${k} at ${i}`).toBeCloseTo(right[i], 12);
    });
  });
});

test("the mean over the batch divides by the rows of the running pass", async () => {
  const checked = await load((x) => ops.mean(x, { axes: [0] }), [{ shape: [N, 2] }], { rows: 2, capacity: 5 });
  const { y, gradients } = checked.run([[1, 2, 3, 6]], [1, 10]);
  expect([...y]).toEqual([2, 4]);
  expect([...(gradients[0] ?? [])]).toEqual([0.5, 5, 0.5, 5]);
  checked.loaded.dispose();
});
