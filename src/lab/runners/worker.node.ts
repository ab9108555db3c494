/** A thread of the pool: runs one trial after another. The entry of every worker. @module */
import { parentPort, workerData } from "node:worker_threads";
import { createRuntime } from "../../runtime/runtime.ts";
import { runContinued } from "./continued.node.ts";
import type { Answer, Job, Order } from "./messages.ts";
import { plainError, received } from "./transfer.ts";

const { data, mode, threads } = workerData as Job;
const sets = received(data);
const runtime = createRuntime({ mode, threads });
const say = (answer: Answer): void => parentPort?.postMessage(answer);

parentPort?.on("message", async ({ trial, start, checkpoint }: Order) => {
  try {
    say({ outcome: await runContinued(trial, { data: sets, runtime: await runtime, start, checkpoint }) });
  } catch (error) {
    say({ error: plainError(error) });
  }
});
