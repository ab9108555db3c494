/** What layers keep besides parameters: states, carried states, freezing, masks. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dataset } from "../../src/data/index.ts";
import {
  adam,
  BATCH,
  ConfigError,
  createRuntime,
  decodeModel,
  defineLayer,
  dense,
  encodeModel,
  type Layer,
  type LayerContext,
  maskOf,
  NumericError,
  ops,
  type Runtime,
  randomNormal,
  ShapeError,
  sequential,
  sgd,
  type Tensor,
  withMask,
  zeros,
} from "../../src/index.ts";
import { traceStep } from "../../src/model/trace/trace.ts";
import { everyRuntime } from "./support.ts";

const MOMENTUM = 0.75;
const FEATURES = 6;
const COUNT = 36;
const x = Float32Array.from({ length: COUNT * FEATURES }, (_, i) => Math.sin(1 + i * 1.7));
const y = Float32Array.from({ length: COUNT }, (_, i) => Math.cos(i));
const data = dataset({ x, y, sampleShape: [FEATURES] });

/** y = gain (x - moving mean of x), which follows the batch's mean, as the last step left it. */
const center = (carried = false): Layer =>
  defineLayer({
    className: "Center",
    apply(input, context) {
      const mean = context.state("movingMean", [FEATURES], { initializer: zeros(), carried });
      const gain = context.parameter("gain", [FEATURES], { initializer: randomNormal() });
      if (context.training && context.trainable) {
        const batch = ops.mean(input, { axes: 0 });
        context.assign(mean, ops.add(ops.mul(mean, MOMENTUM), ops.mul(batch, 1 - MOMENTUM)));
      }
      return ops.mul(ops.sub(input, mean), gain);
    },
  });

const compiled = (layers: Layer[], runtime?: Runtime, options: Partial<Parameters<typeof sequential>[0]> = {}) =>
  sequential({ inputShape: [FEATURES], seed: 3, runtime, ...options }, layers).compile({ optimizer: adam(), loss: "meanSquaredError" });

/** The moving mean after the rows were seen in batches. */
function movingMean(rows: number, batch: number): Float64Array {
  const mean = new Float64Array(FEATURES);
  for (let from = 0; from < rows; from += batch) {
    const to = Math.min(rows, from + batch);
    for (let f = 0; f < FEATURES; f++) {
      let sum = 0;
      for (let i = from; i < to; i++) sum += x[i * FEATURES + f];
      mean[f] = MOMENTUM * mean[f] + (1 - MOMENTUM) * (sum / (to - from));
    }
  }
  return mean;
}

const runtimes = await everyRuntime();
const byName = async (model: ReturnType<typeof compiled>) => new Map((await model.getWeights()).map(({ name, data: values }) => [name, values]));

