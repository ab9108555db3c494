/** Models of several inputs and outputs, from the data to the report. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Dataset, type DatasetOptions, dataset } from "../../src/data/index.ts";
import {
  adamw,
  ConfigError,
  call,
  createRuntime,
  decodeModel,
  defineLayer,
  dense,
  type EpochReport,
  earlyStopping,
  encodeModel,
  input,
  l2,
  type Metric,
  model,
  modelFromJSON,
  NumericError,
  ops,
  progressBar,
  ShapeError,
  sequential,
  sgd,
} from "../../src/index.ts";
import type { CompileOptions, Model } from "../../src/model/model.ts";
import { traceStep } from "../../src/model/trace/trace.ts";
import { fillUniform } from "../../src/random.ts";

const N = 24;
const numbers = (count: number, k: number): Float32Array => {
  const values = new Float32Array(count);
  fillUniform(values, count, [k, 5]);
  return values;
};
const kind = Uint8Array.from({ length: N }, (_, i) => (i * 7) % 3);
const size = numbers(N, 3);
const options = {
  x: { wide: numbers(N * 4, 1), narrow: numbers(N * 2, 2) },
  y: { kind, size },
  sampleShape: { wide: [4], narrow: [2] },
} satisfies DatasetOptions;
const data = dataset(options);
const losses = { kind: "sparseCategoricalCrossentropy", size: "mse" };
const runtime = createRuntime({ threads: 1 });

/** Two inputs of different widths; two outputs from what both have in common. */
function untrained(seed = 2): Model {
  const [wide, narrow] = [input([4], { name: "wide" }), input([2], { name: "narrow" })];
  const shared = dense(5, { activation: "tanh" });
  const product = defineLayer({ className: "Product", apply: (_, { inputs: [a, b] }) => ops.mul(a, b) });
  const common = call(product, call([dense(3), shared], wide), call([dense(3), shared], narrow));
  const outputs = [call(dense(3, { activation: "softmax", name: "kind" }), common), call(dense(1, { name: "size" }), common)];
  return model({ inputs: [wide, narrow], outputs, seed, runtime });
}
const made = (given: Partial<CompileOptions> = {}): Model => untrained().compile({ optimizer: "sgd", loss: losses, ...given });
const changed = (change: Partial<DatasetOptions>): Dataset => dataset({ ...options, ...change });

