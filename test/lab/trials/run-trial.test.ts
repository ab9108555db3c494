/** One trial: trained as `train` trains, scored as `evaluate` scores, whatever runs before or beside it. */
import { describe, expect, it } from "vitest";
import { type Dataset, dataset, type TrainAndTest } from "../../../src/data/index.ts";
import { ConfigError, NumericError } from "../../../src/errors.ts";
import { batchNormalization, dense, sequential, sgd } from "../../../src/index.ts";
import { completeSettings, type Settings } from "../../../src/lab/definition/settings.ts";
import { runTrial, type TrialContext } from "../../../src/lab/trials/run-trial.ts";
import type { Trial, TrialResult } from "../../../src/lab/trials/trial.ts";
import { trialData } from "../../../src/lab/trials/trial-data.ts";
import { trialId } from "../../../src/lab/trials/trial-id.ts";
import { trialModel } from "../../../src/lab/trials/trial-model.ts";
import { lossNames } from "../../../src/losses/index.ts";
import { weightsSha256 } from "../../../src/model/parameters/weights-hash.ts";
import { createRuntime, type Runtime } from "../../../src/runtime/runtime.ts";
import { idxFolder, run as runCli } from "../../cli/support.ts";
import { lines } from "../../model/support.ts";

const all: TrainAndTest = { train: lines(320), test: lines(80) };
const one = await createRuntime({ threads: 1 });

type Parts = Partial<Omit<Trial, "settings" | "data">> & { limit?: number; validation?: number };

function trial(settings: Partial<Settings> = {}, { limit, validation = 0.1, ...parts }: Parts = {}): Trial {
  return {
    settings: completeSettings({ hidden: 16, epochs: 2, batchSize: 16, ...settings }),
    seed: 3,
    role: "report",
    data: { name: "lines", limit: limit ?? null, validation },
    start: null,
    keepsWeights: false,
    validations: 2,
    measures: [],
    ...parts,
  };
}

async function run(asked: Trial, context: Partial<TrialContext> = {}): Promise<TrialResult> {
  return (await runTrial(asked, { data: all, runtime: one, start: null, ...context })).result;
}

/** Without what depends on the clock. */
function timeless({ seconds, curve, ...rest }: TrialResult): unknown {
  if (!(seconds.wall > 0)) throw new Error("a trial takes time");
  return { ...rest, curve: curve.map(({ seconds: _, ...point }) => point) };
}

/** The model of a trial, and the data it trains on. */
function parts({ settings, seed, data }: Trial, runtime: Runtime = one) {
  const sets = trialData(all, data, settings.scaling);
  return { model: trialModel(settings, sets.training, seed, runtime), ...sets };
}

/** The same samples without height and width. */
const flattened = ({ x, y }: Dataset): Dataset => dataset({ x: x as Uint8Array, y: y as Uint8Array, sampleShape: [64], classes: 8 });

/** Which samples were right, from the bits. */
const right = (correct: string | null, n: number): number[] => {
  const bytes = Uint8Array.from(atob(correct ?? ""), (c) => c.charCodeAt(0));
  expect(bytes).toHaveLength(Math.ceil(n / 8));
  return Array.from({ length: n }, (_, i) => (bytes[i >> 3] >> (i & 7)) & 1);
};

