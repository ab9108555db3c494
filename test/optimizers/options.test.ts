/** Names, defaults, bad input and JSON of the optimizers. Defaults are those of Keras 3 and PyTorch 1.13 (SGD's rate: 2.0) as documented. */
import { describe, expect, it } from "vitest";
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  ConfigError,
  createRuntime,
  lion,
  modelFromJSON,
  nadam,
  type Optimizer,
  rmsprop,
  sgd,
} from "../../src/index.ts";
import { averaging } from "../../src/model/build/update.ts";
import { optimizerNames, optimizerOf } from "../../src/optimizers/index.ts";
import { smallModel } from "../model/support.ts";
import { compileLinear, gradientData, linear } from "./given-gradients.ts";

type Maker = (options?: Record<string, unknown>) => Optimizer;
const makers: Record<string, Maker> = { sgd, adagrad, adadelta, rmsprop, adam, adamw, adamax, nadam, lion };

describe("defaults", () => {
  const keras: Record<string, Record<string, unknown>> = {
    sgd: { learningRate: 0.01, momentum: 0, nesterov: false },
    momentum: { learningRate: 0.01, momentum: 0.9, nesterov: false },
    nesterov: { learningRate: 0.01, momentum: 0.9, nesterov: true },
    adagrad: { learningRate: 0.001, initialAccumulatorValue: 0.1, epsilon: 1e-7 },
    adadelta: { learningRate: 0.001, rho: 0.95, epsilon: 1e-7 },
    rmsprop: { learningRate: 0.001, rho: 0.9, momentum: 0, epsilon: 1e-7, centered: false },
    adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false },
    adamw: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false, weightDecay: 0.004 },
    adamax: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
    nadam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, momentumDecay: 1 },
    lion: { learningRate: 0.001, beta1: 0.9, beta2: 0.99 },
  };
  it.each(optimizerNames)("%s: Keras's", (name) => {
    const expected = { weightDecay: 0, ...(name !== "lion" && { preset: "keras" }), ...keras[name] };
    expect(optimizerOf(name).config()).toEqual(expected);
    expect(optimizerOf(name).name).toBe(name);
  });

  const torch: Record<string, Record<string, unknown>> = {
    sgd: { learningRate: 0.001, momentum: 0, nesterov: false },
    adagrad: { learningRate: 0.01, initialAccumulatorValue: 0, epsilon: 1e-10 },
    adadelta: { learningRate: 1, rho: 0.9, epsilon: 1e-6 },
    rmsprop: { learningRate: 0.01, rho: 0.99, momentum: 0, epsilon: 1e-8, centered: false },
    adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, amsgrad: false },
    adamw: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, amsgrad: false, weightDecay: 0.01 },
    adamax: { learningRate: 0.002, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    nadam: { learningRate: 0.002, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentumDecay: 0.004 },
  };
  it.each(Object.keys(torch))("%s: PyTorch's", (name) => {
    expect(makers[name]({ preset: "torch" }).config()).toEqual({ weightDecay: 0, preset: "torch", ...torch[name] });
  });
});

describe("the common options", () => {
  it.each(Object.keys(makers))("%s carries them", (name) => {
    const make = makers[name];
    expect(make({ clipValue: 0.5 }).clip).toEqual({ by: "value", limit: 0.5 });
    expect(make({ clipNorm: 2 }).clip).toEqual({ by: "norm", limit: 2 });
    expect(make({ globalClipNorm: 3 }).clip).toEqual({ by: "globalNorm", limit: 3 });
    expect(make({ ema: 0.99 })).toMatchObject({ ema: 0.99 });
    expect(make().clip).toBeUndefined();
    expect(make().ema).toBeUndefined();
    expect(make({ learningRate: 0.5 }).learningRate).toBe(0.5);
  });

  it("plain descent is what may be fused: without decay and clipping", () => {
    expect(sgd().plain).toBe(true);
    expect(sgd({ ema: 0.9 }).plain).toBe(true);
    expect(sgd({ weightDecay: 0.1 }).plain).toBe(false);
    for (const clip of ["clipValue", "clipNorm", "globalClipNorm"]) expect(sgd({ [clip]: 1 }).plain).toBe(false);
    for (const name of optimizerNames) if (name !== "sgd") expect(optimizerOf(name).plain ?? false).toBe(false);
  });

  it("no decay is +0, which leaves weights of -0 as they are", () => {
    for (const name of optimizerNames) {
      const optimizer = optimizerOf(name, { weightDecay: 0 });
      const hyper = new Float64Array(optimizer.hypers);
      optimizer.step(hyper, 0.1, optimizer.start());
      expect(Object.is(hyper[optimizer.hypers - 1], 0), name).toBe(true);
    }
  });
});

