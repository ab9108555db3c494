/** Layers against TensorFlow.js, where Keras differs from PyTorch: outputs and all gradients, over one or several batches. */
import { describe, expect, it } from "vitest";
import { differentiate } from "../../src/graph/differentiate.ts";
import { Graph, type Tensor } from "../../src/graph/graph.ts";
import { host } from "../../src/graph/ops/leaf.ts";
import { runGraph } from "../../src/graph/run.ts";
import { averagePool2d, conv2d, type Layer, type LayerContext, maxPool2d, ops, type Runtime } from "../../src/index.ts";
import { copyFromMemory, toMemory } from "../../src/model/parameter-layout.ts";
import { distance, everyRuntime } from "./golden.ts";
import { type KerasBatch, type KerasCase, kerasCases } from "./keras-layers.ts";

// biome-ignore lint/suspicious/noExplicitAny: options come from a file
type Options = any;

/** Layers by the name of their maker, from options as the cases have them. */
const makers: Record<string, (options: Options) => Layer> = {
  conv2d: ({ filters, kernelSize, ...options }) => conv2d(filters, kernelSize, options),
  maxPool2d: ({ poolSize, ...options }) => maxPool2d(poolSize, options),
  averagePool2d: ({ poolSize, ...options }) => averagePool2d(poolSize, options),
};
/** Options that the layers do not have yet. */
const missing = (name: string): boolean => name.startsWith("conv2d, ") && name.includes("dilationRate");

const runtimes = await everyRuntime();

/** The layer's outputs and gradients of one batch. */
async function run({ layer, options, weights }: KerasCase, batch: KerasBatch, runtime: Runtime) {
  const graph = new Graph();
  const values: Record<string, Float32Array> = {};
  const leaf = (name: string, shape: readonly number[], data: Float32Array): Tensor => {
    values[name] = data;
    return host(graph, name, shape);
  };
  const inputs = batch.inputs.map(({ shape, values: data }, i) => leaf(`input ${i}`, shape, data));
  const layouts = weights.map(({ shape }): { shape: number[]; layout?: readonly number[] } => ({ shape }));
  const parameters: Tensor[] = [];
  const context = {
    graph,
    inputs,
    training: true,
    trainable: true,
    tap: () => {},
    addPenalty: () => {},
    parameter(name, shape, { layout }) {
      const index = weights.findIndex((weight) => weight.name === name);
      expect(shape, name).toEqual(weights[index].shape);
      layouts[index] = { shape: [...shape], layout };
      const memory = new Float32Array(weights[index].values.length);
      toMemory(layouts[index], weights[index].values, memory);
      parameters[index] ??= leaf(name, layout?.map((axis) => shape[axis]) ?? shape, memory);
      return parameters[index];
    },
  } as Partial<LayerContext> as LayerContext;
  const outputs = [makers[layer](options).apply(inputs[0], context)].flat();
  expect(outputs.map(({ shape }) => shape)).toEqual(batch.outputs.map(({ shape }) => shape));
  const parts = outputs.map((y, i) => ops.sum(ops.mul(y, leaf(`seeds ${i}`, y.shape as number[], batch.outputs[i].seeds))));
  const objective = parts.reduce((a, b) => ops.add(a, b));
  const wrt = [...inputs, ...parameters];
  const gradients = differentiate(objective, ops.constant(graph, [1], []), wrt);
  const results = await runGraph(runtime, [...outputs, ...wrt.map((x) => gradients.get(x) as Tensor)], values);
  const [ofInputs, ofWeights] = [outputs.length, outputs.length + inputs.length];
  return {
    outputs: results.slice(0, ofInputs),
    inputGradients: results.slice(ofInputs, ofWeights),
    weightGradients: results.slice(ofWeights).map((memory, i) => copyFromMemory(layouts[i], memory as Float32Array)),
  };
}

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(kerasCases(...Object.keys(makers)).filter(([name]) => !missing(name)))("%s", async (_name, expected) => {
    for (const batch of expected.batches) {
      const { outputs, inputGradients, weightGradients } = await run(expected, batch, runtime);
      const limit = 10 * expected.float32Distance;
      outputs.forEach((y, i) => expect(distance(y, batch.outputs[i].values), `output ${i}`).toBeLessThan(limit));
      batch.inputs.forEach(({ gradient }, i) => {
        if (gradient !== undefined) expect(distance(inputGradients[i], gradient), `gradient of input ${i}`).toBeLessThan(limit);
      });
      batch.weightGradients.forEach((gradient, i) => expect(distance(weightGradients[i], gradient), expected.weights[i].name).toBeLessThan(limit));
    }
  });
});
