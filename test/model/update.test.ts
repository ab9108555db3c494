/** Penalties, clipping, constraints, averaged weights and accumulation in models that train. test/golden/update.test.ts holds their numbers. */
import { describe, expect, it } from "vitest";
import { dataset } from "../../src/data/index.ts";
import {
  adam,
  ConfigError,
  conv2d,
  createRuntime,
  dense,
  flatten,
  l1,
  l1l2,
  l2,
  type Model,
  maxNorm,
  maxPool2d,
  modelFromJSON,
  NumericError,
  nonNegative,
  type Optimizer,
  ops,
  type Runtime,
  type RuntimeOptions,
  sequential,
  sgd,
  unitNorm,
} from "../../src/index.ts";
import { optimizerNames, optimizerOf } from "../../src/optimizers/index.ts";
import { distance } from "../golden/golden.ts";
import { lines, smallModel } from "./support.ts";

const runtime = await createRuntime();
const data = lines(48);

const CLIPS = { none: {}, value: { clipValue: 0.01 }, norm: { clipNorm: 0.05 }, "global norm": { globalClipNorm: 0.2 } };
const PENALTIES = { none: undefined, "L1 and L2": l1l2({ l1: 1e-3, l2: 0.01 }) };

type Layers = (penalty?: ReturnType<typeof l2>) => ReturnType<typeof dense>[];
const mlp: Layers = (kernelRegularizer) => [
  flatten(),
  dense(16, { activation: "relu", kernelRegularizer }),
  dense(8, { activation: "softmax", kernelRegularizer }),
];
const cnn: Layers = (kernelRegularizer) => [
  conv2d(4, 3, { activation: "relu", kernelRegularizer }),
  maxPool2d(2),
  flatten(),
  dense(8, { activation: "softmax", kernelRegularizer }),
];

async function train(layers: ReturnType<Layers>, optimizer: Optimizer, options: { fusion?: boolean; accumulationSteps?: number; runtime?: Runtime } = {}) {
  const { fusion = true, accumulationSteps = 1 } = options;
  const model = sequential({ inputShape: [8, 8, 1], seed: 3, runtime: options.runtime ?? runtime }, layers);
  model.fusion = { graph: fusion, update: fusion, tiles: true };
  model.compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
  const { epochs } = await model.fit(data, { batchSize: 8, accumulationSteps });
  return { model, epoch: epochs[0], weights: await model.getWeights() };
}

/** As PyTorch's float32 from its float64, ten times, in what follows the same rule: torch_mlp.py's weights after 10 steps. */
const NEAR: Record<string, number> = { adagrad: 1e-4, adadelta: 1e-4, rmsprop: 3e-4, adam: 1e-4, adamw: 1e-4, adamax: 1e-4, nadam: 1e-4 };

