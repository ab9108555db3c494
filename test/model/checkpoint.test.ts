/** A fit that is cut anywhere and resumed is the fit that was not. */
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dataset } from "../../src/data/index.ts";
import {
  adam,
  type Callback,
  CheckpointError,
  ConfigError,
  csvLogger,
  dense,
  earlyStopping,
  FileError,
  type FitOptions,
  fitControl,
  flatten,
  type History,
  type Layer,
  loadModel,
  type Model,
  type Optimizer,
  oneCycle,
  type Resumption,
  randomAffine,
  randomElastic,
  randomShift,
  reduceLROnPlateau,
  sequential,
  sgd,
  stepDecay,
} from "../../src/index.ts";
import { checkCheckpointSize } from "../../src/model/checkpoints/checkpoint.ts";
import { optimizerNames, optimizerOf } from "../../src/optimizers/index.ts";
import { folder, forge, timeless } from "./checkpoint-support.ts";
import { everyRuntime, lines, smallModel } from "./support.ts";

const data = lines(240);
const runtimes = await everyRuntime();
const NAME = /^checkpoint-\d{10}\.safetensors$/;

interface Outcome {
  hash: string;
  history: unknown;
  slots: Float32Array;
}

const outcome = async (model: Model, history: History): Promise<Outcome> => ({
  hash: await model.weightsSha256(),
  history: timeless(history),
  slots: model.optimizerSlots(),
});

/** Trains anew again and again, each time up to the next of `cuts` (steps done), then to the end. */
async function cutRun(make: () => Model, options: () => FitOptions, cuts: readonly number[]): Promise<Outcome> {
  const directory = folder();
  for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
    const model = make();
    const control = fitControl();
    const history = await model.fit(data, {
      ...options(),
      control,
      checkpoint: { directory },
      resume: true,
      onStep: ({ step }) => void (step + 1 >= cut && control.stop()),
    });
    if (history.stopReason !== "control") return outcome(model, history);
  }
  throw new Error("unreachable");
}

async function wholeRun(make: () => Model, options: () => FitOptions): Promise<Outcome> {
  const model = make();
  return outcome(model, await model.fit(data, options()));
}

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(optimizerNames)("%s goes on with the same bits, wherever it is cut", async (name) => {
    const make = (): Model => smallModel({ runtime, optimizer: optimizerOf(name, { learningRate: 0.01 }) });
    const options = (): FitOptions => ({ epochs: 3, batchSize: 24, schedule: oneCycle(), validationSplit: 0.25 });
    const whole = await wholeRun(make, options);
    // In an epoch, at its end, in the next, and once more.
    expect(await cutRun(make, options, [3, 8, 9, 20])).toEqual(whole);
  });

  it("so do averages of the weights, clipping, penalties, constraints and accumulation", async () => {
    const make = (): Model =>
      sequential({ inputShape: [8, 8, 1], seed: 3, runtime }, [
        flatten(),
        dense(8, { activation: "relu", kernelRegularizer: "l1l2", kernelConstraint: "maxNorm" }),
        dense(8, { activation: "softmax" }),
      ]).compile({ optimizer: adam({ ema: 0.9, clipNorm: 0.5, weightDecay: 0.01 }), loss: "sparseCategoricalCrossentropy" });
    const options = (): FitOptions => ({ epochs: 2, batchSize: 20, accumulationSteps: 2 });
    const whole = await wholeRun(make, options);
    expect(await cutRun(make, options, [1, 4, 7])).toEqual(whole);
  });

  it("so do random layers, micro-batches and the file's order", async () => {
    const make = (): Model =>
      sequential({ inputShape: [8, 8, 1], seed: 3, runtime }, [
        randomShift(2),
        randomAffine({ rotation: 0.1, flip: "horizontal" }),
        randomElastic({ alpha: 5, sigma: 2 }),
        flatten(),
        dense(8, { activation: "relu" }),
        dense(8, { activation: "softmax" }),
      ]).compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy" });
    const options = (): FitOptions => ({ epochs: 2, batchSize: 50, microBatch: 20, shuffle: false });
    const whole = await wholeRun(make, options);
    expect(await cutRun(make, options, [1, 4, 7])).toEqual(whole);
  });
});

