/** Normalization, embedding, merging, global pooling and moving layers against PyTorch: outputs, moving statistics and all gradients. */
import { describe, expect, it } from "vitest";
import type { Values } from "../../src/graph/run.ts";
import {
  add,
  average,
  batchNormalization,
  concatenate,
  cropping2d,
  embedding,
  globalAveragePool1d,
  globalAveragePool2d,
  globalMaxPool1d,
  globalMaxPool2d,
  type Layer,
  layerNormalization,
  maximum,
  minimum,
  multiply,
  permute,
  type Runtime,
  reshape,
  subtract,
  zeroPadding2d,
} from "../../src/index.ts";
import { deriveKey, fillNormal, fillUniform, Purpose } from "../../src/random.ts";
import { everyRuntime, golden, summaryDistance, type TensorSummary } from "./golden.ts";
import { runLayer } from "./run-layer.ts";

// biome-ignore lint/suspicious/noExplicitAny: options come from a file
type Options = any;

interface LayerCase {
  layer: string;
  options: Options;
  inputs: number[][];
  weights: Record<string, number[]>;
  float32Distance: number;
  tensors: TensorSummary[];
}

const makers: Record<string, (options: Options) => Layer> = {
  add,
  average,
  batchNormalization,
  concatenate,
  cropping2d: ({ cropping }) => cropping2d(cropping),
  embedding: ({ inputDim, outputDim }) => embedding(inputDim, outputDim),
  globalAveragePool1d,
  globalAveragePool2d,
  globalMaxPool1d,
  globalMaxPool2d,
  layerNormalization,
  maximum,
  minimum,
  multiply,
  permute: ({ dims }) => permute(dims),
  reshape: ({ shape }) => reshape(shape),
  subtract,
  zeroPadding2d: ({ padding }) => zeroPadding2d(padding),
};

const { batches, cases } = golden<{ batches: number; cases: LayerCase[] }>("layers.json");
const runtimes = await everyRuntime();
const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Tensor j of case i, as the generator draws it. */
function draw(i: number, j: number, shape: number[], scale = 1, shift = 0): { shape: number[]; values: Float32Array } {
  const values = new Float32Array(product(shape));
  fillNormal(values, values.length, deriveKey(i, Purpose.data, j));
  return { shape, values: values.map((value) => Math.fround(value * scale) + shift) };
}

function inputsOf({ layer, options, inputs }: LayerCase, i: number): { shape: number[]; values: Float32Array }[] {
  if (layer === "layerNormalization") return [draw(i, 0, inputs[0], 2, 3)];
  if (layer !== "embedding") return inputs.map((shape, k) => draw(i, k, shape));
  const values = new Float32Array(product(inputs[0]));
  fillUniform(values, values.length, deriveKey(i, Purpose.data, 0));
  return [{ shape: inputs[0], values: values.map((u) => Math.floor(u * options.inputDim)) }];
}

/** All that a case gives, by the generator's names. */
async function run(c: LayerCase, i: number, runtime: Runtime): Promise<Map<string, Values>> {
  const layer = makers[c.layer](c.options);
  const weights = Object.entries(c.weights).map(([name, shape]) => ({ name, ...draw(i, name === "beta" ? 11 : 10, shape, 0.5, name === "gamma" ? 1 : 0) }));
  const found = new Map<string, Values>();
  let states: Record<string, Values> = {
    movingMean: new Float32Array(c.inputs[0].at(-1) as number),
    movingVariance: new Float32Array(c.inputs[0].at(-1) as number).fill(1),
  };
  const compare = async (prefix: string, inputs: { shape: number[]; values: Float32Array }[], training = true): Promise<void> => {
    const shape = c.tensors.find(({ name }) => name === "y" || name.endsWith(": y"))?.shape as number[];
    const result = await runLayer(layer, { inputs, weights, states, training, seeds: [draw(i, 20, shape).values], runtime });
    expect(result.outputs[0].shape).toEqual(shape);
    found.set(`${prefix}y`, result.outputs[0].values);
    if (c.layer !== "embedding") result.inputGradients.forEach((values, k) => void found.set(`${prefix}d x${k}`, values));
    result.weightGradients.forEach((values, k) => void found.set(`${prefix}d ${weights[k].name}`, values));
    states = training ? result.states : states;
  };
  if (c.layer !== "batchNormalization") {
    await compare("", inputsOf(c, i));
    return found;
  }
  for (let b = 0; b < batches; b++) await compare(`${b}: `, [draw(i, 100 + b, c.inputs[0], 1 + 0.25 * b, b)]);
  const { movingMean, movingVariance } = states;
  // PyTorch's running variance is that of a sample: what each batch adds is n / (n - 1) times as much.
  const n = product(c.inputs[0].slice(0, -1));
  const rest = Array.from({ length: batches }).reduce<number>((left) => left * c.options.momentum, 1);
  found.set("runningMean", movingMean);
  found.set(
    "runningVariance",
    Float64Array.from(movingVariance, (v) => rest + ((v - rest) * n) / (n - 1)),
  );
  await compare("evaluated: ", [draw(i, 100, c.inputs[0])], false);
  return found;
}

const titled = cases.map((c, i) => [`${c.layer} ${JSON.stringify(c.options)} ${JSON.stringify(c.inputs)}`, c, i] as const);

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(titled)("%s", async (_title, c, i) => {
    const found = await run(c, i, runtime);
    for (const expected of c.tensors) {
      const { name, shape } = expected;
      const data = found.get(name) as Float32Array;
      expect(data?.length, name).toBe(product(shape));
      const limit = runtime.precision === "f64" ? 1e-9 : 10 * Math.max(c.float32Distance, 2 ** -23);
      expect(summaryDistance({ name, shape, data }, expected), name).toBeLessThan(limit);
    }
  });
});

it("every layer here has a case", () => {
  expect(Object.keys(makers).filter((name) => !cases.some(({ layer }) => layer === name))).toEqual([]);
});
