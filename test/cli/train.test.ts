import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mnist } from "../../src/data/index.ts";
import { adam, classificationReport, dense, flatten, l1l2, loadModel, type Optimizer, sequential, sgd } from "../../src/index.ts";
import { lossNames } from "../../src/losses/index.ts";
import { optimizerNames, optimizerOf } from "../../src/optimizers/index.ts";
import { folder, idxFolder, run, writeIdx } from "./support.ts";

const START = ["event", "model", "parameters", "optimizer", "backend", "mode", "kernels", "threads", "seed", "trainSamples", "testSamples", "validation"];
const EPOCH = ["event", "epoch", "loss", "accuracy", "penalty", "valLoss", "valAccuracy", "learningRate", "seconds", "stepMs", "samplesPerSecond"];
const END = ["event", "testLoss", "testAccuracy", "seconds", "wallSeconds", "weightsSha256", "out"];

describe("train --json", () => {
  it("prints start, epochs and end, and nothing else", async () => {
    const out = join(folder(), "model.safetensors");
    const { status, stderr, events } = await run(["train", "--limit", "512", "--epochs", "2", "--json", "--out", out]);
    expect(status).toBe(0);
    expect(stderr).toBe("no --model given: training cnn");
    const [start, first, second, end, ...more] = events();
    expect(more).toEqual([]);
    expect(Object.keys(start)).toEqual(expect.arrayContaining(START));
    expect(start).toMatchObject({
      event: "start",
      model: "cnn",
      parameters: 121_930,
      optimizer: "adam",
      backend: "wasm",
      mode: "fast",
      threads: Math.min(availableParallelism(), 8),
      seed: 0,
      trainSamples: 512,
      testSamples: 10_000,
      validation: null,
    });
    expect(["relaxed", "simd"]).toContain(start.kernels);
    for (const [i, epoch] of [first, second].entries()) {
      expect(Object.keys(epoch)).toEqual(EPOCH);
      expect(epoch).toMatchObject({ event: "epoch", epoch: i + 1, penalty: 0, valLoss: null, valAccuracy: null, learningRate: 0.001 });
      for (const key of ["loss", "accuracy", "seconds", "stepMs", "samplesPerSecond"]) expect(epoch[key]).toBeTypeOf("number");
    }
    expect(second.loss).toBeLessThan(first.loss as number);
    expect(Object.keys(end)).toEqual(END);
    expect(end.seconds).toBeCloseTo((first.seconds as number) + (second.seconds as number), 9);
    expect(end.wallSeconds).toBeGreaterThan(end.seconds as number);
    expect(end.out).toBe(out);
    expect(end.weightsSha256).toBe(await (await loadModel(out)).weightsSha256());

    const evaluated = await run(["evaluate", out, "--json"]);
    expect(evaluated.status).toBe(0);
    const [{ confusion, report, ...rest }, ...others] = evaluated.events();
    expect(others).toEqual([]);
    expect(rest).toEqual({ event: "evaluate", model: out, data: "mnist", samples: 10_000, loss: end.testLoss, accuracy: end.testAccuracy });
    const matrix = confusion as number[][];
    expect(matrix.flat().reduce((a, b) => a + b, 0)).toBe(10_000);
    expect(matrix.reduce((sum, row, i) => sum + row[i], 0)).toBe(Math.round((end.testAccuracy as number) * 10_000));
    expect(report).toEqual(classificationReport(matrix));
  });

  it("repeats itself bit for bit, and another seed does not", async () => {
    const data = idxFolder();
    const hash = async (...more: string[]): Promise<unknown> =>
      (await run(["train", "--model", "mlp", "--data", data, "--epochs", "1", "--json", ...more])).events().at(-1)?.weightsSha256;
    const first = await hash();
    expect(await hash()).toBe(first);
    expect(await hash("--seed", "1")).not.toBe(first);
    expect(await hash("--no-shuffle")).not.toBe(first);
  });

  it("trains on a directory of other images and holds out a part", async () => {
    const { status, events } = await run([
      "train",
      "--model",
      "mlp",
      "--hidden",
      "16",
      "--data",
      idxFolder(),
      "--epochs",
      "3",
      "--validation-split",
      "0.25",
      "--json",
      "--optimizer",
      "nesterov",
      "--lr",
      "0.1",
    ]);
    expect(status).toBe(0);
    const [start, ...rest] = events();
    expect(start).toMatchObject({
      parameters: 64 * 16 + 16 + 16 * 8 + 8,
      optimizer: "nesterov",
      trainSamples: 240,
      validationSamples: 80,
      testSamples: 80,
      validation: "split",
    });
    expect(rest[2]).toMatchObject({ epoch: 3, learningRate: 0.1, valLoss: expect.any(Number), valAccuracy: expect.any(Number) });
    expect(rest[3].testAccuracy).toBeGreaterThan(0.9);
    expect(rest[3].out).toBeNull();
  });

  it("runs on plain TypeScript", async () => {
    const { events } = await run(["train", "--model", "softmax", "--data", idxFolder(), "--epochs", "1", "--backend", "js", "--json"]);
    expect(events()[0]).toMatchObject({ model: "softmax", backend: "js", kernels: "js" });
    expect(events()).toHaveLength(3);
  });

  it.each(optimizerNames)("--optimizer %s, at its own learning rate", async (name) => {
    const { status, events } = await run(["train", "--model", "softmax", "--data", idxFolder(), "--epochs", "1", "--optimizer", name, "--json"]);
    expect(status).toBe(0);
    expect(events()).toMatchObject([{ optimizer: name }, { learningRate: optimizerOf(name).learningRate }, {}]);
  });

  it.each(lossNames)("--loss %s, on labels", async (name) => {
    const kebab = name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
    const { status, events } = await run(`train --model mlp --hidden 16 --limit 256 --loss ${kebab} --json`.split(" "));
    expect(status).toBe(0);
    const epochs = events().filter(({ event }) => event === "epoch");
    expect(epochs[2].loss).toBeLessThan(epochs[0].loss as number);
    expect(epochs[2].accuracy).toBeTypeOf("number");
  });

  it.each(["mlp", "cnn"])("--dropout drops before the output of %s, and an activation may be any", async (model) => {
    const line = `train --model ${model} --limit 128 --epochs 1 --json${model === "mlp" ? " --activation gelu" : ""}`;
    const out = join(folder(), "model.safetensors");
    const [plain, dropped] = [await run(line.split(" ")), await run(`${line} --dropout 0.5 --out ${out}`.split(" "))];
    expect(dropped.status).toBe(0);
    expect(dropped.events().at(-1)?.weightsSha256).not.toBe(plain.events().at(-1)?.weightsSha256);
    const { layers } = (await loadModel(out)).toJSON();
    expect(layers.at(-2)).toMatchObject({ className: "Dropout", config: { rate: 0.5 } });
    expect(dropped.events()[0].parameters).toBe(plain.events()[0].parameters);
  });

  it("--momentum is RMSprop's too", async () => {
    const trained = async (...more: string[]) =>
      (await run(["train", "--model", "softmax", "--data", idxFolder(), "--epochs", "1", "--optimizer", "rmsprop", "--json", ...more])).events()[2];
    const [without, with0, with9] = [await trained(), await trained("--momentum", "0"), await trained("--momentum", "0.9")] as { weightsSha256: string }[];
    expect(with0.weightsSha256).toBe(without.weightsSha256);
    expect(with9.weightsSha256).not.toBe(without.weightsSha256);
  });

  it("takes a configuration with its own optimizer, which options replace", async () => {
    const directory = folder();
    const data = idxFolder();
    const path = join(directory, "model.json");
    const model = sequential({ inputShape: [8, 8, 1], seed: 4 }, [flatten(), dense(8, { activation: "softmax" })]).compile({
      optimizer: adam({ learningRate: 0.02 }),
      loss: "sparseCategoricalCrossentropy",
    });
    writeFileSync(path, JSON.stringify(model.toJSON()));
    const start = async (...more: string[]) => (await run(["train", "--model", path, "--data", data, "--epochs", "1", "--json", ...more])).events();
    expect(await start()).toMatchObject([{ model: path, seed: 4, optimizer: "adam" }, { learningRate: 0.02 }, {}]);
    expect(await start("--optimizer", "sgd", "--seed", "0")).toMatchObject([{ seed: 0, optimizer: "sgd" }, { learningRate: 0.01 }, {}]);
  });
});