describe("the passes that fuse change nothing", () => {
  const variants = Object.entries(CLIPS).flatMap(([clip, options]) =>
    Object.entries(PENALTIES).flatMap(([penalty, regularizer]) =>
      [1, 3].map((accumulationSteps) => ({ clip, options, penalty, regularizer, accumulationSteps })),
    ),
  );

  it.each(optimizerNames)("%s: penalties x clips x accumulation", async (name) => {
    for (const { clip, options, penalty, regularizer, accumulationSteps } of variants) {
      const what = `clip ${clip}, penalty ${penalty}, ${accumulationSteps} batches a step`;
      for (const layers of clip === "none" || clip === "global norm" ? [mlp, cnn] : [mlp]) {
        const [on, off] = [true, false].map((fusion) => train(layers(regularizer), optimizerOf(name, options), { fusion, accumulationSteps }));
        const [a, b] = [await on, await off];
        a.weights.forEach((tensor, i) => {
          expect(distance(tensor.data, b.weights[i].data), `${what}, ${tensor.name}`).toBeLessThanOrEqual(NEAR[name] ?? 3e-6);
        });
        expect(a.epoch.penalty).toBeCloseTo(b.epoch.penalty, 5);
        if (regularizer === undefined) expect(a.epoch.penalty).toBe(0);
        else expect(a.epoch.penalty).toBeGreaterThan(0.05);
        a.model.dispose();
        b.model.dispose();
      }
    }
  });

  it("the weight gradient meets its update only where nothing stands between them", () => {
    const fused = (optimizer: Optimizer, options: { penalty?: ReturnType<typeof l2>; update?: boolean; fused?: boolean } = {}): boolean => {
      const model = sequential({ inputShape: [8, 8, 1], runtime }, mlp(options.penalty));
      model.fusion = { graph: true, update: options.update ?? true, tiles: true };
      model.compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
      return model.program({ sparse: true, fused: options.fused }).update.some(({ kernel }) => kernel === "sparse_matmul_sgd_f32");
    };
    expect(fused(sgd())).toBe(true);
    expect(fused(sgd({ ema: 0.9 }))).toBe(true);
    expect(fused(sgd(), { update: false })).toBe(false);
    expect(fused(sgd(), { fused: false })).toBe(false);
    expect(fused(sgd(), { penalty: l2() })).toBe(false);
    expect(fused(sgd({ weightDecay: 0.1 }))).toBe(false);
    for (const clip of Object.values(CLIPS).slice(1)) expect(fused(sgd(clip))).toBe(false);
    expect(fused(sgd({ momentum: 0.9 }))).toBe(false);
  });
});

/** Everything at once. */
const laden = (): [ReturnType<Layers>, Optimizer] => [
  [
    conv2d(6, 3, { activation: "relu", kernelRegularizer: l2(), kernelConstraint: maxNorm(0.8, { axis: [0, 1, 2] }), biasConstraint: nonNegative() }),
    flatten(),
    dense(120, { activation: "relu", kernelRegularizer: l1({ l1: 1e-3 }), kernelConstraint: maxNorm(1) }),
    dense(8, { activation: "softmax", biasRegularizer: l2(), kernelConstraint: unitNorm() }),
  ],
  adam({ globalClipNorm: 0.5, ema: 0.9, weightDecay: 0.01 }),
];

const hashOf = async ({ model, epoch }: { model: Model; epoch: { penalty: number } }) => ({
  weights: await model.weightsSha256(),
  averages: (await model.averagedWeights()).map(({ data }) => [...data]),
  penalty: epoch.penalty,
});

describe.each(["fast", "deterministic"] as const)("mode %s", (mode) => {
  it.each([1, 3])("any number of threads gives the same bits, with %d batches a step", async (accumulationSteps) => {
    const results = [];
    for (const threads of [1, 2, 3, 4]) {
      const team = await createRuntime({ mode, threads });
      const [layers, optimizer] = laden();
      results.push(await hashOf(await train(layers, optimizer, { runtime: team, accumulationSteps })));
      await team.dispose();
    }
    for (const result of results) expect(result).toEqual(results[0]);
  });
});

it("the plain reference trains alike", async () => {
  const options: RuntimeOptions[] = [{ mode: "deterministic" }, { backend: "js", precision: "f64" }];
  const [wasm, js] = await Promise.all(
    options.map(async (option) => {
      const [layers, optimizer] = laden();
      return train(layers, optimizer, { runtime: await createRuntime(option) });
    }),
  );
  js.weights.forEach(({ data, name }, i) => {
    expect(distance(wasm.weights[i].data, data), name).toBeLessThanOrEqual(1e-4);
  });
  expect(wasm.epoch.penalty).toBeCloseTo(js.epoch.penalty, 5);
});

