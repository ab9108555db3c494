/** The range test itself: what it leaves as it was, and what it finds. */
import { describe, expect, it } from "vitest";
import { type Dataset, dataset } from "../../../src/data/index.ts";
import { ConfigError, ShapeError } from "../../../src/errors.ts";
import {
  adam,
  batchNormalization,
  call,
  conv2d,
  createRuntime,
  dense,
  dropout,
  flatten,
  glorotUniform,
  input,
  l1l2,
  lstm,
  type Model,
  model as modelOf,
  type Optimizer,
  reshape,
  sequential,
  sgd,
  zeros,
} from "../../../src/index.ts";
import { findLearningRate, type Verdict } from "../../../src/lab/index.ts";
import { lines } from "../../model/support.ts";

const data = lines(256);
/** The same, but of every fourth the label is another: no rate learns that, and large ones do harm. */
const mislabelled = dataset({
  x: data.x,
  y: Uint8Array.from(data.y as Uint8Array, (label, i) => (i % 4 === 0 ? (label + 1 + (i >> 3)) % 8 : label)),
  sampleShape: [8, 8, 1],
  classes: 8,
});
const quick = { steps: 30, seeds: 2, batchSize: 16 } as const;

const optimizers: [string, () => Optimizer][] = [
  ["SGD", () => sgd({ learningRate: 0.1 })],
  ["momentum", () => sgd({ learningRate: 0.05, momentum: 0.9 })],
  ["Adam", () => adam()],
  ["Adam with an average of the weights", () => adam({ ema: 0.9, weightDecay: 0.01 })],
];

/** Batch normalization, a recurrent layer that carries its state from batch to batch, and dropout. */
const eventful = (optimizer: Optimizer): Model =>
  sequential({ inputShape: [8, 8, 1], seed: 3, batchSize: 16 }, [
    reshape([8, 8]),
    batchNormalization(),
    lstm(6, { stateful: true }),
    dropout(0.3),
    dense(8, { activation: "softmax", kernelRegularizer: l1l2({ l2: 1e-3 }) }),
  ]).compile({ optimizer, loss: "sparseCategoricalCrossentropy" });

/** All that a fit goes on from. */
async function everything(model: Model): Promise<unknown> {
  const { parameters } = model.architecture;
  return {
    values: parameters.copyValues([...parameters.specs.keys()]).map((values) => [...values]),
    slots: [...model.optimizerSlots()],
    state: { ...model.optimizerState },
    counters: [model.epochsTrained, model.stepsTrained],
    hash: await model.weightsSha256(),
  };
}

const fitOptions = { epochs: 1, batchSize: 16 } as const;