it("penalties, clipped gradients, constraints, accumulated batches and the average of the weights go on too", async () => {
  const make = (): Model =>
    sequential({ inputShape: [8, 8, 1], seed: 3 }, [
      flatten(),
      dense(13, { activation: "relu", kernelRegularizer: "l2", kernelConstraint: "maxNorm" }),
      dense(8, { activation: "softmax" }),
    ]).compile({ optimizer: adam({ ema: 0.9, globalClipNorm: 0.3 }), loss: "sparseCategoricalCrossentropy" });
  const options = (): FitOptions => ({ epochs: 3, batchSize: 12, accumulationSteps: 2 });
  const whole = await wholeRun(make, options);
  expect((whole.history as History).epochs[1].penalty).toBeGreaterThan(0.1);
  expect(await cutRun(make, options, [1, 4, 9, 13])).toEqual(whole);
});

describe("a checkpoint keeps", () => {
  it("what callbacks know, and live changes", async () => {
    const options = (): FitOptions => ({
      epochs: 9,
      batchSize: 24,
      validationSplit: 0.25,
      callbacks: [
        earlyStopping({ patience: 3, monitor: "accuracy", mode: "min", restoreBest: true }),
        reduceLROnPlateau({ monitor: "accuracy", mode: "min", patience: 1, factor: 0.5 }),
        {
          name: "raise",
          onStepEnd: ({ step }, context) => void (step === 4 && context.setLearningRate(0.25)),
        },
      ],
    });
    const whole = await wholeRun(smallModel, options);
    expect(whole.history).toMatchObject({ stopReason: expect.stringContaining("earlyStopping") });
    expect((whole.history as History).learningRateChanges.length).toBeGreaterThan(2);
    for (const cuts of [[5], [8], [3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17]]) expect(await cutRun(smallModel, options, cuts)).toEqual(whole);
  });

  it("values that JSON has no words for, and typed arrays", async () => {
    const directory = folder();
    const state = { a: [Number.NaN, Number.NEGATIVE_INFINITY, -0, 1 / 3], b: Float32Array.of(1, Number.NaN), c: { d: Int32Array.of(7), e: null, f: "NaN" } };
    let restored: unknown = null;
    const keeper = (): Callback => ({ name: "keeper", state: () => state, restore: (saved) => void (restored = saved) });
    await smallModel().fit(data, { checkpoint: { directory }, callbacks: [keeper()] });
    await smallModel().fit(data, { checkpoint: { directory }, resume: true, callbacks: [keeper()] });
    expect(restored).toEqual(state);
  });

  it("a model: its file can be loaded as one", async () => {
    const directory = folder();
    const model = smallModel({ optimizer: "adam" });
    await model.fit(data, { checkpoint: { directory, keep: 1 } });
    const [file] = readdirSync(directory);
    const loaded = await loadModel(join(directory, file));
    expect(await loaded.weightsSha256()).toBe(await model.weightsSha256());
    expect(await loaded.evaluate(data)).toEqual(await model.evaluate(data));
  });
});