describe("states", () => {
  it.each(runtimes)("are moved by each pass, stand after the layer's parameters, and are no parameters: %s", async (_, runtime) => {
    const model = compiled([center(), dense(1)], runtime);
    expect((await model.getWeights()).map(({ name }) => name)).toEqual(["center/gain", "center/movingMean", "dense/kernel", "dense/bias"]);
    expect(model.parameterCount).toBe(FEATURES + FEATURES + 1);
    await model.fit(data, { epochs: 1, batchSize: 8, shuffle: false });
    const expected = movingMean(COUNT, 8);
    (await byName(model)).get("center/movingMean")?.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 6);
    });
  });

  it("are moved by each micro-batch", async () => {
    const model = compiled([center(), dense(1)]);
    await model.fit(data, { epochs: 1, batchSize: 12, microBatch: 4, shuffle: false });
    const expected = movingMean(COUNT, 4);
    (await byName(model)).get("center/movingMean")?.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 6);
    });
  });

  it("have the same bits on 1, 2 and 3 threads", async () => {
    const hashes = [];
    for (const threads of [1, 2, 3]) {
      const model = compiled([dense(64), center64(), dense(64, { activation: "tanh" }), dense(1)], await createRuntime({ threads }));
      await model.fit(data, { epochs: 3, batchSize: 16 });
      hashes.push(await model.weightsSha256());
    }
    expect(new Set(hashes).size).toBe(1);
  });

  it("do not move where only gradients or the objective are asked for, nor in evaluate and predict of a layer that trains them", async () => {
    const model = compiled([center(), dense(1)]);
    await model.fit(data, { epochs: 1 });
    const before = await model.weightsSha256();
    await model.gradients(data);
    await model.objective(data);
    await model.evaluate(data);
    await model.predict(x);
    expect(await model.weightsSha256()).toBe(before);
  });

  it.each([{ batchSize: 18 }, { batchSize: 18, microBatch: 6 }])("are as before a step that is not sound: %j", async (options) => {
    const model = compiled([center(), dense(1)]);
    await model.fit(data, { epochs: 1, ...options, shuffle: false });
    const before = await model.weightsSha256();
    // The first pass of three is sound.
    const bad = x.slice();
    bad[17 * FEATURES] = 3e38;
    bad[17 * FEATURES + 1] = -3e38;
    const broken = dataset({ x: bad, y, sampleShape: [FEATURES] });
    await expect(model.fit(broken, { epochs: 1, ...options, shuffle: false })).rejects.toThrow(NumericError);
    expect(await model.weightsSha256()).toBe(before);
  });

  it("are as before a step whose gradient's norm is not finite", async () => {
    const model = sequential({ inputShape: [FEATURES], seed: 3 }, [center(), dense(1, { useBias: false })]);
    model.compile({ optimizer: sgd({ globalClipNorm: 1 }), loss: (_, yPred) => ops.mul(ops.sum(yPred, { axes: 1 }), 1e30) });
    await model.setWeights([new Float32Array(FEATURES), new Float32Array(FEATURES), new Float32Array(FEATURES).fill(1e38)]);
    const before = await model.weightsSha256();
    await expect(model.fit(data, { epochs: 1 })).rejects.toThrow(NumericError);
    expect(await model.weightsSha256()).toBe(before);
  });

  it("are in files of models and come back", async () => {
    const model = compiled([center(), dense(1)]);
    await model.fit(data, { epochs: 1 });
    const again = await decodeModel(await encodeModel(model), "file", { customLayers: { Center: () => center() } });
    expect(await again.weightsSha256()).toBe(await model.weightsSha256());
    expect(await again.predict(x)).toEqual(await model.predict(x));
  });

  it("are named by the tracer, with what was before and after, and their layer's gradients are checked", async () => {
    const model = compiled([center(), dense(1)]);
    await model.fit(data, { epochs: 1, batchSize: 12 });
    const { tensors, entries, checks } = await traceStep(model, data.subset(Int32Array.from([0, 1, 2, 3, 4])), 0);
    const before = tensors.get("before/center/movingMean")?.data as Float32Array;
    const after = tensors.get("after/center/movingMean")?.data as Float32Array;
    for (let f = 0; f < FEATURES; f++) {
      let sum = 0;
      for (let i = 0; i < 5; i++) sum += x[i * FEATURES + f];
      expect(after[f]).toBeCloseTo(MOMENTUM * before[f] + (1 - MOMENTUM) * (sum / 5), 6);
    }
    expect(tensors.has("backward/center/movingMean")).toBe(false);
    const last = entries.filter(({ operands }) => operands.some(({ name, written }) => name === "center/movingMean" && written));
    expect(last).toHaveLength(1);
    expect(last[0]).toMatchObject({ section: "accumulate", scope: "center", shape: [FEATURES] });
    for (const { numeric, reference, analytic } of checks) {
      expect(Math.abs(numeric - reference)).toBeLessThan(1e-6);
      expect(Math.abs(analytic - reference)).toBeLessThan(1e-4);
    }
  });

  it("read before they are written, however the schedule lays it out", async () => {
    /** A shift register: each state becomes what the one before it was. */
    const register = defineLayer({
      className: "Register",
      apply(input, context) {
        const [a, b] = ["a", "b"].map((name) => context.state(name, [FEATURES], { initializer: zeros() }));
        context.assign(a, ops.mean(input, { axes: 0 }));
        context.assign(b, a);
        return ops.add(input, ops.add(a, b));
      },
    });
    const model = sequential({ inputShape: [FEATURES] }, [register]);
    const half = x.subarray(0, 18 * FEATURES);
    await model.predict(half);
    const first = (await model.getWeights()).map(({ data: values }) => values);
    expect([...first[1]]).toEqual(Array(FEATURES).fill(0));
    await model.predict(half);
    const second = (await model.getWeights()).map(({ data: values }) => values);
    expect(second[1]).toEqual(first[0]);
  });

  it("of a layer that is called twice are moved twice", async () => {
    const layer = center();
    const model = compiled([layer, layer, dense(1)]);
    await model.fit(data, { epochs: 1, batchSize: COUNT, shuffle: false });
    const weights = await byName(compiled([layer, layer, dense(1)]));
    const gain = weights.get("center/gain") as Float32Array;
    const moved = (await byName(model)).get("center/movingMean") as Float32Array;
    for (let f = 0; f < FEATURES; f++) {
      let mean = 0;
      for (let i = 0; i < COUNT; i++) mean += x[i * FEATURES + f] / COUNT;
      const first = (1 - MOMENTUM) * mean;
      // The first call centers around 0, the second sees what it assigned.
      expect(moved[f]).toBeCloseTo(MOMENTUM * first + (1 - MOMENTUM) * gain[f] * mean, 5);
    }
  });

  it("are told apart from parameters, and take only values of their shape", () => {
    const make = (use: (input: Tensor, context: LayerContext) => void) => () => {
      const apply: Layer["apply"] = (input, context) => {
        use(input, context);
        return input;
      };
      return sequential({ inputShape: [FEATURES] }, [defineLayer({ className: "Bad", apply })]);
    };
    const start = { initializer: zeros() };
    const both = make((_, context) => {
      context.parameter("a", [1], start);
      context.state("a", [1], start);
    });
    expect(both).toThrow(/bad \(Bad\): got "a" as state, expected a name of its own/);
    expect(make((input, context) => context.assign(context.state("a", [2], start), ops.mean(input, { axes: 0 })))).toThrow(ShapeError);
    expect(make((input, context) => context.assign(input, input))).toThrow(/a tensor that is no state/);
    expect(make((_, context) => void context.state("a", [BATCH, 2], start))).toThrow(/only carried states have a value per row/);
    expect(make((_, context) => void context.state("a", [BATCH, 2], { ...start, carried: true }))).toThrow(/told its batchSize/);
  });
});

