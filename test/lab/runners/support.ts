/** Made-up environments, trials and lines. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Settings } from "../../../src/lab/definition/settings.ts";
import type { Environment } from "../../../src/lab/runners/environment.ts";
import type { Line } from "../../../src/lab/runners/line.ts";
import type { Trial, TrialResult } from "../../../src/lab/trials/trial.ts";
import { trialId } from "../../../src/lab/trials/trial-id.ts";

/** A folder that goes when the test ends. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "gradiente-lab-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export const environment: Environment = { mode: "fast", kernels: "simd", engine: "node 1", wasm: "aa", probe: "bb", samples: "cc", version: "1.2.3" };

export const study = { name: "made-up", digest: "d".repeat(64) };

const settings: Settings = {
  model: "softmax",
  hidden: 128,
  activation: "relu",
  dropout: 0,
  l1: 0,
  l2: 0,
  initializer: "glorotUniform",
  normalization: "none",
  scaling: "unit",
  optimizer: "sgd",
  learningRate: 0.1,
  schedule: "constant",
  loss: "sparseCategoricalCrossentropy",
  batchSize: 32,
  shuffle: true,
  epochs: 1,
};

/** A trial; what is not said is made up. */
export function trial(parts: Partial<Omit<Trial, "settings">> & { settings?: Partial<Settings> } = {}): Trial {
  return {
    seed: 1,
    role: "report",
    data: { name: "mnist", limit: null, validation: 0 },
    start: null,
    keepsWeights: false,
    validations: 0,
    measures: [],
    ...parts,
    settings: { ...settings, ...parts.settings },
  };
}

/** A result that nothing gave. */
export function result(id: string, accuracy = 0.5): TrialResult {
  const score = { loss: 1, accuracy };
  return {
    id,
    divergedAt: null,
    steps: 10,
    parameters: 100,
    epochs: [{ loss: 1, accuracy, valLoss: null, valAccuracy: null }],
    curve: [],
    validation: null,
    training: score,
    test: score,
    correct: "AA==",
    weightsSha256: "ee",
    diagnostics: null,
    seconds: { training: 1, wall: 2 },
  };
}

/** A line of results.jsonl, of a trial that differs from those under other names. */
export function line(name: string, parts: Partial<Line> = {}): Line {
  const own = trial({ start: name });
  const id = trialId(own);
  return { id, study: study.name, digest: study.digest, trial: own, ...environment, result: result(id), ...parts };
}
