/** Activations by name, prelu, and penalties on activities, through whole models. */
import { describe, expect, it } from "vitest";
import { dataset } from "../../src/data/index.ts";
import {
  activation,
  activityRegularization,
  ConfigError,
  constant,
  conv2d,
  createRuntime,
  dense,
  flatten,
  type Layer,
  type l1,
  l1l2,
  l2,
  maxPool2d,
  modelFromJSON,
  type NamedArray,
  prelu,
  sequential,
} from "../../src/index.ts";
import { activationNames } from "../../src/layers/index.ts";
import { traceStep } from "../../src/model/trace/trace.ts";

const exact = await createRuntime({ backend: "js", precision: "f64" });
const fast = await createRuntime();

const noise = (n: number, scale = 1): Float32Array => Float32Array.from({ length: n }, (_, i) => scale * Math.sin(1 + i * 1.7));
const images = dataset({ x: noise(6 * 5 * 4 * 2), y: Uint8Array.of(0, 1, 2, 0, 1, 2), sampleShape: [5, 4, 2] });
const rows = dataset({ x: noise(6 * 7), y: Uint8Array.of(0, 1, 2, 0, 1, 2), sampleShape: [7] });

const compiled = (layers: Layer[], inputShape = [7], runtime = exact) =>
  sequential({ inputShape, seed: 4, runtime }, [...layers, dense(3, { activation: "softmax" })]).compile({
    optimizer: "sgd",
    loss: "sparseCategoricalCrossentropy",
  });

async function checked(layers: Layer[], data = rows): Promise<void> {
  const model = compiled(layers, [...data.sampleShape]);
  const json = JSON.parse(JSON.stringify(model.toJSON()));
  expect(modelFromJSON(json, { runtime: exact }).toJSON()).toEqual(json);
  const { checks } = await traceStep(model, data, 0, 5);
  expect(checks.length).toBeGreaterThan(0);
  for (const { parameter, numeric, reference } of checks)
    expect(Math.abs(numeric - reference), parameter).toBeLessThan(1e-6 * Math.max(1, Math.abs(reference)));
}

describe("activations", () => {
  it.each(activationNames)("%s works in dense, conv2d and activation(), with gradients, and round-trips", async (name) => {
    // An exponential of an exponential leaves the floats.
    await checked([dense(5, { activation: name, kernelInitializer: constant(0.1), biasInitializer: constant(0.2) }), dense(4), activation(name)]);
    await checked([conv2d(2, 3, { activation: name }), flatten()], images);
  });

  it("are refused by an unknown name, also one that every object has", () => {
    for (const name of ["rulu", "constructor", "toString"]) {
      expect(() => dense(3, { activation: name as "relu" })).toThrow(ConfigError);
      expect(() => activation(name as "relu")).toThrow(/expected linear, relu, leakyRelu/);
    }
  });
});

describe("prelu", () => {
  it("learns one slope per element, or per channel", async () => {
    const start = { alphaInitializer: constant(0.25) };
    await checked([dense(5), prelu(start)]);
    await checked([conv2d(3, 3), prelu({ ...start, sharedAxes: [1, 2] }), flatten()], images);
    const shapes = async (layer: Layer): Promise<number[][]> => {
      const weights = await compiled([conv2d(3, 3), layer, flatten()], [5, 4, 2]).getWeights();
      return weights.filter(({ name }) => name.endsWith("/alpha")).map(({ shape }) => [...shape]);
    };
    expect(await shapes(prelu())).toEqual([[3, 2, 3]]);
    expect(await shapes(prelu({ sharedAxes: [1, 2] }))).toEqual([[1, 1, 3]]);
  });

  it("is x above 0 and alpha x below", async () => {
    const model = sequential({ inputShape: [3], runtime: fast }, [prelu({ alphaInitializer: constant(0.5) })]);
    expect([...(await model.predict(Float32Array.of(-4, 0, 3)))]).toEqual([-2, 0, 3]);
  });

  it("refuses what it cannot do", () => {
    expect(() => prelu({ sharedAxes: [0] })).toThrow(/prelu: got sharedAxes = \[0\], expected integers from 1 on/);
    expect(() => sequential({ inputShape: [3] }, [prelu({ sharedAxes: [2] })])).toThrow(/sharedAxes with 2 for input \[N,3\], expected axes from 1 to 1/);
  });
});

describe("activity regularizers", () => {
  it.each([
    ["of dense", () => [dense(5, { activation: "tanh", activityRegularizer: l1l2({ l1: 0.1, l2: 0.2 }) })], rows],
    ["of conv2d", () => [conv2d(2, 3, { activation: "relu", activityRegularizer: l2() }), maxPool2d(2), flatten()], images],
    ["as a layer", () => [dense(5), activityRegularization({ l1: 0.3, l2: 0.1 })], rows],
    ["by name", () => [dense(5, { activityRegularizer: "l1" })], rows],
  ] as const)("%s have gradients, and round-trip", async (_, layers, data) => {
    await checked([...layers()], data);
  });

  it("are Keras's: factors times sums over the outputs, divided by the batch, reported apart from the loss", async () => {
    const build = (regularizer?: ReturnType<typeof l1>) => compiled([dense(5, { activation: "tanh", activityRegularizer: regularizer })], [7], fast);
    const plain = build();
    const hidden = sequential({ inputShape: [7], runtime: fast }, [dense(5, { activation: "tanh" })]);
    await hidden.setWeights((await plain.getWeights()).slice(0, 2).map(({ data }: NamedArray) => data));
    const y = [...(await hidden.predict(rows))];
    const want = (0.02 * y.reduce((s, v) => s + Math.abs(v), 0) + 0.3 * y.reduce((s, v) => s + v * v, 0)) / 6;
    for (const options of [{ batchSize: "full" as const }, { batchSize: 4 }, { batchSize: 6, microBatch: 2 }]) {
      const { epochs } = await build(l1l2({ l1: 0.02, l2: 0.3 })).fit(rows, { ...options, learningRate: 0 });
      expect(epochs[0].metrics.activityPenalty).toBeCloseTo(want, 6);
      expect(epochs[0].loss).toBeCloseTo((await plain.evaluate(rows)).loss, 5);
    }
    const { epochs } = await plain.fit(rows, { learningRate: 0 });
    expect(epochs[0].metrics).not.toHaveProperty("activityPenalty");
  });

  it("refuse what is none", () => {
    expect(() => dense(3, { activityRegularizer: "l3" })).toThrow(/dense: got name "l3", expected l1, l2, l1l2/);
    expect(() => activityRegularization({ l1: -1 })).toThrow(ConfigError);
  });
});
