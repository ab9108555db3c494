import { describe, expect, it, vi } from "vitest";
import { dataset } from "../../src/data/index.ts";
import type { FitOptions, Model } from "../../src/index.ts";
import { adam, ConfigError, dense, flatten, NumericError, ops, ShapeError, sequential, sgd, stepDecay } from "../../src/index.ts";
import { everyRuntime, lines, smallModel } from "./support.ts";

const runtimes = await everyRuntime();
const data = lines(240);
const optimizers = {
  sgd: () => sgd({ learningRate: 0.5 }),
  momentum: () => sgd({ learningRate: 0.1, momentum: 0.9 }),
  nesterov: () => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
  adam: () => adam({ learningRate: 0.01 }),
};

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(Object.entries(optimizers))("%s learns the lines", async (_name, optimizer) => {
    const model = smallModel({ runtime, optimizer: optimizer() });
    const { epochs } = await model.fit(data, { epochs: 8, batchSize: 16 });
    expect(epochs[7].loss).toBeLessThan(epochs[0].loss / 3);
    const { accuracy, loss } = await model.evaluate(data);
    expect(accuracy).toBeGreaterThan(0.95);
    expect(loss).toBeLessThan(0.3);
  });

  it("gives the same bits for the same seed, other bits for another", async () => {
    const hashes = await Promise.all(
      [5, 5, 6].map(async (seed) => {
        const model = smallModel({ runtime, seed });
        await model.fit(data, { epochs: 2, batchSize: 32 });
        return model.weightsSha256();
      }),
    );
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[2]).not.toBe(hashes[0]);
  });

  it("two fits may interleave on two models", async () => {
    const [a, b] = [smallModel({ runtime }), smallModel({ runtime, hidden: 40 })];
    await Promise.all([a.fit(data, { epochs: 3 }), b.fit(data, { epochs: 3 })]);
    const alone = smallModel({ runtime });
    await alone.fit(data, { epochs: 3 });
    expect(await a.weightsSha256()).toBe(await alone.weightsSha256());
  });

  it("a full batch in micro-batches gives the gradient of the whole", async () => {
    const weights = async (options: FitOptions) => {
      const model = smallModel({ runtime });
      await model.fit(data, { shuffle: false, ...options });
      return model.getWeights();
    };
    const whole = await weights({ batchSize: "full" });
    const parts = await weights({ batchSize: "full", microBatch: 17 });
    const before = await smallModel({ runtime }).getWeights();
    whole.forEach(({ data: w }, p) => {
      const step = w.map((value, i) => value - before[p].data[i]);
      const largest = step.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      step.forEach((s, i) => {
        expect(Math.abs(parts[p].data[i] - before[p].data[i] - s)).toBeLessThanOrEqual(1e-6 * largest + 2e-7 * Math.abs(w[i]));
      });
    });
  });

  it("a diverging rate is a NumericError that names step and layer, and keeps the last good weights", async () => {
    const model = smallModel({ runtime, optimizer: sgd({ learningRate: runtime.precision === "f64" ? 1e300 : 1e30 }) });
    const error = await model.fit(data, { epochs: 50 }).then(
      () => null,
      (e) => e,
    );
    expect(error).toBeInstanceOf(NumericError);
    expect(error.message).toMatch(/step \d+, layer "(dense|dense_1|loss)"/);
    // Doubles of 1e300 are good weights, but no floats.
    if (runtime.precision === "f32") for (const { data: w } of await model.getWeights()) expect(w.every(Number.isFinite)).toBe(true);
  });

  it("a NaN in any parameter is a NumericError that names it", async () => {
    for (const [p, { name }] of (await smallModel().getWeights()).entries()) {
      const model = smallModel({ runtime });
      const weights = (await model.getWeights()).map(({ data: w }) => w);
      weights[p][weights[p].length >> 1] = Number.NaN;
      await model.setWeights(weights);
      await expect(model.fit(data)).rejects.toThrow(new RegExp(`weights \\(${name}\\): got NaN`));
    }
  });

  it("fused and unfused Programs give the same gradients", async () => {
    const small = data.take(13);
    const model = smallModel({ runtime });
    const { gradients, loss } = await model.gradients(small);
    const { traceStep } = await import("../../src/model/trace/trace.ts");
    const trace = await traceStep(smallModel({ runtime }), small, 0, 2);
    expect(trace.loss).toBeCloseTo(loss, 5);
    for (const { name, data: g } of gradients) {
      const other = trace.tensors.get(`backward/${name}`)?.data as Float32Array;
      const largest = g.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      g.forEach((value, i) => {
        expect(Math.abs(other[i] - value)).toBeLessThan(2e-6 * largest);
      });
    }
    for (const { analytic, reference, numeric } of trace.checks) {
      expect(analytic).toBeCloseTo(reference, 5);
      expect(Math.abs(numeric - reference)).toBeLessThan(1e-6 * Math.max(1, Math.abs(reference)));
    }
  });

  it("does not grow over 1,000 steps", async () => {
    const model = smallModel({ runtime });
    await model.fit(data, { epochs: 2 });
    const before = runtime.memory.used;
    await model.fit(data, { epochs: 125 });
    // Less, where the garbage of other tests was collected meanwhile.
    expect(runtime.memory.used).toBeLessThanOrEqual(before);
  });

  it("disposed models give their memory back", async () => {
    await smallModel({ runtime }).fit(data);
    const before = runtime.memory.used;
    for (let i = 0; i < 5; i++) {
      const model = smallModel({ runtime });
      await model.fit(data);
      model.dispose();
    }
    // Less, where the garbage of other tests was collected meanwhile.
    expect(runtime.memory.used).toBeLessThanOrEqual(before);
  });
});

