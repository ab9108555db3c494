/** 10,000 barriers and a thousand teams beside processes that spin. */
import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRuntime } from "../../src/index.ts";
import { KERNELS } from "../../src/program/kernels/index.ts";
import { carryRound } from "../runtime/barrier.ts";
import { length } from "./length.ts";

let load: ChildProcess[] = [];
beforeAll(() => {
  load = [1, 2].map(() => spawn(process.execPath, ["-e", "for (;;);"]));
});
afterAll(() => {
  for (const child of load) child.kill("SIGKILL");
});

it.each([2, 3, 4, 8])("%d threads pass barrier after barrier", (threads) => carryRound(threads, length(10_000, 500)));

it("starts and stops leak nothing", async () => {
  const runtime = await createRuntime({ threads: 2 });
  const used = (): number => process.memoryUsage().rss;
  let settled = 0;
  for (let i = 0; i < length(1000, 100); i++) {
    await runtime.ready(KERNELS);
    await runtime.dispose();
    if (i === length(200, 20)) settled = used();
  }
  expect(runtime.memory.used).toBeLessThan(100_000);
  expect(used() - settled).toBeLessThan(64e6);
});