describe("a trial is what train does with the same options", () => {
  const folder = () => ["--data", idxFolder(), "--threads", "1", "--json"];
  it.each<[string, Partial<Settings>, string[]]>([
    ["mlp", {}, ["--model", "mlp", "--hidden", "16", "--dropout", "0.2"]],
    [
      "nesterov, penalties, a schedule, file order",
      { optimizer: "nesterov", learningRate: 0.05, l1: 1e-5, l2: 1e-4, schedule: "warm-up@1+cosine", shuffle: false, dropout: 0.5, activation: "tanh" },
      "--model mlp --hidden 16 --dropout 0.5 --activation tanh --optimizer nesterov --lr 0.05 --l1 1e-5 --l2 1e-4 --schedule warm-up@1+cosine --no-shuffle".split(
        " ",
      ),
    ],
    ["softmax, one-hot targets", { model: "softmax", loss: "meanSquaredError" }, ["--model", "softmax", "--loss", "mean-squared-error"]],
    ["steps over the whole set", { optimizer: "sgd", batchSize: "full", dropout: 0 }, "--model mlp --hidden 16 --optimizer sgd --batch-size full".split(" ")],
    ["lstm", { model: "lstm", hidden: 4, learningRate: 0.002, dropout: 0 }, "--model lstm --hidden 4 --lr 0.002 --schedule constant".split(" ")],
  ])("%s", async (_, settings, options) => {
    const asked = trial(settings, { validation: 0 });
    const batch = options.includes("--batch-size") ? [] : ["--batch-size", "16"];
    const { events, stdout } = await runCli(["train", ...folder(), ...options, ...batch, "--epochs", "2", "--seed", "3"]);
    expect(stdout).not.toContain('"error"');
    const [start, ...rest] = events();
    const result = await run(asked);
    expect(rest.at(-1)).toMatchObject({ event: "end", testLoss: result.test?.loss, testAccuracy: result.test?.accuracy, weightsSha256: result.weightsSha256 });
    expect(start).toMatchObject({ parameters: result.parameters });
    expect(result.epochs).toEqual(rest.slice(0, 2).map(({ loss, accuracy }) => ({ loss, accuracy, valLoss: null, valAccuracy: null })));
    expect([result.validation, result.curve, result.divergedAt]).toEqual([null, [], null]);
  });

  it("with samples held out, as seed 0 holds them out", async () => {
    const { events } = await runCli([
      "train",
      ...folder(),
      ..."--model mlp --hidden 16 --batch-size 16 --epochs 2 --seed 0 --limit 200 --validation-split 0.2".split(" "),
    ]);
    const epochs = events().filter(({ event }) => event === "epoch");
    const result = await run(trial({ dropout: 0 }, { seed: 0, limit: 200, validation: 0.2 }));
    expect(result.epochs).toEqual(epochs.map(({ loss, accuracy, valLoss, valAccuracy }) => ({ loss, accuracy, valLoss, valAccuracy })));
    expect(result.weightsSha256).toBe(events().at(-1)?.weightsSha256);
  });

  it("holds out the same samples for every seed", () => {
    const [a, b] = [1, 2].map((seed) => parts(trial({}, { seed })));
    expect(a.validation?.rows).toEqual(b.validation?.rows);
    expect([a.training.length, a.validation?.length]).toEqual([288, 32]);
  });
});

describe("the learning curve", () => {
  it.each<[string, Partial<Settings>, number]>([
    ["dropout", { dropout: 0.5 }, 4],
    ["moving statistics", { normalization: "batch", optimizer: "sgd" }, 3],
    ["more points than steps", { batchSize: 128 }, 5],
    ["steps over the whole set", { batchSize: "full", epochs: 3 }, 2],
  ])("is validated with the weights of exactly its steps: %s", async (_, settings, validations) => {
    const asked = trial(settings, { validations });
    const { curve, epochs, validation } = await run(asked);
    const { model, training, validation: held } = parts(asked);
    const losses: number[] = [];
    await model.fit(training, { epochs: asked.settings.epochs, batchSize: asked.settings.batchSize, onStep: ({ loss }) => void losses.push(loss) });
    const perEpoch = losses.length / asked.settings.epochs;
    const points = Math.min(validations, perEpoch);
    // The first step at or behind each part of an epoch.
    const steps = epochs.flatMap((_, e) => Array.from({ length: points }, (_, k) => e * perEpoch + Math.ceil(((k + 1) * perEpoch) / points)));
    expect(curve.map(({ step }) => step)).toEqual(steps);
    for (const [i, point] of curve.entries()) {
      const short = parts(asked);
      await short.model.fit(training, {
        epochs: asked.settings.epochs,
        batchSize: asked.settings.batchSize,
        callbacks: [{ name: "stop", onStepEnd: ({ step }, context) => void (step + 1 === point.step && context.stop("here")) }],
      });
      const { loss, accuracy } = await short.model.evaluate(held as Dataset);
      expect([point.valLoss, point.valAccuracy]).toEqual([loss, accuracy]);
      const since = losses.slice(i === 0 ? 0 : steps[i - 1], point.step);
      expect(point.loss).toBeCloseTo(since.reduce((a, b) => a + b) / since.length, 12);
      short.model.dispose();
    }
    expect(epochs.map(({ valLoss }) => valLoss)).toEqual(curve.filter((_, i) => (i + 1) % points === 0).map(({ valLoss }) => valLoss));
    expect(validation).toEqual({ loss: curve.at(-1)?.valLoss, accuracy: curve.at(-1)?.valAccuracy });
    const seconds = curve.map((point) => point.seconds as number);
    expect(seconds.every((s, i) => s > (seconds[i - 1] ?? 0))).toBe(true);
    model.dispose();
  });

  it("changes no bit of what is trained", async () => {
    const [never, often] = [await run(trial({}, { validations: 0 })), await run(trial({}, { validations: 9 }))];
    expect(never.weightsSha256).toBe(often.weightsSha256);
    expect([never.validation, never.training, never.test]).toEqual([often.validation, often.training, often.test]);
    expect([never.curve, never.epochs[0].valLoss]).toEqual([[], null]);
    expect(never.epochs.map(({ loss, accuracy }) => [loss, accuracy])).toEqual(often.epochs.map(({ loss, accuracy }) => [loss, accuracy]));
  });
});

