/** What the recurrent op shows of its steps, masks and errors; its values and gradients are those of test/graph/cases.ts and test/golden. */
import { describe, expect, test } from "vitest";
import { Graph, type Tensor } from "../../src/graph/graph.ts";
import * as ops from "../../src/graph/ops/index.ts";
import { host } from "../../src/graph/ops/leaf.ts";
import { runGraph } from "../../src/graph/run.ts";
import { createRuntime } from "../../src/runtime/runtime.ts";
import { BATCH } from "../../src/shape.ts";
import { f64, fill } from "./check.ts";

const G = { simpleRnn: 1, lstm: 4, gru: 3 };
const [N, T, D] = [3, 4, 2];
const MASK = [1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 1, 0];

/** A graph of the op with random weights, and the values of its leaves. */
function make(cell: ops.RecurrentCell, U: number, masked: boolean, options: Partial<ops.RecurrentOptions> = {}) {
  const graph = new Graph();
  const values: Record<string, number[]> = {};
  const leaf = (name: string, shape: Tensor["shape"]): Tensor => {
    values[name] = fill({ shape, from: -1, to: 1 }, N);
    return host(graph, name, shape);
  };
  const x = leaf("x", [BATCH, T, D]);
  const weights = {
    kernel: leaf("kernel", [D, G[cell] * U]),
    recurrentKernel: leaf("recurrentKernel", [U, G[cell] * U]),
    initialState: (cell === "lstm" ? ["h0", "c0"] : ["h0"]).map((name) => leaf(name, [BATCH, U])),
  };
  const mask = masked ? leaf("mask", [BATCH, T]) : undefined;
  if (masked) values.mask = MASK;
  return { values, weights, x, result: ops.recurrent(cell, x, { ...weights, mask, ...options }) };
}

describe.each([
  ["simpleRnn", 3],
  ["lstm", 9],
  ["gru", 5],
] as const)("%s of %i units", (cell, U) => {
  test.each(["f64", "kernels"] as const)("shows gates and states that make its outputs (%s)", async (how) => {
    const { values, result } = make(cell, U, false);
    const runtime = how === "f64" ? await f64() : await createRuntime({ threads: 1 });
    const shown = [result.outputs, result.gates, result.states, ...(result.cells && result.c ? [result.cells, result.c] : [])];
    const [outputs, gates, states, cells, c] = await runGraph(runtime, shown, values, N);
    expect(gates).toHaveLength(N * T * G[cell] * U);
    for (let step = 0; step < N * T; step++) {
      const last = step % T === T - 1;
      for (let u = 0; u < U; u++) {
        const gate = (g: number): number => gates[(step * G[cell] + g) * U + u];
        const before = states[step * U + u];
        let h = gate(0);
        if (cell === "lstm") {
          const after = gate(1) * cells[step * U + u] + gate(0) * gate(2);
          expect(last ? c[Math.floor(step / T) * U + u] : cells[(step + 1) * U + u]).toBeCloseTo(after, 5);
          h = gate(3) * Math.tanh(after);
        } else if (cell === "gru") h = gate(0) * before + (1 - gate(0)) * gate(2);
        expect(outputs[step * U + u]).toBeCloseTo(h, 5);
        if (!last) expect(states[(step + 1) * U + u]).toBe(outputs[step * U + u]);
      }
    }
  });

  test("repeats the output where the mask is 0, 0 if there is none yet, and carries the state over", async () => {
    const { values, result } = make(cell, U, true);
    const [outputs, h] = await runGraph(await f64(), [result.outputs, result.h], values, N);
    const row = (n: number, t: number): number[] => [...outputs.subarray((n * T + t) * U, (n * T + t + 1) * U)];
    expect(row(0, 2)).toEqual(row(0, 1));
    expect(row(0, 3)).not.toEqual(row(0, 2));
    expect([...row(1, 0), ...row(1, 1)].every((value) => value === 0)).toBe(true);
    expect(row(2, 3)).toEqual(row(2, 2));
    for (let n = 0; n < N; n++) expect([...h.subarray(n * U, (n + 1) * U)]).toEqual(row(n, T - 1));
  });

  test("backwards it is what it is forwards on x from its end", async () => {
    const { values, weights, x, result } = make(cell, U, false, { goBackwards: true });
    const forwards = ops.recurrent(cell, ops.reverse(x, 1), weights);
    const [a, b] = await runGraph(await f64(), [result.outputs, forwards.outputs], values, N);
    expect([...a]).toEqual([...b]);
  });
});

describe("errors of recurrent", () => {
  const graph = new Graph();
  const x = host(graph, "x", [BATCH, 5, 2]);
  const of = (...shape: number[]): Tensor => ops.constant(graph, Array(shape.reduce((a, b) => a * b)).fill(0), shape);
  const weights = { kernel: of(2, 12), recurrentKernel: of(3, 12) };
  test.each<[string, () => unknown, RegExp]>([
    ["an unknown cell", () => ops.recurrent("rnn" as "gru", x, weights), /cell "rnn", expected simpleRnn, lstm, gru/],
    ["an unknown activation", () => ops.recurrent("lstm", x, { ...weights, activation: "elu" as "tanh" }), /activation "elu", expected tanh/],
    ["no sequence", () => ops.recurrent("lstm", of(2, 5), weights), /input \[2,5\], expected \[N,steps,features\]/],
    ["a kernel of another width", () => ops.recurrent("lstm", x, { ...weights, kernel: of(2, 9) }), /kernel \[2,9\], expected \[2,12\] for x/],
    ["a recurrent kernel of another cell", () => ops.recurrent("gru", x, weights), /recurrentKernel \[3,12\], expected \[3,9\]/],
    ["one bias for a GRU", () => ops.recurrent("gru", x, { kernel: of(2, 9), recurrentKernel: of(3, 9), bias: of(9) }), /bias \[9\], expected \[2,9\]/],
    ["a mask of another length", () => ops.recurrent("lstm", x, { ...weights, mask: host(graph, "mask", [BATCH, 4]) }), /mask \[N,4\], expected \[N,5\]/],
    [
      "half a state",
      () => ops.recurrent("lstm", x, { ...weights, initialState: [host(graph, "h", [BATCH, 3])] }),
      /initialState of 1 tensors, expected h and c/,
    ],
  ])("%s", (_, run, message) => expect(run).toThrow(message));
});
