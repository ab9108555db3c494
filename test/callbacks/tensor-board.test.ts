/** The files that tensorBoard writes, read here by the rules of their format. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ConfigError, FileError, type FitOptions, type TensorBoardOptions, tensorBoard } from "../../src/index.ts";
import { lines, smallModel } from "../model/support.ts";

const data = lines(96);

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "gradiente-tensorboard-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const train = (options: TensorBoardOptions, more: FitOptions = {}) =>
  smallModel()
    .compile({ loss: "sparseCategoricalCrossentropy", metrics: ["accuracy", "f1"] })
    .fit(data, { epochs: 3, batchSize: 24, validationData: data, ...more, callbacks: [tensorBoard(options)] });

/** Fields of a message: numbers, floats, or bytes. */
function fields(message: Buffer): [number, number | Buffer][] {
  const found: [number, number | Buffer][] = [];
  let at = 0;
  const varint = (): number => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = message[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const type = key & 7;
    if (type === 0) found.push([key >> 3, varint()]);
    else if (type === 1) found.push([key >> 3, message.readDoubleLE((at += 8) - 8)]);
    else if (type === 5) found.push([key >> 3, message.readFloatLE((at += 4) - 4)]);
    else {
      const length = varint();
      found.push([key >> 3, message.subarray(at, (at += length))]);
    }
  }
  return found;
}

interface Read {
  readonly step: number;
  readonly tag: string;
  /** NaN for histograms. */
  readonly value: number;
}

/** What a run's newest file says, and where it tells to start again. */
function read(directory: string, run: string): { files: number; values: Read[]; restart: number | null } {
  const names = readdirSync(join(directory, run)).sort();
  const bytes = readFileSync(join(directory, run, names.at(-1) as string));
  const values: Read[] = [];
  let restart: number | null = null;
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    const event = fields(bytes.subarray(at + 12, at + 12 + length));
    at += 16 + length;
    const step = (event.find(([field]) => field === 2)?.[1] ?? 0) as number;
    if (event.some(([field]) => field === 7)) restart = step;
    for (const [field, summary] of event) {
      if (field !== 5) continue;
      for (const [, value] of fields(summary as Buffer)) {
        const parts = new Map(fields(value as Buffer));
        values.push({ step, tag: String(parts.get(1)), value: (parts.get(2) ?? Number.NaN) as number });
      }
    }
  }
  return { files: names.length, values, restart };
}

it("writes epochs, steps and histograms", async () => {
  const directory = folder();
  const { epochs } = await train({ directory, histograms: 2, updateFreq: 3 });
  const { values, files, restart } = read(directory, "train");
  expect([files, restart]).toEqual([1, null]);
  for (const name of ["loss", "accuracy", "f1"]) {
    expect(values.filter(({ tag }) => tag === `epoch_${name}`)).toEqual(
      epochs.map(({ metrics }, step) => ({ step, tag: `epoch_${name}`, value: Math.fround(metrics[name]) })),
    );
  }
  expect(values.filter(({ tag }) => tag === "epoch_learning_rate").map(({ value }) => value)).toEqual(epochs.map((e) => Math.fround(e.learningRate)));
  expect(values.filter(({ tag }) => tag.endsWith("/histogram")).map(({ step, tag }) => `${step} ${tag}`)).toEqual([
    "1 dense/kernel/histogram",
    "1 dense/bias/histogram",
    "1 dense_1/kernel/histogram",
    "1 dense_1/bias/histogram",
  ]);
  const validation = read(directory, "validation").values.filter(({ tag }) => tag === "epoch_f1");
  expect(validation.map(({ value }) => value)).toEqual(epochs.map(({ valMetrics }) => Math.fround(valMetrics?.f1 as number)));
  expect(
    read(directory, "steps")
      .values.filter(({ tag }) => tag === "batch_loss")
      .map(({ step }) => step),
  ).toEqual([2, 5, 8, 11]);
});

it("goes on in a new file, which tells what of the old one is void", async () => {
  const directory = folder();
  const checkpoint = { directory: folder() };
  const signal = { aborted: false };
  let steps = 0;
  await train({ directory, updateFreq: 1 }, { checkpoint, signal, onStep: () => void (signal.aborted = ++steps === 6) });
  await train({ directory, updateFreq: 1 }, { checkpoint, resume: true });
  const { files, restart, values } = read(directory, "train");
  expect([files, restart]).toEqual([2, 1]);
  expect(values.filter(({ tag }) => tag === "epoch_loss").map(({ step }) => step)).toEqual([1, 2]);
  expect(read(directory, "steps").restart).toBe(6);
});

it("refuses what it cannot do", async () => {
  expect(() => tensorBoard({ directory: "" })).toThrow(ConfigError);
  expect(() => tensorBoard({ directory: "x", histograms: -1 })).toThrow("histograms = -1");
  expect(() => tensorBoard({ directory: "x", updateFreq: 0 })).toThrow("updateFreq = 0");
  const file = join(folder(), "file");
  writeFileSync(file, "");
  await expect(train({ directory: file })).rejects.toThrow(FileError);
  // The folder goes while the fit runs, as a disk may.
  const directory = folder();
  await expect(train({ directory }, { onEpoch: () => rmSync(directory, { recursive: true, force: true }) })).rejects.toThrow(FileError);
});
