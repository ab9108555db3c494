/** Models as parts of models, and frozen layers. */
import { describe, expect, it } from "vitest";
import { dataset } from "../../src/data/index.ts";
import {
  adam,
  adamw,
  ConfigError,
  call,
  decodeModel,
  defineLayer,
  dense,
  encodeModel,
  input,
  type Layer,
  l2,
  type Model,
  maxNorm,
  model,
  type Optimizer,
  ops,
  ShapeError,
  sequential,
  sgd,
} from "../../src/index.ts";

const COUNT = 20;
const x = Float32Array.from({ length: COUNT * 6 }, (_, i) => Math.sin(1 + i * 1.7));
const identity = dataset({ x, y: x.slice(), sampleShape: [6], targetShape: [6] });
const labels = dataset({ x, y: Uint8Array.from({ length: COUNT }, (_, i) => i % 3), sampleShape: [6] });
const plus = (): Layer => defineLayer({ className: "Plus", apply: (_, { inputs }) => inputs.reduce((a, b) => ops.add(a, b)) });

const encoder = (seed = 1): Model => sequential({ inputShape: [6], seed }, [dense(3, { activation: "tanh" })]);
const decoder = (): Model => sequential({ inputShape: [3], seed: 2 }, [dense(4, { activation: "tanh" }), dense(6)]);
const values = async (of: Model): Promise<number[][]> => (await of.getWeights()).map(({ data }) => [...data]);

function autoencoder(first: Model, second: Model): Model {
  const a = input([6]);
  return model({ inputs: a, outputs: call(second, call(first, a)), seed: 9 }).compile({ optimizer: adam({ learningRate: 0.02 }), loss: "mse" });
}

describe("a model that is part of another", () => {
  it("has its weights there, under its name, and learns with it", async () => {
    const [first, second] = [encoder(), decoder()];
    const before = await values(first);
    const whole = autoencoder(first, second);
    expect((await whole.getWeights()).map(({ name }) => name)).toEqual([
      "model/dense/kernel",
      "model/dense/bias",
      "model_1/dense/kernel",
      "model_1/dense/bias",
      "model_1/dense_1/kernel",
      "model_1/dense_1/bias",
    ]);
    expect(await values(whole)).toEqual([...before, ...(await values(second))]);
    const { loss } = await whole.evaluate(identity);
    await whole.fit(identity, { epochs: 10, batchSize: 5 });
    expect((await whole.evaluate(identity)).loss).toBeLessThan(loss);
    expect(await values(first)).not.toEqual(before);
    expect([...(await values(first)), ...(await values(second))]).toEqual(await values(whole));
    // What the parts compute, one after the other, is what the whole does.
    const code = await first.predict(x);
    expect(await second.predict(code)).toEqual(await whole.predict(x));
  });

  it("takes changes of its own along into the whole, at any depth, whoever changed last", async () => {
    const first = encoder();
    const whole = autoencoder(first, decoder());
    const a = input([6]);
    const outer = model({ inputs: a, outputs: call(plus(), call(whole, a), call(dense(6), a)) });
    outer.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "mse" });
    await outer.predict(x);
    await first.setWeights([new Float32Array(18).fill(0.5), new Float32Array(3)]);
    expect((await values(outer))[0]).toEqual(Array(18).fill(0.5));
    await outer.fit(identity, { epochs: 1 });
    expect((await values(first))[0]).toEqual((await values(outer))[0]);
    expect((await values(first))[0]).not.toEqual(Array(18).fill(0.5));
    await whole.fit(identity, { epochs: 1 });
    expect((await values(outer)).slice(0, 6)).toEqual(await values(whole));
    // Memory that was made in the meantime does not matter.
    whole.dispose();
    expect(await first.predict(x)).toEqual(await model({ inputs: a, outputs: call(first, a) }).predict(x));
  });

  it("shares its weights between its calls", async () => {
    const a = input([6]);
    const tower = encoder();
    const twins = model({ inputs: a, outputs: call(plus(), call(tower, a), call(tower, a)) });
    expect(twins.parameterCount).toBe(21);
    expect(twins.architecture.calls.map(({ name }) => name)).toEqual(["model/dense", "model/dense#2", "plus"]);
    const [one, two] = [await tower.predict(x), await twins.predict(x)];
    two.forEach((value, i) => {
      expect(value).toBeCloseTo(2 * one[i], 6);
    });
  });

  it("shares them too with itself as a part of another part", async () => {
    const inner = sequential({ inputShape: [6], seed: 1 }, [dense(6)]);
    const [a, b] = [input([6]), input([6])];
    const middle = model({ inputs: a, outputs: call(inner, a), name: "middle" });
    const whole = model({ inputs: b, outputs: call(middle, call(inner, b)) }).compile({ optimizer: "sgd", loss: "mse" });
    expect((await whole.getWeights()).map(({ name }) => name)).toEqual(["model/dense/kernel", "model/dense/bias"]);
    await whole.fit(identity, { epochs: 2 });
    expect(await values(whole)).toEqual(await values(inner));
    expect(await values(middle)).toEqual(await values(inner));
    // By whichever way it comes first.
    const other = model({ inputs: b, outputs: call(inner, call(middle, b)) });
    expect((await other.getWeights()).map(({ name }) => name)).toEqual(["middle/model/dense/kernel", "middle/model/dense/bias"]);
  });

  it("is saved and loaded as a part of the whole", async () => {
    const whole = autoencoder(encoder(), decoder());
    await whole.fit(identity, { epochs: 1 });
    const again = await decodeModel(await encodeModel(whole), "file");
    expect(await again.weightsSha256()).toBe(await whole.weightsSha256());
    expect(await again.predict(x)).toEqual(await whole.predict(x));
  });

  it("has weights apart from those of a model that only has the same layer object", async () => {
    const layer = dense(3);
    const [one, two] = [sequential({ inputShape: [6], seed: 1 }, [layer]), sequential({ inputShape: [6], seed: 2 }, [layer])];
    await one.setWeights([new Float32Array(18), new Float32Array(3)]);
    expect((await values(two))[0]).not.toEqual((await values(one))[0]);
  });

  it("is not trained by two fits at once, nor called with what does not fit", async () => {
    const first = encoder().compile({ loss: "mse" });
    const whole = autoencoder(first, decoder());
    const running = whole.fit(identity, { epochs: 2 });
    await expect(first.setWeights(await first.getWeights().then((all) => all.map(({ data }) => data)))).rejects.toThrow(
      /setWeights: got a call while another model/,
    );
    await expect(first.fit(dataset({ x, y: new Float32Array(COUNT * 3), sampleShape: [6], targetShape: [3] }))).rejects.toThrow(ConfigError);
    await running;
    expect(() => call(first, input([5]))).toThrow(ShapeError);
    expect(() => call(first, input([6]), input([6]))).toThrow(/call of a model with inputs input_layer: got \[N,6\], \[N,6\], expected \[N,6\]/);
  });
});