describe("what is reported", () => {
  it("is the weighted sum, and loss and metrics of each output under its name", async () => {
    const bias: Metric = { name: "bias", apply: (yTrue, yPred) => ops.sub(ops.reshape(yPred, yTrue.shape), yTrue) };
    const m = made({ lossWeights: { size: 3 }, metrics: { kind: ["accuracy"], size: bias } });
    const { loss, accuracy, metrics } = await m.evaluate(data);
    expect(Object.keys(metrics)).toEqual(["loss", "kind_loss", "size_loss", "kind_accuracy", "size_bias"]);
    expect(accuracy).toBeNull();
    expect(metrics.loss).toBe(loss);
    expect(loss).toBeCloseTo(metrics.kind_loss + 3 * metrics.size_loss, 6);
    // By hand, from what is predicted.
    const { kind: p, size: q } = await m.predict<Record<string, Float32Array>>(data);
    let [entropy, square, hits, difference] = [0, 0, 0, 0];
    for (let i = 0; i < N; i++) {
      const row = [...p.subarray(3 * i, 3 * i + 3)];
      entropy -= Math.log(row[kind[i]]) / N;
      hits += row.indexOf(Math.max(...row)) === kind[i] ? 1 / N : 0;
      square += (q[i] - size[i]) ** 2 / N;
      difference += (q[i] - size[i]) / N;
    }
    expect(metrics.kind_loss).toBeCloseTo(entropy, 5);
    expect(metrics.size_loss).toBeCloseTo(square, 5);
    expect(metrics.kind_accuracy).toBeCloseTo(hits, 5);
    expect(metrics.size_bias).toBeCloseTo(difference, 5);

    const names: string[] = [];
    const { epochs } = await m.fit(data, {
      learningRate: 0,
      validationData: data,
      callbacks: [{ name: "names", onTrainBegin: ({ monitors }) => void names.push(...monitors) }, earlyStopping({ monitor: "valKind_loss" })],
    });
    expect(epochs[0].metrics).toEqual(epochs[0].valMetrics);
    expect(epochs[0].metrics.size_loss).toBeCloseTo(metrics.size_loss, 6);
    expect(names.slice(0, 7)).toEqual(["loss", "kind_loss", "size_loss", "kind_accuracy", "size_bias", "valLoss", "valKind_loss"]);
  });

  it("accuracy comes with labels unless metrics are told; a list of metrics is for every output with a loss", async () => {
    expect(Object.keys((await made().evaluate(data)).metrics)).toEqual(["loss", "kind_loss", "size_loss", "kind_accuracy"]);
    expect(Object.keys((await made({ metrics: {} }).evaluate(data)).metrics)).toEqual(["loss", "kind_loss", "size_loss"]);
    const hot = changed({ y: { kind: Float32Array.from(kind, (c) => c), size } });
    const both = made({ loss: "mse", metrics: ["accuracy"] });
    await expect(both.evaluate(hot)).rejects.toThrow(ShapeError);
    expect(Object.keys((await both.evaluate(data)).metrics)).toEqual(["loss", "kind_loss", "size_loss", "kind_accuracy", "size_accuracy"]);
  });

  it("losses may be a list, and an output without one needs no targets", async () => {
    const inOrder = made({ loss: ["sparseCategoricalCrossentropy", "mse"], lossWeights: [2, 1] });
    expect((await inOrder.evaluate(data)).loss).toBe((await made({ lossWeights: { kind: 2 } }).evaluate(data)).loss);
    const one = made({ loss: ["sparseCategoricalCrossentropy", null] });
    const { metrics } = await one.evaluate(changed({ y: { kind } }));
    expect(Object.keys(metrics)).toEqual(["loss", "kind_loss", "kind_accuracy"]);
    expect(metrics.loss).toBe(metrics.kind_loss);
    // The only loss takes targets without a name.
    expect((await one.evaluate(changed({ y: kind }))).metrics).toEqual(metrics);
    await one.fit(changed({ y: { kind } }), { classWeight: { 0: 2 } });
  });

  it("an output without a loss keeps the weights that only it needs: its gradient is 0, not that of a fit before", async () => {
    for (const optimizer of [adamw({ weightDecay: 0.1 }), sgd({ momentum: 0.9, clipValue: 1 })]) {
      const m = made({ optimizer });
      const own = async () => (await m.getWeights()).filter(({ name }) => name.startsWith("size/"));
      const start = await own();
      await m.fit(data);
      const before = await own();
      expect(before).not.toEqual(start);
      m.compile({ optimizer, loss: { kind: losses.kind } });
      const { gradients } = await m.gradients(data);
      expect(gradients.filter(({ name }) => name.startsWith("size/")).map(({ data }) => [...data])).toEqual([Array(5).fill(0), [0]]);
      await m.fit(data);
      expect(await own()).toEqual(before);
      const { tensors } = await traceStep(m, data, 0);
      expect([...(tensors.get("backward/size/kernel")?.data ?? [])]).toEqual(Array(5).fill(0));
    }
  });

  it("metrics may have any name that is not taken, also that of a value which a Program has", async () => {
    const single = (names: readonly string[]): Model =>
      sequential({ inputShape: [4], runtime }, [dense(3, { activation: "softmax", activityRegularizer: l2(), kernelRegularizer: l2() })]).compile({
        loss: losses.kind,
        metrics: names.map((name): Metric => ({ name, apply: (_, yPred) => ops.mean(yPred, { axes: [1] }) })),
      });
    const plain = changed({ x: options.x.wide, sampleShape: [4], y: kind });
    const hash = async (m: Model): Promise<string> => {
      await m.fit(plain, { batchSize: 8 });
      return m.weightsSha256();
    };
    const expected = await hash(single([]));
    const names = ["indices", "rows", "ok", "hyper", "invBatch", "output", "input", "target", "mean"];
    const many = single(names);
    expect(await hash(many)).toBe(expected);
    const { metrics } = await many.evaluate(plain);
    for (const name of names) expect(metrics[name]).toBeCloseTo(1 / 3, 6);
    for (const name of ["loss", "penalty", "activityPenalty", "objective"]) expect(() => single([name])).toThrow(/compile, metrics: got two quantities named/);
    expect(() => single(["a", "a"])).toThrow(/compile, metrics: got two quantities named "a", expected distinct names/);
  });

  it("the progress line shows it", async () => {
    const lines: string[] = [];
    await made().fit(data, { callbacks: [progressBar({ write: (text) => void lines.push(text) })], validationData: data });
    expect(lines.join("")).toMatch(/loss \d\.\d+ {2}kind_loss \d\.\d+ {2}size_loss \d\.\d+ {2}kind_accuracy [\d.]+ % {2}val loss .* {2}val kind_accuracy /);
  });
});

