/** Studies and results made up for tests: what is asked is recorded, what comes of it is known. */

import type { Factor, Settings } from "../../src/lab/definition/settings.ts";
import type { Cell, Printed, Study } from "../../src/lab/definition/study.ts";
import type { Arm, CellRun, Execute } from "../../src/lab/protocols/protocol.ts";
import type { Conditions } from "../../src/lab/summary/index.ts";
import type { Trial, TrialResult } from "../../src/lab/trials/trial.ts";
import { deriveKey, fillNormal } from "../../src/random.ts";

export const settings: Settings = {
  model: "mlp",
  hidden: 128,
  activation: "relu",
  dropout: 0.2,
  l1: 0,
  l2: 0,
  initializer: "glorotUniform",
  normalization: "none",
  scaling: "minMax" as Settings["scaling"],
  optimizer: "adam",
  learningRate: null,
  schedule: "constant",
  loss: "sparseCategoricalCrossentropy",
  batchSize: 32,
  shuffle: true,
  epochs: 5,
};

/** A study whose cells are the cross of some factors, the first one slowest; all cells printed as `printed` says. */
export function fakeStudy(
  factors: Partial<Record<Factor, readonly unknown[]>>,
  options: Partial<Study> = {},
  printed: (cell: Settings) => Omit<Printed, "settings"> | null = () => null,
): Study {
  const names = Object.keys(factors) as Factor[];
  let levels: unknown[][] = [[]];
  for (const name of names) levels = levels.flatMap((before) => factors[name]!.map((level) => [...before, level]));
  const cells = levels.map((own, index): Cell => {
    const full = { ...settings, ...Object.fromEntries(names.map((name, i) => [name, own[i]])) } as Settings;
    return { index, label: own.map(String).join(", "), levels: own.map(String), settings: full, printed: printed(full) };
  });
  const optimizers = [...new Set(cells.map((cell) => cell.settings.optimizer))];
  return {
    name: "fake",
    title: "Fake",
    question: "Which is best?",
    data: "mnist",
    limit: null,
    validation: 0.1,
    tune: true,
    rates: Object.fromEntries(optimizers.map((optimizer) => [optimizer, [0.00001, 0.0000316, 0.0001, 0.000316, 0.001, 0.00316, 0.01]])),
    carry: names.includes("optimizer") ? "optimizer" : null,
    target: null,
    measures: [],
    analyses: [],
    printed: [],
    printedNote: null,
    axes: names.map((factor) => ({ factor, levels: factors[factor]!.map(String) })),
    cells,
    printedCells: cells,
    quick: false,
    digest: "d".repeat(64),
    ...options,
  };
}

/** Bits of which the first in an order that `shift` turns are set, as `results.jsonl` has them. */
export function bitsOf(right: readonly boolean[]): string {
  const bytes = new Uint8Array(Math.ceil(right.length / 8));
  right.forEach((yes, i) => {
    if (yes) bytes[i >> 3] |= 1 << (i & 7);
  });
  return Buffer.from(bytes).toString("base64");
}

/** A result with these scores; null: it diverged. */
export function result(id: string, accuracy: number | null, more: Partial<TrialResult> = {}): TrialResult {
  const score = accuracy === null ? null : { loss: 1 - accuracy, accuracy };
  return {
    id,
    divergedAt: accuracy === null ? 3 : null,
    steps: 100,
    parameters: 1000,
    epochs: [],
    curve: [],
    validation: score,
    training: score,
    test: score,
    correct: null,
    weightsSha256: id.padEnd(64, "0"),
    diagnostics: null,
    seconds: { training: 1, wall: 2 },
    ...more,
  };
}

/** Answers trials by `give`, with ids t0, t1 ... in the order asked, and keeps what was asked. */
export function fakeExecute(give: (trial: Trial) => number | null): {
  execute: Execute;
  asked: { phase: string; trials: readonly Trial[] }[];
  idOf: Map<Trial, string>;
} {
  const asked: { phase: string; trials: readonly Trial[] }[] = [];
  const idOf = new Map<Trial, string>();
  const execute: Execute = async (trials, phase) => {
    asked.push({ phase, trials });
    return trials.map((trial) => {
      const id = `t${idOf.size}`;
      idOf.set(trial, id);
      return result(id, give(trial));
    });
  };
  return { execute, asked, idOf };
}

/** Test images of {@link fakeArm}. */
export const IMAGES = 1000;

/** What `results.jsonl` would say of a run with this accuracy: two thirds of the images it gets wrong are the same for all, the rest hang on `salt`. */
export function run(id: string, accuracy: number | null, salt: number, more: Partial<TrialResult> = {}): TrialResult {
  if (accuracy === null) return result(id, null, more);
  const right = new Array<boolean>(IMAGES).fill(true);
  const wrong = Math.round((1 - accuracy) * IMAGES);
  const common = Math.round((2 * wrong) / 3);
  right.fill(false, 0, common);
  for (let left = wrong - common, at = common + ((salt * 7919) % (IMAGES - common)); left > 0; at = at + 1 === IMAGES ? common : at + 1) {
    if (!right[at]) continue;
    right[at] = false;
    left--;
  }
  return result(id, 1 - wrong / IMAGES, { correct: bitsOf(right), ...more });
}

/** A standard normal number for a place: always the same one. */
export function noise(...place: number[]): number {
  const out = [0];
  fillNormal(out, 1, deriveKey(1, ...place));
  return out[0];
}

/** An arm whose cells have the accuracies that `give` says. */
export function fakeArm(
  study: Study,
  seeds: number,
  give: (cell: Cell, seed: number) => number | null,
  more: Partial<Arm> & { result?: (cell: Cell, seed: number) => Partial<TrialResult>; run?: (cell: Cell) => Partial<CellRun> } = {},
): Arm {
  const { result: extra = () => ({}), run: also = () => ({}), ...arm } = more;
  const numbers = Array.from({ length: seeds }, (_, s) => s + 1);
  return {
    name: "fair",
    explanation: "Made up.",
    seeds: numbers,
    runs: study.cells.map((cell) => ({
      cell,
      learningRate: 0.001,
      tuning: null,
      results: numbers.map((seed) => run(`${cell.index}-${seed}`, give(cell, seed), 31 * cell.index + seed, extra(cell, seed))),
      ...also(cell),
    })),
    ...arm,
  };
}

/** Of a run of {@link IMAGES} test images. */
export const conditions: Conditions = {
  data: "mnist",
  trainSamples: 60_000,
  validationSamples: 6000,
  testSamples: IMAGES,
  mode: "fast",
  kernels: "relaxed",
  engine: "v8",
  wasm: "a".repeat(64),
  probe: "b".repeat(64),
  version: "1.2.3",
};
