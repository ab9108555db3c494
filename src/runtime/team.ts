/** A team of threads that walk Programs together; this thread is number 0. @module */
import { type Complaint, ThreadError } from "../errors.ts";
import { Control, LINE, LINES, MESSAGE_BYTES, PASSED, type Seat, SPINS, STOPPED, type TeamExports } from "./control.ts";
import type { Block, LinearMemory } from "./memory.ts";
import { type Spawned, spawn } from "./spawn.ts";
import type { Share, Walker } from "./walk.ts";

/** What a team is to run: sections (a mask) of an encoded Program. */
export interface Command {
  readonly sections: number;
  /** Address, integers and identity of the table. */
  readonly table: number;
  readonly length: number;
  readonly id: number;
  /** Scratch of one thread. */
  readonly scratchBytes: number;
}

/** A sleeping thread looks up this often, to see whether the others live. */
const SLEEP_MS = 100;
/** A thread that does not move for this long is taken for dead, or for ten times as long as this thread took for its own share. */
const STALL_MS = 5000;
/** Looks between two glances at the clock, where sleeping is forbidden. */
const GLANCE = 1_000_000;

const LOST = "the weights may be those of half a step: load saved ones; this runtime goes on with one thread";

/** The threads. */
export class Team {
  readonly threads: number;
  /** Set when a thread failed; the team is then of no more use. */
  failure: ThreadError | null = null;
  private readonly exports: TeamExports;
  private readonly memory: LinearMemory;
  private readonly block: Block;
  private readonly words: Int32Array;
  /** @internal the other threads */
  readonly workers: readonly Spawned[];
  private readonly sleepMs: number = mayWait() ? SLEEP_MS : 0;
  private stopping = false;
  private parties = 1;
  private began = 0;
  private readonly meet = (): void => this.wait();

  private constructor(exports: TeamExports, memory: LinearMemory, block: Block, workers: readonly Spawned[]) {
    this.exports = exports;
    this.memory = memory;
    this.block = block;
    this.words = block.ints(0, LINES / 4);
    this.workers = workers;
    this.threads = workers.length + 1;
    workers.forEach(({ gone }, i) => {
      gone.then((reason) => {
        if (!this.stopping) this.break({ where: `thread ${i + 1}`, got: reason, expected: "a thread that lives as long as its runtime", hint: LOST });
      });
    });
  }

  /** Starts `threads` - 1 workers. @throws ThreadError */
  static async start(module: WebAssembly.Module, memory: LinearMemory, exports: TeamExports, kernels: readonly string[], threads: number): Promise<Team> {
    const block = memory.allocate(LINES + LINE * threads + MESSAGE_BYTES, "the control block of threads");
    const workers: Spawned[] = [];
    try {
      for (let thread = 1; thread < threads; thread++) {
        const seat: Seat = { module, memory: memory.memory, kernels, control: block.base, thread, threads };
        workers.push(await spawn(seat));
      }
      await Promise.all(workers.map(({ ready }) => ready));
    } catch (cause) {
      for (const worker of workers) worker.terminate();
      block.dispose();
      throw new ThreadError(
        { where: "threads", got: (cause as Error).message, expected: "workers that start", hint: "createRuntime({ threads: 1 }) needs none" },
        { cause },
      );
    }
    return new Team(exports, memory, block, workers);
  }

  /** Runs a command; this thread walks along. @throws ThreadError */
  run({ sections, table, length, id, scratchBytes }: Command, share: Share, walker: Walker): void {
    if (this.failure !== null) throw this.failure;
    const { words, exports, block } = this;
    Atomics.exchange(words, Control.announced, (Atomics.load(words, Control.generation) + 1) | 0);
    words[Control.parties] = share.parties;
    words[Control.sections] = sections;
    words[Control.rows] = share.rows;
    words[Control.accumulating] = share.accumulating ? 1 : 0;
    words[Control.table] = table;
    words[Control.length] = length;
    words[Control.id] = id;
    words[Control.scratch] = share.scratch;
    words[Control.scratchBytes] = scratchBytes;
    this.parties = share.parties;
    this.began = performance.now();
    exports.command_post(block.base);
    try {
      walker.run(sections, share, this.meet);
    } catch (error) {
      if (this.failure === null) this.break({ where: "thread 0", got: String(error), expected: "a step without error", hint: LOST }, error);
      throw error;
    }
    this.wait();
  }

  /** Ends the threads; resolves when they are gone. */
  async stop(): Promise<void> {
    if (!this.stopping) {
      this.stopping = true;
      Atomics.exchange(this.words, Control.announced, (Atomics.load(this.words, Control.generation) + 1) | 0);
      this.words[Control.parties] = 0;
      this.exports.command_post(this.block.base);
      // What does not listen is ended.
      const late = setTimeout(() => this.terminate(), STALL_MS);
      await Promise.all(this.workers.map(({ gone }) => gone));
      clearTimeout(late);
      this.block.dispose();
    }
  }

  private terminate(): void {
    for (const worker of this.workers) worker.terminate();
  }

  /** Arrives at the next barrier and waits for the others. */
  private wait(): void {
    const { exports, block, parties, sleepMs } = this;
    exports.barrier_arrive(block.base, 0);
    let state = exports.barrier_wait(block.base, 0, parties, sleepMs === 0 ? GLANCE : SPINS, sleepMs);
    if (state === PASSED) return;
    const from = performance.now();
    const patience = STALL_MS + 10 * (from - this.began);
    while (state !== PASSED) {
      if (state === STOPPED) throw this.break(this.message());
      if (performance.now() - from > patience) {
        throw this.break({
          where: this.missing(),
          got: `no sign of life for ${patience.toFixed(0)} ms`,
          expected: "a thread that does its share",
          hint: LOST,
        });
      }
      state = exports.barrier_wait(block.base, 0, parties, sleepMs === 0 ? GLANCE : 0, sleepMs);
    }
  }

  /** The team is broken: nobody may touch the memory any more. */
  private break(complaint: Complaint, cause?: unknown): ThreadError {
    this.failure ??= new ThreadError(complaint, { cause });
    this.exports.team_abort(this.block.base, this.threads);
    this.terminate();
    return this.failure;
  }

  private message(): Complaint {
    const { words, memory, block, threads } = this;
    const length = Atomics.load(words, Control.messageLength);
    const bytes = new Uint8Array(memory.memory.buffer, block.base + LINES + LINE * threads, length).slice();
    const thread = Atomics.load(words, Control.failed) - 1;
    return { where: `thread ${thread}`, got: new TextDecoder().decode(bytes), expected: "a step without error", hint: LOST };
  }

  /** The first thread that has not arrived. */
  private missing(): string {
    const lines = this.block.ints(LINES, (LINE / 4) * this.parties);
    const arrivals = (thread: number): string => `${lines[(LINE / 4) * thread + 1]}:${lines[(LINE / 4) * thread]}`;
    for (let thread = 1; thread < this.parties; thread++) if (arrivals(thread) !== arrivals(0)) return `thread ${thread}`;
    return "threads";
  }
}

/** A browser's main thread may not sleep. */
function mayWait(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}