describe("while it trains, a model", () => {
  it.each([
    ["dispose", (model: Model) => model.dispose()],
    ["compile", (model: Model) => model.compile({ loss: "sparseCategoricalCrossentropy" })],
  ] as const)("refuses %s", async (what, call) => {
    const model = smallModel();
    let error: unknown = null;
    const onStep = (): void => {
      try {
        call(model);
      } catch (caught) {
        error = caught;
      }
    };
    await model.fit(data, { onStep });
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain(`${what}: got a call while fit is running on this model`);
    call(model);
  });
});

describe("data", () => {
  it("two datasets may share samples and differ in labels, or share labels and differ in samples", async () => {
    const model = smallModel();
    const x = data.x as Uint8Array;
    const wrong = dataset({ x, y: (data.y as Int32Array).map((label) => (label + 1) % 8), sampleShape: [8, 8, 1], classes: 8 });
    await model.fit(data, { epochs: 8, batchSize: 16 });
    expect((await model.evaluate(data)).accuracy).toBeGreaterThan(0.9);
    expect((await model.evaluate(wrong)).accuracy).toBeLessThan(0.1);
    const black = dataset({ x: new Uint8Array(x.length), y: data.y as Int32Array, sampleShape: [8, 8, 1], classes: 8 });
    expect((await model.evaluate(black)).accuracy).toBeLessThan(0.2);
    expect((await model.evaluate(data)).accuracy).toBeGreaterThan(0.9);
  });

  it("floats are normalised as bytes are", async () => {
    const bytes = data.normalizedBy("standardize");
    const floats = dataset({ x: Float32Array.from(data.x), y: data.y as Int32Array, sampleShape: [8, 8, 1], classes: 8, normalization: "standardize" });
    const [a, b] = [smallModel(), smallModel()];
    await a.fit(bytes, { epochs: 2 });
    await b.fit(floats, { epochs: 2 });
    expect((await b.evaluate(floats)).loss).toBeCloseTo((await a.evaluate(bytes)).loss, 4);
  });
});

it("loads one Program to validate", async () => {
  const model = smallModel();
  const load = vi.spyOn(model, "load");
  await model.fit(data, { validationData: lines(300) });
  expect(new Set(load.mock.calls.flatMap(([purpose, , capacity]) => (purpose === "evaluate" ? [capacity] : []))).size).toBe(1);
});

