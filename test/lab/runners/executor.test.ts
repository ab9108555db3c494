import { expect, it } from "vitest";
import type { CarriedWeights } from "../../../src/lab/runners/carried.node.ts";
import { type ExecutorParts, executor } from "../../../src/lab/runners/executor.node.ts";
import { faultOf, type Line } from "../../../src/lab/runners/line.ts";
import type { ResultsFile } from "../../../src/lab/runners/results-file.node.ts";
import type { Runner } from "../../../src/lab/runners/runner.ts";
import type { Trial } from "../../../src/lab/trials/trial.ts";
import { trialId } from "../../../src/lab/trials/trial-id.ts";
import { environment, line, result, study, trial } from "./support.ts";

/** An executor whose runner takes a turn of the event loop for each trial. */
function made(workers: number, parts: Partial<ExecutorParts> = {}) {
  const lines = new Map<string, Line>();
  const file = { lines, append: async (line: Line) => void lines.set(line.id, line) } as unknown as ResultsFile;
  const folders: unknown[] = [];
  const held = { now: 0, most: 0 };
  const carried = {
    claim: () => undefined,
    async of() {
      held.most = Math.max(held.most, ++held.now);
      return [[1]];
    },
  } as unknown as CarriedWeights;
  const runner: Runner = {
    workers,
    async run(asked, start, onStart, checkpoint) {
      folders.push(checkpoint);
      onStart();
      await new Promise((resolve) => setImmediate(resolve));
      if (start !== null) held.now--;
      if (asked.seed === 13) throw new Error("unlucky");
      return { result: result(trialId(asked)), weights: null };
    },
    close: async () => undefined,
  };
  const execute = executor({
    study,
    environment,
    file,
    carried,
    runner,
    others: new Map(),
    name: ({ seed }) => `${seed}`,
    onProgress: () => undefined,
    ...parts,
  });
  return { execute, held, lines, folders };
}

const from = (start: string | null, count: number) => Array.from({ length: count }, (_, i) => trial({ seed: 100 + i, start }));

it("holds the weights that trials start from for few of those who wait, and runs all", async () => {
  const { execute, held, lines } = made(3);
  const asked = [...from("0123456789abcdef", 50), ...from(null, 5)];
  const results = await execute(asked, "carried");
  expect(results.map(({ id }) => id)).toEqual(asked.map(trialId));
  expect(lines.size).toBe(55);
  expect(held).toEqual({ now: 0, most: 6 });
});

it("a trial that fails keeps nobody from running", async () => {
  const { execute, lines } = made(1);
  const asked = [trial({ seed: 13, start: "0123456789abcdef" }), ...from("0123456789abcdef", 9)];
  await expect(execute(asked, "carried")).rejects.toThrow("unlucky");
  await expect(execute(asked.slice(1), "again")).resolves.toHaveLength(9);
  expect(lines.size).toBe(9);
});

it("keeps what is said of a trial that fails, where others are to go on", async () => {
  const failed = (asked: Trial, error: unknown) => ({ ...result(trialId(asked)), failure: (error as Error).message });
  const { execute, lines } = made(2, { failed });
  const asked = [trial({ seed: 13 }), ...from(null, 3)];
  const results = await execute(asked, "search");
  expect(results.map(({ failure }) => failure)).toEqual(["unlucky", undefined, undefined, undefined]);
  expect([...lines.values()].find(({ trial }) => trial.seed === 13)?.result.failure).toBe("unlucky");
  expect(faultOf([...lines.values()][0])).toBeNull();
});

it("does not take over a failure from another study", async () => {
  const other = line("x", { trial: trial({ seed: 5 }), id: trialId(trial({ seed: 5 })) });
  const others = new Map([[other.id, { ...other, result: { ...other.result, failure: "no memory there" } }]]);
  const [answered] = await made(1, { others }).execute([trial({ seed: 5 })], "search");
  expect(answered.failure).toBeUndefined();
});

it("tells each trial its folder of checkpoints", async () => {
  const { execute, folders } = made(1, { checkpoint: ({ seed }) => (seed === 100 ? null : `c${seed}`) });
  await execute(from(null, 2), "search");
  expect(folders).toEqual([null, "c101"]);
});
