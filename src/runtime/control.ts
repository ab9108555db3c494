/** The control block of a team, in shared memory; assembly/barrier.ts states the rest of it. Imports nothing, as threads load it. @module */

/** Places of integers, from the block's start. */
export const Control = {
  generation: 0,
  aborted: 2,
  /** Number of the first thread that failed, plus 1. */
  failed: 3,
  /** Bytes of what it said. */
  messageLength: 4,
  // The command. `announced` is the generation it will have: written first, so that a thread that takes no part in the one before sees that
  // what it reads is being written.
  announced: 25,
  parties: 16,
  sections: 17,
  rows: 18,
  accumulating: 19,
  table: 20,
  length: 21,
  id: 22,
  scratch: 23,
  scratchBytes: 24,
} as const;

/** Where the lines of the threads begin, and how far apart they are, in bytes. */
export const LINES = 128;
export const LINE = 64;
/** Room for a message, after the last line. */
export const MESSAGE_BYTES = 2048;

/** What a thread is given when it starts. */
export interface Seat {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Names of the exports that tables number. */
  readonly kernels: readonly string[];
  /** Address of the control block. */
  readonly control: number;
  readonly thread: number;
  readonly threads: number;
}

/** What the module exports besides kernels. */
export interface TeamExports {
  command_post(control: number): void;
  command_wait(control: number, seen: number, spins: number, ms: number): number;
  command_join(control: number, thread: number): void;
  barrier_arrive(control: number, thread: number): void;
  barrier_wait(control: number, thread: number, parties: number, spins: number, ms: number): number;
  team_abort(control: number, threads: number): void;
}

/** Looks before a waiting thread goes to sleep: about 30 us, in which most barriers are long passed. Waking up takes as long. */
export const SPINS = 60_000;
/** What `barrier_wait` returns. */
export const PASSED = 0;
export const STOPPED = 2;