describe("training", () => {
  it("the gradient is that of the sum, by central differences of the double-precision reference", async () => {
    const exact = createRuntime({ backend: "js", precision: "f64" });
    const [wide, narrow] = [input([4], { name: "wide" }), input([2], { name: "narrow" })];
    const shared = dense(3, { activation: "tanh" });
    const m = model({
      inputs: [wide, narrow],
      outputs: [
        call(dense(3, { activation: "softmax", name: "kind" }), call([dense(3), shared], wide)),
        call(dense(1, { name: "size" }), call([dense(3), shared], narrow)),
      ],
      runtime: exact,
    }).compile({ loss: losses, lossWeights: { kind: 0.25, size: 2 } });
    const weighted = changed({ sampleWeight: { size: Float32Array.from(size, (_, i) => i % 4) } });
    const { gradients } = await m.gradients(weighted);
    const weights = (await m.getWeights()).map((w) => Float64Array.from(w.data));
    const h = 1e-5;
    for (const [p, { name, data: gradient }] of gradients.entries()) {
      const at = gradient.indexOf(Math.max(...gradient));
      const value = weights[p][at];
      const lossAt = async (w: number): Promise<number> => {
        weights[p][at] = w;
        await m.setWeights(weights);
        return m.objective(weighted);
      };
      const numeric = ((await lossAt(value + h)) - (await lossAt(value - h))) / (2 * h);
      await lossAt(value);
      expect(gradient[at], name).toBeCloseTo(numeric, 6);
    }
  });

  it("samples weigh in the loss of their output alone", async () => {
    const plain = (await made().evaluate(data)).metrics;
    const weights = Float32Array.from(size, (_, i) => (i % 2) * 2);
    const weighted = (await made().evaluate(changed({ sampleWeight: { size: weights } }))).metrics;
    expect(weighted.kind_loss).toBe(plain.kind_loss);
    const half = changed({}).subset(Array.from({ length: N / 2 }, (_, i) => 2 * i + 1));
    expect(weighted.size_loss).toBeCloseTo((await made().evaluate(half)).metrics.size_loss, 6);
    const all = (await made().evaluate(changed({ sampleWeight: weights }))).metrics;
    expect(all.size_loss).toBe(weighted.size_loss);
    expect(all.kind_loss).not.toBeCloseTo(plain.kind_loss, 4);
    expect(all.kind_accuracy).toBe(plain.kind_accuracy);
    const each = (await made().evaluate(changed({ sampleWeight: { kind: size, size: weights } }))).metrics;
    expect(each.size_loss).toBe(weighted.size_loss);
    expect(each.kind_loss).toBe((await made().evaluate(changed({ sampleWeight: size }))).metrics.kind_loss);
  });

  it("does not depend on the order of columns, nor on others beside them", async () => {
    const hash = async (d: Dataset): Promise<string> => {
      const m = made();
      await m.fit(d, { epochs: 2, batchSize: 5 });
      return m.weightsSha256();
    };
    const { wide, narrow } = options.x;
    const turned = changed({ x: { other: wide, narrow, wide }, y: { size, other: kind, kind }, sampleShape: { other: [4], wide: [4], narrow: [2] } });
    expect(await hash(turned)).toBe(await hash(data));
  });

  it("a part is held out by the classes of the first output", async () => {
    const { epochs } = await made().fit(data, { validationSplit: 0.25, batchSize: 6 });
    expect(epochs[0].steps).toBe(3);
    const [, held] = data.split(0.25, { seed: 2 });
    expect(Array.from({ length: 6 }, (_, i) => held.label(i)).sort()).toEqual([0, 0, 1, 1, 2, 2]);
    expect(epochs[0].valMetrics).toHaveProperty("size_loss");
  });

  it("a loss that is not finite is named", async () => {
    const m = made({ loss: { kind: "mse", size: (yTrue, yPred) => ops.log(ops.sub(ops.reshape(yPred, [yPred.shape[0]]), ops.add(ops.abs(yTrue), 1e6))) } });
    const before = await m.weightsSha256();
    const error = await m.fit(data).catch((e) => e);
    expect(error).toBeInstanceOf(NumericError);
    expect(error.message).toMatch(/step 0, layer "size_loss"/);
    expect(await m.weightsSha256()).toBe(before);
  });

  it("is resumed from a checkpoint with the same bits; other targets are another run", async () => {
    const fit = { epochs: 4, batchSize: 5 };
    const whole = made({ optimizer: "adam" });
    const { epochs } = await whole.fit(data, fit);
    const checkpoint = { directory: mkdtempSync(join(tmpdir(), "gradiente-several-")), every: { steps: 3 } };
    const signal = { aborted: false };
    await made({ optimizer: "adam" }).fit(data, {
      ...fit,
      checkpoint,
      signal,
      onStep: ({ step }) => {
        signal.aborted = step === 7;
      },
    });
    const resumed = made({ optimizer: "adam" });
    const history = await resumed.fit(data, { ...fit, checkpoint, resume: true });
    expect(await resumed.weightsSha256()).toBe(await whole.weightsSha256());
    const means = (reports: readonly EpochReport[]) => reports.map(({ metrics }) => metrics);
    expect(means(history.epochs)).toEqual(means(epochs));
    const again = (d: Dataset, given: Partial<CompileOptions> = {}) => made({ optimizer: "adam", ...given }).fit(d, { ...fit, checkpoint, resume: true });
    await expect(again(changed({ y: { kind, size: size.map((v) => v + 1) } }))).rejects.toThrow(/data\.sha256/);
    await expect(again(changed({ sampleWeight: { size } }))).rejects.toThrow(/sampleWeights\[1\]/);
    await expect(again(data, { lossWeights: { size: 2 } })).rejects.toThrow(/lossWeights/);
  });
});

