import { describe, expect, test } from "vitest";
import { differentiate } from "../../src/graph/differentiate.ts";
import { Graph, type Tensor } from "../../src/graph/graph.ts";
import { lower } from "../../src/graph/lower.ts";
import * as ops from "../../src/graph/ops/index.ts";
import { host, parameter } from "../../src/graph/ops/leaf.ts";
import { loadProgram } from "../../src/program/executor.ts";
import { isPointer, type Program } from "../../src/program/program.ts";
import { BATCH } from "../../src/shape.ts";
import { f64, fill, poison, random } from "./check.ts";

type Loss = (x: Tensor, ...parameters: Tensor[]) => Tensor;

function build(loss: Loss, shapes: readonly number[][]): { program: Program; offsets: number[]; sizes: number[]; names: string[] } {
  const graph = new Graph();
  const sizes = shapes.map((shape) => shape.reduce((a, b) => a * b, 1));
  const offsets = sizes.map((_, i) => i * 64);
  const parameters = shapes.map((shape, i) => parameter(graph, i, shape));
  const y = loss(host(graph, "x", [BATCH, 3]), ...parameters);
  const all = differentiate(y, host(graph, "seed", y.shape), parameters);
  const gradients = new Map(parameters.flatMap((p, i) => (all.has(p) ? [[i, all.get(p) as Tensor]] : [])));
  const program = lower({
    mode: "train",
    capacity: 4,
    layout: { offsets, sizes, total: 64 * shapes.length, states: 0 },
    results: new Map([["y", y]]),
    gradients,
  });
  return { program, offsets, sizes, names: program.accumulate.map(({ kernel }) => kernel) };
}

/** Gradients of sum(seed y) after micro-batches of these rows, and the same from central differences. */
async function gradients(loss: Loss, shapes: readonly number[][], passes: readonly number[]): Promise<void> {
  const { program, offsets, sizes } = build(loss, shapes);
  const runtime = await f64();
  const blocks = ["parameters", "gradients"].map((name) => runtime.memory.allocate(shapes.length * 256, name));
  const [weights, slopes] = blocks.map((block) => block.floats(0, shapes.length * 64));
  offsets.forEach((offset, i) => weights.set(fill({ shape: [sizes[i]], from: 0.3, to: 1.2 }, 0), offset));
  const executor = await loadProgram(runtime, program, { parameters: { block: blocks[0], offset: 0 }, gradients: { block: blocks[1], offset: 0 } });
  const data = passes.map((rows) => ({ rows, x: fill({ shape: [rows, 3] }, 0), seed: Array.from({ length: 64 }, random) }));
  const step = (): number => {
    let total = 0;
    data.forEach(({ rows, x, seed }, pass) => {
      poison(runtime);
      executor.refresh();
      executor.setRows(rows);
      executor.setAccumulating(pass > 0);
      executor.floats("x").set(x);
      const place = executor.floats("seed");
      place.set(seed.slice(0, place.length));
      executor.run("prepare");
      executor.run("accumulate");
      const width = executor.floats("y").length / 4;
      for (let i = 0; i < width * rows; i++) total += executor.floats("y")[i] * seed[i];
    });
    return total;
  };
  slopes.fill(Number.NaN);
  step();
  const analytic = slopes.slice();
  offsets.forEach((offset, p) => {
    for (let i = offset; i < offset + sizes[p]; i++) {
      const w = weights[i];
      weights[i] = w + 1e-6;
      const above = step();
      weights[i] = w - 1e-6;
      const below = step();
      weights[i] = w;
      const numeric = (above - below) / 2e-6;
      if (!(Math.abs(analytic[i] - numeric) <= 1e-6 * Math.max(1, Math.abs(numeric))))
        expect.fail(`parameter ${p}, element ${i - offset}: ${analytic[i]}, numerically ${numeric}`);
    }
  });
  executor.dispose();
  for (const block of blocks) block.dispose();
}

