/** Training, evaluation and prediction on streams of batches: what they are in memory, bit for bit, and what is no such stream. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test, vi } from "vitest";
import { type Batch, type BatchStream, batches, type Dataset, dataset } from "../../src/data/index.ts";
import { ConfigError, NumericError, ShapeError } from "../../src/errors.ts";
import { adam, conv2d, createRuntime, dense, dropout, type FitOptions, f1, fitControl, flatten, maxPool2d, sequential } from "../../src/index.ts";
import type { Model } from "../../src/model/model.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { folder, timeless } from "./checkpoint-support.ts";
import { lines, smallModel } from "./support.ts";

vi.setConfig({ testTimeout: 60_000 });
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const data = lines(100);
const ordered: FitOptions = { shuffle: false, batchSize: 16 };

const mlp = (runtime?: Runtime): Model =>
  sequential({ inputShape: [8, 8, 1], seed: 5, runtime }, [
    flatten(),
    dense(16, { activation: "relu" }),
    dropout(0.3),
    dense(8, { activation: "softmax" }),
  ]).compile({
    optimizer: adam(),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy", f1({ average: "macro" })],
  });
const cnn = (runtime?: Runtime): Model =>
  sequential({ inputShape: [8, 8, 1], seed: 5, runtime }, [
    conv2d(4, 3, { activation: "relu" }),
    maxPool2d(2),
    flatten(),
    dense(8, { activation: "softmax" }),
  ]).compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy" });

/** The batches, each after a turn of the event loop, and what became of the stream. */
function slowly(list: Iterable<Batch>, seen: { asked: number; closed: number } = { asked: 0, closed: 0 }): AsyncIterable<Batch> {
  const inner = list[Symbol.iterator]();
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        seen.asked++;
        await new Promise(setImmediate);
        return inner.next();
      },
      async return() {
        seen.closed++;
        return { done: true, value: undefined };
      },
    }),
  };
}

/** Plain objects instead of datasets. */
const plain = ({ x, y }: Dataset): Batch => ({ x, y });