describe("scores", () => {
  it("of a reporting trial: all sets, and a bit for every test sample", async () => {
    const asked = trial();
    const { training, validation, test, correct, weightsSha256: hash, id } = await run(asked);
    const { model, ...sets } = parts(asked);
    await model.fit(sets.training, { epochs: 2, batchSize: 16 });
    expect(await model.weightsSha256()).toBe(hash);
    for (const [score, data] of [
      [training, sets.training],
      [validation, sets.validation as Dataset],
      [test, sets.test],
    ] as const) {
      const { loss, accuracy } = await model.evaluate(data);
      expect(score).toEqual({ loss, accuracy });
    }
    const outputs = await model.predict(sets.test);
    const hits = Array.from({ length: 80 }, (_, i) => {
      const row = outputs.subarray(i * 8, i * 8 + 8);
      return Number(row.indexOf(Math.max(...row)) === all.test.label(i));
    });
    expect(right(correct, 80)).toEqual(hits);
    expect(hits.reduce((a, b) => a + b) / 80).toBe(test?.accuracy);
    expect(new Set(hits).size).toBe(2);
    expect(id).toBe(trialId(asked));
    model.dispose();
  });

  it("of a tuning trial: validation only, and the test set is not touched", async () => {
    // The network has no output for a ninth class.
    const wrong = { train: all.train, test: lines(9, 9) };
    const tuned = await run(trial({}, { role: "tune", validations: 0 }), { data: wrong });
    expect([tuned.training, tuned.test, tuned.correct]).toEqual([null, null, null]);
    expect(tuned.validation?.accuracy).toBeGreaterThan(0);
    await expect(run(trial(), { data: wrong })).rejects.toThrow("labels of 9 classes");
  });

  it.each(lossNames)("with %s", async (loss) => {
    const result = await run(trial({ loss, epochs: 1 }));
    expect(result.divergedAt).toBeNull();
    expect(Number.isFinite(result.test?.loss)).toBe(true);
    expect(result.test?.accuracy).toBeGreaterThan(0);
  });
});

