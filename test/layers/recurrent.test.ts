/** Recurrent layers through whole models: masks, states that go on, dropout, both ways, and what they do not take. */
import { describe, expect, it } from "vitest";
import { dataset } from "../../src/data/index.ts";
import type { Graph } from "../../src/graph/graph.ts";
import {
  adam,
  bidirectional,
  ConfigError,
  call,
  createRuntime,
  defineLayer,
  dense,
  dropout,
  flatten,
  model as functional,
  gru,
  input,
  type Layer,
  lstm,
  masking,
  maskOf,
  modelFromJSON,
  ops,
  type RecurrentLayer,
  repeatVector,
  reshape,
  ShapeError,
  sequential,
  simpleRnn,
  timeDistributed,
} from "../../src/index.ts";
import { traceStep } from "../../src/model/trace/trace.ts";
import type { Shape } from "../../src/shape.ts";

const wasm = await createRuntime();
const exact = await createRuntime({ backend: "js", precision: "f64" });
const STEPS = 5;
const FEATURES = 3;
const wave = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => Math.sin(1 + i * 1.7));
const makers = { simpleRnn, lstm, gru };

const model = (layers: Layer[], options: Partial<Parameters<typeof sequential>[0]> = {}) =>
  sequential({ inputShape: [STEPS, FEATURES], seed: 5, runtime: exact, ...options }, layers);

/** Samples whose steps from lengths[n] on are all zeros. */
function padded(lengths: readonly number[], steps = STEPS): Float32Array {
  const x = wave(lengths.length * steps * FEATURES);
  lengths.forEach((length, n) => x.fill(0, (n * steps + length) * FEATURES, (n + 1) * steps * FEATURES));
  return x;
}

