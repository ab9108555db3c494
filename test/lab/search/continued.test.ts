/** A trial that goes on from the checkpoint of a shorter one is the trial that was trained from the beginning, bit for bit. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { completeSettings, type Settings } from "../../../src/lab/definition/settings.ts";
import { runContinued } from "../../../src/lab/runners/continued.node.ts";
import { runTrial } from "../../../src/lab/trials/run-trial.ts";
import type { Trial, TrialResult } from "../../../src/lab/trials/trial.ts";
import { createRuntime } from "../../../src/runtime/runtime.ts";
import { lines } from "../../model/support.ts";
import { folder } from "../runners/support.ts";

const data = { train: lines(320), test: lines(80) };
const runtime = await createRuntime({ threads: 1 });

const trial = (epochs: number, settings: Partial<Settings> = {}, parts: Partial<Trial> = {}): Trial => ({
  settings: completeSettings({ hidden: 16, batchSize: 16, epochs, ...settings }),
  seed: 3,
  role: "tune",
  data: { name: "lines", limit: null, validation: 0.1 },
  start: null,
  keepsWeights: false,
  validations: 0,
  measures: [],
  ...parts,
});

const run = async (asked: Trial, checkpoint: string | null): Promise<TrialResult> =>
  (await runContinued(asked, { data, runtime, start: null, checkpoint })).result;

/** Without times, and without where it went on. */
function same({ seconds: _, resumedAt: __, curve, ...rest }: TrialResult): unknown {
  return { ...rest, curve: curve.map(({ seconds: _, ...point }) => point) };
}

describe("continued", () => {
  it.each<[string, Partial<Settings>]>([
    ["Adam, dropout", {}],
    ["momentum, penalty, batch normalization", { optimizer: "momentum", learningRate: 0.03, l2: 1e-4, normalization: "batch" }],
    ["a schedule that does not depend on the end", { optimizer: "sgd", learningRate: 0.1, schedule: "step:0.5@1" }],
    ["AdamW, steps over the whole set", { optimizer: "adamw", batchSize: "full", learningRate: 0.01 }],
    ["lstm", { model: "lstm", hidden: 4, learningRate: 0.002 }],
  ])("over three rungs: %s", async (_, settings) => {
    const checkpoint = folder();
    let resumedAt = 0;
    for (const epochs of [1, 3, 5]) {
      const [continued, whole] = [await run(trial(epochs, settings), checkpoint), await run(trial(epochs, settings), null)];
      expect(same(continued)).toEqual(same(whole));
      expect(continued.resumedAt ?? 0).toBe(resumedAt);
      expect(whole).not.toHaveProperty("resumedAt");
      expect(continued.epochs).toHaveLength(epochs);
      // One file: of the end.
      expect(readdirSync(checkpoint)).toHaveLength(1);
      resumedAt = epochs;
    }
  });

  it("with a learning curve and scores of the test set", async () => {
    const checkpoint = folder();
    const parts = { role: "report", validations: 2 } as const;
    await run(trial(1, {}, parts), checkpoint);
    const [continued, whole] = [await run(trial(2, {}, parts), checkpoint), await run(trial(2, {}, parts), null)];
    expect(whole.curve).toHaveLength(4);
    expect(same(continued)).toEqual(same(whole));
    expect(continued.resumedAt).toBe(1);
  });

  it("a trial that diverged leaves nothing to go on from", async () => {
    const checkpoint = folder();
    const wild = { optimizer: "sgd", learningRate: 1e20, activation: "linear", dropout: 0 } as const;
    const [first, whole] = [await run(trial(1, wild), checkpoint), await run(trial(3, wild), null)];
    expect(first.divergedAt).not.toBeNull();
    expect(existsSync(checkpoint)).toBe(false);
    const again = await run(trial(3, wild), checkpoint);
    expect(same(again)).toEqual(same(whole));
  });
});

describe("a checkpoint that is of no use: the trial begins anew", () => {
  it.each<[string, (checkpoint: string) => unknown]>([
    ["none", () => undefined],
    ["of another seed", (checkpoint) => run({ ...trial(1), seed: 4 }, checkpoint)],
    ["of other settings", (checkpoint) => run(trial(1, { hidden: 8 }), checkpoint)],
    ["behind the end", (checkpoint) => run(trial(4), checkpoint)],
    [
      "damaged",
      async (checkpoint) => {
        await run(trial(1), checkpoint);
        const file = join(checkpoint, readdirSync(checkpoint)[0]);
        const bytes = readFileSync(file);
        bytes[bytes.length - 9] ^= 1;
        writeFileSync(file, bytes);
      },
    ],
    ["torn", (checkpoint) => writeFileSync(join(checkpoint, "checkpoint-0000000018.safetensors"), "tor")],
  ])("%s", async (_, prepare) => {
    const checkpoint = folder();
    await prepare(checkpoint);
    const result = await run(trial(2), checkpoint);
    expect(result).not.toHaveProperty("resumedAt");
    expect(same(result)).toEqual(same(await run(trial(2), null)));
  });

  it("runTrial itself says so", async () => {
    const checkpoint = folder();
    await run(trial(1, { hidden: 8 }), checkpoint);
    await expect(runTrial(trial(2), { data, runtime, start: null, checkpoint })).rejects.toThrow(/resuming from .*: got another run/);
  });
});
