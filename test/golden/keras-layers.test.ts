/** Layers against TensorFlow.js, where Keras differs from PyTorch: outputs and all gradients, over one or several batches. */
import { describe, expect, it } from "vitest";
import type { Values } from "../../src/graph/run.ts";
import {
  averagePool1d,
  averagePool2d,
  batchNormalization,
  bidirectional,
  conv1d,
  conv2d,
  conv2dTranspose,
  dense,
  depthwiseConv2d,
  gru,
  type Layer,
  layerNormalization,
  lstm,
  maxPool1d,
  maxPool2d,
  type RecurrentLayer,
  repeatVector,
  simpleRnn,
  timeDistributed,
} from "../../src/index.ts";
import { distance, everyRuntime } from "./golden.ts";
import { kerasCases } from "./keras-layers.ts";
import { runLayer } from "./run-layer.ts";

// biome-ignore lint/suspicious/noExplicitAny: options come from a file
type Options = any;

/** Layers by the name of their maker, from options as the cases have them. */
const makers: Record<string, (options: Options) => Layer> = {
  conv2d: ({ filters, kernelSize, ...options }) => conv2d(filters, kernelSize, options),
  conv1d: ({ filters, kernelSize, ...options }) => conv1d(filters, kernelSize, options),
  conv2dTranspose: ({ filters, kernelSize, ...options }) => conv2dTranspose(filters, kernelSize, options),
  depthwiseConv2d: ({ kernelSize, ...options }) => depthwiseConv2d(kernelSize, options),
  maxPool1d: ({ poolSize, ...options }) => maxPool1d(poolSize, options),
  averagePool1d: ({ poolSize, ...options }) => averagePool1d(poolSize, options),
  maxPool2d: ({ poolSize, ...options }) => maxPool2d(poolSize, options),
  averagePool2d: ({ poolSize, ...options }) => averagePool2d(poolSize, options),
  dense: ({ units, ...options }) => dense(units, options),
  simpleRnn: ({ units, ...options }) => simpleRnn(units, options),
  lstm: ({ units, ...options }) => lstm(units, options),
  gru: ({ units, ...options }) => gru(units, options),
  bidirectional: ({ layer, ...options }) => bidirectional(make(layer) as RecurrentLayer, options),
  timeDistributed: ({ layer }) => timeDistributed(make(layer)),
  batchNormalization,
  layerNormalization,
  repeatVector: ({ n }) => repeatVector(n),
};
const make = ({ name, options }: { name: string; options: Options }): Layer => makers[name](options);
/** The two layers inside a bidirectional one are called after their own kind. */
const ofInner = (options: Options): string => ({ simpleRnn: "simple_rnn" })[options.layer?.name as string] ?? options.layer?.name;

const runtimes = await everyRuntime();

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(kerasCases(...Object.keys(makers)))("%s", async (_name, expected) => {
    const { options, mask } = expected;
    const layer = make({ name: expected.layer, options });
    // Keras 3 calls the filters of depthwise convolutions as it does others.
    const named = (name: string): string => name.replace("/", `_${ofInner(options)}/`).replace("depthwiseKernel", "kernel");
    const weights = expected.weights.map((weight) => ({ ...weight, name: named(weight.name) }));
    const still = weights.filter(({ trainable }) => !trainable);
    let states: Record<string, Values> = Object.fromEntries(still.map(({ name, values }) => [name, values]));
    const limit = 10 * expected.float32Distance;
    for (const { inputs, outputs, weightGradients, moving } of expected.batches) {
      const found = await runLayer(layer, { inputs, mask, weights, states, seeds: outputs.map(({ seeds }) => seeds), runtime });
      expect(found.outputs.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
      found.outputs.forEach(({ values }, i) => expect(distance(values, outputs[i].values), `output ${i}`).toBeLessThan(limit));
      inputs.forEach(({ gradient }, i) => {
        if (gradient !== undefined) expect(distance(found.inputGradients[i], gradient), `gradient of input ${i}`).toBeLessThan(limit);
      });
      weightGradients.forEach((gradient, i) => expect(distance(found.weightGradients[i], gradient), weights[i].name).toBeLessThan(limit));
      states = found.states;
      moving?.forEach((values, i) => expect(distance(states[still[i].name], values), still[i].name).toBeLessThan(limit));
    }
    if (expected.evaluated === undefined) return;
    const { inputs, outputs } = expected.batches[0];
    const last = await runLayer(layer, { inputs, weights, states, training: false, seeds: outputs.map(({ seeds }) => seeds), runtime });
    expect(distance(last.outputs[0].values, expected.evaluated), "evaluated").toBeLessThan(limit);
  });
});