const losses: Record<string, { loss: Loss; shapes: number[][] }> = {
  "a dense layer": { loss: (x, w, b) => ops.tanh(ops.add(ops.matmul(x, w), b)), shapes: [[3, 4], [4]] },
  "two layers": { loss: (x, w, b, v) => ops.matmul(ops.relu(ops.add(ops.matmul(x, w), b)), v), shapes: [[3, 4], [4], [4, 2]] },
  "a weight used twice": { loss: (x, w) => ops.matmul(ops.tanh(ops.matmul(x, w)), w), shapes: [[3, 3]] },
  "a weight used transposed": { loss: (x, w) => ops.matmul(ops.matmul(x, w), ops.transpose(w)), shapes: [[3, 4]] },
  "two parameters with one gradient": { loss: (x, a, b) => ops.mul(x, ops.add(a, b)), shapes: [[3], [3]] },
  "a gradient that flows on": { loss: (x, a, b) => ops.mul(x, ops.add(a, ops.exp(b))), shapes: [[3], [3]] },
  "parts of a parameter": { loss: (x, w) => ops.add(ops.mul(x, ops.slice(w, [0], [3])), ops.slice(w, [3], [1])), shapes: [[5]] },
  "rows of a table": { loss: (x, table) => ops.mul(x, ops.gather(table, ops.constant(x.graph, [1, 1, 3], [3], "i32"))), shapes: [[4]] },
  "a repeated scalar": { loss: (x, a) => ops.mul(x, ops.broadcastTo(a, x.shape)), shapes: [[]] },
  "a concatenated parameter": { loss: (x, a, b) => ops.mul(x, ops.concat([a, b], 0)), shapes: [[1], [2]] },
  "a parameter behind a reshape": { loss: (x, w) => ops.matmul(x, ops.reshape(w, [3, 2])), shapes: [[6]] },
  "a softmax of a parameter": { loss: (x, w) => ops.mul(x, ops.softmax(w)), shapes: [[3]] },
  "a batched product": {
    loss: (x, w) => ops.matmul(ops.reshape(x, [BATCH, 1, 3]), ops.broadcastTo(ops.reshape(w, [1, 3, 2]), [BATCH, 3, 2])),
    shapes: [[3, 2]],
  },
};

describe("gradients of parameters add up over micro-batches", () => {
  test.each(Object.entries(losses))("%s", async (_, { loss, shapes }) => {
    await gradients(loss, shapes, [4]);
    await gradients(loss, shapes, [3, 4, 1]);
  });
});

describe("gradients are written where they are wanted", () => {
  const written = ({ program }: { program: Program }): string[] =>
    program.accumulate.filter(({ operands }) => operands.some((o) => isPointer(o) && program.slots[o.slot].region === "gradients")).map(({ kernel }) => kernel);

  test("a dense layer copies nothing", () => {
    const built = build(losses["a dense layer"].loss, losses["a dense layer"].shapes);
    expect(written(built)).toEqual(["reduce_sum_f32", "gemm_small_tn_f32"]);
    expect(built.names).not.toContain("accumulate_f32");
  });

  test("both products of a weight that is used twice add in place", () => {
    const built = build(losses["a weight used twice"].loss, losses["a weight used twice"].shapes);
    expect(written(built)).toEqual(["gemm_small_tn_f32", "gemm_small_tn_f32"]);
    expect(built.names).not.toContain("accumulate_f32");
  });

  test("contributions of kernels without beta are added by copies", () => {
    const built = build((x, w) => ops.add(ops.mul(x, ops.exp(w)), ops.log(w)), [[3]]);
    expect(built.names).toContain("accumulate_f32");
  });

  test("a gradient that others read is copied", () => {
    const built = build(losses["a gradient that flows on"].loss, losses["a gradient that flows on"].shapes);
    expect(written(built)).toEqual(["accumulate_f32", "accumulate_f32"]);
  });
});