describe("penalties", () => {
  it("are reported as a mean over samples, apart from the loss", async () => {
    // Without a step in between (learning rate 0): 0.5 sum|w| + 0.25 sum w^2 of the kernel, 2 sum b^2 of the bias.
    const model = sequential({ inputShape: [2], runtime }, [dense(2, { kernelRegularizer: l1l2({ l1: 0.5, l2: 0.25 }), biasRegularizer: l2({ l2: 2 }) })]);
    await model.setWeights([
      [1, -2, 0, 3],
      [0.5, -1],
    ]);
    model.compile({ optimizer: sgd({ learningRate: 0 }), loss: (_, yPred) => ops.mul(ops.sum(yPred, { axes: 1 }), 0) });
    const samples = dataset({ x: new Float32Array(10), y: new Float32Array(5), sampleShape: [2] });
    const { epochs } = await model.fit(samples, { batchSize: 2 });
    expect(epochs[0].penalty).toBe(0.5 * 6 + 0.25 * 14 + 2 * 1.25);
    expect(epochs[0].loss).toBe(0);
    // With 0.1: kernel w - 0.1 (2 l2 w + l1 sign w), bias b (1 - 0.4), five samples in steps of 2, 2 and 1.
    model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: (_, yPred) => ops.mul(ops.sum(yPred, { axes: 1 }), 0) });
    const after = await model.fit(samples, { batchSize: 2 });
    const [w, b] = [
      [1, -2, 0, 3],
      [0.5, -1],
    ];
    let sum = 0;
    for (const rows of [2, 2, 1]) {
      sum += rows * (w.reduce((s, x) => s + 0.5 * Math.abs(x) + 0.25 * x * x, 0) + b.reduce((s, x) => s + 2 * x * x, 0));
      w.forEach((x, i) => {
        w[i] = x - 0.1 * (0.5 * x + 0.5 * Math.sign(x));
      });
      b.forEach((x, i) => {
        b[i] = x * 0.6;
      });
    }
    expect(after.epochs[0].penalty).toBeCloseTo(sum / 5, 5);
    const [kernel, bias] = await model.getWeights();
    expect(distance(kernel.data, w)).toBeLessThan(1e-6);
    expect(distance(bias.data, b)).toBeLessThan(1e-6);
  });

  it("and norms leave out what lies between parameters", async () => {
    const results = [];
    for (const poison of [0, Number.NaN, 3e38]) {
      const model = smallModel({ runtime, hidden: 5, optimizer: adam({ globalClipNorm: 0.1 }) });
      const first = await model.fit(data, { epochs: 1 });
      const { parameters } = model.architecture;
      const block = parameters.place(runtime, [0, 0]);
      const { offsets, sizes, total } = parameters.layout();
      for (const region of [0, 1]) {
        const all = block.floats(region * total * 4, total);
        for (let i = 0; i < total; i++) if (!offsets.some((offset, k) => i >= offset && i < offset + sizes[k])) all[i] = poison;
      }
      await model.fit(data, { epochs: 1 });
      expect(first.epochs[0].loss).toBeGreaterThan(0);
      results.push(await model.weightsSha256());
    }
    expect(new Set(results).size).toBe(1);
  });
});

describe("a gradient that would destroy the weights", () => {
  /** Weights at 0, whose gradient is 3e38 times `factor`, with a loss of 0. */
  const steep = (factor: number, optimizer: Optimizer) => {
    const model = sequential({ inputShape: [40], runtime }, [dense(1, { useBias: false })]);
    void model.setWeights([new Float32Array(40)]);
    return model.compile({ optimizer, loss: (_, yPred) => ops.mul(ops.sum(yPred, { axes: 1 }), factor) });
  };
  const samples = dataset({ x: new Float32Array(40).fill(3e38), y: new Float32Array(1), sampleShape: [40] });

  it.each([{ clipNorm: 1 }, { globalClipNorm: 1 }])("is told, and changes nothing: %j", async (clip) => {
    const model = steep(1e10, adam({ ...clip, ema: 0.5 }));
    const state = { ...model.optimizerState };
    await expect(model.fit(samples, { batchSize: 1 })).rejects.toThrow(NumericError);
    expect((await model.getWeights())[0].data).toEqual(new Float32Array(40));
    expect(model.optimizerState).toEqual(state);
    expect([...new Set(model.optimizerSlots())]).toEqual([0]);
  });

  it.each([{ clipNorm: 1 }, { globalClipNorm: 1 }])("is clipped where only its norm is beyond f32: %j", async (clip) => {
    const model = steep(1, sgd({ learningRate: 1, ...clip }));
    await model.fit(samples, { batchSize: 1 });
    for (const w of (await model.getWeights())[0].data) expect(Math.abs(w + 1 / Math.sqrt(40))).toBeLessThan(1e-6);
  });

  it("is cut by value, infinite or not", async () => {
    const model = steep(1e10, sgd({ learningRate: 1, clipValue: 0.5 }));
    await model.fit(samples, { batchSize: 1 });
    expect((await model.getWeights())[0].data).toEqual(new Float32Array(40).fill(-0.5));
  });
});

