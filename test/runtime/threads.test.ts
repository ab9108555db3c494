/** Any number of threads trains to the same bits, and what goes wrong in a thread is told. */
import { afterEach, describe, expect, it } from "vitest";
import { type Dataset, dataset } from "../../src/data/index.ts";
import {
  adam,
  conv2d,
  createRuntime,
  dense,
  flatten,
  type Layer,
  type Mode,
  maxPool2d,
  type Optimizer,
  type Runtime,
  reshape,
  sequential,
  sgd,
  ThreadError,
} from "../../src/index.ts";
import { KERNELS } from "../../src/program/kernels/index.ts";
import { deriveKey, fillUniform } from "../../src/random.ts";
import { Control, LINE, LINES, type TeamExports } from "../../src/runtime/control.ts";
import type { Block } from "../../src/runtime/memory.ts";
import { hasRelaxedSimd } from "../../src/runtime/probe.ts";
import type { Team } from "../../src/runtime/team.ts";
import { ArgumentKind, type Share, Walker } from "../../src/runtime/walk.ts";
import { carryRound } from "./barrier.ts";

const runtimes: Runtime[] = [];
const runtimeOf = async (options: Parameters<typeof createRuntime>[0]): Promise<Runtime> => {
  const runtime = await createRuntime(options);
  runtimes.push(runtime);
  return runtime;
};
afterEach(async () => {
  await Promise.all(runtimes.splice(0).map((runtime) => runtime.dispose()));
});

/** Images of bytes, mostly zeros or none; labels that can be learnt. */
function images(count: number, pixels: number, zeros: number): Dataset {
  const random = new Float32Array(count * pixels);
  fillUniform(random, random.length, deriveKey(5));
  const x = Uint8Array.from(random, (u) => (u < zeros ? 0 : 1 + Math.floor(u * 254)));
  return dataset({ x, y: Uint8Array.from({ length: count }, (_, i) => x[i * pixels] % 10), sampleShape: [pixels], classes: 10 });
}

const sparse = images(330, 784, 0.8);
const full = images(330, 784, 0);

const mlp = (): Layer[] => [dense(130, { activation: "relu" }), dense(10, { activation: "softmax" })];
const cnn = (): Layer[] => [
  reshape([28, 28, 1]),
  conv2d(8, 3, { activation: "relu" }),
  maxPool2d(2),
  conv2d(12, 3, { activation: "relu", padding: "same" }),
  flatten(),
  dense(10, { activation: "softmax" }),
];

interface Run {
  readonly layers?: () => Layer[];
  readonly data: Dataset;
  readonly optimizer: () => Optimizer;
  readonly batchSize: number | "full";
  readonly microBatch?: number;
}

const runs: Record<string, Run> = {
  "lists, plain descent fused with the gradient": { data: sparse, optimizer: () => sgd(), batchSize: 33 },
  "lists, Adam, batches of whole shards": { data: sparse, optimizer: () => adam(), batchSize: 32 },
  "dense products, Adam, a last batch of 3": { data: full, optimizer: () => adam(), batchSize: 109 },
  "a convolutional network": { layers: cnn, data: sparse, optimizer: () => adam(), batchSize: 37 },
  "a full batch in passes": { data: sparse, optimizer: () => sgd({ learningRate: 0.1, momentum: 0.9 }), batchSize: "full", microBatch: 50 },
};

async function train(threads: number, mode: Mode, { layers = mlp, data, optimizer, batchSize, microBatch }: Run): Promise<string> {
  const runtime = await runtimeOf({ threads, mode });
  expect(runtime.threads).toBe(threads);
  const model = sequential({ inputShape: [784], seed: 3, runtime }, layers());
  model.compile({ optimizer: optimizer(), loss: "sparseCategoricalCrossentropy" });
  await model.fit(data, { epochs: 2, batchSize, microBatch });
  const { loss } = await model.evaluate(data);
  const output = await model.predict(data.take(70));
  // The test is of threads, so they must have been worth it.
  expect(runtime.team === null).toBe(threads === 1);
  return `${await model.weightsSha256()} ${loss} ${output.reduce((a, b) => a + b, 0)}`;
}

describe.each(["deterministic", "fast"] as const)("mode %s", (mode) => {
  if (mode === "fast" && !hasRelaxedSimd()) console.warn("no relaxed SIMD: fast is deterministic");
  it.each(Object.keys(runs))("1 to 4 threads train to the same bits: %s", async (name) => {
    const alone = await train(1, mode, runs[name]);
    for (const threads of [2, 3, 4]) expect(await train(threads, mode, runs[name]), `${threads} threads`).toBe(alone);
  });
});