describe.each(Object.entries(makers))("%s", (name, make) => {
  it("sees of a masked sequence what it sees of one that is shorter", async () => {
    const short = model([make(4)], { inputShape: [2, FEATURES] });
    const masked = model([masking(), make(4)]);
    await masked.setWeights((await short.getWeights()).map(({ data }) => data));
    const x = padded([2, 2, 2]);
    const cut = Float32Array.from({ length: 3 * 2 * FEATURES }, (_, i) => x[Math.floor(i / (2 * FEATURES)) * STEPS * FEATURES + (i % (2 * FEATURES))]);
    expect(await masked.predict(x)).toEqual(await short.predict(cut));
  });

  it("reads a masked sequence backwards, and turns the mask round for who comes behind", async () => {
    const layers = () => [make(4, { goBackwards: true, returnSequences: true }), make(3)];
    const short = model(layers(), { inputShape: [2, FEATURES] });
    const masked = model([masking(), ...layers()]);
    await masked.setWeights((await short.getWeights()).map(({ data }) => data));
    const x = padded([2]);
    expect(await masked.predict(x)).toEqual(await short.predict(x.subarray(0, 2 * FEATURES)));
  });

  it("repeats its output at masked steps, and gives 0 before the first that counts", async () => {
    const x = wave(STEPS * FEATURES);
    x.fill(0, 0, FEATURES).fill(0, 2 * FEATURES, 4 * FEATURES);
    const rows = await model([masking(), make(2, { returnSequences: true })]).predict(x);
    const step = (t: number): number[] => [...rows.subarray(2 * t, 2 * t + 2)];
    expect(step(0)).toEqual([0, 0]);
    expect(step(1)).not.toEqual([0, 0]);
    expect(step(2)).toEqual(step(1));
    expect(step(3)).toEqual(step(1));
    expect(step(4)).not.toEqual(step(3));
  });

  it("stateful: goes on where the batch before ended, until resetStates", async () => {
    const whole = model([make(3, { returnSequences: true })], { inputShape: [2 * STEPS, FEATURES] });
    const parts = model([make(3, { returnSequences: true, stateful: true })], { batchSize: 2 });
    await parts.setWeights((await whole.getWeights()).map(({ data }) => data));
    const x = wave(2 * 2 * STEPS * FEATURES);
    const half = (k: number): Float32Array =>
      Float32Array.from(
        { length: 2 * STEPS * FEATURES },
        (_, i) => x[Math.floor(i / (STEPS * FEATURES)) * 2 * STEPS * FEATURES + k * STEPS * FEATURES + (i % (STEPS * FEATURES))],
      );
    const all = await whole.predict(x);
    const first = await parts.predict(half(0));
    const second = await parts.predict(half(1));
    const width = STEPS * 3;
    for (const n of [0, 1]) {
      expect(first.subarray(n * width, (n + 1) * width)).toEqual(all.subarray(2 * n * width, (2 * n + 1) * width));
      expect(second.subarray(n * width, (n + 1) * width)).toEqual(all.subarray((2 * n + 1) * width, (2 * n + 2) * width));
    }
    parts.resetStates();
    expect(await parts.predict(half(0))).toEqual(first);
    expect((await parts.getWeights()).length).toBe((await whole.getWeights()).length);
  });

  it("stateful: takes a batchSize, and batches of that size only", async () => {
    expect(() => model([make(3, { stateful: true })])).toThrow(ConfigError);
    expect(() => model([make(3, { stateful: true })])).toThrow(/told its batchSize/);
    const parts = model([make(3, { stateful: true })], { batchSize: 2 });
    await expect(parts.predict(wave(3 * STEPS * FEATURES))).rejects.toThrow(/whole batches of 2/);
  });

  it("drops the same inputs at all steps, while training only", async () => {
    const graphs: Graph[] = [];
    const spy = defineLayer({
      className: "Spy",
      apply(x) {
        graphs.push(x.graph);
        return x;
      },
    });
    const net = model([make(4, { dropout: 0.5, recurrentDropout: 0.5 }), spy, dense(2, { activation: "softmax" })]);
    net.compile({ loss: "sparseCategoricalCrossentropy" });
    const draws = (mode: "train" | "infer"): Shape[] => {
      net.program({ mode });
      const { nodes } = graphs.at(-1) as Graph;
      return nodes.filter(({ op }) => op.name === "draw").map(({ outputs }) => outputs[0].shape.slice(1));
    };
    expect(draws("train")).toEqual([[1, FEATURES], [4]]);
    expect(draws("infer")).toEqual([]);
  });

  it("round-trips with every option, and trains to the same bits again", async () => {
    const all = make(3, {
      activation: "relu",
      useBias: false,
      kernelRegularizer: "l2",
      recurrentRegularizer: "l1",
      recurrentConstraint: "unitNorm",
      dropout: 0.1,
      recurrentDropout: 0.2,
      returnSequences: true,
      goBackwards: true,
      stateful: true,
    });
    const net = model([all, flatten(), dense(2, { activation: "softmax" })], { batchSize: 4, runtime: wasm });
    net.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy" });
    const json = JSON.parse(JSON.stringify(net.toJSON()));
    const again = modelFromJSON(json, { runtime: wasm });
    expect(again.toJSON()).toEqual(json);
    const data = dataset({ x: wave(8 * STEPS * FEATURES), y: Uint8Array.of(0, 1, 0, 1, 1, 0, 0, 1), sampleShape: [STEPS, FEATURES] });
    for (const m of [net, again]) await m.fit(data, { epochs: 2, batchSize: 4 });
    expect(await again.weightsSha256()).toBe(await net.weightsSha256());
  });

  it("says what is wrong with its options and inputs", () => {
    for (const units of [0, 1.5, -1, Number.NaN]) expect(() => make(units)).toThrow(ConfigError);
    expect(() => make(2, { dropout: 1 })).toThrow(new RegExp(`${name}: got dropout = 1, expected a number, 0 or more, below 1`));
    expect(() => make(2, { recurrentDropout: -0.1 })).toThrow(ConfigError);
    expect(() => make(2, { activation: "tan" as "tanh" })).toThrow(ConfigError);
    expect(() => make(2, { recurrentRegularizer: "l3" })).toThrow(ConfigError);
    expect(() => model([make(2)], { inputShape: [4] })).toThrow(new RegExp(`${name}: got input \\[N,4\\], expected \\[N,steps,features\\]`));
    expect(() => model([make(2)], { inputShape: [4, 4, 1] })).toThrow(ShapeError);
    expect(() => model([make(2), make(2)])).toThrow(/got input \[N,2\], expected .*\nHint: .*returnSequences: true/);
    expect(() => model([make(2, { returnState: true }), flatten(), make(2)])).toThrow(ShapeError);
  });
});

