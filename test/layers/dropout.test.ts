/** Dropout and its kin: what they draw, what draws depend on, what they do to gradients, and that they end with training. */
import { describe, expect, it } from "vitest";
import { Graph } from "../../src/graph/graph.ts";
import { host } from "../../src/graph/ops/leaf.ts";
import { runGraph } from "../../src/graph/run.ts";
import {
  adam,
  ConfigError,
  conv2d,
  createRuntime,
  dense,
  dropout,
  flatten,
  gaussianDropout,
  gaussianNoise,
  type Layer,
  type Model,
  maxPool2d,
  modelFromJSON,
  ops,
  type Runtime,
  sequential,
  spatialDropout2d,
} from "../../src/index.ts";
import { traceStep } from "../../src/model/trace/trace.ts";
import { BATCH } from "../../src/shape.ts";
import { lines } from "../model/support.ts";

const deterministic = await createRuntime({ mode: "deterministic" });
const exact = await createRuntime({ backend: "js", precision: "f64" });

/** op(x) of `rows` rows of `width` under a key. */
async function drawn(op: (x: ReturnType<typeof host>) => ReturnType<typeof host>, rows: number, width: number, value = 1, key = [1, 2], first = 0) {
  const graph = new Graph();
  const x = host(graph, "x", [BATCH, width]);
  const values = { x: new Float32Array(rows * width).fill(value), randomKey: key, positions: Array.from({ length: rows }, (_, i) => first + i) };
  return [...(await runGraph(deterministic, [op(x)], values, rows))[0]];
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: readonly number[]): number => {
  const m = mean(values);
  return mean(values.map((v) => (v - m) ** 2));
};

describe("masks", () => {
  it.each([0.001, 0.1, 0.5, 0.8, 0.95])("drop a share of %s, and keep the mean", async (rate) => {
    const [rows, width] = [400, 250];
    const y = await drawn((x) => ops.dropout(x, rate), rows, width);
    const kept = 1 / (1 - rate);
    expect(y.every((v) => v === 0 || v === Math.fround(kept))).toBe(true);
    const share = y.filter((v) => v === 0).length / y.length;
    // Four standard deviations of a binomial share.
    const deviation = Math.sqrt((rate * (1 - rate)) / y.length);
    expect(Math.abs(share - rate)).toBeLessThan(4 * deviation);
    expect(Math.abs(mean(y) - 1)).toBeLessThan(4 * deviation * kept);
    expect(variance(y)).toBeCloseTo(rate / (1 - rate), rate < 0.9 ? 1 : 0);
  });

  it("are independent from element to element and from sample to sample", async () => {
    const [rows, width] = [256, 256];
    const y = (await drawn((x) => ops.dropout(x, 0.5), rows, width)).map((v) => v - 1);
    const correlation = (other: (r: number, c: number) => number): number => mean(y.map((v, i) => v * other(Math.floor(i / width), i % width)));
    const at = (r: number, c: number): number => y[(r % rows) * width + (c % width)];
    // 65,536 products of +-1 have a mean of 0 +- 0.004.
    for (const [dr, dc] of [
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [2, 0],
      [0, 8],
      [1, 255],
    ])
      expect(Math.abs(correlation((r, c) => at(r + dr, c + dc)))).toBeLessThan(0.016);
  });

  it("differ by key, stream and sample, and depend on nothing else", async () => {
    const mask = (key: number[], first: number, rows = 4) => drawn((x) => ops.dropout(x, 0.5), rows, 33, 1, key, first);
    const whole = await mask([5, 6], 0, 8);
    expect(await mask([5, 6], 4)).toEqual(whole.slice(4 * 33));
    expect(await mask([5, 7], 0, 8)).not.toEqual(whole);
    const both = await drawn((x) => ops.sub(ops.dropout(x, 0.5), ops.dropout(x, 0.5)), 8, 33);
    expect(both.some((v) => v !== 0)).toBe(true);
    const reference = new Graph();
    const x = host(reference, "x", [BATCH, 33]);
    const values = { x: new Float32Array(8 * 33).fill(1), randomKey: [5, 6], positions: Array.from({ length: 8 }, (_, i) => i) };
    expect([...(await runGraph(exact, [ops.dropout(x, 0.5)], values, 8))[0]]).toEqual(whole);
  });

  it("of images drop whole channels", async () => {
    const graph = new Graph();
    const x = host(graph, "x", [BATCH, 3, 2, 64]);
    const values = { x: new Float32Array(20 * 6 * 64).fill(1), randomKey: [1, 2], positions: Array.from({ length: 20 }, (_, i) => i) };
    const [y] = await runGraph(deterministic, [ops.spatialDropout(x, 0.25)], values, 20);
    let dropped = 0;
    for (let n = 0; n < 20; n++)
      for (let c = 0; c < 64; c++) {
        const channel = Array.from({ length: 6 }, (_, i) => y[(n * 6 + i) * 64 + c]);
        expect(new Set(channel).size).toBe(1);
        if (channel[0] === 0) dropped++;
      }
    expect(Math.abs(dropped / 1280 - 0.25)).toBeLessThan(0.05);
  });

  it("Gaussian noise has its mean and deviation", async () => {
    const added = (await drawn((x) => ops.gaussianNoise(x, 0.3), 400, 250, 2)).map((v) => v - 2);
    expect(Math.abs(mean(added))).toBeLessThan((4 * 0.3) / Math.sqrt(1e5));
    expect(Math.sqrt(variance(added))).toBeCloseTo(0.3, 2);
    expect(mean(added.map((v) => (v / 0.3) ** 4))).toBeCloseTo(3, 0);
    const multiplied = await drawn((x) => ops.gaussianDropout(x, 0.2), 400, 250, 4);
    expect(mean(multiplied)).toBeCloseTo(4, 1);
    expect(variance(multiplied) / 16).toBeCloseTo(0.25, 2);
  });
});