describe("a frozen layer", () => {
  const optimizers: [string, () => Optimizer][] = [
    ["adamw that decays", () => adamw({ learningRate: 0.05, weightDecay: 0.1 })],
    ["clipping by value", () => adam({ learningRate: 0.05, clipValue: 0.001 })],
    ["clipping by norm, with an average", () => adam({ learningRate: 0.05, clipNorm: 0.01, ema: 0.9 })],
    ["clipping by global norm, with momentum", () => sgd({ learningRate: 0.05, momentum: 0.9, globalClipNorm: 0.01 })],
  ];
  const make = (optimizer: Optimizer, frozen: boolean): { net: Model; middle: Layer } => {
    const middle = dense(5, { activation: "tanh", kernelRegularizer: l2({ l2: 0.1 }), biasRegularizer: l2({ l2: 0.1 }), kernelConstraint: maxNorm(0.1) });
    middle.trainable = !frozen;
    const net = sequential({ inputShape: [6], seed: 3 }, [dense(5, { activation: "tanh" }), middle, dense(3, { activation: "softmax" })]);
    return { net: net.compile({ optimizer, loss: "sparseCategoricalCrossentropy" }), middle };
  };

  it.each(optimizers)("keeps every bit: %s", async (_, optimizer) => {
    const { net, middle } = make(optimizer(), true);
    const before = await values(net);
    await net.fit(labels, { epochs: 3, batchSize: 4 });
    const after = await values(net);
    expect(after.slice(2, 4)).toEqual(before.slice(2, 4));
    for (const i of [0, 4]) expect(after[i]).not.toEqual(before[i]);
    // Set free, it learns again; frozen again, it stays.
    middle.trainable = true;
    await net.fit(labels, { epochs: 1, batchSize: 4 });
    const moved = await values(net);
    for (const i of [2, 3]) expect(moved[i]).not.toEqual(after[i]);
    middle.trainable = false;
    await net.fit(labels, { epochs: 1, batchSize: 4 });
    expect((await values(net)).slice(2, 4)).toEqual(moved.slice(2, 4));
  });

  it("counts in no norm, penalty, gradient or total, and says so in its file", async () => {
    const { net } = make(sgd({ learningRate: 1, globalClipNorm: 1e-3 }), true);
    const before = await values(net);
    const { gradients } = await net.gradients(labels);
    expect(gradients.map(({ name }) => name)).toEqual(["dense/kernel", "dense/bias", "dense_2/kernel", "dense_2/bias"]);
    const norm = Math.sqrt(gradients.reduce((sum, { data }) => sum + data.reduce((a, b) => a + b * b, 0), 0));
    const { epochs } = await net.fit(labels, { epochs: 1, batchSize: "full" });
    expect(epochs[0].penalty).toBe(0);
    const after = await values(net);
    gradients.forEach(({ data }, k) => {
      const i = k < 2 ? k : k + 2;
      data.forEach((g, e) => {
        expect(after[i][e]).toBeCloseTo(before[i][e] - (1e-3 / norm) * g, 6);
      });
    });
    expect(net.summary()).toContain("83 parameters, 53 trainable and 30 not");
    const json = net.toJSON();
    expect(json.layers.map(({ trainable }) => trainable)).toEqual([undefined, false, undefined]);
  });

  it("may be a whole model: a head learns on features that stay", async () => {
    const features = encoder();
    features.trainable = false;
    const a = input([6]);
    const net = model({ inputs: a, outputs: call(dense(3, { activation: "softmax" }), call(features, a)), seed: 4 });
    net.compile({ optimizer: adamw({ learningRate: 0.05 }), loss: "sparseCategoricalCrossentropy" });
    const before = await values(features);
    await net.fit(labels, { epochs: 2 });
    expect(await values(features)).toEqual(before);
    expect(features.trainable).toBe(false);
    expect(net.trainable).toBe(true);
    features.trainable = true;
    await net.fit(labels, { epochs: 1 });
    expect(await values(features)).not.toEqual(before);
  });
});