describe("resume", () => {
  const train = (directory: string, more: FitOptions = {}, model = smallModel()) =>
    model.fit(data, { epochs: 2, batchSize: 24, checkpoint: { directory }, resume: true, ...more });
  const places: (Resumption | null)[] = [];
  const spy = (): Callback => ({ name: "spy", onTrainBegin: ({ resumed }) => void places.push(resumed) });

  it("in an empty directory starts from the beginning, and says so", async () => {
    const directory = join(folder(), "a", "b");
    await train(directory, { callbacks: [spy()] });
    expect(places.at(-1)).toEqual({ file: null, epoch: 1, stepInEpoch: 0, step: 0, unusable: [] });
  });

  it("says where it goes on; trains nothing when all is done, and on when there are more epochs", async () => {
    const directory = folder();
    const signal = { aborted: false };
    await train(directory, { callbacks: [spy()], signal, onStep: ({ step }) => void (signal.aborted = step === 12) });
    const done = await train(directory, { callbacks: [spy()] });
    expect(places.at(-1)).toMatchObject({ file: join(directory, "checkpoint-0000000013.safetensors"), epoch: 2, stepInEpoch: 3, step: 13 });
    let steps = 0;
    const again = await train(directory, { callbacks: [spy()], onStep: () => void steps++ });
    expect(steps).toBe(0);
    expect(again).toEqual(done);
    const longer = smallModel();
    const history = await train(directory, { callbacks: [spy()], epochs: 3, onStep: () => void steps++ }, longer);
    expect(steps).toBe(10);
    const whole = smallModel();
    expect(timeless(await whole.fit(data, { epochs: 3, batchSize: 24 }))).toEqual(timeless(history));
    expect(await longer.weightsSha256()).toBe(await whole.weightsSha256());
  });

  it("after a crash goes on from the last checkpoint, not from the crash", async () => {
    const directory = folder();
    const crash = train(directory, {
      checkpoint: { directory, every: { steps: 4 } },
      onStep({ step }) {
        if (step === 14) throw new Error("crash");
      },
    });
    await expect(crash).rejects.toThrow("crash");
    expect(readdirSync(directory).sort()).toEqual(["checkpoint-0000000008.safetensors", "checkpoint-0000000012.safetensors"]);
    const model = smallModel();
    const history = await train(directory, { checkpoint: { directory, every: { steps: 4 } } }, model);
    const whole = smallModel();
    expect(timeless(await whole.fit(data, { epochs: 2, batchSize: 24 }))).toEqual(timeless(history));
    expect(await model.weightsSha256()).toBe(await whole.weightsSha256());
  });

  it("replaces the weights of whatever model object it is given, and takes up its count of steps", async () => {
    const directory = folder();
    const first = smallModel();
    await train(directory, {}, first);
    const other = smallModel();
    await other.fit(data, { epochs: 3 });
    await train(directory, {}, other);
    expect(await other.weightsSha256()).toBe(await first.weightsSha256());
    expect([other.epochsTrained, other.stepsTrained]).toEqual([2, 20]);
  });

  it("loggers have every row once", async () => {
    const directory = folder();
    const path = join(folder(), "log.csv");
    writeFileSync(path, "kept\n");
    const rows = (): string[] => readFileSync(path, "utf8").trimEnd().split("\n");
    const options = (): FitOptions => ({ epochs: 6, callbacks: [csvLogger(path, { append: true })], checkpoint: { directory, every: { steps: 10 }, keep: 9 } });
    const first = smallModel().fit(data, {
      ...options(),
      batchSize: 24,
      onStep({ step }) {
        if (step === 38) throw new Error("crash");
      },
    });
    await expect(first).rejects.toThrow("crash");
    expect(rows()).toHaveLength(4);
    // The newest checkpoint is gone, the last row torn, and there is one too many.
    copyFileSync(join(directory, "checkpoint-0000000020.safetensors"), join(directory, "x"));
    writeFileSync(join(directory, "checkpoint-0000000030.safetensors"), "");
    writeFileSync(path, `${readFileSync(path, "utf8")}4,0.`);
    const history = await train(directory, options());
    expect(rows()[0]).toBe("kept");
    expect(
      rows()
        .slice(1)
        .map((row) => row.split(",").slice(0, 2).map(Number)),
    ).toEqual(history.epochs.map(({ epoch, loss }) => [epoch, loss]));
    expect(history.epochs).toHaveLength(6);
  });
});

