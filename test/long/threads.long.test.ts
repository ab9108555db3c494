/** Barriers and teams, again and again, beside processes that spin. */
import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRuntime } from "../../src/index.ts";
import { KERNELS } from "../../src/program/kernels/index.ts";
import { carryRound } from "../runtime/barrier.ts";

let load: ChildProcess[] = [];
beforeAll(() => {
  load = [1, 2].map(() => spawn(process.execPath, ["-e", "for (;;);"]));
});
afterAll(() => {
  for (const child of load) child.kill("SIGKILL");
});

it.each([2, 3, 4, 8])("%d threads pass 10,000 barriers", (threads) => carryRound(threads, 10_000));

it("a thousand starts and stops leak nothing", async () => {
  const runtime = await createRuntime({ threads: 2 });
  const used = (): number => process.memoryUsage().rss;
  let settled = 0;
  for (let i = 0; i < 1000; i++) {
    await runtime.ready(KERNELS);
    await runtime.dispose();
    if (i === 200) settled = used();
  }
  expect(runtime.memory.used).toBeLessThan(100_000);
  expect(used() - settled).toBeLessThan(64e6);
});
