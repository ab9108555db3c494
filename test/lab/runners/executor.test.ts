import { expect, it } from "vitest";
import type { CarriedWeights } from "../../../src/lab/runners/carried.node.ts";
import { executor } from "../../../src/lab/runners/executor.node.ts";
import type { Line } from "../../../src/lab/runners/line.ts";
import type { ResultsFile } from "../../../src/lab/runners/results-file.node.ts";
import type { Runner } from "../../../src/lab/runners/runner.ts";
import { trialId } from "../../../src/lab/trial-id.ts";
import { environment, result, study, trial } from "./support.ts";

/** An executor whose runner takes a turn of the event loop for each trial. */
function made(workers: number) {
  const lines = new Map<string, Line>();
  const file = { lines, append: async (line: Line) => void lines.set(line.id, line) } as unknown as ResultsFile;
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
    async run(asked, start, onStart) {
      onStart();
      await new Promise((resolve) => setImmediate(resolve));
      if (start !== null) held.now--;
      if (asked.seed === 13) throw new Error("unlucky");
      return { result: result(trialId(asked)), weights: null };
    },
    close: async () => undefined,
  };
  const execute = executor({ study, environment, file, carried, runner, others: new Map(), name: ({ seed }) => `${seed}`, onProgress: () => undefined });
  return { execute, held, lines };
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