describe("settings", () => {
  it("scaling is measured on the training samples in use, and done to all sets", () => {
    const { training, validation, test } = trialData(all, { name: "lines", limit: 100, validation: 0.1 }, "standardize");
    const { shift, scale } = training.normalization;
    const values = Array.from({ length: training.length }, (_, i) => [...training.sample(i)]).flat();
    const mean = values.reduce((a, b) => a + b) / values.length;
    expect(mean).toBeCloseTo(0, 5);
    expect(Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length)).toBeCloseTo(1, 5);
    for (const other of [validation, test]) expect(other?.normalization).toEqual({ shift, scale, kind: "standardize" });
    expect(trialData(all, { name: "lines", limit: 320, validation: 0.1 }, "standardize").training.normalization.shift).not.toBe(shift);
  });

  it.each<[Partial<Settings>, string[]]>([
    [{ model: "mlp" }, ["flatten", "dense", "dropout", "dense_1"]],
    [{ model: "mlp", dropout: 0 }, ["flatten", "dense", "dense_1"]],
    [{ model: "mlp", dropout: 0, normalization: "batch" }, ["flatten", "dense", "batch_normalization", "activation", "dense_1"]],
    [{ model: "softmax" }, ["flatten", "dense"]],
    [{ model: "gru" }, ["reshape", "gru", "dropout", "dense"]],
  ])("make the layers: %j", (settings, names) => {
    expect(parts(trial(settings)).model.architecture.layers.map(({ name }) => name)).toEqual(names);
  });

  it("cnn: normalization stands before each activation, which may be any", () => {
    const data = dataset({ x: new Uint8Array(28 * 28), y: [0], sampleShape: [28, 28, 1], classes: 10 });
    const model = trialModel(completeSettings({ model: "cnn", normalization: "layer", activation: "elu", dropout: 0 }), data, 0, one);
    expect(model.architecture.layers.map(({ layer }) => layer.className)).toEqual(
      "Conv2D LayerNormalization Activation MaxPooling2D Conv2D LayerNormalization Activation MaxPooling2D Flatten Dense LayerNormalization Activation Dense".split(
        " ",
      ),
    );
    const json = JSON.stringify(model.toJSON());
    expect(json.match(/"activation":"elu"/g)).toHaveLength(3);
  });

  it("penalties and initializer are those of every kernel, and of no bias", () => {
    const { layers } = parts(trial({ l1: 0.1, l2: 0.2, initializer: "orthogonal" })).model.toJSON();
    const kernels = layers.filter(({ className }) => className === "Dense").map(({ config }) => config);
    expect(kernels).toHaveLength(2);
    for (const { kernelRegularizer, biasRegularizer, kernelInitializer } of kernels) {
      expect(kernelRegularizer).toMatchObject({ config: { l1: 0.1, l2: 0.2 } });
      expect(biasRegularizer ?? null).toBeNull();
      expect(kernelInitializer).toMatchObject({ name: "orthogonal" });
    }
  });

  it("a configuration is trained with the trial's seed, loss and optimizer", async () => {
    const layers = [dense(8, { activation: "relu" }), batchNormalization(), dense(8, { activation: "softmax" })];
    const json = sequential({ inputShape: [64], seed: 77 }, layers).toJSON();
    const flat = { train: flattened(all.train), test: flattened(all.test) };
    const asked = trial({ model: json, optimizer: "sgd", learningRate: 0.1 });
    const result = await run(asked, { data: flat });
    const model = sequential({ inputShape: [64], seed: 3, runtime: one }, [
      dense(8, { activation: "relu" }),
      batchNormalization(),
      dense(8, { activation: "softmax" }),
    ]);
    model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "sparseCategoricalCrossentropy" });
    await model.fit(trialData(flat, asked.data, "unit").training, { epochs: 2, batchSize: 16 });
    expect(result.weightsSha256).toBe(await model.weightsSha256());
    model.dispose();
  });

  it("a recurrent model wants steps", async () => {
    const flat = { train: flattened(all.train), test: flattened(all.test) };
    await expect(run(trial({ model: "rnn" }), { data: flat })).rejects.toThrow(ConfigError);
  });
});

describe("weights", () => {
  it("are handed on: a trial that starts from others' last weights is a fit that goes on from them, with a new optimizer", async () => {
    const first = await runTrial(trial({ optimizer: "adam" }, { keepsWeights: true }), { data: all, runtime: one, start: null });
    const start = first.weights?.map(({ data }) => data) ?? [];
    expect(weightsSha256(start)).toBe(first.result.weightsSha256);
    const second = trial({ optimizer: "sgd" }, { start: first.result.id });
    const result = await run(second, { start });
    const { model, training } = parts(second);
    await model.setWeights(start);
    await model.fit(training, { epochs: 2, batchSize: 16 });
    expect(result.weightsSha256).toBe(await model.weightsSha256());
    expect(result.weightsSha256).not.toBe((await run(trial({ optimizer: "sgd" }))).weightsSha256);
    model.dispose();
  });

  it("are given only if they are asked for", async () => {
    expect((await runTrial(trial({ epochs: 1 }), { data: all, runtime: one, start: null })).weights).toBeNull();
  });

  it("that do not fit are refused", async () => {
    await expect(run(trial(), { start: [new Float32Array(3)] })).rejects.toThrow("got");
  });
});

describe("a trial that diverges", () => {
  const wild = { optimizer: "sgd", learningRate: 1e20, dropout: 0 } as const;
  it("says at which step, as a fit does, and has no scores", async () => {
    const asked = trial(wild, { keepsWeights: true });
    const { result, weights } = await runTrial(asked, { data: all, runtime: one, start: null });
    const { model, training } = parts(asked);
    const failure = await model.fit(training, { epochs: 2, batchSize: 16 }).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(NumericError);
    expect((failure as Error).message).toContain(`step ${result.divergedAt},`);
    expect(result.steps).toBe(result.divergedAt);
    expect([result.validation, result.training, result.test, result.correct]).toEqual([null, null, null, null]);
    expect(result.weightsSha256).toBe(await model.weightsSha256());
    expect(weights).not.toBeNull();
    model.dispose();
  });

  it("with the last step, or in validation", async () => {
    const last = await run(
      trial({ ...wild, learningRate: 3e38, batchSize: "full", epochs: 1, initializer: { name: "constant", config: { value: 1e10 } } }, { validations: 0 }),
    );
    expect([last.divergedAt, last.steps, last.test]).toEqual([1, 1, null]);
  });

  it("leaves nothing behind for the next one", async () => {
    const alone = await run(trial(), { runtime: await createRuntime({ threads: 1 }) });
    await run(trial(wild));
    expect(timeless(await run(trial()))).toEqual(timeless(alone));
  });

  it("is plain JSON, and so is any other", async () => {
    for (const result of [await run(trial(wild)), await run(trial())]) expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });
});