/** Runs y = -x over `n` elements whose threads each have their part, with x `shift` bytes per element apart. */
async function negate(runtime: Runtime, n: number, shift: number): Promise<{ run: () => void; team: Team; y: Float32Array }> {
  await runtime.ready(KERNELS);
  const block = runtime.memory.allocate(8 * n, "a test");
  block.floats(4 * n, n).fill(3);
  const { pointer, rows } = ArgumentKind;
  const instruction = [KERNELS.indexOf("neg_f32"), 0, 2, 1, 1, 1, 3, pointer, block.base, 4, pointer, block.base + 4 * n, shift, rows, 1, 0];
  const table = Int32Array.from([1, 0, 1, 0, ...instruction]);
  const place = runtime.memory.allocate(table.byteLength, "a test");
  place.ints(0, table.length).set(table);
  const walker = new Walker(
    table,
    KERNELS.map((name) => (runtime.exports as NonNullable<Runtime["exports"]>)[name]),
  );
  const share: Share = { rows: n, accumulating: false, thread: 0, parties: runtime.threads, scratch: 0 };
  const team = runtime.team as Team;
  const command = { sections: 2, table: place.base, length: table.length, id: 1, scratchBytes: 0 };
  return { run: () => team.run(command, share, walker), team, y: block.floats(0, n) as Float32Array };
}

describe("a team", () => {
  it("divides a call", async () => {
    const { run, y } = await negate(await runtimeOf({ threads: 3 }), 100, 4);
    run();
    expect([...new Set(y)]).toEqual([-3]);
  });

  it.each([2, 4])("of %d meets at 2,000 barriers", (threads) => carryRound(threads, 2000));

  it("starts and stops again and again", async () => {
    const runtime = await runtimeOf({ threads: 2 });
    await runtime.ready(KERNELS);
    const before = runtime.memory.used;
    for (let i = 0; i < 10; i++) {
      await runtime.dispose();
      expect(runtime.team).toBeNull();
      await runtime.ready(KERNELS);
    }
    expect(runtime.memory.used).toBe(before);
  });

  it("tells an error of another thread, and goes on alone", async () => {
    const runtime = await runtimeOf({ threads: 2 });
    // Only the second half reads past the memory.
    const { run } = await negate(runtime, 8, 2 ** 29);
    expect(run).toThrow(ThreadError);
    expect(run).toThrow(/^thread 1: got RuntimeError: memory access out of bounds[\s\S]*load saved ones/);
    await runtime.ready(KERNELS);
    expect(runtime.threads).toBe(1);
    expect(runtime.team).toBeNull();
  });

  it("tells that a thread died between two runs", async () => {
    const { run, team } = await negate(await runtimeOf({ threads: 2 }), 8, 4);
    team.workers[0].terminate();
    await team.workers[0].gone;
    await Promise.resolve();
    expect(run).toThrow(/^thread 1: got exit code 1, expected a thread that lives/);
  });

  it("takes no command that is still being written", async () => {
    const runtime = await runtimeOf({ threads: 3 });
    const { run, team } = await negate(runtime, 100, 4);
    run();
    // The next command, for two of the threads, is on its way, and this one already writes the one after it, for all three.
    const { words, block, exports } = team as unknown as { words: Int32Array; block: Block; exports: TeamExports };
    const arrivals = block.ints(LINES, (3 * LINE) / 4);
    const before = arrivals[(2 * LINE) / 4];
    Atomics.store(words, Control.announced, Atomics.load(words, Control.generation) + 2);
    words[Control.parties] = 3;
    exports.command_post(block.base);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(arrivals[(2 * LINE) / 4]).toBe(before);
    exports.team_abort(block.base, 3);
    for (const worker of team.workers) await worker.gone;
  });

  it("tells that a thread died in the midst of a run", { timeout: 30_000 }, async () => {
    const { run, team } = await negate(await runtimeOf({ threads: 2 }), 8, 4);
    run();
    team.workers[0].terminate();
    const from = performance.now();
    expect(() => {
      while (performance.now() - from < 20_000) run();
    }).toThrow(/^thread 1: got no sign of life for \d+ ms/);
  });

  it("tells what does not start", async () => {
    const runtime = await runtimeOf({ threads: 2 });
    await expect(runtime.ready(["no_such_kernel"])).rejects.toThrow(/^threads: got Error: no export "no_such_kernel"/);
    await runtime.ready(KERNELS);
    expect(runtime.team).not.toBeNull();
  });
});

describe("a model whose thread died", () => {
  it("predicts plain arrays alone from then on", async () => {
    const runtime = await runtimeOf({ threads: 2 });
    const model = sequential({ inputShape: [784], seed: 3, runtime }, cnn());
    const samples = (full.x as Uint8Array).subarray(0, 64 * 784);
    const before = await model.predict(samples);
    const [worker] = (runtime.team as Team).workers;
    worker.terminate();
    await worker.gone;
    expect(await model.predict(samples)).toEqual(before);
    expect(runtime.threads).toBe(1);
  });
});

describe("createRuntime", () => {
  it.each([0, 1.5, 65, -1])("refuses %d threads", async (threads) => {
    await expect(createRuntime({ threads })).rejects.toThrow(`createRuntime: got threads ${threads}, expected an integer from 1 to 64`);
  });
  it("refuses threads of the js backend", async () => {
    await expect(createRuntime({ backend: "js", threads: 2 })).rejects.toThrow("threads 2 with the js backend");
  });
});