describe("prediction", () => {
  it("is an object by the names of outputs, from a dataset and from plain arrays", async () => {
    const m = made();
    const predicted = await m.predict<Record<string, Float32Array>>(data);
    expect(Object.entries(predicted).map(([name, values]) => [name, values.length])).toEqual([
      ["kind", 3 * N],
      ["size", N],
    ]);
    expect(await m.predict(options.x)).toEqual(predicted);
    const one = await m.predict<Record<string, Float32Array>>({ wide: options.x.wide.subarray(8, 12), narrow: options.x.narrow.subarray(4, 6) });
    expect([...one.kind]).toEqual([...predicted.kind.subarray(6, 9)]);
  });

  it.each<[string, object, new (...args: never[]) => Error, RegExp]>([
    ["one array", options.x.wide, ConfigError, /predict: got one array, expected an object of arrays for the inputs "wide", "narrow"/],
    ["a missing input", { wide: options.x.wide }, ConfigError, /predict, input "narrow": got nothing, expected a typed array/],
    ["an unknown input", { ...options.x, other: size }, ConfigError, /got an array for "other", expected names of inputs: "wide", "narrow"/],
    ["what is no array", { ...options.x, narrow: 5 }, ConfigError, /input "narrow": got number/],
    ["different numbers of samples", { ...options.x, narrow: size.subarray(0, 4) }, ShapeError, /input "narrow": got 2 samples, expected 24, as of "wide"/],
    ["no whole samples", { ...options.x, narrow: size.subarray(0, 3) }, ShapeError, /input "narrow": got 3 values, expected a multiple of 2/],
    ["NaN", { ...options.x, narrow: options.x.narrow.map((v, i) => (i === 5 ? Number.NaN : v)) }, NumericError, /input "narrow": got NaN in sample 2/],
  ])("refuses %s", async (_, given, type, message) => {
    await expect(made().predict(given as never)).rejects.toThrow(type);
    await expect(made().predict(given as never)).rejects.toThrow(message);
  });
});