describe("--model FILE.json", () => {
  const start = async (optimizer: Optimizer, ...more: string[]) => {
    const path = join(folder(), "model.json");
    const model = sequential({ inputShape: [8, 8, 1] }, [flatten(), dense(8, { activation: "softmax" })]);
    writeFileSync(path, JSON.stringify(model.compile({ optimizer, loss: "sparseCategoricalCrossentropy" }).toJSON()));
    const out = join(folder(), "model.safetensors");
    const { stderr } = await run(["train", "--model", path, "--data", idxFolder(), "--epochs", "1", "--out", out, ...more]);
    return existsSync(out) ? (await loadModel(out)).toJSON().compiled?.optimizer : stderr;
  };

  it("keeps its optimizer, with what other options say of it", async () => {
    const saved = sgd({ learningRate: 0.25, momentum: 0.5, globalClipNorm: 3 });
    expect(await start(saved)).toEqual({ name: "momentum", config: saved.config() });
    expect(await start(saved, "--lr", "0.125", "--weight-decay", "0.01", "--momentum", "0.75")).toEqual({
      name: "momentum",
      config: { ...saved.config(), learningRate: 0.125, weightDecay: 0.01, momentum: 0.75 },
    });
    expect(await start(saved, "--optimizer", "adam", "--lr", "0.01")).toMatchObject({ name: "adam", config: { learningRate: 0.01 } });
    expect(await start(adam(), "--momentum", "0.5")).toContain("--momentum: got optimizer adam");
    expect(await start(saved, "--clip-value", "1")).toContain("got clipValue and globalClipNorm, expected one of them");
  });
});

