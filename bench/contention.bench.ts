/**
 * Two threads beside one, on a quiet machine and while another process spins on one of the cores: mean time of a step, in turn.
 * `npx tsx bench/contention.bench.ts [seconds per figure]`; on Node 20 `node --experimental-wasm-relaxed-simd --import tsx bench/contention.bench.ts`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { cnn, mlp } from "../src/bench/steps.ts";
import { timingOf } from "../src/bench/timing.ts";
import { mnist } from "../src/data/index.ts";
import { createRuntime, type Runtime } from "../src/index.ts";
import { Trainer } from "../src/model/fit/trainer.ts";
import { permutation } from "../src/random.ts";

const seconds = Number(process.argv[2] ?? 4);
const ROUNDS = 6;
const THREADS = [1, 2];

const { train } = await mnist();
const withoutZeros = train.normalizedBy({ kind: "standardize", shift: 33.3, scale: 78.6 });
const order = permutation(train.length, [1, 1]);

/** The report's CNN, an MLP whose step takes about as long, and one with a short step. */
const networks = [
  { name: "report's CNN, batch 32", batch: 32, data: train, make: (runtime: Runtime) => cnn("adam", runtime) },
  { name: "MLP 784-512-10, batch 128", batch: 128, data: withoutZeros, make: (runtime: Runtime) => mlp(512, "adam", runtime) },
  { name: "MLP 784-128-10, batch 32", batch: 32, data: withoutZeros, make: (runtime: Runtime) => mlp(128, "adam", runtime) },
];

for (const { name, batch, data, make } of networks) {
  const contestants = await Promise.all(
    THREADS.map(async (threads) => {
      const runtime = await createRuntime({ threads });
      const model = make(runtime);
      const { optimizer } = model.needCompiled("bench");
      const trainer = new Trainer(await model.load("train", data, batch, 1), optimizer, optimizer.start(), ["loss"], [1, 2], model.architecture.parameters);
      trainer.refresh();
      return { threads, runtime, trainer, step: 0 };
    }),
  );
  for (const load of ["alone", "beside a spinning process", "beside one on core 0"]) {
    const spinning = load === "alone" ? null : await spin(load.endsWith("0"));
    const means = THREADS.map((): number[] => []);
    const medians = THREADS.map((): number[] => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, c] of contestants.entries()) {
        const times: number[] = [];
        const from = performance.now();
        let now = from;
        while (now - from < (seconds * 1000) / ROUNDS) {
          const begin = (c.step * batch) % (data.length - batch);
          c.trainer.step(order, begin, begin + batch, 0.001, c.step++);
          const then = performance.now();
          times.push(then - now);
          now = then;
        }
        means[i].push((now - from) / times.length);
        medians[i].push(timingOf(times).median);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    spinning?.kill();
    const mean = means.map((list) => list.reduce((a, b) => a + b, 0) / list.length);
    const text = THREADS.map((threads, i) => `${threads}: mean ${mean[i].toFixed(3)} median ${timingOf(medians[i]).median.toFixed(3)}`);
    console.log(`${name}, ${load.padEnd(26)} ${text.join("   ")}   2 / 1: ${(mean[1] / mean[0]).toFixed(2)}`);
  }
  for (const { runtime } of contestants) await runtime.dispose();
}

async function spin(pinned: boolean): Promise<ChildProcess> {
  const loop = [process.execPath, "-e", "for (;;);"];
  const child = pinned ? spawn("taskset", ["-c", "0", ...loop]) : spawn(loop[0], loop.slice(1));
  await new Promise((resolve) => setTimeout(resolve, 500));
  return child;
}