describe("data that do not fit", () => {
  const { wide, narrow } = options.x;
  it.each<[string, Partial<DatasetOptions>, new (...args: never[]) => Error, RegExp]>([
    ["no name", { x: wide, sampleShape: [4] }, ConfigError, /data, x: got one column without a name, expected a column for each input: "wide", "narrow"/],
    ["a missing input", { x: { wide }, sampleShape: [4] }, ConfigError, /data, x: got the columns "wide", expected one for the input "narrow"/],
    [
      "another name",
      { x: { wide, slim: narrow }, sampleShape: { wide: [4], slim: [2] } },
      ConfigError,
      /the columns "wide", "slim", expected one for the input "narrow"/,
    ],
    [
      "samples of another shape",
      { x: { wide, narrow: wide }, sampleShape: [4] },
      ShapeError,
      /data, input "narrow": got samples of shape \[4\], expected \[2\]/,
    ],
    ["no targets", { y: null }, ShapeError, /samples without targets/],
    ["targets without a name", { y: kind }, ConfigError, /data, y: got one column without a name, expected a column for each output: "kind", "size"/],
    ["missing targets", { y: { kind } }, ConfigError, /data, y: got the columns "kind", expected one for the output "size"/],
    ["labels past the output", { y: { kind: kind.map((c) => c + 1), size } }, ShapeError, /data, output "kind": got labels of 4 classes/],
    [
      "labels past another output",
      { y: { kind, size: kind.map((c) => c + 1) } },
      ShapeError,
      /data, output "size": got labels of 4 classes, expected at most \[1\]/,
    ],
  ])("%s", async (_, change, type, message) => {
    const m = made();
    const before = await m.weightsSha256();
    for (const run of [() => m.fit(changed(change)), () => m.evaluate(changed(change))]) {
      await expect(run()).rejects.toThrow(type);
      await expect(run()).rejects.toThrow(message);
    }
    expect(await m.weightsSha256()).toBe(before);
  });

  it("weights of classes with two losses", async () => {
    await expect(made().fit(data, { classWeight: { 1: 2 } })).rejects.toThrow(/classWeight: got a model with 2 losses, expected a model with one/);
  });

  it("a column of another name than the only input's", async () => {
    const single = sequential({ inputShape: [4] }, [dense(3, { activation: "softmax" })]).compile({ loss: "sparseCategoricalCrossentropy" });
    await single.evaluate(changed({ x: { input_layer: wide }, sampleShape: [4], y: { dense: kind } }));
    await expect(single.evaluate(changed({ x: { wide }, sampleShape: [4], y: kind }))).rejects.toThrow(/expected one for the input "input_layer"/);
    await expect(single.evaluate(changed({ x: wide, sampleShape: [4], y: { kind } }))).rejects.toThrow(/expected one for the output "dense"/);
  });
});

