/** Recording as such: it changes nothing, it can be repeated, and it says what is wrong. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  adam,
  batchNormalization,
  type Callback,
  ConfigError,
  conv2d,
  createRuntime,
  dense,
  dropout,
  flatten,
  maxPool2d,
  type Optimizer,
  type Runtime,
  sequential,
  sgd,
  terminateOnNaN,
} from "../../../src/index.ts";
import { type DiagnosticsOptions, diagnosticsRecorder, measureNames } from "../../../src/lab/diagnostics/index.ts";
import { lines } from "../../model/support.ts";
import { clouds, record, smooth } from "./support.ts";

const directory = mkdtempSync(join(tmpdir(), "gradiente-diagnostics-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Little of each. */
const options: DiagnosticsOptions = {
  norms: { every: 3 },
  activations: { samples: 40 },
  "dead-relu": { samples: 40 },
  "gradient-noise": { batchSize: 8, batches: 5 },
  sharpness: { samples: 48, iterations: 6 },
  landscape: { samples: 48, points: 5, side: 3 },
  trajectory: { snapshots: 6 },
};
const data = lines(200);

function network(runtime: Runtime | undefined, optimizer: Optimizer) {
  const layers = [
    conv2d(6, 3, { activation: "relu" }),
    maxPool2d(2),
    flatten(),
    dense(24, { activation: "relu" }),
    batchNormalization(),
    dropout(0.3),
    dense(8, { activation: "softmax" }),
  ];
  return sequential({ inputShape: [8, 8, 1], seed: 6, runtime }, layers).compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
}

describe("training is not changed", () => {
  it.each([
    ["sgd", () => sgd({ learningRate: 0.1 })],
    ["momentum", () => sgd({ learningRate: 0.05, momentum: 0.9 })],
    ["adam", () => adam({ clipNorm: 1, ema: 0.9 })],
  ] as const)("by %s: the same weights, optimizer and history", async (_, optimizer) => {
    const [plain, watched] = [network(undefined, optimizer()), network(undefined, optimizer())];
    const without = await plain.fit(data, { epochs: 2, batchSize: 16, validationSplit: 0.2 });
    const recorder = diagnosticsRecorder(measureNames, options);
    const history = await watched.fit(data, { epochs: 2, batchSize: 16, validationSplit: 0.2, callbacks: [recorder.callback] });
    expect(await watched.weightsSha256()).toBe(await plain.weightsSha256());
    await recorder.finish(watched, data);
    expect(await watched.weightsSha256()).toBe(await plain.weightsSha256());
    expect(watched.optimizerSlots()).toEqual(plain.optimizerSlots());
    expect(history.epochs.map(({ loss, valLoss }) => [loss, valLoss])).toEqual(without.epochs.map(({ loss, valLoss }) => [loss, valLoss]));
    // Nor what is trained after it.
    for (const model of [plain, watched]) await model.fit(data, { batchSize: 16 });
    expect(await watched.weightsSha256()).toBe(await plain.weightsSha256());
  });

  it("and no memory is kept", async () => {
    const runtime = await createRuntime({ threads: 1 });
    const used: number[] = [];
    for (let i = 0; i < 3; i++) {
      const model = network(runtime, sgd());
      await record(model, data, measureNames, options, { epochs: 1 });
      model.dispose();
      used.push(runtime.memory.used);
    }
    expect(used[2]).toBe(used[1]);
  });
});