describe.each(optimizers)("with %s", (_, optimizer) => {
  it.each<[string, (model: Model) => Promise<unknown>]>([
    ["a search", async (model) => expect((await findLearningRate(model, data, quick)).runs[0].losses.length).toBeGreaterThan(10)],
    [
      "one whose loss becomes NaN",
      async (model) => {
        const { runs } = await findLearningRate(model, data, { ...quick, from: 1e20, to: 1e38 });
        expect(runs[0].divergedAt).not.toBeNull();
      },
    ],
    [
      "one that is aborted",
      async (model) => {
        const control = new AbortController();
        const onProgress = (): void => control.abort(new Error("enough"));
        await expect(findLearningRate(model, data, { ...quick, steps: 3000, onProgress, signal: control.signal })).rejects.toThrow("enough");
      },
    ],
    [
      "one that is aborted before it begins",
      async (model) => await expect(findLearningRate(model, data, { ...quick, signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow("no"),
    ],
    [
      "one whose listener throws",
      async (model) => {
        const onProgress = (): void => {
          throw new Error("listener");
        };
        await expect(findLearningRate(model, data, { ...quick, steps: 3000, onProgress })).rejects.toThrow("listener");
      },
    ],
    [
      "one on data that do not fit",
      async (model) =>
        await expect(findLearningRate(model, dataset({ x: new Float32Array(32), y: new Uint8Array(32), sampleShape: [1] }), quick)).rejects.toThrow(ShapeError),
    ],
  ])("%s leaves weights, states, slots and counters, and a fit goes on as without", async (_, search) => {
    const [model, twin] = [eventful(optimizer()), eventful(optimizer())];
    await model.fit(data, fitOptions);
    await twin.fit(data, fitOptions);
    const before = await everything(model);
    await search(model);
    expect(await everything(model)).toEqual(before);
    await model.fit(data, fitOptions);
    await twin.fit(data, fitOptions);
    expect(await everything(model)).toEqual(await everything(twin));
  });
});

it("a model that never ran stays as it was made", async () => {
  const [model, twin] = [eventful(adam()), eventful(adam())];
  await findLearningRate(model, data, quick);
  expect(await everything(model)).toEqual(await everything(twin));
  await model.fit(data, fitOptions);
  await twin.fit(data, fitOptions);
  expect(await everything(model)).toEqual(await everything(twin));
});

it("goes on from the optimizer's state: with slots that are full the losses are others", async () => {
  const model = eventful(adam());
  await model.fit(data, fitOptions);
  const fresh = eventful(adam());
  await fresh.setWeights((await model.getWeights()).map((weight) => weight.data));
  const [used, anew] = [await findLearningRate(model, data, quick), await findLearningRate(fresh, data, quick)];
  expect(used.runs[0].losses[20]).not.toBe(anew.runs[0].losses[20]);
});

it("every seed begins with the same weights, and sees other batches and other dropout", async () => {
  const still = dataset({ x: new Float32Array(64).fill(1), y: new Uint8Array(64), sampleShape: [1] });
  const make = (rate: number): Model =>
    sequential({ inputShape: [1], seed: 1 }, [dense(8), ...(rate > 0 ? [dropout(rate)] : []), dense(2, { activation: "softmax" })]).compile({
      optimizer: "sgd",
      loss: "sparseCategoricalCrossentropy",
    });
  const [a, b] = (await findLearningRate(make(0), still, quick)).runs;
  // All samples are alike: no order shows, and all that differs is what is not there.
  expect(a.losses).toEqual(b.losses);
  const [c, d] = (await findLearningRate(make(0.5), still, quick)).runs;
  expect(c.losses).not.toEqual(d.losses);
  const [e, f] = (await findLearningRate(eventful(sgd()), data, quick)).runs;
  expect(e.losses).not.toEqual(f.losses);
});

it("is the same for a seed and any number of threads, and another for another seed", async () => {
  const find = async (seed: number, threads: number) => {
    const runtime = await createRuntime({ threads });
    const model = sequential({ inputShape: [8, 8, 1], seed: 5, runtime }, [
      conv2d(4, 3, { activation: "relu" }),
      flatten(),
      dense(8, { activation: "softmax" }),
    ]);
    return findLearningRate(model.compile({ loss: "sparseCategoricalCrossentropy" }), data, { ...quick, seed });
  };
  const first = await find(0, 1);
  expect(await find(0, 1)).toEqual(first);
  expect(await find(0, 2)).toEqual(first);
  expect((await find(9, 1)).curve).not.toEqual(first.curve);
});

it("its curve is the median of the smoothed losses, over rates that grow by a factor", async () => {
  const model = sequential({ inputShape: [8, 8, 1], seed: 5 }, [flatten(), dense(8, { activation: "softmax" })]).compile({
    loss: "sparseCategoricalCrossentropy",
  });
  const { curve, runs } = await findLearningRate(model, data, { ...quick, seeds: 3, from: 1e-4, to: 1 });
  expect(curve[0].learningRate).toBe(1e-4);
  expect(curve.at(-1)?.learningRate).toBeCloseTo(1, 12);
  for (let i = 1; i < curve.length; i++) expect(curve[i].learningRate / curve[i - 1].learningRate).toBeCloseTo(1e4 ** (1 / 29), 9);
  const at = runs.map(({ smoothed }) => smoothed[7]).toSorted((a, b) => a - b);
  expect([curve[7].low, curve[7].loss, curve[7].high]).toEqual(at);
  expect(curve[7].seeds).toBe(3);
});

describe("its suggestion", () => {
  const accuracyWith = async (make: () => Model): Promise<{ suggestion: number | null; accuracy: number }> => {
    const { suggestion } = await findLearningRate(make(), mislabelled, { steps: 150, to: 100, batchSize: 16 });
    const model = make();
    await model.fit(mislabelled, { epochs: 8, batchSize: 16, learningRate: suggestion ?? 0 });
    return { suggestion, accuracy: (await model.evaluate(data)).accuracy ?? 0 };
  };

  it.each<[string, () => Model]>([
    ["with SGD", () => smallModel("sgd")],
    ["with Adam", () => smallModel("adam")],
    ["with Lion", () => smallModel("lion")],
  ])("trains a small network %s", async (_, make) => {
    const { suggestion, accuracy } = await accuracyWith(make);
    expect(suggestion).not.toBeNull();
    expect(accuracy).toBeGreaterThanOrEqual(0.75);
  });

  it("is none where labels have nothing to do with the samples", async () => {
    const noise = dataset({
      x: new Float32Array(256).map((_, i) => Math.sin(97 * i)),
      y: new Uint8Array(256).map((_, i) => ((i * 7919) % 101) % 2),
      sampleShape: [1],
    });
    const model = sequential({ inputShape: [1], seed: 1 }, [dense(2, { activation: "softmax", kernelInitializer: zeros() })]);
    const { suggestion, verdict } = await findLearningRate(model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" }), noise, {
      steps: 100,
      to: 0.1,
    });
    expect([suggestion, verdict]).toEqual([null, "no descent"]);
  });

  it.each<[string, Dataset]>([
    ["a few samples are learned by heart on the way", data.take(32)],
    ["there is but one class", dataset({ x: data.x, y: new Uint8Array(256), sampleShape: [8, 8, 1], classes: 8 })],
  ])("is none, and more of larger rates is not asked for, where %s", async (_, few) => {
    const { suggestion, verdict, reason } = await findLearningRate(smallModel("adam"), few);
    expect([suggestion, verdict]).toEqual([null, "nothing left"]);
    expect(reason).toContain("take fewer steps, or more samples");
  });

  it.each<[string, Verdict, Dataset, () => Model]>([
    // Balanced labels, and no gradient passes a layer of zeros to the one before it, nor the zeros of that to this one.
    ["two layers of zeros", "no descent", data, () => withSgd([dense(16, { activation: "relu", kernelInitializer: zeros() }), classes(zeros())])],
    ["one layer of zeros", "sound", mislabelled, () => withSgd([classes(zeros())])],
    ["no hidden layer", "sound", mislabelled, () => withSgd([classes()])],
  ])("of %s: %s", async (_, expected, samples, make) => {
    const { verdict, suggestion } = await findLearningRate(make(), samples, { steps: 150, to: 100 });
    expect(verdict).toBe(expected);
    expect(suggestion === null).toBe(expected !== "sound");
  });

  it("trains where all targets are the same, and something is to be learned", async () => {
    const constant = dataset({ x: data.x, y: new Float32Array(256).fill(5), sampleShape: [8, 8, 1] });
    const make = (): Model =>
      sequential({ inputShape: [8, 8, 1], seed: 5 }, [flatten(), dense(16, { activation: "relu" }), dense(1)]).compile({
        optimizer: "sgd",
        loss: "meanSquaredError",
      });
    const { suggestion } = await findLearningRate(make(), constant);
    const trained = make();
    const before = (await trained.evaluate(constant)).loss;
    await trained.fit(constant, { epochs: 20, learningRate: suggestion ?? 0 });
    expect((await trained.evaluate(constant)).loss).toBeLessThan(0.1 * before);
  });

  it("is none where the rates are too large from the first", async () => {
    const { suggestion, verdict, reason } = await findLearningRate(smallModel("sgd"), data, { steps: 60, from: 1e4, to: 1e8, batchSize: 16 });
    expect([suggestion, verdict]).toEqual([null, "diverges at once"]);
    expect(reason).toContain("begin with a smaller rate");
  });
});

const classes = (kernelInitializer = glorotUniform()) => dense(8, { activation: "softmax", kernelInitializer });
const withSgd = (layers: ReturnType<typeof dense>[]): Model =>
  sequential({ inputShape: [8, 8, 1], seed: 5 }, [flatten(), ...layers]).compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });

