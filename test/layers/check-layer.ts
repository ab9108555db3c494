/** What every layer is held to, whoever wrote it. */
import { expect } from "vitest";
import { type Dataset, dataset } from "../../src/data/index.ts";
import {
  activation,
  adam,
  call,
  createRuntime,
  defineLayer,
  input,
  type Layer,
  type Model,
  model,
  modelFromJSON,
  ops,
  type Runtime,
  sequential,
  zeros,
} from "../../src/index.ts";
import { layerFromConfig } from "../../src/layers/index.ts";
import { deriveKey, fillUniform } from "../../src/random.ts";

/** A layer with options, and what is to be expected of it. */
export interface LayerCase {
  readonly name: string;
  /** A new layer at each call. */
  readonly layer: () => Layer;
  /** How many inputs it is called with: x, tanh(x), sigmoid(x). Default 1. */
  readonly arity?: number;
  /** Of one sample. */
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** Trainable values. */
  readonly parameters: number;
  /** The samples are whole numbers below this. Default: any numbers between -1 and 1. */
  readonly indices?: number;
  /** What a sample gives in training depends on the others (statistics of the batch), or on chance and its place. */
  readonly batchwise?: boolean;
}

const STEP = 1e-5;
const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

let key = 0;
const uniform = (n: number): Float32Array => {
  const values = new Float32Array(n);
  fillUniform(values, n, deriveKey(11, key++));
  return values.map((u) => 2 * u - 1);
};

function samples({ inputShape, outputShape, indices }: LayerCase, n: number): Dataset {
  const x = uniform(n * product(inputShape));
  if (indices !== undefined) x.forEach((u, i) => x.fill(Math.floor(((u + 1) / 2) * indices), i, i + 1));
  return dataset({ x, sampleShape: inputShape, y: uniform(n * product(outputShape)), targetShape: outputShape });
}

/** Moves the samples by a parameter, so that its gradient tells what flows to the layer's input; unevenly, as normalizations undo what moves all alike. */
const probe = (shape: readonly number[]): Layer =>
  defineLayer({
    className: "Probe",
    name: "probe",
    apply: (x, { parameter }) => ops.add(x, ops.mul(ops.add(ops.square(x), 1), parameter("shift", shape, { initializer: zeros() }))),
  });

function modelOf(c: LayerCase, runtime: Runtime, probed = false): Model {
  return (c.arity === undefined ? chainOf : mergeOf)(c, runtime, probed).compile({ optimizer: adam({ learningRate: 0.01 }), loss: "meanSquaredError" });
}

function chainOf(c: LayerCase, runtime: Runtime, probed: boolean): Model {
  const layers = probed && c.indices === undefined ? [probe(c.inputShape), c.layer()] : [c.layer()];
  return sequential({ inputShape: c.inputShape, seed: 9, runtime }, layers);
}

function mergeOf(c: LayerCase, runtime: Runtime, probed: boolean): Model {
  const x = input(c.inputShape);
  const first = probed ? call(probe(c.inputShape), x) : x;
  const others = (["tanh", "sigmoid"] as const).slice(0, (c.arity as number) - 1).map((f) => call(activation(f), first));
  return model({ inputs: x, outputs: call(c.layer(), first, ...others), seed: 9, runtime });
}

const js = createRuntime({ backend: "js", precision: "f64" });
const wasm = Promise.all([1, 2, 3].map((threads) => createRuntime({ threads })));
const plain = createRuntime({ mode: "deterministic", threads: 1 });

/** The shape of the output and the number of parameters. */
export async function checkShape(c: LayerCase): Promise<void> {
  const model = modelOf(c, await js);
  expect(model.program({ mode: "infer" }).names.get("output")?.shape.slice(1)).toEqual(c.outputShape);
  expect(model.parameterCount).toBe(c.parameters);
}

/** Its configuration makes the same layer again. */
export async function checkConfig(c: LayerCase): Promise<void> {
  const [runtime] = await wasm;
  const model = modelOf(c, runtime);
  const json = JSON.parse(JSON.stringify(model.toJSON()));
  const again = modelFromJSON(json, { runtime });
  expect(again.toJSON()).toEqual(json);
  const data = samples(c, 5);
  expect(await again.predict(data)).toEqual(await model.predict(data));
  expect(await again.gradients(data)).toEqual(await model.gradients(data));
  for (const m of [model, again]) m.dispose();
}

/** Turns around all arrays in options, and makes their numbers larger. */
function scramble(options: object): void {
  for (const value of Object.values(options)) if (typeof value === "object" && value !== null) scramble(value);
  if (Array.isArray(options)) options.reverse().forEach((value, i) => typeof value === "number" && options.splice(i, 1, value + 1));
}