/** The same for 64 features. */
function center64(): Layer {
  return defineLayer({
    className: "Center",
    apply(input, context) {
      const mean = context.state("movingMean", [64], { initializer: zeros() });
      if (context.training) context.assign(mean, ops.add(ops.mul(mean, MOMENTUM), ops.mul(ops.mean(input, { axes: 0 }), 1 - MOMENTUM)));
      return ops.sub(input, mean);
    },
  });
}

/** Adds what the row had in the batch before. */
const memory = (): Layer =>
  defineLayer({
    className: "Memory",
    apply(input, context) {
      const before = context.state("last", [BATCH, FEATURES], { initializer: zeros(), carried: true });
      context.assign(before, input);
      return ops.add(input, before);
    },
  });

describe("carried states", () => {
  const make = (runtime?: Runtime) => compiled([memory(), dense(1)], runtime, { batchSize: 4 });

  it.each(runtimes)("go from batch to batch, outside training too, and start again after resetStates: %s", async (_, runtime) => {
    const model = sequential({ inputShape: [FEATURES], runtime, batchSize: 4 }, [memory()]);
    expect(model.summary()).toContain("memory of inference, up to 4 rows");
    const eight = x.subarray(0, 8 * FEATURES);
    const width = 4 * FEATURES;
    const sum = (i: number, j: number) => Math.fround(x[i] + (j < 0 ? 0 : x[j]));
    const first = await model.predict(eight);
    first.forEach((value, i) => {
      expect(value).toBe(sum(i, i < width ? -1 : i - width));
    });
    const second = await model.predict(eight);
    expect(second[0]).toBe(sum(0, width));
    model.resetStates();
    expect(await model.predict(eight)).toEqual(first);
    expect(await model.getWeights()).toEqual([]);
  });

  it("are neither saved nor hashed, but are part of checkpoints: a run that is cut goes on with the same bits", async () => {
    const directory = mkdtempSync(join(tmpdir(), "states-"));
    const training = { epochs: 4, batchSize: 4, shuffle: false } as const;
    try {
      const whole = make();
      const start = await whole.weightsSha256();
      await whole.predict(x);
      expect(await whole.weightsSha256()).toBe(start);
      whole.resetStates();
      await whole.fit(data, training);
      let steps = 0;
      const signal = { aborted: false };
      await make().fit(data, {
        ...training,
        checkpoint: { directory },
        signal,
        onStep: () => {
          signal.aborted = ++steps === 14;
        },
      });
      const resumed = make();
      await resumed.fit(data, { ...training, checkpoint: { directory }, resume: true });
      expect(await resumed.weightsSha256()).toBe(await whole.weightsSha256());
      // What is carried is, too.
      expect(await resumed.predict(x)).toEqual(await whole.predict(x));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("do not let batches have other rows", async () => {
    const model = make();
    await expect(model.fit(data, { batchSize: 6 })).rejects.toThrow(ConfigError);
    await expect(model.fit(data, { batchSize: 6 })).rejects.toThrow(/^fit: got .*\nHint: give batchSize: 4, and/);
    await expect(model.fit(data, { batchSize: 4, microBatch: 2 })).rejects.toThrow(/whole batches of 4, the model's batchSize/);
    await expect(model.predict(x.subarray(0, 6 * FEATURES))).rejects.toThrow(ConfigError);
    await expect(model.evaluate(data.subset(Int32Array.from([0, 1, 2])))).rejects.toThrow(ConfigError);
    expect(() => sequential({ inputShape: [1], batchSize: 0.5 }, [dense(1)])).toThrow(ConfigError);
  });
});

describe("masks", () => {
  /** Masks where the first feature is not above 0. */
  const masking = defineLayer({
    className: "Masking",
    apply: (input) => withMask(input, ops.compare(ops.reshape(ops.slice(input, [0, 0, 0], [BATCH, 3, 1]), [BATCH, 3]), "greater", 0)),
  });

  const seen = (layer: Layer): boolean[] => {
    const masks: (Tensor | undefined)[] = [];
    const look = defineLayer({
      className: "Look",
      passesMask: true,
      apply: (input) => {
        masks.push(maskOf(input));
        return input;
      },
    });
    sequential({ inputShape: [3, 2] }, [look, masking, look, layer, look]);
    return masks.slice(0, 3).map((mask) => mask !== undefined);
  };

  it("go on where a layer passes them, stop where it does not, and leave the unmasked value alone", () => {
    expect(seen(dense(4))).toEqual([false, true, true]);
    expect(seen(defineLayer({ className: "Stop", apply: (input) => ops.mul(input, 2) }))).toEqual([false, true, false]);
    expect(seen(defineLayer({ className: "Same", apply: (input) => input }))).toEqual([false, true, false]);
  });
});
