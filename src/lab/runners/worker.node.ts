/** A thread of the pool: runs one trial after another. The entry of every worker. @module */
import { parentPort, workerData } from "node:worker_threads";
import { createRuntime } from "../../runtime/runtime.ts";
import { runTrial } from "../run-trial.ts";
import type { Answer, Job, Order } from "./messages.ts";
import { plainError, received } from "./transfer.ts";

const { data, mode, threads } = workerData as Job;
const sets = received(data);
const runtime = createRuntime({ mode, threads });
const say = (answer: Answer): void => parentPort?.postMessage(answer);

parentPort?.on("message", async ({ trial, start }: Order) => {
  try {
    say({ outcome: await runTrial(trial, { data: sets, runtime: await runtime, start }) });
  } catch (error) {
    say({ error: plainError(error) });
  }
});
