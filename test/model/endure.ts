/** Many steps of one optimizer: nothing grows, and no value decays into slow denormals. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "vitest";
import { createRuntime, type Optimizer } from "../../src/index.ts";
import { lines, smallModel } from "./support.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Trains a small model for so many epochs of 100 steps. Returns the time of a step in us, of the first 1,000 and of the rest. */
export async function endure(optimizer: Optimizer, epochs: number): Promise<[number, number]> {
  const data = lines(1000);
  const runtime = await createRuntime();
  const model = smallModel({ runtime, optimizer, hidden: 64 });
  const run = async (count: number): Promise<number> => {
    const history = await model.fit(data, { epochs: count, batchSize: 10 });
    return 1000 * (history.epochs[count - 1].stepMs ?? Number.NaN);
  };
  const first = await run(10);
  collect();
  const memory = { linear: runtime.memory.byteLength, used: runtime.memory.used, heap: process.memoryUsage().heapUsed };
  const rest = await run(epochs - 10);
  collect();
  expect(runtime.memory.byteLength).toBe(memory.linear);
  expect(runtime.memory.used).toBe(memory.used);
  expect(process.memoryUsage().heapUsed - memory.heap).toBeLessThan(2_000_000);
  const slots = model.optimizerSlots();
  expect(slots.length).toBeGreaterThan(0);
  expect(slots.filter((value) => value !== 0 && Math.abs(value) < 2 ** -126)).toHaveLength(0);
  return [first, rest];
}