const smallModel = (optimizer: string): Model =>
  sequential({ inputShape: [8, 8, 1], seed: 5 }, [flatten(), dense(16, { activation: "relu" }), dense(8, { activation: "softmax" })]).compile({
    optimizer,
    loss: "sparseCategoricalCrossentropy",
  });

it("works with several outputs, penalties, weights of classes and accumulation", async () => {
  const x = input([8, 8, 1], { name: "image" });
  const hidden = call(dense(16, { activation: "relu", kernelRegularizer: l1l2({ l1: 1e-4 }) }), call(flatten(), x));
  const outputs = [call(dense(8, { activation: "softmax", name: "row" }), hidden), call(dense(1, { activation: "sigmoid", name: "half" }), hidden)];
  const two = modelOf({ inputs: x, outputs }).compile({ loss: { row: "sparseCategoricalCrossentropy", half: "binaryCrossentropy" } });
  const both: Dataset = dataset({
    x: { image: data.x },
    y: { row: Int32Array.from(data.y as Uint8Array), half: Float32Array.from(data.y as Uint8Array, (label) => (label < 4 ? 0 : 1)) },
    sampleShape: { image: [8, 8, 1] },
  });
  expect((await findLearningRate(two, both, { steps: 100, to: 1000, batchSize: 16 })).verdict).toBe("sound");
  const weighted = await findLearningRate(smallModel("adam"), data, { ...quick, fit: { classWeight: { 1: 3 }, accumulationSteps: 2, microBatch: 8 } });
  expect(weighted.runs[0].losses).toHaveLength(30);
});

