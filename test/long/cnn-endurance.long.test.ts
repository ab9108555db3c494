/** 20,000 steps of the report's CNN: nothing grows, and no value decays into slow denormals. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { mnist } from "../../src/data/index.ts";
import { createRuntime } from "../../src/index.ts";
import { reportCnn } from "../golden/golden.ts";
import { length } from "./length.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

it("step after step", async () => {
  const { train } = await mnist();
  const data = train.take(6400);
  const runtime = await createRuntime();
  const model = reportCnn(1, 0.001, runtime);
  await model.fit(data, { epochs: 2, batchSize: 32 });
  collect();
  const memory = { linear: runtime.memory.byteLength, used: runtime.memory.used, heap: process.memoryUsage().heapUsed };
  const { epochs } = await model.fit(data, { epochs: length(98, 6), batchSize: 32 });
  collect();
  expect(runtime.memory.byteLength).toBe(memory.linear);
  expect(runtime.memory.used).toBe(memory.used);
  expect(process.memoryUsage().heapUsed - memory.heap).toBeLessThan(2_000_000);
  expect(model.optimizerSlots().filter((value) => value !== 0 && Math.abs(value) < 2 ** -126)).toHaveLength(0);
  console.log(`step: ${epochs[0].stepMs?.toFixed(2)} ms at the start, ${epochs.at(-1)?.stepMs?.toFixed(2)} ms at the end`);
  await runtime.dispose();
});
