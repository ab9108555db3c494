import { expect, it, onTestFinished } from "vitest";
import { dataset } from "../../../src/data/index.ts";
import { ShapeError, ThreadError } from "../../../src/errors.ts";
import { Pool } from "../../../src/lab/runners/pool.node.ts";
import type { Outcome } from "../../../src/lab/runners/runner.ts";
import { trial } from "./support.ts";

/** A set whose first byte tells the threads something, and one that they write to. */
const data = () => ({
  train: dataset({ x: new Uint8Array(4).fill(9), y: [0, 1], sampleShape: [2] }),
  test: dataset({ x: new Uint8Array(16), y: [0, 1], sampleShape: [8] }),
});

function pool(workers: number, options: { signal?: AbortSignal } = {}): Pool {
  const entry = new URL("fake-worker.mjs", import.meta.url);
  const made = new Pool(data(), { workers, threads: 3, mode: "fast", name: ({ seed }) => `seed ${seed}`, entry, ...options });
  onTestFinished(() => made.close());
  return made;
}

const none = (): void => undefined;
const run = (made: Pool, seed: number, onStart = none): Promise<Outcome> => made.run(trial({ seed }), null, onStart);
const told = ({ result }: Outcome) => result as unknown as { id: string; threadId: number; threads: number; test: { accuracy: number }; start: unknown };

it("gives each trial to whoever is idle, with the data that all share", async () => {
  const made = pool(2);
  const begun: number[] = [];
  const outcomes = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => run(made, seed, () => begun.push(seed))));
  expect(outcomes.map((o) => told(o).id)).toEqual(["1", "2", "3", "4", "5", "6"]);
  expect(new Set(outcomes.map((o) => told(o).threadId)).size).toBe(2);
  expect(outcomes.map((o) => told(o).threads)).toEqual(Array(6).fill(3));
  expect(told(outcomes[0]).test.accuracy).toBe(0.9);
  expect(begun).toEqual([1, 2, 3, 4, 5, 6]);
});

it("starts no more threads than it has trials", async () => {
  const made = pool(4);
  const first = told(await run(made, 1)).threadId;
  expect(told(await run(made, 2)).threadId).toBe(first);
});

it("sends the weights that a trial starts from", async () => {
  const weights = [Float32Array.of(1, 2), Float32Array.of(3)];
  expect(told(await pool(1).run(trial(), weights, none)).start).toEqual(weights);
});

it("tries a trial again whose thread dies, and the others go on", async () => {
  const made = pool(2);
  const outcomes = await Promise.all([1, 14, 2, 3].map((seed) => run(made, seed)));
  expect(outcomes.map((o) => told(o).id)).toEqual(["1", "14", "2", "3"]);
});

it.each([
  [13, /^seed 13: got exit code 7 of its thread, twice, expected a thread that lives/],
  [15, /^seed 15: got TypeError: a fault of its thread, twice/],
])("tells when a trial loses its thread twice: seed %d", async (seed, message) => {
  const made = pool(1);
  const [failed, other] = await Promise.allSettled([run(made, seed), run(made, 1)]);
  expect(failed).toMatchObject({ status: "rejected", reason: { message: expect.stringMatching(message) } });
  expect((failed as PromiseRejectedResult).reason).toBeInstanceOf(ThreadError);
  expect(other.status).toBe("fulfilled");
});

it("gives a trial's own error, of its class and with the trial's name", async () => {
  const error = await run(pool(1), 16).catch((e) => e);
  expect(error).toBeInstanceOf(ShapeError);
  expect(error.complaint).toEqual({ where: "seed 16, dense", got: "3", expected: "4", hint: "mend" });
});

it("ends all trials when it is told to, and takes no more", async () => {
  const control = new AbortController();
  const made = pool(1, { signal: control.signal });
  const stopped = Promise.allSettled([
    new Promise<Outcome>((resolve, reject) => run(made, 17, () => control.abort("stop")).then(resolve, reject)),
    run(made, 1),
  ]);
  expect(await stopped).toEqual([
    { status: "rejected", reason: "stop" },
    { status: "rejected", reason: "stop" },
  ]);
  await expect(run(made, 1)).rejects.toBe("stop");
});

it("begins nothing when it was told to stop before", async () => {
  await expect(run(pool(1, { signal: AbortSignal.abort("early") }), 1)).rejects.toBe("early");
});

it("closes while a trial runs", async () => {
  const made = pool(1);
  const running = expect(run(made, 17)).rejects.toThrow(/pool: got the end of its work/);
  await made.close();
  await running;
});
