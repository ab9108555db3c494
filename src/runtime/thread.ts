/** A thread of a team: waits for commands in shared memory and carries out its share of them. The entry of every worker. @module */
import { Control, LINE, LINES, MESSAGE_BYTES, PASSED, type Seat, SPINS, STOPPED, type TeamExports } from "./control.ts";
import { type KernelExport, Walker } from "./walk.ts";

/** Sleeping is cut into pieces, so that a wake-up that got lost costs no more than this. */
const SLEEP_MS = 1000;
/** Walkers kept, of the tables met last. */
const KEPT = 32;

class Stopped extends Error {}

/** Works until it is told to stop. @param ready called when commands are heard */
export function serve(seat: Seat, ready: () => void): void {
  const { memory, control, thread } = seat;
  const exports = new WebAssembly.Instance(seat.module, { env: { memory } }).exports as unknown as TeamExports & Record<string, KernelExport>;
  const kernels = seat.kernels.map((name) => {
    if (exports[name] === undefined) throw new Error(`no export "${name}"`);
    return exports[name];
  });
  const words = new Int32Array(memory.buffer, control, LINES / 4);
  const walkers = new Map<number, Walker>();
  const share = { rows: 0, accumulating: false, thread, parties: 0, scratch: 0 };
  const meet = (): void => {
    exports.barrier_arrive(control, thread);
    let state = exports.barrier_wait(control, thread, share.parties, SPINS, SLEEP_MS);
    while (state !== PASSED) {
      if (state === STOPPED) throw new Stopped();
      state = exports.barrier_wait(control, thread, share.parties, 0, SLEEP_MS);
    }
  };
  const walkerOf = (id: number, table: number, length: number): Walker => {
    let walker = walkers.get(id);
    if (walker === undefined) {
      // The memory may have grown since this thread last looked.
      if ((table >>> 0) + 4 * length > memory.buffer.byteLength) memory.grow(0);
      walker = new Walker(new Int32Array(memory.buffer, table >>> 0, length).slice(), kernels);
      if (walkers.size >= KEPT) walkers.delete(walkers.keys().next().value as number);
      walkers.set(id, walker);
    }
    return walker;
  };

  ready();
  let seen = 0;
  for (;;) {
    const generation = exports.command_wait(control, seen, SPINS, SLEEP_MS);
    if (generation === seen) continue;
    const parties = words[Control.parties];
    const sections = words[Control.sections];
    const scratch = words[Control.scratch] + thread * words[Control.scratchBytes];
    const [id, table, length] = [words[Control.id], words[Control.table], words[Control.length]];
    share.rows = words[Control.rows];
    share.accumulating = words[Control.accumulating] === 1;
    share.parties = parties;
    share.scratch = scratch;
    if (Atomics.load(words, Control.aborted) !== 0) return;
    // One that takes no part is not waited for: the next command may have come, or be half written, while this one was read.
    if (Atomics.load(words, Control.announced) !== generation) continue;
    seen = generation;
    if (parties === 0) return;
    if (thread >= parties) continue;
    try {
      exports.command_join(control, thread);
      walkerOf(id, table, length).run(sections, share, meet);
      exports.barrier_arrive(control, thread);
    } catch (error) {
      if (!(error instanceof Stopped)) fail(seat, words, exports, error);
      return;
    }
  }
}

/** Leaves a message where thread 0 finds it, and stops the team. */
function fail({ memory, control, thread, threads }: Seat, words: Int32Array, exports: TeamExports, error: unknown): void {
  if (Atomics.compareExchange(words, Control.failed, 0, thread + 1) === 0) {
    const message = new TextEncoder().encode(String(error)).subarray(0, MESSAGE_BYTES);
    new Uint8Array(memory.buffer, control + LINES + LINE * threads, MESSAGE_BYTES).set(message);
    Atomics.store(words, Control.messageLength, message.length);
  }
  exports.team_abort(control, threads);
}

const scope = globalThis as unknown as { onmessage: ((event: { data: Seat }) => void) | null; postMessage(message: unknown): void; close(): void };
if (typeof process === "object" && process.versions?.node !== undefined) {
  const { seat, report } = await import("./thread.node.ts");
  serve(seat, () => report("ready"));
} else {
  scope.onmessage = ({ data }) => {
    serve(data, () => scope.postMessage("ready"));
    scope.postMessage("done");
    scope.close();
  };
}
