/** Batch normalization, embeddings and merging layers through whole models: statistics that move, freezing, masks, what is refused. */
import { describe, expect, it } from "vitest";
import { dataset } from "../../src/data/index.ts";
import {
  add,
  batchNormalization,
  call,
  concatenate,
  constant,
  createRuntime,
  defineLayer,
  dense,
  embedding,
  globalAveragePool1d,
  globalMaxPool2d,
  input,
  type Layer,
  layerNormalization,
  masking,
  maskOf,
  model,
  multiply,
  ops,
  permute,
  reshape,
  sequential,
  sgd,
  subtract,
} from "../../src/index.ts";

const runtimes = await Promise.all([createRuntime({ threads: 1 }), createRuntime({ threads: 2 }), createRuntime({ backend: "js", precision: "f64" })]);
const [wasm] = runtimes;
const COUNT = 26;
const C = 3;
const x = Float32Array.from({ length: COUNT * C }, (_, i) => 5 * Math.sin(1 + i * 1.7) + i / 20);
const data = dataset({ x, y: new Float32Array(COUNT * C), sampleShape: [C], targetShape: [C] });
const MOMENTUM = 0.7;
const EPSILON = 0.01;

/** Mean and biased variance of each channel of rows [from, to). */
function statistics(from: number, to: number): { mean: number[]; variance: number[] } {
  const column = (c: number): number[] => Array.from({ length: to - from }, (_, i) => x[(from + i) * C + c]);
  const mean = Array.from({ length: C }, (_, c) => column(c).reduce((a, b) => a + b, 0) / (to - from));
  return { mean, variance: mean.map((m, c) => column(c).reduce((sum, value) => sum + (value - m) ** 2, 0) / (to - from)) };
}

/** Moving statistics after batches of these sizes. */
function moved(sizes: readonly number[]): { mean: number[]; variance: number[] } {
  const moving = { mean: Array<number>(C).fill(0), variance: Array<number>(C).fill(1) };
  let from = 0;
  for (const size of sizes) {
    const batch = statistics(from, from + size);
    for (const key of ["mean", "variance"] as const) moving[key] = moving[key].map((value, c) => MOMENTUM * value + (1 - MOMENTUM) * batch[key][c]);
    from += size;
  }
  return moving;
}

const norm = (): Layer => batchNormalization({ momentum: MOMENTUM, epsilon: EPSILON });
const made = (layers: Layer[], runtime = wasm, inputShape = [C]) =>
  sequential({ inputShape, seed: 2, runtime }, layers).compile({ optimizer: sgd({ learningRate: 0.05 }), loss: "meanSquaredError" });
const close = (actual: ArrayLike<number>, expected: readonly number[], limit = 1e-5): void => {
  expect(actual.length).toBe(expected.length);
  expected.forEach(
    (value, i) => void expect(Math.abs(actual[i] - value), `${i}: ${actual[i]}, expected ${value}`).toBeLessThan(limit * Math.max(1, Math.abs(value))),
  );
};
const weightsOf = async (m: ReturnType<typeof made>) => new Map((await m.getWeights()).map(({ name, data: values }) => [name.split("/").pop(), [...values]]));

describe.each(runtimes.map((runtime) => [`${runtime.kernels} ${runtime.precision}, ${runtime.threads} threads`, runtime] as const))("%s", (_, runtime) => {
  it.each([
    ["of each batch, the short last one too", { batchSize: 12 }, [12, 12, 2]],
    ["of each pass by itself", { batchSize: 26, microBatch: 8 }, [8, 8, 8, 2]],
  ] as const)("the moving statistics follow those %s", async (_name, options, sizes) => {
    const m = made([norm()], runtime);
    await m.fit(data, { epochs: 1, shuffle: false, ...options });
    const { mean, variance } = moved(sizes);
    const weights = await weightsOf(m);
    close(weights.get("movingMean") as number[], mean);
    close(weights.get("movingVariance") as number[], variance);
    const [gamma, beta] = ["gamma", "beta"].map((name) => weights.get(name) as number[]);
    // Each sample is normalized by them, whatever stands beside it.
    const expected = Array.from(
      x.subarray(0, 4 * C),
      (value, i) => (gamma[i % C] * (value - mean[i % C])) / Math.sqrt(variance[i % C] + EPSILON) + beta[i % C],
    );
    close(await m.predict(x.slice(0, 4 * C)), expected, 1e-4);
    const { loss } = await m.evaluate(data.take(4));
    close([loss], [expected.reduce((sum, value) => sum + value * value, 0) / (4 * C)], 1e-4);
    m.dispose();
  });

  it("frozen, it trains what is before it through its moving statistics, which stay", async () => {
    const frozen = norm();
    frozen.trainable = false;
    const start = { movingMean: [0.5, -1, 2], movingVariance: [4, 0.25, 1] };
    const m = made([dense(C, { kernelInitializer: constant(0.3) }), frozen], runtime);
    const given = (await m.getWeights()).map(({ name, data: values }) => start[name.split("/")[1] as keyof typeof start] ?? values);
    await m.setWeights(given);
    const before = await m.getWeights();
    // The same by layers that know nothing of batches.
    const scale = start.movingVariance.map((v) => 1 / Math.sqrt(v + EPSILON));
    const byHand = defineLayer({
      className: "ByHand",
      apply: (z) => ops.mul(ops.sub(z, ops.constant(z.graph, start.movingMean, [C])), ops.constant(z.graph, scale, [C])),
    });
    const twin = made([dense(C, { kernelInitializer: constant(0.3) }), byHand], runtime);
    await twin.setWeights((await m.getWeights()).slice(0, 2).map(({ data: values }) => values));
    for (const one of [m, twin]) await one.fit(data, { epochs: 2, batchSize: 8 });
    const after = await m.getWeights();
    for (let i = 2; i < after.length; i++) expect([...after[i].data]).toEqual([...before[i].data]);
    close(after[0].data, [...(await twin.getWeights())[0].data], 1e-4);
    expect([...after[0].data]).not.toEqual([...before[0].data]);
    for (const one of [m, twin]) one.dispose();
  });
});