describe("bidirectional", () => {
  it("puts the outputs of one step together", async () => {
    const both = model([bidirectional(gru(2, { returnSequences: true }))]);
    const [kernel, recurrent, bias, ...back] = (await both.getWeights()).map(({ data }) => data);
    const one = async (weights: Float32Array[], goBackwards: boolean) => {
      const single = model([gru(2, { returnSequences: true, goBackwards })]);
      await single.setWeights(weights);
      return single.predict(wave(STEPS * FEATURES));
    };
    const [ahead, behind] = [await one([kernel, recurrent, bias], false), await one(back, true)];
    const y = await both.predict(wave(STEPS * FEATURES));
    for (let t = 0; t < STEPS; t++) {
      expect([...y.subarray(4 * t, 4 * t + 4)]).toEqual([...ahead.subarray(2 * t, 2 * t + 2), ...behind.subarray(2 * (STEPS - 1 - t), 2 * (STEPS - t))]);
    }
  });

  it("hands the mask on with sequences", () => {
    const seen: boolean[] = [];
    const spy = () =>
      defineLayer({
        className: "Spy",
        apply(x) {
          seen.push(maskOf(x) !== undefined);
          return x;
        },
      });
    model([masking(), bidirectional(lstm(2, { returnSequences: true })), spy(), bidirectional(lstm(2), { mergeMode: "mul" }), spy()]);
    expect(seen.slice(0, 2)).toEqual([true, false]);
  });

  it("takes recurrent layers and known modes only", () => {
    expect(() => bidirectional(dense(3) as unknown as RecurrentLayer)).toThrow(/bidirectional: got layer Dense, expected a recurrent layer/);
    expect(() => bidirectional(null as unknown as RecurrentLayer)).toThrow(ConfigError);
    expect(() => bidirectional(lstm(2), { mergeMode: "max" as "sum" })).toThrow(/mergeMode "max", expected concat, sum, mul, ave, none/);
  });

  it("stateful: carries the states of both ways", async () => {
    const parts = model([bidirectional(simpleRnn(2, { stateful: true }))], { batchSize: 1 });
    const first = await parts.predict(wave(STEPS * FEATURES));
    expect(await parts.predict(wave(STEPS * FEATURES))).not.toEqual(first);
    parts.resetStates();
    expect(await parts.predict(wave(STEPS * FEATURES))).toEqual(first);
  });
});

describe("timeDistributed", () => {
  it("is the layer on every step", async () => {
    const each = model([timeDistributed(dense(2, { activation: "tanh" }))]);
    const single = model([dense(2, { activation: "tanh" })], { inputShape: [FEATURES] });
    await single.setWeights((await each.getWeights()).map(({ data }) => data));
    const x = wave(2 * STEPS * FEATURES);
    expect(await each.predict(x)).toEqual(await single.predict(x));
  });

  it("works with layers that draw, and makes layers of a user's class again", async () => {
    const scale = (): Layer => defineLayer({ className: "Scale", apply: (x) => ops.mul(x, 2) });
    const net = model([timeDistributed(dropout(0.5)), timeDistributed(scale()), flatten(), dense(2, { activation: "softmax" })]);
    net.compile({ loss: "sparseCategoricalCrossentropy" });
    const json = JSON.parse(JSON.stringify(net.toJSON()));
    expect(modelFromJSON(json, { customLayers: { Scale: scale } }).toJSON()).toEqual(json);
    expect(() => modelFromJSON(json)).toThrow(/class "Scale"/);
    await net.fit(dataset({ x: wave(4 * STEPS * FEATURES), y: Uint8Array.of(0, 1, 0, 1), sampleShape: [STEPS, FEATURES] }), { epochs: 1 });
  });

  it("takes sequences and layers of one output only", () => {
    expect(() => timeDistributed(undefined as unknown as Layer)).toThrow(ConfigError);
    expect(() => model([timeDistributed(dense(2))], { inputShape: [4] })).toThrow(/timeDistributed: got input \[N,4\], expected \[N,steps,...\]/);
    expect(() => model([timeDistributed(lstm(2, { returnState: true }))], { inputShape: [2, 3, 4] })).toThrow(/a layer of one output/);
  });
});

