/** What a worker of Node, Deno or Bun was started with. @module */
import { parentPort, workerData } from "node:worker_threads";
import type { Seat } from "./control.ts";

export const seat = workerData as Seat;

/** Tells the thread that started this one. */
export function report(message: string): void {
  parentPort?.postMessage(message);
}