describe("fit", () => {
  test.each<[string, (runtime?: Runtime) => Model, number]>([
    ["an MLP with dropout", mlp, 1],
    ["an MLP on 3 threads", mlp, 3],
    ["a CNN", cnn, 1],
    ["a CNN on 2 threads", cnn, 2],
  ])("has the bits of the fit in memory: %s", async (_, make, threads) => {
    const runtime = await createRuntime({ threads });
    const validationData = lines(30);
    const inMemory = make(runtime);
    const expected = await inMemory.fit(data, { ...ordered, epochs: 3, validationData });
    const list = [...batches(data, { batchSize: 16 })()];
    const streams: Record<string, BatchStream> = {
      array: list,
      objects: list.map(plain),
      factory: batches(data, { batchSize: 16 }),
      async: () => slowly(list.map(plain)),
    };
    for (const [name, stream] of Object.entries(streams)) {
      const model = make(runtime);
      const history = await model.fit(stream, {
        epochs: 3,
        validationData: name === "async" ? () => slowly(batches(validationData, { batchSize: 7 })()) : validationData,
      });
      expect([name, await model.weightsSha256()]).toEqual([name, await inMemory.weightsSha256()]);
      expect(timeless(history)).toEqual(timeless(expected));
    }
    await runtime.dispose?.();
  });

  test("shuffled batches under the model's seed are those of a shuffled fit", async () => {
    const [a, b] = [mlp(), mlp()];
    await a.fit(data, { epochs: 2, batchSize: 16 });
    await b.fit(batches(data, { batchSize: 16, shuffle: true, seed: b.seed }), { epochs: 2 });
    expect(await b.weightsSha256()).toBe(await a.weightsSha256());
    await a.fit(data, { batchSize: 16 });
    await b.fit(batches(data, { batchSize: 16, shuffle: true, seed: b.seed }), {});
    expect(await b.weightsSha256()).toBe(await a.weightsSha256());
  });

  test("weights of samples and classes, passes, and floats as targets", async () => {
    const x = Float32Array.from({ length: 60 }, (_, i) => (i % 7) - 3);
    const weighted = dataset({
      x,
      y: Float32Array.from({ length: 20 }, (_, i) => i % 3),
      sampleShape: [3],
      sampleWeight: Float32Array.from({ length: 20 }, (_, i) => (i % 4) / 2),
    });
    const regression = () =>
      sequential({ inputShape: [3], seed: 1 }, [dense(4, { activation: "tanh" }), dense(1)]).compile({ loss: "meanSquaredError", optimizer: adam() });
    const [a, b] = [regression(), regression()];
    await a.fit(weighted, { shuffle: false, batchSize: 8, microBatch: 3, epochs: 2 });
    await b.fit(batches(weighted, { batchSize: 8 }), { microBatch: 3, epochs: 2 });
    expect(await b.weightsSha256()).toBe(await a.weightsSha256());
    const [c, d] = [smallModel(), smallModel()];
    const classWeight = { 1: 3, 7: 0.5 };
    await c.fit(data, { ...ordered, classWeight });
    await d.fit(batches(data, { batchSize: 16 }), { classWeight });
    expect(await d.weightsSha256()).toBe(await c.weightsSha256());
  });

  test("one batch is asked for ahead, and the stream is told when no more is wanted", async () => {
    const seen = { asked: 0, closed: 0 };
    const ahead: number[] = [];
    await smallModel().fit(slowly(batches(data, { batchSize: 10 })(), seen), {
      stepsPerEpoch: 4,
      epochs: 2,
      onStep: ({ step }) => void ahead.push(seen.asked - step),
    });
    // Asked for: this step's and the next one's; of the last step there is no next.
    expect(ahead).toEqual([2, 2, 2, 2, 2, 2, 2, 1]);
    expect([seen.asked, seen.closed]).toEqual([8, 1]);
  });

  test("with stepsPerEpoch a function is called for each epoch, another stream goes on", async () => {
    const epochs: number[] = [];
    const model = smallModel();
    const made = (epoch: number) => {
      epochs.push(epoch);
      return batches(data, { batchSize: 10 })();
    };
    const { epochs: reports } = await model.fit(made, { stepsPerEpoch: 3, epochs: 2 });
    await model.fit(made, {});
    expect([epochs, reports.map(({ steps }) => steps)]).toEqual([
      [0, 1, 2],
      [3, 3],
    ]);
    const [a, b] = [smallModel(), smallModel()];
    await a.fit(batches(data, { batchSize: 10 })(), { stepsPerEpoch: 5, epochs: 2 });
    await b.fit(data, { batchSize: 10, shuffle: false });
    expect(await a.weightsSha256()).toBe(await b.weightsSha256());
  });

  test("a stream that fails ends the fit with its error and the last good weights", async () => {
    const [a, b] = [smallModel(), smallModel()];
    const closed: string[] = [];
    const failing = async function* () {
      try {
        for (const batch of batches(data, { batchSize: 16 })()) {
          if (closed.push("batch") === 4) throw new RangeError("the disk is gone");
          yield batch;
        }
      } finally {
        closed.push("closed");
      }
    };
    await expect(a.fit(failing(), { epochs: 1 })).rejects.toThrow(new RangeError("the disk is gone"));
    expect(closed).toEqual(["batch", "batch", "batch", "batch", "closed"]);
    await b.fit(data.take(48), ordered);
    expect(await a.weightsSha256()).toBe(await b.weightsSha256());
    await a.fit(data, ordered);
    const atOnce = () => {
      throw new RangeError("no such file");
    };
    await expect(a.fit(atOnce)).rejects.toThrow("no such file");
  });

  test.each<[string, (list: Dataset[]) => unknown[], new (...a: never[]) => Error, RegExp]>([
    [
      "another shape",
      () => [{ x: new Uint8Array(32), y: [0], sampleShape: [4, 8, 1] }],
      ShapeError,
      /^fit, batch 2, x: got samples of shape \[4,8,1\], expected \[8,8,1\]/,
    ],
    ["no whole number of samples", () => [{ x: new Uint8Array(65), y: [0] }], ShapeError, /^fit, batch 2, x: got 65 values/],
    [
      "floats for bytes",
      () => [{ x: new Float32Array(64), y: [0] }],
      ConfigError,
      /^fit, batch 2, x: got floats read as \(x - 0\) \/ 1, expected bytes read as/,
    ],
    ["a label too large", () => [{ x: new Uint8Array(64), y: [8] }], ShapeError, /^fit, batch 2, data: got labels of 9 classes/],
    ["a label below 0", () => [{ x: new Uint8Array(64), y: Int32Array.of(-1) }], ConfigError, /^fit, batch 2, y\[0\]: got label -1/],
    ["labels for another number of samples", () => [{ x: new Uint8Array(64), y: [0, 1] }], ShapeError, /^fit, batch 2, y: got 2 labels/],
    [
      "floats for labels",
      () => [{ x: new Uint8Array(64), y: Float32Array.of(0.5) }],
      ShapeError,
      /^fit, batch 2, y: got floats of shape \[\], expected labels/,
    ],
    ["no targets", () => [{ x: new Uint8Array(64) }], ShapeError, /^fit, batch 2, data: got samples without targets/],
    ["weights that come late", () => [{ x: new Uint8Array(64), y: [0], sampleWeight: [1] }], ConfigError, /^fit, batch 2, sampleWeight/],
    [
      "more samples than the first",
      ([first]) => [{ x: new Uint8Array(64 * 17), y: new Uint8Array(17), sampleShape: first.sampleShape }],
      ShapeError,
      /^fit, batch 2, x: got 17 samples, expected at most 16/,
    ],
    ["no samples", () => [{ x: new Uint8Array(0), y: [] }], ConfigError, /^fit, batch 2, /],
    ["a number", () => [7], ConfigError, /^fit, batch 2, x: got 7/],
    ["an array of numbers", () => [[1, 2]], ConfigError, /^fit, batch 2, x: got 1,2/],
  ])("%s is an error that names the batch; the stream is told", async (_, third, kind, message) => {
    const list = [...batches(data, { batchSize: 16 })()];
    const seen = { asked: 0, closed: 0 };
    const [a, b] = [smallModel(), smallModel()];
    const attempt = a.fit(slowly([...list.slice(0, 2), ...(third(list) as Batch[]), ...list], seen));
    await expect(attempt).rejects.toThrow(kind);
    await expect(attempt).rejects.toThrow(message);
    expect(seen.closed).toBe(1);
    await b.fit(data.take(32), ordered);
    expect(await a.weightsSha256()).toBe(await b.weightsSha256());
  });

  test("a NaN in a batch, and a loss that is none", async () => {
    const model = () => sequential({ inputShape: [1] }, [dense(1)]).compile({ loss: "meanSquaredError", optimizer: "sgd" });
    const x = (value: number): Batch => ({ x: Float32Array.of(value), y: Float32Array.of(1) });
    await expect(model().fit([x(1), x(Number.NaN)])).rejects.toThrow(/^fit, batch 1, x, sample 0, element 0: got NaN/);
    await expect(model().fit([x(1), x(3e38)])).rejects.toThrow(NumericError);
    await expect(model().fit([x(1), x(3e38)])).rejects.toThrow(/^fit, step 1, layer/);
  });

  test("streams without batches, and those that end early", async () => {
    const model = smallModel();
    await expect(model.fit([])).rejects.toThrow(/fit: got a stream without batches/);
    const once = batches(data, { batchSize: 50 })();
    await model.fit(once);
    await expect(model.fit(once)).rejects.toThrow(/fit: got a stream without batches.*\nHint: a stream that was read once/s);
    for (const none of [null, undefined, 5, "mnist", {}]) {
      await expect(model.fit(none as never)).rejects.toThrow(/^fit: got \w+, expected a dataset, or a stream of batches/);
      await expect(model.evaluate(none as never)).rejects.toThrow(/^evaluate: got \w+, expected a dataset, or a stream of batches/);
    }
    await expect(model.predict([1, 2] as never)).rejects.toThrow(/\nHint: an array is a stream of batches/);
    await expect(model.fit(() => 5 as never)).rejects.toThrow(/got a function that gives number/);
    await expect(model.fit(batches(data, { batchSize: 50 })(), { epochs: 2 })).rejects.toThrow(/got an epoch without batches.*\nHint: give a function/s);
    await expect(model.fit(batches(data, { batchSize: 50 }), { stepsPerEpoch: 3 })).rejects.toThrow(
      /the end of the stream after 2 batches of an epoch, expected 3/,
    );
  });

  test("options that a stream cannot have", async () => {
    const model = smallModel();
    const stream = batches(data, { batchSize: 16 });
    const cases: [FitOptions, RegExp][] = [
      [{ batchSize: "full" }, /batchSize "full"/],
      [{ shuffle: true }, /batches\(data, \{ shuffle: true \}\)/],
      [{ validationSplit: 0.1 }, /validationData/],
      [{ accumulationSteps: 2 }, /microBatch/],
      [{ schedule: (step, steps, rate) => rate * (1 - step / steps) }, /stepsPerEpoch/],
      [{ stepsPerEpoch: 0 }, /stepsPerEpoch = 0/],
    ];
    for (const [options, message] of cases) await expect(model.fit(stream, options)).rejects.toThrow(message);
    await expect(model.fit(stream(), { checkpoint: { directory: folder() } })).rejects.toThrow(/cannot be read again/);
    await expect(model.fit(data, { stepsPerEpoch: 2 })).rejects.toThrow(ConfigError);
    await model.fit(stream, { stepsPerEpoch: 2, schedule: (step, steps, rate) => rate * (1 - step / steps) });
  });

  test("a schedule that counts epochs needs their length", async () => {
    const { stepDecay } = await import("../../src/index.ts");
    const schedule = stepDecay({ decayEpochs: 1 } as never);
    await expect(smallModel().fit(batches(data, { batchSize: 16 }), { schedule })).rejects.toThrow(/stepsPerEpoch/);
    await smallModel().fit(batches(data, { batchSize: 16 }), { schedule, stepsPerEpoch: 7 });
  });

  test("stops in the midst, and while it waits for a batch; what hangs is not waited for", async () => {
    const control = fitControl();
    const seen = { asked: 0, closed: 0 };
    const model = smallModel();
    const { stopReason, epochs } = await model.fit(slowly(batches(data, { batchSize: 10 })(), seen), {
      control,
      onStep: ({ step }) => (step === 2 ? control.stop() : undefined),
    });
    expect([stopReason, epochs[0].steps, seen.closed]).toEqual(["control", 3, 1]);
    let returned = 0;
    const hangs = (after: number): AsyncIterable<Batch> => {
      const list = [...batches(data, { batchSize: 10 })()];
      let given = 0;
      return {
        [Symbol.asyncIterator]: () => ({
          next: () => (given < after ? Promise.resolve({ done: false, value: list[given++] }) : new Promise(() => undefined)),
          return: () => {
            returned++;
            return new Promise(() => undefined);
          },
        }),
      };
    };
    for (const after of [0, 2]) {
      const abort = new AbortController();
      const fit = model.fit(hangs(after), { signal: abort.signal });
      setTimeout(() => abort.abort(), 20);
      const history = await fit;
      expect([history.stopReason, history.epochs.map(({ steps }) => steps)]).toEqual(["signal", after === 0 ? [] : [2]]);
    }
    expect(returned).toBe(2);
    await model.fit(data, ordered);
  });

  test("a run that is cut goes on with the same bits, in the midst of an epoch too", async () => {
    const stream = batches(data, { batchSize: 10, shuffle: true, seed: 3 });
    const whole = mlp();
    const expected = await whole.fit(stream, { epochs: 3 });
    for (const cut of [4, 10, 13, 29]) {
      for (const stepsPerEpoch of [undefined, 10]) {
        const directory = folder();
        const control = fitControl();
        const options: FitOptions = { epochs: 3, stepsPerEpoch, checkpoint: { directory, every: { steps: 1 } } };
        await mlp().fit(stream, { ...options, control, onStep: ({ step }) => (step + 1 === cut ? control.stop() : undefined) });
        const model = mlp();
        const history = await model.fit(stream, { ...options, resume: true });
        expect([cut, await model.weightsSha256()]).toEqual([cut, await whole.weightsSha256()]);
        expect(timeless(history)).toEqual(timeless(expected));
      }
    }
  });

  test("a resumed stream that became shorter, and one that became a dataset", async () => {
    const directory = folder();
    const control = fitControl();
    const checkpoint = { directory };
    await mlp().fit(batches(data, { batchSize: 10 }), { checkpoint, control, onStep: ({ step }) => (step === 6 ? control.stop() : undefined) });
    await expect(mlp().fit(batches(data.take(30), { batchSize: 10 }), { checkpoint, resume: true })).rejects.toThrow(/got 3 batches, expected more than the 7/);
    await expect(mlp().fit(data, { batchSize: 10, shuffle: false, checkpoint, resume: true })).rejects.toThrow(/data/);
  });

  test("nothing grows", async () => {
    const runtime = await createRuntime();
    const model = smallModel({ runtime, optimizer: adam() });
    const list = [...batches(lines(200), { batchSize: 10 })()].map(plain);
    const endless = async function* () {
      for (;;) yield* list;
    };
    const measured: number[][] = [];
    await model.fit(endless(), {
      stepsPerEpoch: 2000,
      epochs: 10,
      onEpoch() {
        collect();
        measured.push([runtime.memory.byteLength, runtime.memory.used, process.memoryUsage().heapUsed]);
      },
    });
    const [first, last] = [measured[1], measured[9]];
    expect(last.slice(0, 2)).toEqual(first.slice(0, 2));
    expect(last[2] - first[2]).toBeLessThan(1_000_000);
  });
});

