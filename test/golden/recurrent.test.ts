/** Recurrent layers against PyTorch's cells: outputs, last states and all gradients, for random shapes, masks, first states and both directions. */
import { describe, expect, it } from "vitest";
import { gru, type Layer, lstm, type RecurrentOptions, simpleRnn } from "../../src/index.ts";
import { deriveKey, fillNormal, Purpose } from "../../src/random.ts";
import { everyRuntime, golden, summaryDistance, type TensorSummary } from "./golden.ts";
import { runLayer } from "./run-layer.ts";

interface RecurrentCase {
  cell: "simpleRnn" | "lstm" | "gru";
  N: number;
  T: number;
  D: number;
  U: number;
  /** A line of 0 and 1 per sample. */
  mask: string[] | null;
  initialState: boolean;
  goBackwards: boolean;
  bias: boolean;
  activation: "tanh" | "relu";
  number: number;
  float32Distance: { outputs: number; gradients: number };
  tensors: TensorSummary[];
}

const { cases } = golden<{ cases: RecurrentCase[] }>("recurrent.json");
const runtimes = await everyRuntime();
const GATES = { simpleRnn: 1, lstm: 4, gru: 3 };
const makers: Record<RecurrentCase["cell"], (units: number, options: RecurrentOptions) => Layer> = { simpleRnn, lstm, gru };
/** Where PyTorch's float32 happened to hit the float64 values, ours need not. */
const EPSILON = 2 ** -23;

/** Tensor j of a case, as the generator draws it. */
function tensor({ number }: RecurrentCase, j: number, shape: number[], scale = 1): { shape: number[]; values: Float32Array } {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  fillNormal(values, values.length, deriveKey(number, Purpose.data, j));
  return { shape, values: values.map((value) => value * scale) };
}

const titled = cases.map((c) => {
  const options = [c.mask !== null && "mask", c.initialState && "first state", c.goBackwards && "backwards", !c.bias && "no bias", c.activation];
  return [`${c.cell} ${c.N}x${c.T}x${c.D} to ${c.U}: ${options.filter(Boolean).join(", ")}`, c] as const;
});

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(titled)("%s", async (_title, c) => {
    const { cell, N, T, D, U, mask, goBackwards, activation } = c;
    const width = GATES[cell] * U;
    const states = cell === "lstm" ? [1, 2] : [1];
    const weights = [
      { name: "kernel", ...tensor(c, 3, [D, width], 0.5) },
      { name: "recurrentKernel", ...tensor(c, 4, [U, width], 0.5) },
      ...(c.bias ? [{ name: "bias", ...tensor(c, 5, cell === "gru" ? [2, width] : [width], 0.5) }] : []),
    ];
    const layer = makers[cell](U, { activation, goBackwards, useBias: c.bias, returnSequences: true, returnState: true });
    const found = await runLayer(layer, {
      inputs: [tensor(c, 0, [N, T, D]), ...(c.initialState ? states.map((j) => tensor(c, j, [N, U])) : [])],
      mask: mask?.map((line) => [...line].map(Number)),
      weights,
      seeds: [[N, T, U], ...states.map(() => [N, U])].map((shape, k) => tensor(c, 6 + k, shape).values),
      runtime,
    });
    const names = ["outputs", "h", "c"].slice(0, found.outputs.length);
    const given = ["d x", ...["d h0", "d c0"].slice(0, found.inputGradients.length - 1)];
    const values = new Map([
      ...found.outputs.map((output, i) => [names[i], output.values] as const),
      ...found.inputGradients.map((gradient, i) => [given[i], gradient] as const),
      ...found.weightGradients.map((gradient, i) => [`d ${weights[i].name}`, gradient] as const),
    ]);
    expect([...values.keys()].sort()).toEqual(c.tensors.map(({ name }) => name).sort());
    for (const expected of c.tensors) {
      const { name, shape } = expected;
      const data = values.get(name) as Float32Array;
      expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
      // Nothing flows to the recurrent kernel in a single step from a zero state.
      if (expected.maxAbs === 0) {
        expect(data.every((value) => value === 0)).toBe(true);
        continue;
      }
      const pair = c.float32Distance[name.startsWith("d ") ? "gradients" : "outputs"];
      const limit = runtime.precision === "f64" ? 1e-9 : 10 * Math.max(pair, EPSILON);
      expect(summaryDistance({ name, shape, data: data as Float32Array }, expected), name).toBeLessThan(limit);
    }
  });
});