/** What happens to the arrays of its options, or of what it says of itself, afterwards does not change it. */
export async function checkOwnership(c: LayerCase): Promise<void> {
  const { className, config } = c.layer();
  const described = JSON.stringify(config());
  const given = JSON.parse(described);
  const layer = layerFromConfig({ className, name: "own", config: given });
  scramble(given);
  expect(JSON.stringify(layer.config())).toBe(described);
  scramble(layer.config());
  expect(JSON.stringify(layer.config())).toBe(described);
  const [runtime] = await wasm;
  const before = key;
  const data = samples(c, 4);
  // What other checks draw stays what it is.
  key = before;
  const [own, fresh] = [layer, layerFromConfig({ className, name: "own", config: JSON.parse(described) })].map((one) =>
    modelOf({ ...c, layer: () => one }, runtime, true),
  );
  expect(await own.gradients(data)).toEqual(await fresh.gradients(data));
  for (const m of [own, fresh]) m.dispose();
}

/** Gradients of the input and of each parameter: double precision against central differences, both builds against double precision. */
export async function checkGradients(c: LayerCase): Promise<void> {
  const data = samples(c, 3);
  const exact = modelOf(c, await js, true);
  const { gradients } = await exact.gradients(data);
  const weights = (await exact.getWeights()).map(({ data: values }) => Float64Array.from(values));
  const trainable = new Set(gradients.map(({ name }) => name));
  for (const [k, { name }] of (await exact.getWeights()).entries()) {
    if (!trainable.has(name)) continue;
    const gradient = gradients.find((g) => g.name === name)?.data as Float32Array;
    const stride = Math.max(1, Math.floor(weights[k].length / 40));
    for (let i = 0; i < weights[k].length; i += stride) {
      const at = async (shift: number): Promise<number> => {
        const moved = weights.map((values) => values.slice());
        moved[k][i] += shift;
        await exact.setWeights(moved);
        return exact.objective(data);
      };
      const numeric = ((await at(STEP)) - (await at(-STEP))) / (2 * STEP);
      expect(Math.abs(numeric - gradient[i]), `${name}[${i}]: ${gradient[i]}, numerically ${numeric}`).toBeLessThan(1e-5 * Math.max(0.1, Math.abs(numeric)));
    }
  }
  await exact.setWeights(weights);
  for (const runtime of [(await wasm)[0], await plain]) {
    const model = modelOf(c, runtime, true);
    const found = await model.gradients(data);
    found.gradients.forEach(({ name, data: values }, k) => {
      const want = gradients[k].data;
      const scale = want.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
      values.forEach((value, i) => expect(Math.abs(value - want[i]), `${name}[${i}] ${runtime.mode}`).toBeLessThan(2e-5 * scale));
    });
    model.dispose();
  }
}

/** In inference a sample's output is its own: bit for bit the same in any company and at any place. */
export async function checkIndependence(c: LayerCase): Promise<void> {
  const [runtime] = await wasm;
  const model = modelOf(c, runtime);
  const n = 71;
  const data = samples(c, n);
  const width = product(c.outputShape);
  const all = await model.predict(data);
  expect(all.length).toBe(n * width);
  const row = (values: Float32Array, i: number): number[] => [...values.subarray(i * width, (i + 1) * width)];
  for (const rows of [[0], [5, 3], [70, 1, 2], ...[4, 7, 8].map((k) => Array.from({ length: 64 + k }, (_, i) => n - 1 - (i % n)))]) {
    const part = await model.predict(data.subset(rows));
    rows.forEach((from, i) => expect(row(part, i), `row ${from} as number ${i} of ${rows.length}`).toEqual(row(all, from)));
  }
  model.dispose();
}

/** Gradients of any number of rows up to the capacity are the mean of the rows' own. */
export async function checkRows(c: LayerCase): Promise<void> {
  if (c.batchwise) return;
  const [runtime] = await wasm;
  const model = modelOf(c, runtime, true);
  const data = samples(c, 9);
  const own: Awaited<ReturnType<Model["gradients"]>>[] = [];
  for (let i = 0; i < data.length; i++) own.push(await model.gradients(data.subset([i])));
  for (let n = 1; n <= data.length; n++) {
    const { gradients } = await model.gradients(data.take(n));
    gradients.forEach(({ name, data: values }, k) => {
      const want = values.map((_, i) => own.slice(0, n).reduce((sum, g) => sum + g.gradients[k].data[i], 0) / n);
      const scale = want.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
      values.forEach((value, i) => expect(Math.abs(value - want[i]), `${n} rows, ${name}[${i}]`).toBeLessThan(2e-5 * scale));
    });
  }
  model.dispose();
}

/** Training gives the same bits on 1, 2 and 3 threads, whole batches or a last short one, and memory stays as it was after the first epoch. */
export async function checkTraining(c: LayerCase): Promise<void> {
  const data = samples(c, 50);
  const seen = [];
  for (const runtime of await wasm) {
    const model = modelOf(c, runtime, true);
    await model.fit(data, { batchSize: 13, epochs: 1 });
    const { used, byteLength } = runtime.memory;
    await model.fit(data, { batchSize: 13, epochs: 3 });
    // What other models held may be given back meanwhile.
    expect(runtime.memory.used).toBeLessThanOrEqual(used);
    expect(runtime.memory.byteLength).toBe(byteLength);
    seen.push(await model.weightsSha256());
    model.dispose();
  }
  expect(new Set(seen).size, seen.join(" ")).toBe(1);
}