describe("masking and repeatVector", () => {
  it("masking finds the steps that are all maskValue, and clears them", async () => {
    const x = Float32Array.of(7, 7, 7, 1, 7, 7, 0, 0, 0, 7, 7, 7, 2, 2, 2);
    expect([...(await model([masking(7)]).predict(x))]).toEqual([0, 0, 0, 1, 7, 7, 0, 0, 0, 0, 0, 0, 2, 2, 2]);
    expect(() => masking(Number.NaN)).toThrow(ConfigError);
    expect(() => model([masking()], { inputShape: [4] })).toThrow(ShapeError);
  });

  it("repeatVector makes equal steps of vectors", async () => {
    expect([...(await model([repeatVector(2)], { inputShape: [2] }).predict(Float32Array.of(1, 2)))]).toEqual([1, 2, 1, 2]);
    for (const n of [0, 0.5]) expect(() => repeatVector(n)).toThrow(ConfigError);
    expect(() => model([repeatVector(2)])).toThrow(/repeatVector: got input \[N,5,3\], expected \[N,features\]/);
  });

  it("masks of other steps are refused", () => {
    const wrong = defineLayer({ className: "Wrong", passesMask: true, apply: (x) => ops.slice(x, [0, 0, 0], [-1, 3, -1]) });
    for (const make of Object.values(makers))
      expect(() => model([masking(), wrong, make(2)])).toThrow(/got a mask \[N,5\] for input \[N,3,3\], expected \[N,3\]/);
    expect(() => model([masking(), reshape([3, 5]), bidirectional(lstm(2))])).not.toThrow();
  });
});

describe("the tracer", () => {
  const traced = async (layers: Layer[], options = {}) => {
    const net = model([...layers, dense(2, { activation: "softmax" })], { runtime: wasm, ...options }).compile({
      optimizer: "sgd",
      loss: "sparseCategoricalCrossentropy",
    });
    const data = dataset({ x: padded([5, 3, 1]), y: Uint8Array.of(0, 1, 1), sampleShape: [STEPS, FEATURES] });
    const { gradients } = await net.gradients(data);
    const weights = await net.getWeights();
    const trace = await traceStep(net, data, 0, 0);
    // Composed step by step it is the same network.
    for (const { name, data: values } of gradients) {
      const unrolled = trace.tensors.get(`backward/${name}`)?.data as Float32Array;
      values.forEach((value, i) => expect(unrolled[i], name).toBeCloseTo(value, 6));
    }
    const tensor = (name: string): Float32Array => trace.tensors.get(name)?.data as Float32Array;
    return { tensor, weights, trace };
  };

  it.each(Object.entries(makers))("sees every step of %s, masked or not, as the op computes them", async (name, make) => {
    for (const front of [[], [masking()]]) {
      const { tensor } = await traced([...front, make(4, { name })]);
      const [h, output] = [tensor(`forward/${name}/h`), tensor(`forward/${name}/output`)];
      for (let n = 0; n < 3; n++) expect(h.subarray((n * STEPS + STEPS - 1) * 4, (n + 1) * STEPS * 4)).toEqual(output.subarray(4 * n, 4 * n + 4));
    }
  });

  it("shows the gradient of a state through all later steps", async () => {
    const { tensor, weights } = await traced([simpleRnn(3, { activation: "linear", name: "rnn" })]);
    const R = weights.find(({ name }) => name === "rnn/recurrentKernel")?.data as Float32Array;
    const dh = tensor("backward/rnn/h");
    for (let n = 0; n < 3; n++)
      for (let t = 1; t < STEPS; t++)
        for (let u = 0; u < 3; u++) {
          const back = [0, 1, 2].reduce((sum, v) => sum + dh[(n * STEPS + t) * 3 + v] * R[u * 3 + v], 0);
          expect(dh[(n * STEPS + t - 1) * 3 + u]).toBeCloseTo(back, 6);
        }
  });

  it("sees both ways of a bidirectional layer, at the places of the inputs", async () => {
    const { trace } = await traced([bidirectional(gru(2))]);
    for (const way of ["forward", "backward"])
      for (const name of ["z", "r", "candidate", "h"]) expect(trace.tensors.get(`forward/bidirectional/${way}_gru/${name}`)?.shape).toEqual([3, STEPS, 2]);
    expect(trace.sequences.map(({ layer, name }) => `${layer}/${name}`)).toContain("bidirectional/backward_gru/h");
  });
});