it("asks a function for each step's rate, and tells it the length of an epoch", async () => {
  const asked: number[][] = [];
  const rate = (...step: [number, number, number, number]) => {
    asked.push(step);
    return 0.1 / (1 + step[0]);
  };
  const { epochs } = await smallModel().fit(lines(70), { epochs: 2, batchSize: 32, schedule: rate });
  expect(asked).toEqual([0, 1, 2, 3, 4, 5].map((step) => [step, 6, 0.5, 3]));
  expect(epochs.map(({ learningRate }) => learningRate)).toEqual([0.1 / 3, 0.1 / 6]);
  // In epochs: the second begins with the fourth step.
  const halved = await smallModel().fit(lines(70), { epochs: 2, batchSize: 32, schedule: stepDecay({ gamma: 0.5, decayEpochs: 1 }) });
  expect(halved.epochs.map(({ learningRate }) => learningRate)).toEqual([0.5, 0.25]);
});

describe("bad input", () => {
  it.each([
    [{ epochs: 0 }, /epochs = 0/],
    [{ batchSize: 1.5 }, /batchSize = 1.5/],
    [{ validationSplit: 1 }, /validationSplit/],
    [{ learningRate: Number.NaN }, /learningRate/],
    [{ schedule: () => -0.1 }, /^fit, step 0: got -0.1 from schedule "custom", expected a finite number, 0 or more/],
    [
      { schedule: { name: "broken", at: (step) => 1 / (step - 1) - 1, config: () => ({}) } },
      /^fit, step 0: got -2 from schedule "broken", expected a finite number, 0 or more/,
    ],
    [{ schedule: { name: "broken", at: (step) => 1 / (1 - step), config: () => ({}) } }, /^fit, step 1: got Infinity from schedule "broken"/],
  ] as [FitOptions, RegExp][])("fit(%j)", async (options, message) => {
    await expect(smallModel().fit(data, options)).rejects.toThrow(message);
  });

  it("a second call while one runs", async () => {
    const model = smallModel();
    const first = model.fit(data);
    await expect(model.evaluate(data)).rejects.toThrow(ConfigError);
    await first;
  });

  it("shapes of data and model", async () => {
    const other = dataset({ x: new Uint8Array(50), y: new Uint8Array(10), sampleShape: [5], classes: 8 });
    await expect(smallModel().fit(other)).rejects.toThrow(ShapeError);
  });

  it("labels past the outputs", async () => {
    await expect(smallModel().fit(lines(40, 8).take(40))).resolves.toBeDefined();
    const many = dataset({ x: new Uint8Array(640), y: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], sampleShape: [8, 8, 1] });
    await expect(smallModel().fit(many)).rejects.toThrow(/labels of 10 classes, expected at most \[8\]/);
    await expect(smallModel().evaluate(many)).rejects.toThrow(ShapeError);
  });

  it("a layer that does not fit, a loss that does not fit", async () => {
    expect(() => sequential({ inputShape: [4] }, [dense(0)])).toThrow(ConfigError);
    const flat = sequential({ inputShape: [8, 8, 1] }, [flatten(), dense(8, { activation: "softmax" })]);
    flat.compile({ loss: (_y, p) => ops.mean(p, {}) });
    await expect(flat.fit(data)).rejects.toThrow(/value per sample/);
    flat.compile({ loss: "sparseCategoricalCrossentropy" });
    await expect(
      sequential({ inputShape: [8, 8, 1] }, [dense(8)])
        .compile({ loss: "sparseCategoricalCrossentropy" })
        .fit(data),
    ).rejects.toThrow(ShapeError);
  });

  it("weights of other shapes", async () => {
    await expect(smallModel().setWeights([])).rejects.toThrow(/0 arrays/);
    const weights = (await smallModel().getWeights()).map(({ data: w }) => w);
    weights[2] = new Float32Array(3);
    await expect(smallModel().setWeights(weights)).rejects.toThrow(/dense_1\/kernel/);
  });

  it("fit without compile", async () => {
    await expect(sequential({ inputShape: [2] }, [dense(1)]).fit(data)).rejects.toThrow(/compile/);
  });
});