const layers: [string, () => Layer][] = [
  ["dropout", () => dropout(0.4)],
  ["gaussianDropout", () => gaussianDropout(0.4)],
  ["gaussianNoise", () => gaussianNoise(0.5)],
];

const mlp = (layer: Layer, runtime: Runtime = deterministic, seed = 3): Model =>
  sequential({ inputShape: [8, 8, 1], seed, runtime }, [flatten(), dense(24, { activation: "tanh" }), layer, dense(8, { activation: "softmax" })]).compile({
    optimizer: adam({ learningRate: 0.01 }),
    loss: "sparseCategoricalCrossentropy",
  });

describe.each(layers)("%s", (_, make) => {
  it("gives the same bits for the same seed, other bits for another", async () => {
    const hash = async (seed: number): Promise<string> => {
      const model = mlp(make(), deterministic, seed);
      await model.fit(lines(48), { epochs: 2, batchSize: 16 });
      return model.weightsSha256();
    };
    expect(await hash(3)).toBe(await hash(3));
    expect(await hash(3)).not.toBe(await hash(4));
  });

  it("gives the same bits for 1 to 4 threads", async () => {
    const hashes = new Set<string>();
    for (const threads of [1, 2, 3, 4]) {
      const runtime = await createRuntime({ mode: "deterministic", threads });
      const model = sequential({ inputShape: [8, 8, 1], seed: 3, runtime }, [
        flatten(),
        dense(512, { activation: "relu" }),
        make(),
        dense(512, { activation: "relu" }),
        make(),
        dense(8, { activation: "softmax" }),
      ]).compile({ loss: "sparseCategoricalCrossentropy" });
      await model.fit(lines(53), { epochs: 1, batchSize: 21 });
      hashes.add(await model.weightsSha256());
      // The test is of threads, so they must have been worth it.
      expect(runtime.team === null).toBe(threads === 1);
      model.dispose();
      await runtime.dispose();
    }
    expect(hashes.size).toBe(1);
  });

  it("draws by the sample's place in the batch, however it is cut into passes", async () => {
    const whole = mlp(make());
    const cut = mlp(make());
    const [a] = (await whole.fit(lines(32), { batchSize: 32, shuffle: false, learningRate: 0 })).epochs;
    const [b] = (await cut.fit(lines(32), { batchSize: 32, microBatch: 5, shuffle: false, learningRate: 0 })).epochs;
    expect(Math.abs(a.loss / b.loss - 1)).toBeLessThan(1e-6);
  });

  it("does nothing outside training, and draws anew in each step", async () => {
    const model = mlp(make());
    const plain = mlp(dropout(0));
    expect(await model.predict(lines(9))).toEqual(await plain.predict(lines(9)));
    expect(await model.evaluate(lines(9))).toEqual(await plain.evaluate(lines(9)));
    const first = await model.gradients(lines(8));
    expect((await model.gradients(lines(8))).loss).toBe(first.loss);
    await model.fit(lines(8), { batchSize: 8, learningRate: 0 });
    expect((await model.gradients(lines(8))).loss).not.toBe(first.loss);
  });

  it("passes gradients through the mask of its forward pass", async () => {
    const model = mlp(make(), exact);
    const { checks } = await traceStep(model, lines(7), 0, 6);
    expect(checks.length).toBe(24);
    for (const { parameter, numeric, reference } of checks)
      expect(Math.abs(numeric - reference), parameter).toBeLessThan(1e-6 * Math.max(1, Math.abs(reference)));
  });

  it("round-trips through JSON", () => {
    const json = JSON.parse(JSON.stringify(mlp(make()).toJSON()));
    expect(modelFromJSON(json, { runtime: deterministic }).toJSON()).toEqual(json);
  });
});

describe("a dropout", () => {
  it("leaves the fused block before it as it is", () => {
    const kernels = (noise: Layer[]): string[] => {
      const model = sequential({ inputShape: [28, 28, 1], runtime: deterministic }, [
        conv2d(32, 3, { activation: "relu" }),
        maxPool2d(2),
        ...noise.slice(0, 1),
        conv2d(64, 3, { activation: "relu" }),
        maxPool2d(2),
        flatten(),
        ...noise.slice(1),
        dense(10, { activation: "softmax" }),
      ]).compile({ loss: "sparseCategoricalCrossentropy" });
      return model.program({ sparse: true }).accumulate.map(({ kernel }) => kernel);
    };
    const plain = kernels([]);
    const with2 = kernels([dropout(0.25), dropout(0.5)]);
    expect(plain).toContain("conv_window_forward_f32");
    // Masks and products, and nothing else.
    const rest = with2.filter((kernel) => kernel !== "dropout_mask_f32" && kernel !== "mul_f32");
    expect([...rest].sort()).toEqual([...plain].sort());
    expect(with2.length - rest.length).toBe(6);
  });

  it.each([-0.1, 1, 1.5, Number.NaN, "0.5"])("refuses the rate %s", (rate) => {
    for (const make of [dropout, spatialDropout2d, gaussianDropout]) expect(() => make(rate as number)).toThrow(ConfigError);
    expect(() => dropout(rate as number)).toThrow(/dropout: got rate = .*, expected a number, 0 or more, below 1/);
  });

  it("of channels wants images", () => {
    expect(() => sequential({ inputShape: [30] }, [spatialDropout2d(0.5), dense(2)])).toThrow(
      /spatialDropout2d: got input \[N,30\], expected \[N,height,width,channels\]/,
    );
    expect(() => gaussianNoise(-1)).toThrow(/gaussianNoise: got stddev = -1, expected a finite number, 0 or more/);
  });
});