describe("a trial has the same bits", () => {
  const some = [
    trial({ optimizer: "rmsprop", normalization: "batch" }),
    trial({ model: "gru", hidden: 4 }, { seed: 4 }),
    trial({ l1: 1e-4, scaling: "standardize", batchSize: "full" }),
    trial({ model: "softmax", loss: "huber" }, { limit: 100, role: "tune" }),
  ];

  it("with any number of threads, before or behind others, and beside them", async () => {
    const expected = [];
    for (const asked of some) expected.push(timeless(await run(asked, { runtime: await createRuntime({ threads: 1 }) })));
    const [two, three] = [await createRuntime({ threads: 2 }), await createRuntime({ threads: 3 })];
    for (const runtime of [two, three, one]) {
      const backwards = [];
      for (const asked of [...some].reverse()) backwards.push(timeless(await run(asked, { runtime })));
      expect(backwards.reverse()).toEqual(expected);
    }
    expect((await Promise.all(some.map((asked) => run(asked, { runtime: two })))).map(timeless)).toEqual(expected);
    await Promise.all([two.dispose(), three.dispose()]);
  });

  it("in 200 trials one after another, which take no more memory than the first", async () => {
    const runtime = await createRuntime({ threads: 1 });
    const asked = some.map((one) => ({ ...one, settings: { ...one.settings, epochs: 1 } }));
    const hashes = asked.map(() => new Set<string>());
    let held = { used: 0, byteLength: 0 };
    for (let i = 0; i < 200; i++) {
      const k = i % asked.length;
      hashes[k].add((await run(asked[k], { runtime })).weightsSha256);
      const { used, byteLength } = runtime.memory;
      if (i === asked.length - 1) held = { used, byteLength };
      if (i >= asked.length) expect({ used, byteLength }).toEqual(held);
    }
    expect(hashes.map(({ size }) => size)).toEqual([1, 1, 1, 1]);
  });
});

it("a trial ends when it is told to", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const running = run(trial({ epochs: 100_000 }), { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 50);
  await expect(running).rejects.toBe(reason);
});

it("a regression has a loss and no accuracy, and is not asked for any", async () => {
  const numbers = (count: number) =>
    dataset({
      x: Float32Array.from({ length: count }, (_, i) => (i * 7) % 11),
      y: Float32Array.from({ length: count }, (_, i) => ((i * 7) % 11) / 5),
      sampleShape: [1],
    });
  const model = sequential({ inputShape: [1] }, [dense(1)]).toJSON();
  const asked = trial({ model, loss: "meanSquaredError", scaling: "none", optimizer: "sgd", learningRate: 0.01, epochs: 10 }, { validation: 0 });
  const { result } = await runTrial(asked, { data: { train: numbers(64), test: numbers(16) }, runtime: one, start: null });
  expect(result.test).toEqual({ loss: expect.any(Number), accuracy: null });
  expect(result.training?.accuracy).toBeNull();
  expect(result.correct).toBeNull();
  expect(result.test?.loss).toBeLessThan(1);
});

it("gives metrics by name where they are asked for", async () => {
  const result = await run(trial({}, { metrics: ["accuracy"] }));
  expect(result.validation?.metrics).toEqual({ accuracy: result.validation?.accuracy });
  expect(result.test?.metrics).toEqual({ accuracy: result.test?.accuracy });
  expect((await run(trial())).test).not.toHaveProperty("metrics");
});

it("trials have ids by all that they are asked for", () => {
  const id = trialId(trial());
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  const { settings, ...rest } = trial();
  const shuffled = { ...rest, settings: Object.fromEntries(Object.entries(settings).reverse()) as unknown as Settings };
  expect(trialId(shuffled)).toBe(id);
  const others = [
    trial({ l1: 1 }),
    trial({}, { seed: 4 }),
    trial({}, { role: "tune" }),
    trial({}, { limit: 9 }),
    trial({}, { start: "a" }),
    trial({}, { keepsWeights: true }),
    trial({}, { validations: 3 }),
    trial({}, { measures: ["norms"] }),
    trial({}, { metrics: ["accuracy"] }),
  ];
  expect(new Set([id, ...others.map(trialId)]).size).toBe(others.length + 1);
});