describe("accumulation", () => {
  it("is a step over all the batches, a batch a pass", async () => {
    const hash = async (fit: Parameters<Model["fit"]>[1]) => {
      const model = smallModel({ runtime });
      const { epochs } = await model.fit(data, { epochs: 2, ...fit });
      return [epochs[1].steps, await model.weightsSha256()];
    };
    expect(await hash({ batchSize: 8, accumulationSteps: 4 })).toEqual(await hash({ batchSize: 32, microBatch: 8 }));
    // 48 samples: the second step has a batch of 16 left.
    expect((await hash({ batchSize: 8, accumulationSteps: 4 }))[0]).toBe(2);
    expect(await hash({ batchSize: 32, accumulationSteps: 1 })).toEqual(await hash({ batchSize: 32 }));
  });

  it.each([
    [{ accumulationSteps: 0 }, "accumulationSteps = 0"],
    [{ accumulationSteps: 1.5 }, "accumulationSteps = 1.5"],
    [{ batchSize: "full" as const, accumulationSteps: 2 }, 'with batchSize "full"'],
  ])("refuses %j", async (options, message) => {
    await expect(smallModel({ runtime }).fit(data, options)).rejects.toThrow(message);
  });
});

describe("averaged weights", () => {
  it("are the weights before the first step and after it, and forget with compile and dispose", async () => {
    const model = smallModel({ runtime, optimizer: sgd({ ema: 0.9 }) });
    expect(await model.averagedWeights()).toEqual(await model.getWeights());
    await model.fit(lines(8), { batchSize: 8 });
    expect(await model.averagedWeights()).toEqual(await model.getWeights());
    await model.fit(lines(8), { batchSize: 8 });
    expect(await model.averagedWeights()).not.toEqual(await model.getWeights());
    model.compile({ optimizer: model.compiled?.optimizer, loss: "sparseCategoricalCrossentropy" });
    expect(await model.averagedWeights()).toEqual(await model.getWeights());
    await model.fit(data, { batchSize: 8 });
    model.dispose();
    expect(await model.averagedWeights()).toEqual(await model.getWeights());
    await model.fit(lines(8), { batchSize: 8 });
    expect(await model.averagedWeights()).toEqual(await model.getWeights());
  });

  it("are asked of an optimizer that keeps them", async () => {
    await expect(smallModel({ runtime }).averagedWeights()).rejects.toThrow("ema");
  });
});

