/** Weights of samples and classes in training and evaluation, and what layers add by addPenalty. */
import { describe, expect, it } from "vitest";
import { dataset } from "../../src/data/index.ts";
import { ConfigError, defineLayer, dense, flatten, NumericError, ops, ShapeError, sequential, sgd } from "../../src/index.ts";
import type { Model } from "../../src/model/model.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { everyRuntime, lines, smallModel } from "./support.ts";

const runtimes = await everyRuntime();
const all = lines(12);
const labels = Array.from({ length: 12 }, (_, i) => all.label(i));
const pixels = (i: number): Uint8Array => (all.x as Uint8Array).subarray(i * 64, (i + 1) * 64);
/** The samples at `positions`, with weights. */
const picked = (positions: readonly number[], sampleWeight?: readonly number[]) =>
  dataset({
    x: Uint8Array.from(positions.flatMap((i) => [...pixels(i)])),
    y: Uint8Array.from(positions, (i) => labels[i]),
    sampleShape: [8, 8, 1],
    classes: 8,
    sampleWeight,
  });

/** What one step of full-batch SGD changes, per unit of learning rate and 1/N. */
async function moved(runtime: Runtime, data: ReturnType<typeof picked>, options = {}): Promise<number[]> {
  const model = smallModel({ runtime, optimizer: sgd({ learningRate: 0.5 }) });
  const before = await model.getWeights();
  await model.fit(data, { batchSize: "full", shuffle: false, ...options });
  return (await model.getWeights()).flatMap(({ data: w }, p) => [...w].map((value, i) => (value - before[p].data[i]) * data.length));
}

function close(a: readonly number[], b: readonly number[], tolerance = 3e-6): void {
  const largest = Math.max(...b.map(Math.abs));
  expect(largest).toBeGreaterThan(0);
  expect(Math.max(...a.map((value, i) => Math.abs(value - b[i])))).toBeLessThan(tolerance * largest);
}

describe.each(runtimes)("%s", (_, runtime) => {
  it("weight 2 is the sample twice, weight 0 is its absence, up to the number of samples", async () => {
    const weighted = await moved(runtime, picked([0, 1, 2, 3], [1, 2, 0, 0.5]));
    const twice = await moved(runtime, picked([0, 1, 1, 2, 3], [1, 1, 1, 0, 0.5]));
    const absent = await moved(runtime, picked([0, 1, 1, 3], [1, 1, 1, 0.5]));
    close(weighted, twice);
    close(weighted, absent);
    const plain = await moved(runtime, picked([0, 1, 2, 3]));
    expect(() => close(weighted, plain, 1e-2)).toThrow();
    close(await moved(runtime, picked([0, 1, 2, 3], [1, 1, 1, 1])), plain);
  });

  it("micro-batches take the weights of their samples", async () => {
    const weights = labels.map((_, i) => (i % 5) / 2);
    const data = picked([...labels.keys()], weights);
    close(await moved(runtime, data, { microBatch: 5 }), await moved(runtime, data));
  });

  it("weights of classes multiply those of samples", async () => {
    const positions = [...labels.keys()];
    const own = positions.map((i) => 1 + (i % 3));
    const both = await moved(runtime, picked(positions, own), { classWeight: { 1: 5, 3: 0 } });
    const product = positions.map((i) => own[i] * (labels[i] === 1 ? 5 : labels[i] === 3 ? 0 : 1));
    close(both, await moved(runtime, picked(positions, product)), 1e-7);
    close(await moved(runtime, picked(positions, own), { classWeight: [1, 5, 1, 0, 1, 1, 1, 1] }), both, 1e-7);
  });

  it("evaluate weights the loss, not the metrics; validation takes no class weights", async () => {
    const model = smallModel({ runtime });
    const data = picked([0, 1, 2], [3, 0, 0.5]);
    const each = await Promise.all([0, 1, 2].map((i) => smallModel({ runtime }).evaluate(picked([i]))));
    const { loss, accuracy } = await model.evaluate(data);
    expect(loss).toBeCloseTo((3 * each[0].loss + 0.5 * each[2].loss) / 3, 5);
    expect(accuracy).toBeCloseTo(each.reduce((sum, e) => sum + (e.accuracy as number), 0) / 3, 6);
    const { epochs } = await model.fit(data, { learningRate: 0, batchSize: "full", validationData: data, classWeight: { [labels[0]]: 2, [labels[2]]: 0 } });
    expect(epochs[0].valLoss).toBeCloseTo(loss, 5);
    expect(epochs[0].loss).toBeCloseTo((6 * each[0].loss) / 3, 5);
    // The same samples without weights, on the same model.
    expect((await model.evaluate(picked([0, 1, 2]))).loss).toBeCloseTo(each.reduce((sum, e) => sum + e.loss, 0) / 3, 5);
  });

  it("a layer's penalty joins the gradient and is reported apart", async () => {
    const lambda = 0.3;
    const model = (penalized: boolean): Model =>
      sequential({ inputShape: [8, 8, 1], seed: 5, runtime }, [
        flatten(),
        dense(6, { activation: "tanh" }),
        defineLayer({
          className: "Small",
          apply(x, { addPenalty }) {
            if (penalized) addPenalty(ops.mul(ops.sum(ops.square(x), { axes: 1 }), lambda));
            return x;
          },
        }),
        dense(8, { activation: "softmax" }),
      ]).compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
    const weights = labels.map((_, i) => i % 3);
    const data = picked([...labels.keys()], weights);
    const [plain, small] = [model(false), model(true)];
    const h = 1e-3;
    expect((await small.evaluate(data)).loss).toBe((await plain.evaluate(data)).loss);
    const hidden = async (): Promise<number> => {
      const [kernel, bias] = (await small.getWeights()).map(({ data: w }) => w);
      let sum = 0;
      for (let i = 0; i < 12; i++)
        for (let u = 0; u < 6; u++) {
          let z = bias[u];
          for (let j = 0; j < 64; j++) z += (pixels(i)[j] / 255) * kernel[j * 6 + u];
          sum += Math.tanh(z) ** 2;
        }
      return (lambda * sum) / 12;
    };
    const want = await hidden();
    const [a, b] = await Promise.all([plain.gradients(data), small.gradients(data)]);
    expect(b.loss).toBe(a.loss);
    // The difference of the gradients is the penalty's: along the steepest weight.
    const differences = b.gradients[0].data.map((g, i) => g - a.gradients[0].data[i]);
    const at = differences.reduce((best, d, i) => (Math.abs(d) > Math.abs(differences[best]) ? i : best), 0);
    const arrays = (await small.getWeights()).map(({ data: w }) => Float64Array.from(w));
    const move = async (d: number): Promise<number> => {
      arrays[0][at] += d;
      await small.setWeights(arrays);
      return hidden();
    };
    const numeric = ((await move(h)) - (await move(-2 * h))) / (2 * h);
    await move(h);
    expect(differences[at]).toBeCloseTo(numeric, 3);
    const { epochs } = await small.fit(data, { learningRate: 0, batchSize: 8, microBatch: 3, shuffle: false });
    expect(epochs[0].metrics.activityPenalty).toBeCloseTo(want, 5);
    expect(epochs[0].loss).toBeCloseTo((await plain.evaluate(data)).loss, 5);
  });

  it("a penalty that is not finite stops the fit", async () => {
    const model = sequential({ inputShape: [8, 8, 1], runtime }, [
      flatten(),
      defineLayer({
        className: "Boundless",
        apply(x, { addPenalty }) {
          addPenalty(ops.div(ops.mean(x, { axes: 1 }), 0));
          return x;
        },
      }),
      dense(8, { activation: "softmax" }),
    ]).compile({ loss: "sparseCategoricalCrossentropy" });
    const before = await model.weightsSha256();
    await expect(model.fit(all)).rejects.toThrow(NumericError);
    expect(await model.weightsSha256()).toBe(before);
  });
});

