/**
 * Layers where Keras is not as PyTorch, by TensorFlow.js: order of gates, goBackwards, masks, states that are carried on, merge modes, moving statistics,
 * windows with padding `same` and strides. Writes test/golden/keras-layers.json: outputs, and all gradients of the sum of outputs times `seeds`.
 *
 * TensorFlow.js computes in float32. `float32Distance` is how far its outputs and gradients move when all inputs and weights move by a unit in the last
 * place, relative to the largest value of a tensor: the tests allow ten times that.
 *
 * Left out, because they are not what Keras documents: masked steps under an initial state (the output is that state, not zero), hardSigmoid (its slope is
 * 0.2). TensorFlow.js has no GRU with resetAfter.
 *
 *     npm ci --prefix test/oracles && npx tsx test/oracles/tfjs_layers.mjs
 */
import "@tensorflow/tfjs-backend-cpu";
import { writeFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { layers, version_layers } from "@tensorflow/tfjs-layers";
import { kerasInput, kerasSeeds, kerasWeight } from "../golden/keras-layers.ts";

await tf.setBackend("cpu");
await tf.ready();

const N = 2;
const digits = (values) => Array.from(values, (value) => Number(value.toPrecision(8)));

/** Ragged, and with holes at the start and inside. */
const RAGGED = ["11100", "01011"].map((line) => [...line].map(Number));
const sigmoid = { recurrentActivation: "sigmoid" };
const sequence = [[N, 5, 4]];
/** TensorFlow.js differentiates no dilated convolution, and an average at the border as if the window were full. */
const forward = { gradients: false };
const image = (h, w, c) => [[N, h, w, c]];

/** Name: our layer, options (the same names there), shapes of the inputs, and what else the call takes. */
const cases = {};
for (const [name, options] of [
  ["simpleRnn", {}],
  ["lstm", sigmoid],
  ["gru", { ...sigmoid, resetAfter: false }],
]) {
  const states = name === "lstm" ? 2 : 1;
  const own = { units: 3, ...options };
  cases[name] = [name, own, sequence];
  cases[`${name}, no bias`] = [name, { ...own, useBias: false }, sequence];
  cases[`${name}, sequences and state`] = [name, { ...own, returnSequences: true, returnState: true }, sequence];
  cases[`${name}, goBackwards`] = [name, { ...own, returnSequences: true, returnState: true, goBackwards: true }, sequence];
  cases[`${name}, mask`] = [name, { ...own, returnSequences: true, returnState: true }, sequence, { mask: RAGGED }];
  cases[`${name}, mask, goBackwards`] = [name, { ...own, returnSequences: true, goBackwards: true }, sequence, { mask: RAGGED }];
  cases[`${name}, initial state`] = [name, { ...own, returnSequences: true, returnState: true }, [...sequence, ...Array(states).fill([N, 3])]];
  cases[`${name}, stateful`] = [name, { ...own, returnSequences: true, stateful: true }, sequence, { batches: 3 }];
}
cases["gru, other activations"] = ["gru", { units: 3, activation: "relu", recurrentActivation: "tanh", resetAfter: false }, sequence];
cases["lstm, other activations"] = ["lstm", { units: 3, activation: "softsign", recurrentActivation: "tanh", returnSequences: true }, sequence];
for (const mergeMode of ["concat", "sum", "mul", "ave", "none"]) {
  const options = { mergeMode, layer: { name: "lstm", options: { units: 2, ...sigmoid } } };
  const sequences = { ...options, layer: { name: "lstm", options: { units: 2, ...sigmoid, returnSequences: true } } };
  cases[`bidirectional, ${mergeMode}`] = ["bidirectional", options, sequence];
  cases[`bidirectional, ${mergeMode}, sequences`] = ["bidirectional", sequences, sequence];
}
cases["bidirectional, mask"] = [
  "bidirectional",
  { mergeMode: "concat", layer: { name: "simpleRnn", options: { units: 2, returnSequences: true } } },
  sequence,
  { mask: RAGGED },
];
cases["bidirectional, state"] = [
  "bidirectional",
  { mergeMode: "concat", layer: { name: "gru", options: { units: 2, ...sigmoid, resetAfter: false, returnState: true } } },
  sequence,
];
cases.timeDistributed = ["timeDistributed", { layer: { name: "dense", options: { units: 2, activation: "tanh" } } }, sequence];
cases.repeatVector = ["repeatVector", { n: 4 }, [[N, 3]]];
for (const padding of ["valid", "same"]) {
  for (const strides of [1, 2, [2, 3]]) {
    const window = { kernelSize: [3, 2], strides, padding };
    cases[`conv2d, ${padding}, strides ${strides}`] = ["conv2d", { filters: 2, ...window }, image(5, 6, 2)];
    cases[`conv2dTranspose, ${padding}, strides ${strides}`] = ["conv2dTranspose", { filters: 2, ...window }, image(3, 4, 2)];
    // TensorFlow.js has no different strides down and right here.
    if (!Array.isArray(strides))
      cases[`depthwiseConv2d, ${padding}, strides ${strides}`] = ["depthwiseConv2d", { depthMultiplier: 2, ...window }, image(5, 6, 2)];
    cases[`maxPool2d, ${padding}, strides ${strides}`] = ["maxPool2d", { poolSize: [3, 2], strides, padding }, image(5, 6, 2)];
    const average = padding === "same" ? forward : {};
    cases[`averagePool2d, ${padding}, strides ${strides}`] = ["averagePool2d", { poolSize: [3, 2], strides, padding }, image(5, 6, 2), average];
  }
  for (const strides of [1, 2, 3]) {
    cases[`conv1d, ${padding}, strides ${strides}`] = ["conv1d", { filters: 2, kernelSize: 3, strides, padding }, [[N, 8, 2]]];
    cases[`maxPool1d, ${padding}, strides ${strides}`] = ["maxPool1d", { poolSize: 3, strides, padding }, [[N, 8, 2]]];
    const average = padding === "same" ? forward : {};
    cases[`averagePool1d, ${padding}, strides ${strides}`] = ["averagePool1d", { poolSize: 3, strides, padding }, [[N, 8, 2]], average];
  }
  cases[`conv2d, ${padding}, dilationRate 2`] = ["conv2d", { filters: 2, kernelSize: [3, 2], padding, dilationRate: 2 }, image(5, 6, 2), forward];
  cases[`conv1d, ${padding}, dilationRate 2`] = ["conv1d", { filters: 2, kernelSize: 3, padding, dilationRate: 2 }, [[N, 8, 2]], forward];
}
cases["conv2dTranspose, same, larger strides than window"] = ["conv2dTranspose", { filters: 2, kernelSize: 2, strides: 3, padding: "same" }, image(3, 3, 2)];
cases["batchNormalization, features"] = ["batchNormalization", { momentum: 0.9 }, [[6, 3]], { batches: 4 }];
cases["batchNormalization, images"] = ["batchNormalization", { momentum: 0.9, epsilon: 0.01 }, [[N, 2, 3, 3]], { batches: 4 }];
cases["batchNormalization, default momentum"] = ["batchNormalization", {}, [[N, 4, 2]], { batches: 3 }];
cases.layerNormalization = ["layerNormalization", {}, [[N, 4, 5]]];
cases["layerNormalization, epsilon"] = ["layerNormalization", { epsilon: 0.1 }, [[N, 6]]];

/** Our name of what they call otherwise. */
const THEIRS = {
  simpleRnn: "simpleRNN",
  maxPool2d: "maxPooling2d",
  averagePool2d: "averagePooling2d",
  maxPool1d: "maxPooling1d",
  averagePool1d: "averagePooling1d",
};
const camelCase = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

function make(name, { layer, mergeMode, ...options }, batchShape) {
  return layers[THEIRS[name] ?? name]({
    ...options,
    ...(layer !== undefined && { layer: make(layer.name, layer.options) }),
    ...(mergeMode !== undefined && { mergeMode: mergeMode === "none" ? null : mergeMode }),
    ...(options.stateful && { batchInputShape: batchShape }),
    // Its orthogonal() needs more of TensorFlow.js than is loaded here; all weights are given anyway.
    ...(options.units !== undefined && name !== "dense" && { recurrentInitializer: "zeros" }),
  });
}

/** `recurrent_kernel` -> recurrentKernel; those of a bidirectional layer, half of them each way, say which. */
function weightName(name, { originalName }, i, count) {
  const own = camelCase(originalName.split("/").at(-1).replace(/_\d+$/, ""));
  return name === "bidirectional" ? `${i < count / 2 ? "forward" : "backward"}/${own}` : own;
}

const list = (value) => (Array.isArray(value) ? value : [value]);

/** Names of all weights, and per batch outputs and gradients. */
function run(name, options, shapes, { mask, batches = 1, gradients = true }, inputs, start, seeds) {
  const layer = make(name, options, shapes[0]);
  const [training, states] = [name === "batchNormalization", shapes.length - 1];
  layer.apply(tf.tensor(inputs[0][0], shapes[0]));
  if (options.stateful) layer.resetStates();
  const all = [...layer.trainableWeights, ...layer.nonTrainableWeights];
  const named = all.map((weight, i) => ({ name: weightName(name, weight, i, all.length), shape: weight.shape, trainable: i < layer.trainableWeights.length }));
  const values = named.map(({ name: w, shape }, j) => start(j, w, shape));
  all.forEach((weight, i) => weight.write(tf.tensor(values[i], weight.shape)));
  const results = [];
  for (let batch = 0; batch < batches; batch++) {
    const leaves = inputs[batch].map((data, i) => tf.variable(tf.tensor(data, shapes[i])));
    const variables = layer.trainableWeights.map(({ val }) => val);
    let outputs;
    const objective = () => {
      const given = { training, ...(mask !== undefined && { mask: tf.tensor(mask) }), ...(states > 0 && { initialState: leaves.slice(1) }) };
      // call and not apply: a variable is no input that apply takes.
      outputs = list(layer.call(leaves[0], given)).map((output) => tf.keep(tf.clone(output)));
      const parts = outputs.map((output, i) => tf.sum(tf.mul(output, tf.tensor(seeds(batch, i, output.shape), output.shape))));
      return tf.addN(parts);
    };
    const grads = gradients ? tf.variableGrads(objective, [...leaves, ...variables]).grads : objective() && null;
    results.push({
      outputs: outputs.map((output) => ({ shape: output.shape, values: output.dataSync() })),
      inputGradients: grads === null ? [] : leaves.map((leaf) => grads[leaf.name].dataSync()),
      weightGradients: grads === null ? [] : variables.map(({ name: w }) => grads[w].dataSync()),
      ...(training && { moving: layer.nonTrainableWeights.map((weight) => weight.read().dataSync()) }),
    });
  }
  const evaluated = training ? layer.call(tf.tensor(inputs[0][0], shapes[0]), { training: false }).dataSync() : undefined;
  return { named, results, evaluated };
}

/** The distance of b from a, over all their tensors. */
function furthest(a, b) {
  if (typeof a[0] === "number") return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]))) / Math.max(1e-30, ...Array.from(a, Math.abs));
  return Math.max(0, ...a.map((part, i) => furthest(part, b[i])));
}

