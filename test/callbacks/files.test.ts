/** Callbacks in a fit: loggers, saved models, plateaus, numbers that are not finite. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Callback, FitOptions, ModelCheckpointOptions } from "../../src/index.ts";
import {
  CheckpointError,
  ConfigError,
  csvLogger,
  dense,
  earlyStopping,
  FileError,
  flatten,
  jsonlLogger,
  learningRateScheduler,
  loadModel,
  modelCheckpoint,
  NumericError,
  ops,
  progressBar,
  reduceLROnPlateau,
  sequential,
  sgd,
  terminateOnNaN,
} from "../../src/index.ts";
import { forge } from "../model/checkpoint-support.ts";
import { lines, smallModel } from "../model/support.ts";

const data = lines(240);
const settings: FitOptions = { epochs: 3, batchSize: 24, validationSplit: 0.2 };

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "gradiente-callbacks-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const train = (callbacks: Callback[], more: FitOptions = {}) => smallModel().fit(data, { ...settings, ...more, callbacks });

describe("csvLogger", () => {
  it("writes a header and a row per epoch, numbers in full", async () => {
    const path = join(folder(), "log.csv");
    writeFileSync(path, "old\n");
    const { epochs } = await train([csvLogger(path)]);
    const [header, ...rows] = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(header).toBe("epoch,loss,accuracy,valLoss,valAccuracy,penalty,learningRate,seconds");
    expect(rows.map((row) => row.split(",").map(Number))).toEqual(
      epochs.map((e) => [e.epoch, e.loss, e.accuracy, e.valLoss, e.valAccuracy, e.penalty, e.learningRate, e.seconds]),
    );
  });

  it("appends to what is there, with one header", async () => {
    const path = join(folder(), "log.csv");
    await train([csvLogger(path, { append: true, separator: ";" })]);
    await train([csvLogger(path, { append: true, separator: ";" })], { epochs: 1 });
    const epochs = readFileSync(path, "utf8")
      .trimEnd()
      .split("\n")
      .map((row) => row.split(";")[0]);
    expect(epochs).toEqual(["epoch", "1", "2", "3", "1"]);
  });

  it("fails before training where it cannot write", async () => {
    await expect(train([csvLogger("/nowhere/log.csv")])).rejects.toThrow(FileError);
    expect(() => csvLogger("log.csv", { separator: "" })).toThrow(ConfigError);
  });
});

describe("progressBar", () => {
  const draw = async (terminal: boolean): Promise<string> => {
    let text = "";
    const stream = { write: (part: string) => void (text += part), isTTY: terminal, columns: 70 };
    // Slices end by the clock, or after 512 steps.
    await smallModel().fit(data, { epochs: 2, batchSize: 1, validationSplit: 0.2, microBatch: 1, callbacks: [progressBar(stream)] });
    await smallModel().fit(lines(1100), { batchSize: 1, callbacks: [progressBar(stream)] });
    return text;
  };

  it("is a line per epoch where there is no terminal", async () => {
    const line = (epoch: string, val: boolean): string =>
      `epoch ${epoch}  loss \\d\\.\\d{4}  accuracy +[\\d.]+ %${val ? "  val loss \\d\\.\\d{4}  val accuracy +[\\d.]+ %" : ""}  [\\d.]+ s\n`;
    expect(await draw(false)).toMatch(new RegExp(`^${line("1/2", true)}${line("2/2", true)}${line("1/1", false)}$`));
  });

  it("fills on a terminal", async () => {
    const text = await draw(true);
    expect(text).toMatch(/\repoch 1\/1 {2}━+─+ .*loss/);
    for (const part of text.split(/\r|\n/)) expect(stripVTControlCharacters(part).length).toBeLessThan(part.startsWith("epoch 1/1  ━") ? 70 : 100);
  });
});

it("jsonlLogger writes each epoch's report", async () => {
  const path = join(folder(), "log.jsonl");
  const { epochs } = await train([jsonlLogger(path)]);
  const rows = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(rows.map((row) => JSON.parse(row))).toEqual(epochs);
});

describe("modelCheckpoint", () => {
  const save = async (path: string, options: Partial<ModelCheckpointOptions>, more: FitOptions = {}) => {
    const directory = folder();
    const history = await train([modelCheckpoint({ path: join(directory, path), ...options })], more);
    return { directory, files: readdirSync(directory).sort(), history };
  };

  it("saves each epoch under a name made from a template", async () => {
    const { directory, files, history } = await save("m-{epoch:03d}-{step}-{valLoss:.2f}.safetensors", {});
    expect(files).toEqual(history.epochs.map(({ epoch, valLoss }) => `m-00${epoch}-${epoch * 8}-${valLoss?.toFixed(2)}.safetensors`));
    const model = smallModel();
    await model.fit(data, settings);
    expect(await (await loadModel(join(directory, files[2]))).weightsSha256()).toBe(await model.weightsSha256());
  });

  it("saves after so many steps the weights of that step, and keeps the last", async () => {
    const { directory, files } = await save("{epoch}-{step:02d}", { saveFreq: 5, keep: 2 });
    expect(files).toEqual(["2-15", "3-20"]);
    let hash: Promise<string> | null = null;
    const model = smallModel();
    await model.fit(data, { ...settings, onStep: ({ step }) => void (step === 14 && (hash = model.weightsSha256())) });
    expect(await (await loadModel(join(directory, "2-15"))).weightsSha256()).toBe(await hash);
  });

  it("makes the folder, and one name is one file", async () => {
    const { directory, files } = await save("a/b/model", { keep: 1 });
    expect(files).toEqual(["a"]);
    expect(existsSync(join(directory, "a/b/model"))).toBe(true);
  });

  it("best only: no epoch that is worse", async () => {
    const { files, history } = await save("{epoch}", { saveBestOnly: true, monitor: "accuracy", mode: "min" }, { epochs: 5 });
    let best = Number.POSITIVE_INFINITY;
    const better = history.epochs.filter(({ accuracy }) => {
      const is = (accuracy as number) < best;
      if (is) best = accuracy as number;
      return is;
    });
    expect(better.length).toBeLessThan(5);
    expect(files).toEqual(better.map(({ epoch }) => String(epoch)));
    expect((await save("{epoch}", { saveBestOnly: true, initialValueThreshold: 0 })).files).toEqual([]);
  });

  it("removes no file but its own, whatever a checkpoint says", async () => {
    const directory = folder();
    const theirs = join(directory, "theirs");
    writeFileSync(theirs, "precious");
    const path = join(directory, "{epoch}-{valLoss:.2f}+{step:03d}-{loss}.bin");
    const once = () => [modelCheckpoint({ path, keep: 1 })];
    const checkpoint = { directory: join(directory, "checkpoints"), keep: 1 };
    await train(once(), { checkpoint, epochs: 1 });
    const [newest] = readdirSync(checkpoint.directory);
    const saved = (): string[] => readdirSync(directory).filter((name) => name.endsWith(".bin"));
    const own = saved();
    expect(own).toHaveLength(1);
    forge(join(checkpoint.directory, newest), (text) => {
      const state = JSON.parse(text);
      expect(state.callbacks[0].state.files).toEqual([join(directory, own[0])]);
      state.callbacks[0].state.files.push(theirs);
      return JSON.stringify(state);
    });
    await train(once(), { checkpoint, epochs: 2, resume: true });
    expect(readFileSync(theirs, "utf8")).toBe("precious");
    expect(saved()).toEqual([expect.stringMatching(/^2-/)]);
  });

  it("tells of a model that cannot be saved, once and in time", async () => {
    const model = sequential({ inputShape: [8, 8, 1] }, [flatten(), dense(8, { activation: (x) => ops.softmax(x) })]);
    model.compile({ optimizer: sgd(), loss: "sparseCategoricalCrossentropy" });
    const fit = model.fit(data, { callbacks: [modelCheckpoint({ path: join(folder(), "{step}"), saveFreq: 1 })] });
    await expect(fit).rejects.toThrow(/an activation that is a function/);
    // What is rejected and heard by nobody shows after a turn of the event loop, and fails the run of tests.
    await new Promise((resolve) => setImmediate(resolve));
  });

  it("refuses what cannot be", async () => {
    expect(() => modelCheckpoint({ path: "m", saveFreq: 0 })).toThrow(/saveFreq = 0/);
    expect(() => modelCheckpoint({ path: "m", saveFreq: 5, saveBestOnly: true })).toThrow(/saveBestOnly with saveFreq = 5/);
    expect(() => modelCheckpoint({ path: "m", keep: 0.5 })).toThrow(/keep = 0.5/);
    await expect(save("{epoch}-{los}", {})).rejects.toThrow(/path: got \{los\}, expected \{epoch\}, \{step\}, \{loss\}, \{accuracy\}, \{valLoss\}/);
    await expect(save("{loss}", { saveFreq: 5 })).rejects.toThrow(/got \{loss\}, expected \{epoch\}, \{step\}/);
    await expect(train([modelCheckpoint({ path: "/proc/none/m" })])).rejects.toThrow(FileError);
  });
});

it("earlyStopping ends a fit and gives the best weights back", async () => {
  const model = smallModel();
  // The rate makes the first epoch the best.
  const rates = learningRateScheduler((epoch) => (epoch === 0 ? 0.1 : 30));
  const hashes: string[] = [];
  const history = await model.fit(data, {
    ...settings,
    epochs: 50,
    callbacks: [rates, earlyStopping({ patience: 2, restoreBest: true })],
    onEpoch: async () => void hashes.push(await model.weightsSha256()),
  });
  const losses = history.epochs.map(({ valLoss }) => valLoss as number);
  const best = losses.indexOf(Math.min(...losses));
  expect(losses.length).toBe(best + 3);
  expect(history.stopReason).toBe(`earlyStopping: valLoss is best in epoch ${best + 1}`);
  expect(await model.weightsSha256()).toBe(hashes[best]);
});

it("reduceLROnPlateau lowers the rate, and the history tells when", async () => {
  const history = await train([reduceLROnPlateau({ monitor: "loss", factor: 0.5, patience: 1, minDelta: 1000 })], { epochs: 4 });
  expect(history.epochs.map(({ learningRate }) => learningRate)).toEqual([0.5, 0.5, 0.25, 0.125]);
  expect(history.learningRateChanges).toEqual([
    { step: 16, learningRate: 0.25 },
    { step: 24, learningRate: 0.125 },
    { step: 32, learningRate: 0.0625 },
  ]);
});

it.each([
  ["earlyStopping", () => earlyStopping(), { wait: 0, best: 1, bestEpoch: null, bestWeights: [[1, 2]] }],
  ["reduceLROnPlateau", () => reduceLROnPlateau(), { wait: "0", best: 1, cooling: 0 }],
  ["modelCheckpoint", () => modelCheckpoint({ path: "m" }), { best: 1, files: [7] }],
  ["csvLogger", () => csvLogger("log.csv"), { start: -1 }],
  ["jsonlLogger", () => jsonlLogger("log.jsonl"), null],
] as const)("%s takes back nothing but what it may have saved", (_, make, state) => {
  expect(() => make().restore?.(state)).toThrow(CheckpointError);
});

describe("a loss that is not finite", () => {
  const model = () => smallModel({ optimizer: sgd({ learningRate: 1e30 }) });

  it("fails the fit, or ends it with terminateOnNaN at the last good weights", async () => {
    await expect(model().fit(data, settings)).rejects.toThrow(NumericError);
    const m = model();
    const history = await m.fit(data, { ...settings, callbacks: [terminateOnNaN()] });
    expect(history.stopped).toBe(true);
    expect(history.stopReason).toMatch(/^terminateOnNaN: fit, step \d+, layer "\w+": (NaN|-?Infinity)/);
    for (const { data: w } of await m.getWeights()) expect(w.every(Number.isFinite)).toBe(true);
  });
});