describe("another run", () => {
  const saved = async (): Promise<string> => {
    const directory = folder();
    await smallModel({ optimizer: adam() }).fit(data, { epochs: 2, batchSize: 24, schedule: oneCycle(), checkpoint: { directory } });
    return directory;
  };
  const other = dataset({ x: data.x as Uint8Array, y: (data.y as Uint8Array).map((label) => label ^ 1), sampleShape: [8, 8, 1], classes: 8 });
  const stepwise: FitOptions["schedule"] = stepDecay({ decayEpochs: 1 });

  it.each<[string, () => Model, FitOptions, RegExp[]]>([
    ["architecture", () => smallModel({ optimizer: adam(), hidden: 17 }), {}, [/layers\[1\]\.config\.units: saved 16, now 17/]],
    ["optimizer", () => smallModel({ optimizer: sgd() }), {}, [/optimizer\.name: saved "adam", now "sgd"/, /optimizer\.config\.beta1: saved 0.9, now nothing/]],
    ["an option of it", () => smallModel({ optimizer: adam({ beta1: 0.8 }) }), {}, [/optimizer\.config\.beta1: saved 0.9, now 0.8/]],
    ["schedule", () => smallModel({ optimizer: adam() }), { schedule: stepwise }, [/schedule\.name: saved "one-cycle", now "step"/]],
    ["epochs of a schedule that counts on them", () => smallModel({ optimizer: adam() }), { epochs: 3 }, [/epochs: saved 2, now 3, and the schedule depends/]],
    ["seed", () => smallModel({ optimizer: adam(), seed: 6 }), {}, [/seed: saved 5, now 6/]],
    ["batch size", () => smallModel({ optimizer: adam() }), { batchSize: 12 }, [/batchSize: saved 24, now 12/, /microBatch: saved 24, now 12/]],
    ["order", () => smallModel({ optimizer: adam() }), { shuffle: false }, [/shuffle: saved true, now false/]],
    ["validation", () => smallModel({ optimizer: adam() }), { validationData: data }, [/validation: saved null, now \{"samples":240/]],
    ["class weights", () => smallModel({ optimizer: adam() }), { classWeight: { 1: 2 } }, [/sampleWeights: saved null, now "/]],
    ["callbacks", () => smallModel({ optimizer: adam() }), { callbacks: [{ name: "mine" }] }, [/callbacks: saved \[\], now \["mine"\]/]],
    ["mode", () => smallModel({ optimizer: adam(), runtime: runtimes[1][1] }), {}, [/runtime\.mode: saved "fast", now "deterministic"/]],
  ])("of %s is refused, field by field", async (_, make, options, messages) => {
    const directory = await saved();
    const run = make().fit(data, { epochs: 2, batchSize: 24, schedule: oneCycle(), ...options, checkpoint: { directory }, resume: true });
    const error = await run.then(
      () => null,
      (e) => e,
    );
    expect(error).toBeInstanceOf(CheckpointError);
    for (const message of messages) expect(error.message).toMatch(message);
    expect(error.message).toContain("got another run, expected the one that was saved, from which it differs in\n");
  });

  it("of data is refused", async () => {
    const directory = await saved();
    const options = { epochs: 2, batchSize: 24, schedule: oneCycle(), checkpoint: { directory }, resume: true };
    await expect(smallModel({ optimizer: adam() }).fit(other, options)).rejects.toThrow(/differs in\n {2}data\.sha256: saved "[0-9a-f]{64}", now/);
    await expect(smallModel({ optimizer: adam() }).fit(data.take(239), options)).rejects.toThrow(/data\.samples: saved 240, now 239/);
  });

  it("of fewer epochs than are done is refused, of threads is not", async () => {
    const directory = folder();
    const make = () => smallModel({ optimizer: adam() });
    await make().fit(data, { epochs: 3, checkpoint: { directory } });
    await expect(make().fit(data, { epochs: 2, checkpoint: { directory }, resume: true })).rejects.toThrow(/epochs: saved after 3, now 2/);
    await make().fit(data, { epochs: 4, checkpoint: { directory }, resume: true });
  });
});

describe("the same run", () => {
  it("is known by settings that JSON has no words for", async () => {
    const directory = folder();
    const odd = (value: number): Layer => ({ className: "Odd", apply: (x) => x, config: () => ({ value, list: [-0, Number.POSITIVE_INFINITY] }) });
    const make = (value: number): Model =>
      sequential({ inputShape: [8, 8, 1] }, [odd(value), flatten(), dense(8, { activation: "softmax" })]).compile({
        optimizer: sgd(),
        loss: "sparseCategoricalCrossentropy",
      });
    await make(Number.NaN).fit(data, { checkpoint: { directory } });
    await make(Number.NaN).fit(data, { epochs: 2, checkpoint: { directory }, resume: true });
    await expect(make(Number.POSITIVE_INFINITY).fit(data, { epochs: 2, checkpoint: { directory }, resume: true })).rejects.toThrow(
      /layers\[0\]\.config\.value: saved NaN, now Infinity/,
    );
  });

  it("is not one with fewer epochs than it has begun", async () => {
    const directory = folder();
    const options: FitOptions = { batchSize: 24, checkpoint: { directory } };
    const signal = { aborted: false };
    await smallModel().fit(data, { ...options, epochs: 3, signal, onStep: ({ step }) => void (signal.aborted = step === 14) });
    await expect(smallModel().fit(data, { ...options, epochs: 1, resume: true })).rejects.toThrow(/epochs: saved in epoch 2, now 1/);
    expect((await smallModel().fit(data, { ...options, epochs: 2, resume: true })).epochs).toHaveLength(2);
  });
});

describe("a forged state", () => {
  it.each<[string, (state: Record<string, unknown>) => void]>([
    ["no epoch", (s) => void (s.epoch = 0)],
    ["a fraction of a step", (s) => void (s.step = 1.5)],
    ["steps that do not fit", (s) => void (s.step = 11)],
    ["epochs that nobody reported", (s) => void (s.reports = [])],
    ["no report", (s) => void (s.reports = [null])],
    ["a report without numbers", (s) => void (s.reports = [{ epoch: 1 }])],
    ["a base rate that is none", (s) => void (s.baseRate = "0.5")],
    ["a negative rate", (s) => void (s.lastRate = -1)],
    ["no time", (s) => void (s.milliseconds = null)],
    ["a reason that is no text", (s) => void (s.stopReason = { a: 1 })],
    ["no callbacks", (s) => void (s.callbacks = [7])],
    ["a change of rate without one", (s) => void (s.learningRateChanges = [{ step: 1 }])],
    ["no running products", (s) => void (s.optimizerState = {})],
    ["running products that are none", (s) => void (s.optimizerState = { beta1Power: "x", beta2Power: 1 })],
    ["sums that are a list", (s) => void (s.sums = [1, 2])],
    ["no settings", (s) => void (s.settings = 3)],
  ])("with %s is refused, and changes nothing", async (_, change) => {
    const directory = folder();
    const options: FitOptions = { batchSize: 24, checkpoint: { directory, keep: 1 } };
    await smallModel({ optimizer: adam() }).fit(data, options);
    const [name] = readdirSync(directory);
    forge(join(directory, name), (text) => {
      const state = JSON.parse(text);
      change(state);
      return JSON.stringify(state);
    });
    const model = smallModel({ optimizer: adam() });
    const before = await model.weightsSha256();
    const error = await model.fit(data, { ...options, epochs: 2, resume: true }).catch((e) => e);
    expect(error).toBeInstanceOf(CheckpointError);
    expect([await model.weightsSha256(), model.stepsTrained, model.epochsTrained]).toEqual([before, 0, 0]);
    expect(model.optimizerState).toEqual({ beta1Power: 1, beta2Power: 1 });
  });

  it("nested without end, or without its tensors, is refused", async () => {
    const directory = folder();
    await smallModel().fit(data, { checkpoint: { directory, keep: 1 } });
    const file = join(directory, readdirSync(directory)[0]);
    for (const text of [`${"[".repeat(1e6)}${"]".repeat(1e6)}`, '{"sums":{"$tensor":"nothing"}}', "{", ""]) {
      forge(file, () => text);
      await expect(smallModel().fit(data, { epochs: 2, checkpoint: { directory }, resume: true })).rejects.toThrow(CheckpointError);
    }
  });
});

describe("the directory", () => {
  const run = (directory: string, more: FitOptions = {}) => smallModel().fit(data, { epochs: 2, batchSize: 24, checkpoint: { directory }, ...more });

  it("keeps the newest files, and none that is half written", async () => {
    const directory = folder();
    await run(directory, { checkpoint: { directory, every: { steps: 3 }, keep: 3 } });
    expect(readdirSync(directory).sort()).toEqual(["15", "18", "20"].map((step) => `checkpoint-00000000${step}.safetensors`));
  });

  it("of another run is not overwritten", async () => {
    const directory = folder();
    await run(directory);
    await expect(run(directory)).rejects.toThrow(/got \d checkpoints? of another run, expected none\nHint: resume that run/);
  });

  it("is cleaned of what killed processes left, and of nothing else", async () => {
    const directory = folder();
    const foreign = [".gradiente-1-abc.tmp", "notes.txt", "checkpoint-1.safetensors"];
    const running = `.gradiente-${process.ppid}-0123456789ab.tmp`;
    // No process has this number.
    const stale = [".gradiente-99999999-0123456789ab.tmp", `.gradiente-${process.pid}-0123456789ab.tmp`];
    for (const name of [...foreign, running, ...stale]) writeFileSync(join(directory, name), "?");
    await run(directory, { resume: true });
    expect(
      readdirSync(directory)
        .filter((name) => !NAME.test(name))
        .sort(),
    ).toEqual([...foreign, running].sort());
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    ["cut off", (bytes) => bytes.subarray(0, bytes.length - 100), /within the \d+ bytes of data|does not match/],
    ["empty", () => new Uint8Array(0), /no checksum/],
    ["with a page that was never written", (bytes) => bytes.fill(0, bytes.length - 4096, bytes.length - 100), /does not match its checksum/],
    ["with one bit turned", (bytes) => bytes.with(bytes.length >> 1, bytes[bytes.length >> 1] ^ 1), /does not match its checksum/],
    ["foreign", () => new TextEncoder().encode("hello, world"), /no checksum/],
  ])("with a newest file %s goes on from the one before, and says so", async (_, spoil, reason) => {
    const directory = folder();
    const signal = { aborted: false };
    await run(directory, {
      checkpoint: { directory, every: { steps: 5 }, keep: 2 },
      signal,
      onStep: ({ step }) => void (signal.aborted = step === 14),
    });
    const newest = join(directory, "checkpoint-0000000015.safetensors");
    writeFileSync(newest, spoil(readFileSync(newest)));
    let place: Resumption | null = null;
    const spy: Callback = { name: "spy", onTrainBegin: ({ resumed }) => void (place = resumed) };
    const model = smallModel();
    await expect(model.fit(data, { epochs: 2, batchSize: 24, checkpoint: { directory }, resume: true, callbacks: [spy] })).rejects.toThrow(/callbacks/);
    const history = await model.fit(data, {
      epochs: 2,
      batchSize: 24,
      checkpoint: { directory },
      resume: true,
      onStep: ({ step }) => void (place ??= { step } as never),
    });
    expect(place).toEqual({ step: 10 });
    const whole = smallModel();
    expect(timeless(await whole.fit(data, { epochs: 2, batchSize: 24 }))).toEqual(timeless(history));
    expect(await model.weightsSha256()).toBe(await whole.weightsSha256());

    // Alone it is an error, and stays where it is.
    const alone = folder();
    const path = join(alone, "checkpoint-0000000015.safetensors");
    writeFileSync(path, spoil(new Uint8Array(readFileSync(join(directory, "checkpoint-0000000020.safetensors")))));
    const error = await run(alone, { resume: true }).catch((e) => e);
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error.message).toMatch(reason);
    expect(error.message).toContain(path);
    expect(existsSync(path)).toBe(true);
  });

  it("that cannot be written fails before training", async () => {
    for (const directory of ["/proc/checkpoints", "/dev/null/checkpoints"]) {
      const model = smallModel();
      await expect(model.fit(data, { checkpoint: { directory } })).rejects.toThrow(FileError);
      expect(model.stepsTrained).toBe(0);
    }
  });

  it("bad options", async () => {
    const bad: [unknown, RegExp][] = [
      [{ directory: "" }, /directory ""/],
      [{ directory: "d", keep: 0 }, /keep = 0/],
      [{ directory: "d", every: { steps: 1.5 } }, /every = \{"steps":1.5\}/],
      [{ directory: "d", every: { seconds: 0 } }, /every = \{"seconds":0\}/],
      [{ directory: "d", every: {} }, /every = \{\}/],
    ];
    for (const [checkpoint, message] of bad) {
      await expect(smallModel().fit(data, { checkpoint: checkpoint as never })).rejects.toThrow(ConfigError);
      await expect(smallModel().fit(data, { checkpoint: checkpoint as never })).rejects.toThrow(message);
    }
    await expect(smallModel().fit(data, { resume: true })).rejects.toThrow(/resume without checkpoint/);
  });
});

it("a checkpoint that would reach 2 GiB is refused before the first step, whatever the weights alone would take", async () => {
  const large = (optimizer: Optimizer): Model => {
    const model = smallModel().compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
    // It says of its first weight that it has 3 x 2^26 values.
    Object.assign(model.architecture.parameters.specs[0], { shape: [3, 2 ** 26] });
    return model;
  };
  for (const optimizer of [sgd(), sgd({ momentum: 0.9 })]) expect(() => checkCheckpointSize(large(optimizer))).not.toThrow();
  const directory = join(folder(), "large");
  const failed = large(adam()).fit(data, { epochs: 1, checkpoint: { directory } });
  await expect(failed).rejects.toThrow(CheckpointError);
  await expect(failed).rejects.toThrow(
    /^checkpoint: got 24159\d{5} bytes in one file, expected at most 2147483647\nHint: 2 of the optimizer's values for each weight are part of it \(m, v\)/,
  );
  expect(existsSync(directory)).toBe(false);
});
