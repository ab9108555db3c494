/** Streamed metrics in fit, evaluate and files. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { dataset } from "../../src/data/index.ts";
import type { Callback, EpochReport, Metric } from "../../src/index.ts";
import { ConfigError, call, decodeModel, dense, encodeModel, f1, input, mae, mase, measure, model, modelFromJSON, r2, sequential } from "../../src/index.ts";
import { lines, smallModel } from "../model/support.ts";

const metrics = ["accuracy", "f1", f1({ average: "micro", name: "micro" })] as const;
const compiled = (seed = 5) => smallModel({ seed }).compile({ loss: "sparseCategoricalCrossentropy", metrics });

describe("evaluate", () => {
  const data = lines(201);

  it("gives what measure gives for the predictions, in the order asked for", async () => {
    const m = compiled();
    const evaluation = await m.evaluate(data);
    const y = Array.from({ length: data.length }, (_, i) => data.label(i));
    expect(Object.keys(evaluation.metrics)).toEqual(["loss", "accuracy", "f1", "micro"]);
    expect(evaluation.metrics.f1).toBe(measure("f1", y, await m.predict(data)));
    expect(evaluation.metrics.micro).toBeCloseTo(evaluation.accuracy as number, 12);
    expect(measure("accuracy", y, await m.predict(data))).toBeCloseTo(evaluation.accuracy as number, 12);
  });

  it("reads the rows that a subset names", async () => {
    const m = compiled();
    const part = data.subset(Int32Array.from({ length: 77 }, (_, i) => (i * 13) % 201));
    const y = Array.from({ length: part.length }, (_, i) => part.label(i));
    expect((await m.evaluate(part)).metrics.f1).toBe(measure("f1", y, await m.predict(part)));
  });

  it.each([1, 3])("a sample of which the model says nothing but NaN makes every measure of classes NaN, for %i outputs", async (outputs) => {
    // Of the second sample nothing times infinity.
    const pair = dataset({ x: [[0], [3e38]], y: [0, 0] });
    const m = sequential({ inputShape: [1] }, [dense(1), dense(outputs, { activation: outputs === 1 ? "sigmoid" : "softmax" })]);
    const loss = outputs === 1 ? "binaryCrossentropy" : "sparseCategoricalCrossentropy";
    m.compile({ loss, metrics: ["accuracy", "f1"] });
    await m.setWeights([[10], [0], new Float32Array(outputs), Float32Array.from({ length: outputs }, (_, k) => -k)]);
    expect((await m.evaluate(pair.take(1))).accuracy).toBe(1);
    const { metrics } = await m.evaluate(pair);
    expect([metrics.accuracy, metrics.f1]).toEqual([Number.NaN, Number.NaN]);
    // Training goes on beside it.
    const { epochs } = await m.fit(pair.take(1), { epochs: 2, validationData: pair });
    expect(epochs.map(({ accuracy, valAccuracy }) => [accuracy, valAccuracy])).toEqual([
      [1, Number.NaN],
      [1, Number.NaN],
    ]);
  });

  it("takes an infinite prediction for what it says", async () => {
    const m = sequential({ inputShape: [2] }, [dense(2)]).compile({ loss: "mse", metrics: ["accuracy"] });
    await m.setWeights([Float32Array.of(10, 0, 0, 0), Float32Array.of(0, 0)]);
    expect((await m.evaluate(dataset({ x: [[3e38, 0]], y: [[1, 0]] }))).accuracy).toBe(1);
  });

  it("refuses what a metric does not measure", async () => {
    const m = smallModel().compile({ loss: "sparseCategoricalCrossentropy", metrics: ["r2"] });
    await expect(m.evaluate(data)).rejects.toThrow(ConfigError);
    await expect(m.fit(data)).rejects.toThrow("r2: got one number or label for predictions [8]");
  });
});

describe("fit", () => {
  const data = lines(240);

  it("reports training and validation values, and callbacks can watch them", async () => {
    const seen: (number | undefined)[] = [];
    const watch: Callback = { name: "watch", monitor: "valF1", onEpochEnd: ({ valMetrics }) => void seen.push(valMetrics?.f1) };
    const m = compiled();
    const { epochs } = await m.fit(data, { epochs: 2, batchSize: 24, validationSplit: 0.2, callbacks: [watch] });
    expect(seen).toEqual(epochs.map(({ valMetrics }) => valMetrics?.f1));
    for (const { metrics, accuracy } of epochs) expect(metrics.micro).toBeCloseTo(accuracy as number, 12);
    expect(epochs[1].metrics.f1).toBeGreaterThan(0);
  });

  it("reads predictions of passes, whatever their number", async () => {
    // One step on the whole set: the weights are those before it, as in evaluate.
    const whole = await compiled().evaluate(data);
    const of = async (more: object): Promise<EpochReport> => (await compiled().fit(data, { epochs: 1, batchSize: "full", shuffle: false, ...more })).epochs[0];
    for (const more of [{}, { microBatch: 7 }, { microBatch: 64, shuffle: true }]) expect((await of(more)).metrics.f1).toBe(whole.metrics.f1);
  });

  it("counts no sample of a step that failed in its second pass", async () => {
    const x = Float32Array.from({ length: 40 }, (_, i) => Math.fround(Math.sin(i)));
    // The sixth row of the second step: the first pass of it is good.
    x.fill(3e38, 30, 32);
    const bad = dataset({ x, y: Int32Array.from({ length: 20 }, (_, i) => i % 2), sampleShape: [2] });
    const count: Metric = {
      name: "count",
      start: () => {
        const seen = new Float64Array(1);
        return {
          add: (_targets, _predictions, n) => void (seen[0] += n),
          result: () => seen[0],
          state: () => seen.slice(),
          restore: (state) => seen.set(state),
        };
      },
    };
    const m = sequential({ inputShape: [2], seed: 1 }, [dense(4), dense(2, { activation: "softmax" })]);
    m.compile({ loss: "sparseCategoricalCrossentropy", metrics: [count] });
    const stop: Callback = { name: "stop", onNonFinite: (_, context) => context.stop("NaN") };
    const { epochs } = await m.fit(bad, { shuffle: false, batchSize: 10, microBatch: 5, epochs: 1, callbacks: [stop] });
    expect(epochs.map(({ steps, metrics }) => [steps, metrics.count])).toEqual([[1, 10]]);
  });

  it("changes no bit of training", async () => {
    const hash = async (metrics: readonly (string | Metric)[]): Promise<string> => {
      const m = smallModel().compile({ loss: "sparseCategoricalCrossentropy", metrics });
      await m.fit(data, { epochs: 2, batchSize: 24 });
      return m.weightsSha256();
    };
    expect(await hash(metrics)).toBe(await hash([]));
  });

  it("goes on in the midst of an epoch with what was counted", async () => {
    const directory = mkdtempSync(join(tmpdir(), "gradiente-metrics-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const settings = { epochs: 2, batchSize: 24, checkpoint: { directory } };
    const { epochs } = await compiled().fit(data, { epochs: 2, batchSize: 24 });
    let steps = 0;
    const signal = { aborted: false };
    await compiled().fit(data, { ...settings, signal, onStep: () => void (signal.aborted = ++steps === 13) });
    const resumed = await compiled().fit(data, { ...settings, resume: true });
    expect(resumed.epochs.map(({ metrics }) => metrics)).toEqual(epochs.map(({ metrics }) => metrics));
  });
});

describe("several outputs", () => {
  const x = Float32Array.from({ length: 40 }, (_, i) => ((i * 7) % 11) / 11);
  const data = dataset({
    x: { x },
    y: { level: Float32Array.from(x, (v) => 2 * v), kind: Uint8Array.from(x, (v) => (v > 0.5 ? 1 : 0)) },
    sampleShape: { x: [1] },
  });
  const make = () => {
    const from = input([1], { name: "x" });
    const m = model({ inputs: from, outputs: [call(dense(1, { name: "level" }), from), call(dense(2, { name: "kind", activation: "softmax" }), from)] });
    return m.compile({ loss: { level: "mse", kind: "sparseCategoricalCrossentropy" }, metrics: { level: [r2, mae], kind: ["f1", "accuracy"] } });
  };

  it("are reported behind their names", async () => {
    const { metrics } = await make().evaluate(data);
    expect(Object.keys(metrics)).toEqual(["loss", "level_loss", "kind_loss", "level_r2", "level_mae", "kind_f1", "kind_accuracy"]);
    expect(Object.values(metrics).every(Number.isFinite)).toBe(true);
    const { epochs } = await make().fit(data, { validationData: data, callbacks: [{ name: "watch", monitor: "valKind_f1" }] });
    expect(Object.keys(epochs[0].metrics).sort()).toEqual(Object.keys(metrics).sort());
  });

  it("keep them in their configuration", () => {
    const json = make().toJSON();
    expect(json.compiled?.metrics).toEqual({ level: ["r2", "mae"], kind: ["f1", "accuracy"] });
    expect(modelFromJSON(JSON.parse(JSON.stringify(json))).toJSON()).toEqual(json);
  });
});

describe("saved models", () => {
  it("keep metrics with their options", async () => {
    const m = sequential({ inputShape: [2] }, [dense(1)]).compile({
      loss: "mse",
      metrics: ["mae", "r2", mase({ training: [1, 2, 4, 7], period: 1 }), mase({ naiveError: 3, name: "seasonal" })],
    });
    const expected = ["mae", "r2", { name: "mase", config: { naiveError: 2 } }, { name: "mase", config: { naiveError: 3, name: "seasonal" } }];
    expect(m.toJSON().compiled?.metrics).toEqual(expected);
    const again = await decodeModel(await encodeModel(m), "memory");
    expect(again.toJSON().compiled?.metrics).toEqual(expected);
    const data = dataset({
      x: [
        [1, 2],
        [3, 4],
        [0, 1],
      ],
      y: Float32Array.of(1, 2, 3),
    });
    expect(await again.evaluate(data)).toEqual(await m.evaluate(data));
  });

  it("refuse options out of range", () => {
    const json = compiled().toJSON();
    const broken = { ...json, compiled: { ...json.compiled, metrics: [{ name: "f1", config: { average: 3 } }] } };
    expect(() => modelFromJSON(broken)).toThrow(ConfigError);
    expect(() => modelFromJSON({ ...json, compiled: { ...json.compiled, metrics: [{ name: "f1" }] } })).toThrow("compiled");
  });
});
