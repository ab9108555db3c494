/** `--model rnn`, `lstm` and `gru`: the rows of images as steps. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { loadModel } from "../../src/index.ts";
import { folder, idxFolder, run } from "./support.ts";

const small = (model: string): string[] => ["train", "--model", model, "--hidden", "12", "--epochs", "2", "--json"];

describe.each([
  ["rnn", 1, 12],
  ["lstm", 4, 48],
  ["gru", 3, 72],
])("--model %s", (name, gates, biases) => {
  it("trains, saves, evaluates and goes on from its configuration", async () => {
    const data = idxFolder();
    const out = join(folder(), "model.safetensors");
    const { status, stderr, events } = await run([...small(name), "--data", data, "--lr", "0.01", "--dropout", "0.1", "--l2", "1e-4", "--out", out]);
    expect(status, stderr).toBe(0);
    const [start, first, second, end] = events();
    // Steps of 8 pixels, 12 units, 8 classes.
    expect(start).toMatchObject({ model: name, parameters: gates * (8 * 12 + 12 * 12) + biases + 12 * 8 + 8 });
    expect(second.loss).toBeLessThan(first.loss as number);
    expect(second.penalty).toBeGreaterThan(0);

    const model = await loadModel(out);
    expect(await model.weightsSha256()).toBe(end.weightsSha256);
    const layers = (model.toJSON().layers as { className: string; config: Record<string, unknown> }[]).map(({ className }) => className);
    expect(layers).toEqual(["Reshape", { rnn: "SimpleRNN", lstm: "LSTM", gru: "GRU" }[name], "Dropout", "Dense"]);
    const [evaluated] = (await run(["evaluate", out, "--data", data, "--json"])).events();
    expect(evaluated).toMatchObject({ loss: end.testLoss, accuracy: end.testAccuracy });

    const json = join(folder(), "model.json");
    writeFileSync(json, JSON.stringify(model.toJSON()));
    const again = await run(["train", "--model", json, "--data", data, "--epochs", "2", "--schedule", "cosine", "--json"]);
    expect(again.events().at(-1)?.weightsSha256).toBe(end.weightsSha256);
  });

  it("has the same bits on 1, 2 and 3 threads", async () => {
    const data = idxFolder();
    const hashes = [];
    for (const threads of ["1", "2", "3"]) hashes.push((await run([...small(name), "--data", data, "--threads", threads])).events().at(-1)?.weightsSha256);
    expect(new Set(hashes).size).toBe(1);
  });
});

it("another activation is another model", async () => {
  const data = idxFolder();
  const end = async (...more: string[]) => (await run([...small("lstm"), "--data", data, ...more])).events().at(-1)?.weightsSha256;
  const [standard, softsign] = [await end(), await end("--activation", "softsign")];
  expect(await end("--activation", "tanh")).toBe(standard);
  expect(softsign).not.toBe(standard);
});

it("trace unrolls the steps, and draws gates, states and gradients through time", async () => {
  const data = idxFolder();
  const out = join(folder(), "trace.safetensors");
  const { status, stdout, stderr } = await run([
    "trace",
    "--model",
    "lstm",
    "--hidden",
    "5",
    "--batch-size",
    "3",
    "--data",
    data,
    "--checks",
    "1",
    "--out",
    out,
  ]);
  expect(status, stderr).toBe(0);
  // Formulas break between words.
  expect(Math.max(...stdout.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(100);
  for (const line of ["  lstm, step 0", "    ... and so on, step by step ...", "  lstm, step 7", "lstm through time, steps 0 to 7"])
    expect(stdout.split("\n")).toContain(line);
  expect(stdout).not.toContain("lstm, step 3");
  expect(stdout).toMatch(/lstm\.f\[0\] \[3,5\]/);
  expect(stdout).toMatch(/ {4}mean of f +[\d.]+ +[\d.]+ +[▁-█]{8}/);
  expect(stdout).toMatch(/ {4}\|dL\/dh\|, log bars +[\d.e-]+ +[\d.e-]+ +[▁-█]{8}/);
  const tensors = decodeSafetensors(new Uint8Array(readFileSync(out)), out).tensors;
  for (const name of ["i", "f", "candidate", "o", "h", "c"]) {
    expect(tensors.get(`step0/forward/lstm/${name}`)?.shape).toEqual([3, 8, 5]);
    expect(tensors.get(`step0/backward/lstm/${name}`)?.shape).toEqual([3, 8, 5]);
  }
  const events = (await run(["trace", "--model", "gru", "--hidden", "5", "--batch-size", "3", "--data", data, "--checks", "0", "--json"])).events();
  const sequences = events.filter(({ event }) => event === "sequence");
  expect(sequences.map(({ layer, name }) => `${layer}/${name}`).sort()).toEqual(["gru/candidate", "gru/h", "gru/r", "gru/z"]);
  for (const { means, norms, gradientNorms } of sequences) for (const values of [means, norms, gradientNorms]) expect(values).toHaveLength(8);
});