describe("evaluate and predict", () => {
  const model = mlp();

  test.each([1, 7, 33, 64, 100, 300])("are those of the dataset, bit for bit, in batches of %i", async (batchSize) => {
    const many = lines(203);
    const stream = batches(many, { batchSize });
    expect(await model.evaluate(stream)).toEqual(await model.evaluate(many));
    expect(await model.evaluate(slowly(stream()))).toEqual(await model.evaluate(many));
    expect(await model.predict(stream)).toEqual(await model.predict(many));
    expect(await model.predict(slowly([...stream()].map(({ x }) => ({ x }))))).toEqual(await model.predict(many));
  });

  test("batches of any length may follow", async () => {
    const many = lines(150);
    const parts = [10, 90, 1, 49].map((n, i, all) => many.subset(Array.from({ length: n }, (_, k) => all.slice(0, i).reduce((a, b) => a + b, 0) + k)));
    expect(await model.evaluate(parts)).toEqual(await model.evaluate(many));
  });

  test("refuse what is no stream of batches, and tell the stream", async () => {
    await expect(model.evaluate([])).rejects.toThrow(/^evaluate: got a stream without batches/);
    await expect(model.predict(() => [])).rejects.toThrow(/^predict: got a stream without batches/);
    const seen = { asked: 0, closed: 0 };
    const [first] = [...batches(data)()];
    await expect(model.evaluate(slowly([first, { x: new Uint8Array(64), y: [9] }], seen))).rejects.toThrow(
      /^evaluate, batch 1, data: got labels of 10 classes/,
    );
    expect(seen.closed).toBe(1);
    await expect(model.predict([first, { x: new Float32Array(64) }])).rejects.toThrow(/^predict, batch 1, /);
  });
});

describe("batches", () => {
  test("are copies of a dataset's samples in its order, or shuffled by epoch", () => {
    const part = data.subset([5, 4, 3, 9, 8]);
    const list = [...batches(part, { batchSize: 2 })()];
    expect(list.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(list.flatMap((batch) => Array.from({ length: batch.length }, (_, i) => batch.label(i)))).toEqual([5, 4, 3, 1, 0]);
    expect(list[0].x.length).toBe(128);
    expect(list[1].sample(1)).toEqual(part.sample(3));
    const order = (epoch: number) => [...batches(data, { shuffle: true, batchSize: 100, seed: 2 })(epoch)][0].y?.join();
    expect(order(0)).toBe(order(0));
    expect(order(0)).not.toBe(order(1));
    expect(() => batches(data, { batchSize: 0 })).toThrow(ConfigError);
  });
});
