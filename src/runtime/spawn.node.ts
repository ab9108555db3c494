/** Threads of Node, Deno and Bun. @module */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Seat } from "./control.ts";
import type { Spawned } from "./spawn.ts";

/** Cores that this process may use. */
export const cores = (): number => availableParallelism();

/** Starts a thread that does not keep the process alive. */
export function spawnNode(url: URL, seat: Seat): Spawned {
  // Loaders of the parent (tsx, say) are of no use to compiled files.
  const worker = new Worker(url, { workerData: seat, execArgv: [] });
  const gone = new Promise<string>((resolve) => {
    worker.once("error", (error) => resolve(String(error)));
    worker.once("exit", (code) => resolve(`exit code ${code}`));
  });
  const ready = new Promise<void>((resolve, reject) => {
    worker.once("message", () => {
      worker.unref();
      resolve();
    });
    gone.then((reason) => reject(new Error(reason)));
  });
  return { ready, gone, terminate: () => void worker.terminate() };
}