describe("further inputs of a call", () => {
  it("are the first states: a sequence in two halves is the whole", async () => {
    for (const make of Object.values(makers)) {
      const layer = make(3, { returnState: true });
      const [first, second] = [input([2, FEATURES], { name: "first" }), input([3, FEATURES], { name: "second" })];
      const [, ...states] = call(layer, first);
      const [y] = call(layer, second, ...states);
      const halves = functional({ inputs: [first, second], outputs: y, seed: 5, runtime: exact });
      const whole = model([make(3)]);
      await whole.setWeights((await halves.getWeights()).map(({ data }) => data));
      const x = wave(STEPS * FEATURES);
      const found = await halves.predict({ first: x.subarray(0, 2 * FEATURES), second: x.subarray(2 * FEATURES) });
      expect(found).toEqual(await whole.predict(x));
    }
  });

  it("is the mask of masking", async () => {
    const [x, mask] = [input([STEPS, FEATURES], { name: "x" }), input([STEPS], { name: "mask" })];
    const given = functional({ inputs: [x, mask], outputs: call([masking(), gru(2)], x, mask), seed: 5, runtime: exact });
    const found = model([masking(), gru(2)]);
    const values = padded([3]);
    expect(await given.predict({ x: values, mask: Float32Array.of(1, 1, 1, 0, 0) })).toEqual(await found.predict(values));
    expect(() => call(masking(), x, input([4]))).toThrow(/got a mask \[N,4\] for input \[N,5,3\], expected \[N,5\]/);
  });

  it("are as many as the layer has states, of its size", () => {
    const [x, h] = [input([STEPS, FEATURES]), input([4])];
    expect(() => call(lstm(4), x, h)).toThrow(/lstm: got 2 inputs, expected x alone, or x and its first h and c/);
    expect(() => call(gru(3), x, h)).toThrow(/gru: got first h \[N,4\], expected \[N,3\]/);
    expect(() => call(bidirectional(gru(4)), x, h)).toThrow(/got 1 states, expected as many for either way/);
    expect(() => call(timeDistributed(dense(2)), x, h)).toThrow(ConfigError);
  });
});

describe.each<[string, () => Layer, (layer: Layer) => Layer]>([
  ["timeDistributed", () => dense(2), timeDistributed],
  ["bidirectional", () => gru(2, { returnSequences: true }), (layer) => bidirectional(layer as RecurrentLayer)],
])("%s of a frozen layer", (_, make, wrap) => {
  it("is frozen, also when it is made again, and freezes what is inside", async () => {
    const inside = make();
    inside.trainable = false;
    const layer = wrap(inside);
    const net = model([layer, flatten(), dense(1)]).compile({ loss: "meanSquaredError" });
    const before = (await net.getWeights()).map(({ data }) => data);
    const frozen = before.length - 2;
    await net.fit(dataset({ x: wave(4 * STEPS * FEATURES), y: wave(4), sampleShape: [STEPS, FEATURES], targetShape: [1] }), { epochs: 1 });
    const after = (await net.getWeights()).map(({ data }) => data);
    expect(after.slice(0, frozen)).toEqual(before.slice(0, frozen));
    expect(after[frozen]).not.toEqual(before[frozen]);
    expect(modelFromJSON(JSON.parse(JSON.stringify(net.toJSON()))).toJSON()).toEqual(net.toJSON());
    layer.trainable = true;
    expect(inside.trainable).toBe(true);
  });
});