it("indices that a model computes stay in the table", async () => {
  const scaled = defineLayer({ className: "Scaled", apply: (value) => ops.mul(value, 1000) });
  const m = made([scaled, embedding(4, 2)], wasm, [3]);
  const rows = [...(await m.getWeights())[0].data];
  expect([...(await m.predict(Float32Array.of(-1, 0.002, 7)))]).toEqual([...rows.slice(0, 2), ...rows.slice(4, 6), ...rows.slice(6, 8)]);
});

describe("masks", () => {
  /** The mask of what the layer is given, as values; -1 without. */
  const masks = (): Layer => defineLayer({ className: "Masks", apply: (value) => maskOf(value) ?? ops.sub(ops.mul(ops.sum(value, { axes: -1 }), 0), 1) });
  const words = Float32Array.of(3, 1, 0, 0, 2, 0, 0, 0);

  it("of an embedding are where its index is 0, and reach a mean over steps", async () => {
    const table = () => embedding(4, 2, { maskZero: true });
    expect([...(await made([table(), masks()], wasm, [4]).predict(words))]).toEqual([1, 1, 0, 0, 1, 0, 0, 0]);
    expect([...(await made([table(), layerNormalization(), batchNormalization(), masks()], wasm, [4]).predict(words))]).toEqual([1, 1, 0, 0, 1, 0, 0, 0]);
    const m = made([table(), globalAveragePool1d()], wasm, [4]);
    const rows = [...(await m.getWeights())[0].data];
    close(await m.predict(words), [(rows[6] + rows[2]) / 2, (rows[7] + rows[3]) / 2, rows[4], rows[5]], 1e-6);
    // No step counts: 0, not NaN.
    expect([...(await m.predict(new Float32Array(4)))]).toEqual([0, 0]);
  });

  it("of merged values are those of all that have one", async () => {
    const a = input([4]);
    const one = call(embedding(4, 2, { maskZero: true }), a);
    const two = call([reshape([4, 1]), masking(3), dense(2)], a);
    for (const layer of [add(), multiply(), concatenate()]) {
      const m = model({ inputs: a, outputs: call([layer, masks()], one, two), runtime: wasm });
      expect([...(await m.predict(words))]).toEqual([0, 1, 0, 0, 1, 0, 0, 0]);
    }
    expect(() => model({ inputs: a, outputs: call(concatenate({ axis: 1 }), one, two), runtime: wasm })).toThrow(
      /concatenate: got steps with a mask, joined along axis 1/,
    );
  });
});

describe("refused", () => {
  const two = (layer: Layer, a: number[], b: number[]) => {
    const [p, q] = [input(a), input(b)];
    return () => model({ inputs: [p, q], outputs: call(layer, p, q), runtime: wasm });
  };
  it.each([
    ["momentum above 1", () => batchNormalization({ momentum: 1.5 }), "batchNormalization: got momentum = 1.5, expected a number from 0 to 1"],
    ["epsilon 0", () => layerNormalization({ epsilon: 0 }), "layerNormalization: got epsilon = 0, expected a number above 0"],
    ["no words", () => embedding(0, 3), "embedding: got inputDim = 0, expected a positive integer"],
    ["axis 0", () => concatenate({ axis: 0 }), "concatenate: got axis = 0, expected an axis from 1 on, or from the end; 0 is the batch"],
    ["a dimension twice", () => permute([1, 1]), "permute: got [1,1], expected dimensions from 1 on, each once"],
    ["two open sizes", () => reshape([-1, -1]), "reshape: got [-1,-1], expected positive integers, one of them perhaps -1"],
    ["what does not divide", () => made([reshape([-1, 2])]), "reshape: got input [N,3], expected a multiple of [N,2]"],
    ["sequences as images", () => made([globalMaxPool2d()], wasm, [2, 3]), "globalMaxPool2d: got input [N,2,3], expected images [N,H,W,C]"],
    ["sums of other ranks", two(add(), [3], [2, 3]), "add: got inputs [N,3] and [N,2,3], expected as many dimensions in each"],
    ["sums of other sizes", two(add(), [3], [2]), "add"],
    [
      "parts of other sizes",
      two(concatenate({ axis: 1 }), [2, 3], [2, 4]),
      "concat: got shapes [N,2,3] and [N,2,4], expected dimensions that are equal but for axis 1",
    ],
    ["a difference of one", () => made([subtract()]), "subtract: got 1 inputs, expected 2"],
  ] as const)("%s", (_, make, message) => {
    expect(make).toThrow(message);
  });
  it("an index that an embedding does not have", async () => {
    const m = made([embedding(4, 2), globalAveragePool1d()], wasm, [2]);
    await expect(m.predict(Float32Array.of(1, 4))).rejects.toThrow(
      /embedding \(Embedding\).*sample 0, element 1: got 4, expected an index, a whole number from 0 to 3/s,
    );
    await expect(m.predict(Float32Array.of(1, 0.5))).rejects.toThrow(/got 0.5/);
  });
});
