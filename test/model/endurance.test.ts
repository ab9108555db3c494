/** 100,000 steps: nothing grows, and no value decays into slow denormals. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { adam, createRuntime, sgd } from "../../src/index.ts";
import { lines, smallModel } from "./support.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const optimizers = {
  momentum: () => sgd({ learningRate: 0.05, momentum: 0.9 }),
  nesterov: () => sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }),
  adam: () => adam({ learningRate: 0.002 }),
};

describe.each(Object.entries(optimizers))("%s", (name, optimizer) => {
  it("100,000 steps", async () => {
    const data = lines(1000);
    const runtime = await createRuntime();
    const model = smallModel({ runtime, optimizer: optimizer(), hidden: 64 });
    const stepMs: number[] = [];
    const run = async (epochs: number): Promise<void> => {
      const history = await model.fit(data, { epochs, batchSize: 10 });
      stepMs.push(history.epochs[epochs - 1].stepMs ?? Number.NaN);
    };
    await run(10);
    collect();
    const memory = { linear: runtime.memory.byteLength, used: runtime.memory.used, heap: process.memoryUsage().heapUsed };
    await run(990);
    collect();
    expect(runtime.memory.byteLength).toBe(memory.linear);
    expect(runtime.memory.used).toBe(memory.used);
    expect(process.memoryUsage().heapUsed - memory.heap).toBeLessThan(2_000_000);
    const slots = model.optimizerSlots();
    const denormal = slots.filter((value) => value !== 0 && Math.abs(value) < 2 ** -126).length;
    expect(denormal).toBe(0);
    console.log(`${name}: ${(stepMs[0] * 1000).toFixed(1)} us a step at the start, ${(stepMs[1] * 1000).toFixed(1)} us after 100,000`);
  });
});