/** Every value a unit in the last place up or down. */
const nudged = (data) => data.map((value, i) => value * ((i * 7) % 5 < 3 ? 1 + 2 ** -23 : 1 - 2 ** -23));

const lines = Object.entries(cases).map(([caseName, [name, options, shapes, more = {}]], c) => {
  const inputs = Array.from({ length: more.batches ?? 1 }, (_, batch) => shapes.map((shape, i) => kerasInput(c, batch, i, shape)));
  const seeds = (batch, i, shape) => kerasSeeds(c, batch, i, shape);
  const start = (i, weight, shape) => kerasWeight(c, i, weight, shape);
  const { named, results, evaluated } = run(name, options, shapes, more, inputs, start, seeds);
  const nudgedInputs = inputs.map((batch) => batch.map(nudged));
  const moved = run(name, options, shapes, more, nudgedInputs, (...weight) => nudged(start(...weight)), seeds);
  const everything = ({ results: all, evaluated: last }) => [
    ...all.flatMap((r) => [...r.outputs.map((o) => o.values), ...r.inputGradients, ...r.weightGradients, ...(r.moving ?? [])]),
    ...(last === undefined ? [] : [last]),
  ];
  const content = {
    number: c,
    layer: name,
    options,
    ...(more.mask !== undefined && { mask: more.mask }),
    float32Distance: Number(Math.max(2 ** -23, furthest(everything({ results, evaluated }), everything(moved))).toPrecision(3)),
    weights: named,
    batches: results.map((result) => ({
      inputs: shapes.map((shape, i) => ({ shape, ...(result.inputGradients.length > 0 && { gradient: digits(result.inputGradients[i]) }) })),
      outputs: result.outputs.map(({ shape, values }) => ({ shape, values: digits(values) })),
      weightGradients: result.weightGradients.map(digits),
      ...(result.moving !== undefined && { moving: result.moving.map(digits) }),
    })),
    ...(evaluated !== undefined && { evaluated: digits(evaluated) }),
  };
  const fields = Object.entries(content).map(([key, value]) => `      ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  console.log(caseName, content.float32Distance);
  return `    ${JSON.stringify(caseName)}: {\n${fields.join(",\n")}\n    }`;
});
const head = { generator: "test/oracles/tfjs_layers.mjs", tfjs: version_layers };
const headLines = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
const path = new URL("../golden/keras-layers.json", import.meta.url);
writeFileSync(path, `{\n${headLines.join(",\n")},\n  "cases": {\n${lines.join(",\n")}\n  }\n}\n`);
console.log(path.pathname);