describe("weights of a dataset", () => {
  const weights = labels.map((_, i) => i + 1);
  const data = picked([...labels.keys()], weights);

  it("follow their samples", () => {
    expect(data.weight(4)).toBe(5);
    expect(data.take(3).weight(2)).toBe(3);
    expect(data.subset([7, 7, 2]).weight(0)).toBe(8);
    expect(data.normalizedBy("none").weight(11)).toBe(12);
    const parts = data.split(0.25, { seed: 3, stratified: false });
    const seen = parts.flatMap((part) => Array.from({ length: part.length }, (_, i) => [part.weight(i), part.sample(i).join()]));
    expect(seen.map(([weight]) => weight).sort((a, b) => Number(a) - Number(b))).toEqual(weights);
    for (const [weight, sample] of seen) expect(data.sample(Number(weight) - 1).join()).toBe(sample);
    expect(all.weight(3)).toBe(1);
  });

  it.each([
    ["of another length", [1, 2], ShapeError, /got 2 values, expected 12, one per sample/],
    ["that are negative", weights.map((w) => 3 - w), ConfigError, /sampleWeight\[3\]: got -1, expected a finite f32 number, 0 or more/],
    ["that are NaN", weights.map(() => Number.NaN), ConfigError, /sampleWeight\[0\]: got NaN/],
    ["that are too large", weights.map(() => 1e39), ConfigError, /sampleWeight\[0\]: got 1e\+39/],
  ])("refuse numbers %s", (_, sampleWeight, type, message) => {
    const make = () => picked([...labels.keys()], sampleWeight);
    expect(make).toThrow(type);
    expect(make).toThrow(message);
  });
});

describe("weights of classes", () => {
  const train = (classWeight: never, data = all) => smallModel().fit(data, { classWeight });

  it.each([
    ["a class that is none", { 8: 1 }, /classWeight: got class 8, expected an integer from 0 to 7/],
    ["a name", { one: 1 }, /got class one/],
    ["a negative weight", { 1: -1 }, /class 1: got -1, expected a finite number, 0 or more/],
    ["NaN", { 1: Number.NaN }, /class 1: got NaN/],
    ["too short a list", [1, 2], /got 2 weights, expected 8, one per class/],
  ])("refuse %s", async (_, classWeight, message) => {
    await expect(train(classWeight as never)).rejects.toThrow(ConfigError);
    await expect(train(classWeight as never)).rejects.toThrow(message);
  });

  it("read classes from one-hot rows and from 0 and 1", async () => {
    const { rowWeights } = await import("../../src/model/fit/row-weights.ts");
    const x = Float32Array.from({ length: 3 }, (_, i) => i);
    const hot = dataset({ x, y: Float32Array.of(0, 1, 0, 1, 0, 0, 0, 0, 1), sampleShape: [1], targetShape: [3] });
    expect(rowWeights(hot.targets[0], { 1: 7, 2: 3 })).toEqual(Float32Array.of(7, 1, 3));
    const binary = dataset({ x, y: Float32Array.of(1, 0, 1), sampleShape: [1] });
    expect(rowWeights(binary.targets[0], { 1: 4 })).toEqual(Float32Array.of(4, 1, 4));
    const other = dataset({ x, y: Float32Array.of(1, 0.5, 1), sampleShape: [1] });
    expect(() => rowWeights(other.targets[0], { 1: 4 })).toThrow(/sample 1: got target 0.5, expected 0 or 1/);
    await expect(smallModel().fit(dataset({ x, sampleShape: [1] }), { classWeight: { 1: 4 } })).rejects.toThrow(/samples without targets/);
  });
});