describe("bad input", () => {
  const common: Record<string, unknown>[] = [
    { learningRate: -1 },
    { learningRate: Number.NaN },
    { weightDecay: -0.1 },
    { weightDecay: Number.POSITIVE_INFINITY },
    { clipValue: 0 },
    { clipNorm: -1 },
    { globalClipNorm: Number.NaN },
    { clipValue: 1, clipNorm: 1 },
    { clipNorm: 1, globalClipNorm: 1 },
    { ema: 1 },
    { ema: -0.5 },
  ];
  const own: Record<string, Record<string, unknown>[]> = {
    sgd: [{ momentum: -0.1 }, { momentum: 1.1 }, { momentum: Number.NaN }],
    adagrad: [{ initialAccumulatorValue: -1 }, { epsilon: -1e-7 }],
    adadelta: [{ rho: 1 }, { rho: -0.1 }, { epsilon: -1 }],
    rmsprop: [{ rho: 1 }, { momentum: 1 }, { momentum: -1 }, { epsilon: Number.NaN }],
    adam: [{ beta1: 1 }, { beta2: 1 }, { beta1: -0.1 }, { epsilon: -1 }],
    adamw: [{ beta1: 1 }, { epsilon: -1 }],
    adamax: [{ beta1: 1 }, { beta2: 1.5 }, { epsilon: -1 }],
    nadam: [{ beta1: 1 }, { beta2: -1 }, { epsilon: -1 }, { momentumDecay: -1 }],
    lion: [{ beta1: 1 }, { beta2: 1 }],
  };
  it.each(Object.keys(makers))("%s", (name) => {
    for (const options of [...common, ...own[name], ...(name === "lion" ? [] : [{ preset: "tf" }])])
      expect(() => makers[name](options), JSON.stringify(options)).toThrow(ConfigError);
  });

  it("says what and where", () => {
    expect(() => rmsprop({ rho: 1 })).toThrow("rmsprop: got rho = 1, expected a number, 0 or more, below 1");
    expect(() => adam({ clipValue: 1, clipNorm: 2 })).toThrow("adam: got clipValue and clipNorm, expected one of them");
    expect(() => optimizerOf("adan")).toThrow(ConfigError);
    expect(() => optimizerOf("toString")).toThrow(ConfigError);
  });
});

describe("JSON", () => {
  const all: [string, Optimizer][] = [
    ...optimizerNames.map((name): [string, Optimizer] => [name, optimizerOf(name)]),
    ["sgd, torch", sgd({ preset: "torch", weightDecay: 0.1 })],
    ["nesterov, torch", sgd({ preset: "torch", momentum: 0.5, nesterov: true, ema: 0.9 })],
    ["adagrad, torch", adagrad({ preset: "torch", initialAccumulatorValue: 0.5, clipValue: 1 })],
    ["adadelta, torch", adadelta({ preset: "torch", rho: 0.5 })],
    ["rmsprop, torch", rmsprop({ preset: "torch", momentum: 0.9, centered: true, clipNorm: 1 })],
    ["rmsprop, momentum", rmsprop({ momentum: 0.5 })],
    ["rmsprop, centered", rmsprop({ centered: true })],
    ["adam, amsgrad", adam({ amsgrad: true, beta1: 0.5, globalClipNorm: 2 })],
    ["adamw without decay", adamw({ weightDecay: 0 })],
    ["adamax, torch", adamax({ preset: "torch" })],
    ["nadam, torch", nadam({ preset: "torch", momentumDecay: 0.1 })],
    ["lion, given", lion({ beta1: 0.5, beta2: 0.6, weightDecay: 0.1 })],
  ];
  it.each(all)("%s comes back, and takes the same step", async (_, given) => {
    const runtime = await createRuntime();
    const optimizer = averaging(given);
    const model = smallModel({ optimizer, runtime });
    const json = JSON.parse(JSON.stringify(model.toJSON()));
    expect(json.compiled.optimizer).toEqual({ name: optimizer.name, config: optimizer.config() });
    const again = modelFromJSON(json, { runtime });
    const made = again.compiled?.optimizer as Optimizer;
    expect(made.name).toBe(optimizer.name);
    expect(made.config()).toEqual(optimizer.config());
    expect([made.slots, made.clip, made.ema, made.plain]).toEqual([optimizer.slots, optimizer.clip, optimizer.ema, optimizer.plain]);
    const [a, b] = [new Float64Array(made.hypers), new Float64Array(made.hypers)];
    const [s, t] = [optimizer.start(), made.start()];
    for (let i = 0; i < 3; i++) {
      optimizer.step(a, 0.1, s);
      made.step(b, 0.1, t);
    }
    expect(a).toEqual(b);
    expect(JSON.parse(JSON.stringify(s))).toEqual(t);
  });
});

describe("slots", () => {
  it("start from what the optimizer says, anew with each compile, also in memory that is there already", async () => {
    const model = linear([1, 2, 3], await createRuntime());
    const still = gradientData(new Float32Array(3), 3);
    const slots = async (optimizer: Optimizer) => {
      await compileLinear(model, optimizer).fit(still, { batchSize: 1 });
      return [...new Set(model.optimizerSlots())];
    };
    expect(await slots(adagrad())).toEqual([Math.fround(0.1)]);
    expect(await slots(adagrad({ initialAccumulatorValue: 0.5 }))).toEqual([0.5]);
    expect(await slots(sgd({ momentum: 0.9 }))).toEqual([0]);
    expect(await slots(adam())).toEqual([0]);
    expect((await model.getWeights())[0].data).toEqual(Float32Array.of(1, 2, 3));
  });
});