describe("compile", () => {
  it.each<[string, object, RegExp]>([
    ["a loss for no output", { loss: { kind: "mse", length: "mse" } }, /compile, loss: got "length", expected names of outputs: "kind", "size"/],
    ["too short a list", { loss: ["mse"] }, /compile, loss: got a list of 1, expected 2, one per output: "kind", "size"/],
    ["no loss at all", { loss: {} }, /compile: got no loss, expected a loss for at least one output/],
    ["an unknown loss", { loss: { kind: "mean" } }, /got loss "mean"/],
    ["what is no loss", { loss: 5 }, /compile, loss: got 5/],
    ["a weight for no output", { loss: "mse", lossWeights: { length: 1 } }, /compile, lossWeights: got "length"/],
    ["a negative weight", { loss: "mse", lossWeights: { size: -1 } }, /lossWeights, output "size": got -1, expected a finite number, 0 or more/],
    ["a weight that is none", { loss: "mse", lossWeights: 2 }, /compile, lossWeights: got 2/],
    ["metrics for no output", { loss: "mse", metrics: { length: [] } }, /compile, metrics: got "length"/],
    [
      "metrics for an output without a loss",
      { loss: { size: "mse" }, metrics: { kind: ["accuracy"] } },
      /metrics for the output "kind", expected outputs with a loss/,
    ],
    ["lists of metrics in a list", { loss: "mse", metrics: [["accuracy"], []] }, /compile, metrics: got \["accuracy"\], expected a name or \{ name, apply \}/],
    ["a metric without a name", { loss: "mse", metrics: [{ name: "", apply: ops.sub }] }, /compile, metrics: got \{"name":""\}, expected a name or/],
    ["an unknown metric", { loss: "mse", metrics: { kind: "speed" } }, /metric "speed"/],
  ])("refuses %s", (_, given, message) => {
    expect(() => untrained().compile(given as CompileOptions)).toThrow(ConfigError);
    expect(() => untrained().compile(given as CompileOptions)).toThrow(message);
  });

  it("is written as JSON by the names of outputs, and read again", async () => {
    const m = made({ lossWeights: { size: 0.5 }, loss: { kind: "sparseCategoricalCrossentropy", size: "huber" } });
    const product = (config: object, name: string) =>
      Object.assign(defineLayer({ className: "Product", name, apply: (_, { inputs: [a, b] }) => ops.mul(a, b) }), config);
    const options = { customLayers: { Product: product }, runtime };
    const json = m.toJSON();
    expect(json.compiled).toMatchObject({
      loss: { kind: "sparseCategoricalCrossentropy", size: "huber" },
      lossWeights: { kind: 1, size: 0.5 },
      metrics: { kind: ["accuracy"], size: [] },
    });
    const again = modelFromJSON(JSON.parse(JSON.stringify(json)), options);
    expect(again.toJSON()).toEqual(json);
    const loaded = await decodeModel(await encodeModel(m), "memory", options);
    expect(await loaded.evaluate(data)).toEqual(await m.evaluate(data));
    // A single output is written as before.
    const single = sequential({ inputShape: [4] }, [dense(3)]).compile({ loss: "mse" });
    expect(single.toJSON().compiled).toEqual({ optimizer: expect.anything(), loss: "meanSquaredError", metrics: [] });
    const weighted = sequential({ inputShape: [4] }, [dense(3)]).compile({ loss: "mse", lossWeights: [2] });
    expect(weighted.toJSON().compiled).toMatchObject({ loss: "meanSquaredError", lossWeights: { dense: 2 } });
    expect(modelFromJSON(weighted.toJSON()).compiled?.objectives[0].weight).toBe(2);
    const own = made({ loss: { kind: (_, yPred) => ops.mean(yPred, { axes: 1 }), size: "mse" } });
    expect(modelFromJSON(own.toJSON(), options).compiled).toBeNull();
  });
});