describe("options of weights", () => {
  it("come back from JSON", () => {
    const [layers, optimizer] = laden();
    const model = sequential({ inputShape: [8, 8, 1], runtime }, layers).compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
    const json = JSON.parse(JSON.stringify(model.toJSON()));
    expect(JSON.parse(JSON.stringify(modelFromJSON(json).toJSON()))).toEqual(json);
    expect(json.layers[0].config).toMatchObject({
      kernelRegularizer: { name: "l2", config: { l2: 0.01 } },
      kernelConstraint: { name: "maxNorm", config: { max: 0.8, axis: [0, 1, 2] } },
      biasConstraint: { name: "nonNegative", config: {} },
      biasRegularizer: null,
    });
    // As written before there were any.
    for (const layer of json.layers) for (const key of ["kernelRegularizer", "biasRegularizer", "kernelConstraint", "biasConstraint"]) delete layer.config[key];
    expect(
      modelFromJSON(json).architecture.parameters.specs.every(({ regularizer, constraint }) => regularizer === undefined && constraint === undefined),
    ).toBe(true);
  });

  it("take names", () => {
    expect(dense(3, { kernelRegularizer: "l2", kernelConstraint: "unitNorm" }).config()).toMatchObject({
      kernelRegularizer: { name: "l2", config: { l2: 0.01 } },
      kernelConstraint: { name: "unitNorm", config: { axis: 0 } },
    });
  });

  it.each([
    ["an unknown constraint", () => dense(3, { kernelConstraint: "maxnorm" }), "maxNorm, unitNorm, nonNegative"],
    ["an unknown regularizer", () => conv2d(3, 3, { biasRegularizer: "l3" }), "l1, l2, l1l2"],
    ["something else", () => dense(3, { kernelConstraint: 3 as unknown as string }), "a constraint that is a number"],
    ["a negative norm", () => maxNorm(-1), "more than 0"],
    ["a norm that is none", () => maxNorm(Number.NaN), "more than 0"],
    ["a norm beyond f32", () => maxNorm(1e39), "finite"],
    ["half an axis", () => unitNorm({ axis: 0.5 }), "an axis of the weight"],
    ["an axis twice", () => unitNorm({ axis: [0, 0] }), "an axis of the weight"],
    ["an axis that is not there", () => sequential({ inputShape: [4] }, [dense(3, { biasConstraint: maxNorm(1, { axis: 1 }) })]), "axes from 0 to 0"],
    [
      "axes that do not lie together",
      () => sequential({ inputShape: [8, 8, 2] }, [conv2d(3, 3, { kernelConstraint: maxNorm(1, { axis: [0, 2] }) })]),
      "lie together in memory",
    ],
  ])("refuse %s", (_, make, message) => {
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });

  it.each([
    ["columns of a dense kernel", dense(3, { useBias: false, kernelConstraint: unitNorm() }), [4], { axis: [0] }],
    ["its rows", dense(3, { useBias: false, kernelConstraint: unitNorm({ axis: 1 }) }), [4], { axis: [1] }],
    ["all of it", dense(3, { useBias: false, kernelConstraint: unitNorm({ axis: [0, 1] }) }), [4], { axis: [0, 1] }],
    ["filters", conv2d(3, 2, { useBias: false, kernelConstraint: unitNorm({ axis: [0, 1, 2] }) }), [4, 4, 2], { axis: [0, 1, 2] }],
    ["channels of a pixel of a filter", conv2d(3, 2, { useBias: false, kernelConstraint: unitNorm({ axis: 2 }) }), [4, 4, 2], { axis: [2] }],
    ["filters of a pixel", conv2d(3, 2, { useBias: false, kernelConstraint: unitNorm({ axis: 3 }) }), [4, 4, 2], { axis: [3] }],
  ])("bound norms over %s", async (_, layer, inputShape, { axis }) => {
    const model = sequential({ inputShape, runtime }, [layer, flatten()]);
    model.compile({ optimizer: sgd(), loss: (_y, yPred) => ops.mean(yPred, { axes: 1 }) });
    const size = inputShape.reduce((a, b) => a * b, 1);
    await model.fit(dataset({ x: new Float32Array(size), y: new Float32Array(1), sampleShape: inputShape }), { batchSize: 1 });
    const [{ shape, data }] = await model.getWeights();
    const norms = new Map<string, number>();
    for (let i = 0; i < data.length; i++) {
      let rest = i;
      const place = [...shape]
        .reverse()
        .map((n) => {
          const k = rest % n;
          rest = Math.floor(rest / n);
          return k;
        })
        .reverse();
      const key = place.filter((_k, a) => !axis.includes(a)).join();
      norms.set(key, (norms.get(key) ?? 0) + data[i] ** 2);
    }
    expect(norms.size).toBe(shape.filter((_n, a) => !axis.includes(a)).reduce((a, b) => a * b, 1));
    // Norms from 0.05 up, beside which the 1e-7 shows.
    for (const square of norms.values()) expect(Math.abs(square - 1)).toBeLessThan(5e-6);
  });
});