describe("what surrounds the optimizer's step", () => {
  it("is the library's: penalties, clipping, decay, accumulation, and the average at the end", async () => {
    const data = idxFolder();
    const out = join(folder(), "averaged.safetensors");
    const options = ["--l2", "0.01", "--l1", "0.001", "--global-clip-norm", "0.5", "--weight-decay", "0.02", "--ema", "0.9", "--accumulation-steps", "2"];
    const argv = ["train", "--model", "mlp", "--hidden", "12", "--data", data, "--epochs", "2", "--json", "--out", out, ...options];
    const { status, events } = await run(argv);
    expect(status).toBe(0);
    const [start, first, second, end] = events();
    expect(start.optimizer).toBe("adam");

    const kernelRegularizer = l1l2({ l1: 0.001, l2: 0.01 });
    const model = sequential({ inputShape: [8, 8, 1] }, [
      flatten(),
      dense(12, { activation: "relu", kernelRegularizer }),
      dense(8, { activation: "softmax", kernelRegularizer }),
    ]);
    model.compile({ optimizer: adam({ globalClipNorm: 0.5, weightDecay: 0.02, ema: 0.9 }), loss: "sparseCategoricalCrossentropy" });
    const { train } = await mnist({ directory: data });
    const { epochs } = await model.fit(train, { epochs: 2, batchSize: 32, accumulationSteps: 2 });
    expect([first, second]).toMatchObject(epochs.map(({ loss, penalty }) => ({ loss, penalty })));
    expect(first.penalty).toBeGreaterThan(0.01);
    await model.setWeights((await model.averagedWeights()).map((weight) => weight.data));
    expect(end.weightsSha256).toBe(await model.weightsSha256());
    expect(await (await loadModel(out)).weightsSha256()).toBe(end.weightsSha256);

    const text = await run(argv.filter((option) => option !== "--json"));
    expect(text.stdout).toMatch(/penalty 0\.\d+/);
  });
});

