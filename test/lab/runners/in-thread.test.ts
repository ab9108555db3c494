import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/errors.ts";
import { inThread } from "../../../src/lab/runners/in-thread.ts";
import { Pool } from "../../../src/lab/runners/pool.node.ts";
import type { Outcome } from "../../../src/lab/runners/runner.ts";
import type { Trial } from "../../../src/lab/trials/trial.ts";
import { createRuntime } from "../../../src/runtime/runtime.ts";
import { lines } from "../../model/support.ts";
import { trial } from "./support.ts";

const data = { train: lines(240), test: lines(80) };
const name = ({ seed }: Trial): string => `seed ${seed}`;
const none = (): void => undefined;
const here = async (signal?: AbortSignal) => inThread(data, await createRuntime({ threads: 1 }), { name, signal });

const timeless = ({ result: { seconds, curve, ...result }, weights }: Outcome) => {
  expect(seconds.wall).toBeGreaterThan(0);
  return { result: { ...result, curve: curve.map((point) => ({ ...point, seconds: null })) }, weights };
};

describe("a runner in this thread", () => {
  it.each(["fast", "deterministic"] as const)("gives the same bits as a pool whose workers have two threads each: mode %s", async (mode) => {
    const settings = { model: "mlp", hidden: 16, dropout: 0.3, epochs: 2, optimizer: "adam", learningRate: 0.01 };
    const use = { name: "lines", limit: 200, validation: 0.1 };
    const first = trial({ settings, data: use, keepsWeights: true, validations: 2 });
    const runtime = await createRuntime({ mode, threads: 1 });
    const runners = [inThread(data, runtime, { name }), new Pool(data, { workers: 2, threads: 2, mode, name })];
    const outcomes = [];
    for (const runner of runners) {
      const one = await runner.run(first, null, none);
      const start = one.weights?.map(({ data }) => data) ?? null;
      const more = await Promise.all([2, 3].map((seed) => runner.run(trial({ settings, data: use, seed, start: one.result.id }), start, none)));
      outcomes.push([one, ...more].map(timeless));
      await runner.close();
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[0][0].result.test?.accuracy).toBeGreaterThan(0.3);
    expect(outcomes[0][0].result.weightsSha256).not.toBe(outcomes[0][1].result.weightsSha256);
  });

  it("runs one after another, in order", async () => {
    const runner = await here();
    const told: string[] = [];
    const run = async (seed: number): Promise<void> => {
      await runner.run(trial({ seed }), null, () => told.push(`begin ${seed}`));
      told.push(`end ${seed}`);
    };
    await Promise.all([run(1), run(2)]);
    expect(told).toEqual(["begin 1", "end 1", "begin 2", "end 2"]);
  });

  it("names the trial of an error, and goes on with the next", async () => {
    const runner = await here();
    const [failed, other] = await Promise.allSettled([runner.run(trial({ seed: 4 }), [[1, 2, 3]], none), runner.run(trial(), null, none)]);
    expect(failed).toMatchObject({ status: "rejected", reason: { message: expect.stringMatching(/^seed 4, setWeights/) } });
    expect(other.status).toBe("fulfilled");
    await expect(runner.run(trial({ settings: { optimizer: "none" } }), null, none)).rejects.toThrow(ConfigError);
  });

  it("ends the trial that runs when it is told to, and begins no other", async () => {
    const control = new AbortController();
    const runner = await here(control.signal);
    const long = runner.run(trial({ settings: { epochs: 1_000_000 } }), null, () => control.abort("stop"));
    expect(await Promise.allSettled([long, runner.run(trial(), null, none)])).toEqual(Array(2).fill({ status: "rejected", reason: "stop" }));
  });
});