it("takes all samples in a step, also where there are fewer than in a batch", async () => {
  expect((await findLearningRate(smallModel("sgd"), data.take(40), { ...quick, batchSize: "full" })).runs[0].losses.length).toBeGreaterThan(20);
  expect((await findLearningRate(smallModel("sgd"), data.take(10), { ...quick, batchSize: 32 })).runs[0].losses.length).toBeGreaterThan(20);
});

it("tells how far it is", async () => {
  const told: number[] = [];
  await findLearningRate(smallModel("sgd"), data, {
    steps: 2000,
    seeds: 2,
    to: 1e-3,
    onProgress: ({ seed, step, steps }) => void told.push(seed, step, steps),
  });
  expect(told.length).toBeGreaterThan(0);
  expect(told[2]).toBe(2000);
});

it.each<[string, Parameters<typeof findLearningRate>[2], RegExp]>([
  ["from nothing", { from: 0 }, /findLearningRate: got from = 0, expected a finite number, more than 0/],
  ["to less", { from: 1, to: 0.1 }, /got to = 0.1, expected a finite number, more than from \(1\)/],
  ["to infinity", { to: Number.POSITIVE_INFINITY }, /to = Infinity/],
  ["in few steps", { steps: 5 }, /steps = 5, expected an integer, 20 or more/],
  ["without seeds", { seeds: 0 }, /seeds = 0/],
  ["with half a seed", { seed: 0.5 }, /seed = 0.5/],
  ["in batches of nothing", { batchSize: 0 }, /batchSize = 0/],
  ["smoothed away", { smoothing: 1 }, /smoothing = 1/],
])("refuses a search %s", async (_, options, message) => {
  await expect(findLearningRate(smallModel("sgd"), data, options)).rejects.toThrow(ConfigError);
  await expect(findLearningRate(smallModel("sgd"), data, options)).rejects.toThrow(message);
});

it("refuses a model that is not compiled, and no data", async () => {
  const plain = sequential({ inputShape: [1], seed: 0 }, [dense(1)]);
  await expect(findLearningRate(plain, dataset({ x: [[1]], y: [0] }))).rejects.toThrow(/findLearningRate: got a model without a loss/);
  await expect(findLearningRate(smallModel("sgd"), data.take(0))).rejects.toThrow(/an empty dataset/);
});