describe("what is recorded", () => {
  it("is the same for 1, 2 and 3 threads, and plain data", async () => {
    const found: string[] = [];
    for (const threads of [1, 2, 3]) {
      const runtime = await createRuntime({ threads });
      const diagnostics = await record(network(runtime, adam()), data, measureNames, options, { epochs: 2, batchSize: 32 });
      expect(Object.keys(diagnostics)).toEqual([...measureNames]);
      expect(JSON.parse(JSON.stringify(diagnostics))).toEqual(diagnostics);
      found.push(JSON.stringify(diagnostics));
      await runtime.dispose();
    }
    expect(found[1]).toBe(found[0]);
    expect(found[2]).toBe(found[0]);
  });

  it("is small", async () => {
    const diagnostics = await record(network(undefined, sgd()), data, measureNames, {}, { epochs: 60, batchSize: 16 });
    expect(JSON.stringify(diagnostics).length).toBeLessThan(200_000);
  });

  it("is the same of a fit that was cut and resumed, in the midst of an epoch", async () => {
    const whole = await record(network(undefined, adam()), data, measureNames, options, { epochs: 3, batchSize: 16 });
    const settings = { epochs: 3, batchSize: 16, checkpoint: { directory: join(directory, "cut") } };
    const aborter = new AbortController();
    const cut: Callback = { name: "cut", onStepEnd: ({ step }) => void (step === 17 && aborter.abort()) };
    const first = diagnosticsRecorder(measureNames, options);
    await network(undefined, adam()).fit(data, { ...settings, signal: aborter.signal, callbacks: [cut, first.callback] });
    const second = diagnosticsRecorder(measureNames, options);
    const model = network(undefined, adam());
    await model.fit(data, { ...settings, resume: true, callbacks: [{ name: "cut" }, second.callback] });
    expect(await second.finish(model, data)).toEqual(whole);
    const other = diagnosticsRecorder(["norms"]);
    await expect(network(undefined, adam()).fit(data, { ...settings, resume: true, callbacks: [{ name: "cut" }, other.callback] })).rejects.toThrow(
      /diagnostics: got a run that records norms, activations/,
    );
  });

  it("is of the last fit only", async () => {
    const recorder = diagnosticsRecorder(["norms", "trajectory"], { norms: { every: 1 } });
    const model = smooth();
    for (let i = 0; i < 2; i++) await model.fit(clouds(24), { batchSize: 8, callbacks: [recorder.callback] });
    const { norms, trajectory } = await recorder.finish(model, clouds(24));
    expect(norms?.steps).toEqual([0, 1, 2]);
    expect(trajectory?.steps).toEqual([0, 1, 2, 3]);
  });

  it("ends with the last good weights where training diverges", async () => {
    const model = network(undefined, sgd({ learningRate: 1e4 }));
    const recorder = diagnosticsRecorder(measureNames, { ...options, norms: { every: 1 } });
    const history = await model.fit(data, { epochs: 3, batchSize: 16, callbacks: [recorder.callback, terminateOnNaN()] });
    expect(history.stopped).toBe(true);
    const diagnostics = await recorder.finish(model, data);
    expect(JSON.parse(JSON.stringify(diagnostics))).toEqual(diagnostics);
    expect(diagnostics.norms?.steps.length).toBeLessThan(39);
    // Also where nobody stops it and fit throws.
    const thrown = network(undefined, sgd({ learningRate: 1e4 }));
    await expect(thrown.fit(data, { epochs: 3, batchSize: 16, callbacks: [recorder.callback] })).rejects.toThrow(/finite/);
    expect(await recorder.finish(thrown, data)).toEqual(diagnostics);
  });
});

describe("what cannot be is told", () => {
  it.each([
    [() => diagnosticsRecorder([]), /measures: got none, expected some of norms, activations/],
    [() => diagnosticsRecorder(["sharpnes" as "sharpness"]), /measures: got "sharpnes"/],
    [() => diagnosticsRecorder(["norms", "norms"]), /measures: got "norms".*each once/],
    [() => diagnosticsRecorder(["norms"], { sharpness: {} }), /options: got "sharpness", expected seed, or a measure that is asked for: norms/],
    [() => diagnosticsRecorder(["norms"], { norms: { evry: 3 } as object }), /norms, options: got "evry", expected every/],
    [() => diagnosticsRecorder(["norms"], null as unknown as object), /options: got null/],
    [() => diagnosticsRecorder(["norms"], { seed: 0.5 }), /seed: got 0.5/],
    [() => diagnosticsRecorder(["norms"], { norms: { every: 0 } }), /norms, every: got 0, expected an integer, 1 or more/],
    [() => diagnosticsRecorder(["activations"], { activations: { samples: 0 } }), /activations, samples: got 0/],
    [() => diagnosticsRecorder(["activations"], { activations: { bins: 1 } }), /activations, bins: got 1/],
    [() => diagnosticsRecorder(["dead-relu"], { "dead-relu": { samples: -1 } }), /dead-relu, samples: got -1/],
    [() => diagnosticsRecorder(["gradient-noise"], { "gradient-noise": { batches: 1 } }), /gradient-noise, batches: got 1/],
    [() => diagnosticsRecorder(["gradient-noise"], { "gradient-noise": { batchSize: 1.5 } }), /gradient-noise, batchSize: got 1.5/],
    [() => diagnosticsRecorder(["sharpness"], { sharpness: { epsilon: 0 } }), /sharpness, epsilon: got 0/],
    [() => diagnosticsRecorder(["sharpness"], { sharpness: { tolerance: Number.NaN } }), /sharpness, tolerance: got NaN/],
    [() => diagnosticsRecorder(["sharpness"], { sharpness: { iterations: 1 } }), /sharpness, iterations: got 1/],
    [() => diagnosticsRecorder(["landscape"], { landscape: { points: 4 } }), /landscape, points: got 4, expected an odd integer/],
    [() => diagnosticsRecorder(["landscape"], { landscape: { range: -1 } }), /landscape, range: got -1/],
    [() => diagnosticsRecorder(["trajectory"], { trajectory: { snapshots: 2 } }), /trajectory, snapshots: got 2/],
  ])("%#", (make, message) => {
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });

  it("a recorder that saw no fit, or another model's", async () => {
    const recorder = diagnosticsRecorder(["norms"]);
    await expect(recorder.finish(smooth(), clouds(24))).rejects.toThrow(/finish: got no fit, expected a fit of this model/);
    const model = smooth();
    await model.fit(clouds(24), { callbacks: [recorder.callback] });
    await expect(recorder.finish(smooth(), clouds(24))).rejects.toThrow(/got another model/);
    await recorder.finish(model, clouds(24));
    await expect(recorder.finish(model, clouds(24))).rejects.toThrow(/got no fit/);
  });
});