describe("--checkpoint and --resume", () => {
  const argv = (directory: string, epochs: number): string[] => [
    "train",
    "--model",
    "mlp",
    "--hidden",
    "4",
    "--data",
    data,
    "--epochs",
    String(epochs),
    "--checkpoint",
    directory,
    "--resume",
  ];
  const data = mkdtempSync(join(tmpdir(), "gradiente-cli-"));
  beforeAll(() => writeIdx(data));
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  it("begin where there is nothing, go on where there is something, and say so", async () => {
    const directory = join(folder(), "run");
    expect((await run(argv(directory, 2))).stdout).toContain(`no checkpoint in ${directory}: starting from the beginning`);
    const longer = await run(argv(directory, 3));
    expect(longer.stdout).toContain(`resumed from ${join(directory, "checkpoint-0000000020.safetensors")}: in epoch 3, after step 0 (20 in all)`);
    expect(longer.stdout.match(/^epoch \d/gm)).toEqual(["epoch 3"]);
    expect((await run(argv(directory, 3))).stdout).toContain("all 3 epochs were done");
    writeFileSync(join(directory, "checkpoint-0000000030.safetensors"), "torn");
    const older = await run(argv(directory, 3));
    expect(older.stderr).toMatch(/skipped a checkpoint that cannot be used: .*checkpoint-0000000030.safetensors: got no checksum/);
    expect(older.stdout).toContain("checkpoint-0000000020.safetensors: in epoch 3");
  });

  it("as events", async () => {
    const directory = join(folder(), "run");
    const [, resume] = (await run([...argv(directory, 1), "--json"])).events();
    expect(resume).toEqual({ event: "resume", file: null, epoch: 1, stepInEpoch: 0, step: 0, unusable: [] });
    const [, again, end] = (await run([...argv(directory, 1), "--json"])).events();
    expect(again).toEqual({
      event: "resume",
      file: join(directory, "checkpoint-0000000010.safetensors"),
      epoch: 2,
      stepInEpoch: 0,
      step: 10,
      unusable: [],
    });
    expect(end.event).toBe("end");
  });

  it("refuse another run, and to overwrite one", async () => {
    const directory = join(folder(), "run");
    await run(argv(directory, 1));
    const other = await run([...argv(directory, 1), "--lr", "0.5"]);
    expect([other.status, other.stderr]).toEqual([1, expect.stringContaining("optimizer.config.learningRate: saved 0.001, now 0.5")]);
    const anew = await run(argv(directory, 1).slice(0, -1));
    expect([anew.status, anew.stderr]).toEqual([1, expect.stringMatching(/got \d checkpoints? of another run, expected none/)]);
    const nowhere = await run(argv("/proc/run", 1));
    expect([nowhere.status, nowhere.stderr]).toEqual([1, expect.stringContaining("folder /proc/run: got no such file or directory (ENOENT)")]);
  });

  it("a checkpoint is a model", async () => {
    const directory = join(folder(), "run");
    const [, , epoch, end] = (await run([...argv(directory, 1), "--json"])).events();
    expect(epoch.event).toBe("epoch");
    const evaluated = await run(["evaluate", join(directory, "checkpoint-0000000010.safetensors"), "--data", data, "--json"]);
    expect(evaluated.events()[0]).toMatchObject({ loss: end.testLoss, accuracy: end.testAccuracy });
  });
});

it("--early-stopping ends with the best epoch's weights", async () => {
  const { status, events } = await run(
    "train --model mlp --hidden 64 --limit 640 --lr 0.01 --validation-split 0.2 --epochs 100 --early-stopping 2 --json".split(" "),
  );
  expect(status).toBe(0);
  const epochs = events().filter(({ event }) => event === "epoch");
  const losses = epochs.map(({ valLoss }) => valLoss as number);
  const best = losses.indexOf(Math.min(...losses));
  expect(epochs.length).toBe(best + 3);
  expect(events().at(-1)).toMatchObject({ event: "end", stopReason: `earlyStopping: valLoss is best in epoch ${best + 1}` });
});

