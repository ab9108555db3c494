/** Starting threads, wherever we run. @module */
import type { Seat } from "./control.ts";

/** A started thread. */
export interface Spawned {
  /** Rejects if it cannot start. */
  readonly ready: Promise<void>;
  /** Resolves, with what is known of the reason, when it is gone. */
  readonly gone: Promise<string>;
  /** Ends it, whatever it does. */
  terminate(): void;
}

/** True in Node, Deno and Bun. */
export const hasNodeModules = (): boolean => typeof process === "object" && process.versions?.node !== undefined;

/** Whether memory can be shared with threads here: everywhere but in pages that are not cross-origin isolated and on the edge. */
export function canShareMemory(): boolean {
  if (typeof SharedArrayBuffer === "undefined") return false;
  if (hasNodeModules()) return typeof navigator === "undefined" || navigator.userAgent !== "Cloudflare-Workers";
  return typeof Worker !== "undefined" && globalThis.crossOriginIsolated === true;
}

/** Cores that this process may use. */
export async function availableCores(): Promise<number> {
  if (hasNodeModules()) return (await import("./spawn.node.ts")).cores();
  return navigator.hardwareConcurrency ?? 1;
}

/** Starts a thread. The compiled file serves this package's TypeScript too. */
export async function spawn(seat: Seat): Promise<Spawned> {
  if (hasNodeModules()) return (await import("./spawn.node.ts")).spawnNode(new URL("../../dist/runtime/thread.js", import.meta.url), seat);
  const worker = new Worker(new URL("../../dist/runtime/thread.js", import.meta.url), { type: "module", name: `gradiente ${seat.thread}` });
  let leave: (reason: string) => void = () => {};
  const gone = new Promise<string>((resolve) => {
    leave = resolve;
  });
  const ready = new Promise<void>((resolve, reject) => {
    // A thread that closes itself says so: no event tells it.
    worker.onmessage = ({ data }) => (data === "ready" ? resolve() : leave("the end of its work"));
    worker.onerror = (event) => {
      reject(new Error(event.message));
      leave(event.message);
    };
  });
  worker.postMessage(seat);
  return {
    ready,
    gone,
    terminate() {
      worker.terminate();
      leave("terminated");
    },
  };
}
