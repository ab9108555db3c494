import { availableParallelism } from "node:os";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { progressLine } from "../../src/callbacks/progress-line.ts";
import { drawConfusion } from "../../src/cli/confusion.ts";
import { drawMistakes } from "../../src/cli/pictures.ts";
import { dataset } from "../../src/data/index.ts";
import { bytes, duration } from "../../src/format.ts";
import type { StepReport } from "../../src/model/history.ts";
import { version } from "../../src/runtime/version.node.ts";
import { captured, run } from "./support.ts";

const report = (parts: Partial<StepReport> = {}): StepReport => ({
  step: 99,
  epoch: 3,
  stepInEpoch: 100,
  stepsPerEpoch: 1875,
  epochs: 29,
  samplesInEpoch: 60_000,
  loss: 0.5,
  learningRate: 0.001,
  epochLoss: 0.4321,
  epochAccuracy: 0.91,
  epochMetrics: { loss: 0.4321, accuracy: 0.91 },
  samplesPerSecond: 123_456,
  ...parts,
});

describe("the live line", () => {
  it("never reaches the last column", () => {
    for (let width = 1; width < 200; width++) {
      for (const parts of [{}, { epochLoss: 1e30, stepsPerEpoch: 1e6, samplesPerSecond: 1e-3 }, { epochAccuracy: null }, { samplesPerSecond: 0 }]) {
        expect(progressLine(report(parts), width).length).toBeLessThan(Math.max(width, 1));
      }
    }
  });

  it("tells more where there is room", () => {
    expect(progressLine(report(), 200)).toMatch(/^epoch 3\/29 {2}━+─+ {4}100\/1,875 {2}loss 0\.4321 {2}acc {2}91\.00 % {2}123,456 samples\/s {2}13 s left/);
    expect(progressLine(report(), 40)).toBe("epoch 3/29  loss 0.4321  acc  91.00 %");
  });

  it("tells of an epoch without a known end what there is to tell", () => {
    const endless = report({ stepsPerEpoch: Number.POSITIVE_INFINITY, samplesInEpoch: Number.POSITIVE_INFINITY });
    expect(progressLine(endless, 200)).toBe("epoch 3/29  step 100  loss 0.4321  acc  91.00 %");
    expect(progressLine(endless, 20)).toBe("epoch 3/29  step 10");
  });
});

it("tells durations and sizes", () => {
  expect([0.034, 0.7, 2.1, 9.96, 59.4, 65, 3725, Number.NaN].map(duration)).toEqual([
    "0.03 s",
    "0.70 s",
    "2.1 s",
    "10 s",
    "59 s",
    "1 min 5 s",
    "1 h 2 min",
    "?",
  ]);
  expect([12, 1234, 1_234_567, 2.5e9].map(bytes)).toEqual(["12 B", "1.2 kB", "1.2 MB", "2.5 GB"]);
});

describe("the confusion matrix", () => {
  const matrix = [
    [98, 2, 0],
    [0, 0, 0],
    [5, 0, 95],
  ];

  it("has a row for each truth", () => {
    expect(drawConfusion(matrix, captured().io).split("\n").slice(1)).toEqual([
      "        0   1   2   correct",
      "    0  98   2   ·    98.0 %",
      "    1   ·   0   ·         -",
      "    2   5   ·  95    95.0 %",
    ]);
  });

  it("is a list where it would be too wide", () => {
    expect(drawConfusion(matrix, captured({ width: 20 }).io).split("\n")).toEqual([
      "Commonest confusions",
      "  true 2, said 0: 5 times",
      "  true 0, said 1: 2 times",
    ]);
  });
});

describe("pictures of mistakes", () => {
  // A white square in the middle of 6x6, the second one pixel larger.
  const images = [2, 3].map((size) => Uint8Array.from({ length: 36 }, (_, i) => (i % 6 >= 2 && i % 6 < 2 + size && i >= 12 && i < 12 + 6 * size ? 255 : 0)));
  const data = dataset({ x: Uint8Array.from(images.flatMap((image) => [...image])), y: Uint8Array.of(0, 1), sampleShape: [6, 6, 1] });
  const mistakes = [
    { index: 1, truth: 1, said: 0, probability: 0.97, given: 0.01 },
    { index: 0, truth: 0, said: 1, probability: 0.6, given: 0.4 },
  ];

  it("stand side by side without the margins they share", () => {
    expect(drawMistakes(mistakes, data, captured().io).split("\n")).toEqual([
      "███                    ██",
      "▀▀▀",
      "true 1, said 0 (97 %)  true 0, said 1 (60 %)",
    ]);
  });

  it("stand one below the other where it is narrow", () => {
    expect(drawMistakes(mistakes, data, captured({ width: 30 }).io).split("\n")).toHaveLength(6);
  });

  it("have shades on a terminal, and the same characters", () => {
    const text = drawMistakes(mistakes, data, captured({ colours: true }).io);
    expect(text).toContain("\x1b[38;5;255;48;5;232m▀");
    expect(
      stripVTControlCharacters(text)
        .split("\n")
        .map((line) => line.trimEnd()),
    ).toEqual(drawMistakes(mistakes, data, captured().io).split("\n"));
  });

  it("are left out where there are none", () => {
    expect(drawMistakes([], data, captured().io)).toBe("");
  });
});

it("info tells engine, kernels and sizes", async () => {
  const { status, events } = await run(["info", "--json"]);
  expect(status).toBe(0);
  expect(events()).toEqual([
    expect.objectContaining({
      event: "info",
      version: version(),
      engine: "Node",
      engineVersion: process.versions.node,
      simd: true,
      threads: Math.min(availableParallelism(), 8),
      modules: ["simd", "relaxed", "simd-shared", "relaxed-shared"].map((name) => expect.objectContaining({ name })),
    }),
  ]);
  expect((await run(["info"])).stdout).toMatch(/^gradiente +[\d.]+\nengine +Node [\s\S]*relaxed-shared +[\d.]+ kB, [\d.]+ kB gzip$/);
});