describe("presets", () => {
  it("validate on the test set and tell the accuracy on the training set", async () => {
    const { status, events } = await run("train --preset report-softmax --limit 640 --epochs 2 --json".split(" "));
    expect(status).toBe(0);
    const [start, first, second, end] = events();
    expect(start).toMatchObject({ model: "softmax", preset: "report-softmax", parameters: 7850, optimizer: "sgd", validation: "test" });
    expect(first).toMatchObject({ learningRate: 0.1, valLoss: expect.any(Number), trainAccuracy: expect.any(Number) });
    expect(second).toMatchObject({ valLoss: end.testLoss, valAccuracy: end.testAccuracy });
  });

  it("give way to other options", async () => {
    const { events } = await run(
      "train --preset report-numpy-mlp-128 --hidden 32 --lr 0.01 --optimizer momentum --batch-size 64 --epochs 1 --limit 256 --validation-split 0.5 --json".split(
        " ",
      ),
    );
    expect(events()).toMatchObject([
      { model: "mlp", parameters: 785 * 32 + 33 * 10, optimizer: "momentum", trainSamples: 128, validation: "split", validationSamples: 128 },
      { learningRate: 0.01 },
      { event: "end" },
    ]);
  });

  it.each([
    ["report-numpy-mlp-128", 128, 0.001],
    ["report-numpy-mlp-256", 256, 0.01],
  ])("%s steps over the whole set from unscaled weights", async (preset, hidden, lr) => {
    const out = join(folder(), "model.safetensors");
    const { events } = await run(["train", "--preset", preset, "--limit", "2000", "--epochs", "1", "--json", "--out", out]);
    const [start, epoch] = events();
    expect(start).toMatchObject({ parameters: 785 * hidden + (hidden + 1) * 10, optimizer: "sgd" });
    expect(epoch).toMatchObject({ learningRate: lr });
    // One step of a tiny rate leaves the spread of the first weights.
    const [kernel, bias] = await (await loadModel(out)).getWeights();
    const spread = Math.sqrt(kernel.data.reduce((sum, w) => sum + w * w, 0) / kernel.data.length);
    expect(spread).toBeCloseTo(1, 1);
    expect(Math.max(...bias.data.map(Math.abs))).toBeLessThan(0.1);
  });
});

describe("train as text", () => {
  const argv = (data: string): string[] => ["train", "--model", "mlp", "--hidden", "4", "--data", data, "--epochs", "3"];

  it("is plain lines where there is no terminal", async () => {
    const out = join(folder(), "model.safetensors");
    const { status, stdout, stderr } = await run([...argv(idxFolder()), "--out", out, "--threads", "3", "--schedule", "one-cycle"]);
    expect(status).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).not.toContain("\r");
    expect(stdout).toBe(stripVTControlCharacters(stdout));
    expect(stdout.match(/^epoch [123]\/3 {2}loss \d/gm)).toHaveLength(3);
    for (const part of [
      "Model     mlp",
      "320 training and 80 test images",
      "Kernels",
      "3 threads",
      "(one-cycle)",
      "Test set",
      "Confusion matrix",
      "The worst mistakes",
      `Saved to ${out}`,
      "What to try next",
    ]) {
      expect(stdout).toContain(part);
    }
    expect(existsSync(out)).toBe(true);
    expect(readdirSync(join(out, ".."))).toEqual(["model.safetensors"]);
  });

  it("makes a missing folder inside the working directory", async () => {
    const directory = folder();
    const before = process.cwd;
    process.cwd = () => directory;
    try {
      expect(await run([...argv(idxFolder()), "--out", join(directory, "a/b/model.safetensors")])).toMatchObject({ status: 0 });
    } finally {
      process.cwd = before;
    }
    expect(readFileSync(join(directory, "a/b/model.safetensors")).length).toBeGreaterThan(100);
  });

  it.each([60, 80, 120])("fits a terminal of %i columns", async (width) => {
    const { stdout, progress } = await run("train --model mlp --limit 9600 --epochs 2 --validation-split 0.1".split(" "), { width, terminal: true });
    expect(progress.length).toBeGreaterThan(0);
    for (const line of progress) expect(line.length).toBeLessThan(width);
    const lines = stdout.split("\n").filter((line) => !/^(Model|Data|Training|Kernels|Test set| {2}npx)/.test(line));
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(width);
    expect(stdout).toContain(width < 80 ? "Commonest confusions" : "Confusion matrix");
  });
});
