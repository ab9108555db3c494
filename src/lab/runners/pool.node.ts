/** A pool of threads that run trials side by side. @module */
import { Worker } from "node:worker_threads";
import type { TrainAndTest } from "../../data/dataset/train-and-test.ts";
import { ThreadError } from "../../errors.ts";
import type { Mode } from "../../runtime/runtime.ts";
import type { Trial } from "../trials/trial.ts";
import type { Answer, Job, Order } from "./messages.ts";
import type { Outcome, Runner, Weights } from "./runner.ts";
import { errorOf, type SharedData, share } from "./transfer.ts";

/** How a pool is made. */
export interface PoolOptions {
  readonly workers: number;
  /** Of each worker's runtime. */
  readonly threads: number;
  readonly mode: Mode;
  /** Name of a trial, for messages. */
  readonly name: (trial: Trial) => string;
  /** Ends all trials when it is set. */
  readonly signal?: AbortSignal;
  /** @internal the file that workers run, for tests */
  readonly entry?: URL;
}

/** A trial that waits or runs. */
interface Task extends Order {
  readonly onStart: () => void;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
  /** Times that its thread died. */
  deaths: number;
}

/** A place in the pool. */
interface Seat {
  worker: Worker | null;
  task: Task | null;
}

/** How often a trial may lose its thread: a second time it is likely the trial. */
const MOST_DEATHS = 2;

/** Workers are started as there is work for them, and live until the pool is closed. */
export class Pool implements Runner {
  readonly workers: number;
  private readonly options: PoolOptions;
  private readonly data: SharedData;
  private readonly seats: readonly Seat[];
  private readonly waiting: Task[] = [];
  /** Why no more is run. */
  private closed: { readonly reason: unknown } | null = null;
  private readonly onAbort = (): void => void this.end(this.options.signal?.reason);

  constructor(data: TrainAndTest, options: PoolOptions) {
    this.workers = options.workers;
    this.options = options;
    this.data = share(data);
    this.seats = Array.from({ length: options.workers }, () => ({ worker: null, task: null }));
    options.signal?.addEventListener("abort", this.onAbort);
    if (options.signal?.aborted) this.onAbort();
  }

  run(trial: Trial, start: Weights | null, onStart: () => void, checkpoint: string | null = null): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ trial, start, checkpoint, onStart, resolve, reject, deaths: 0 });
      this.fill();
    });
  }

  async close(): Promise<void> {
    await this.end(new ThreadError({ where: "pool", got: "the end of its work", expected: "trials while it is open" }));
  }

  private async end(reason: unknown): Promise<void> {
    this.options.signal?.removeEventListener("abort", this.onAbort);
    this.closed ??= { reason };
    const tasks = [...this.waiting.splice(0), ...this.seats.flatMap(({ task }) => task ?? [])];
    for (const seat of this.seats) seat.task = null;
    for (const { reject } of tasks) reject(this.closed.reason);
    await Promise.all(this.seats.map(({ worker }) => worker?.terminate()));
  }

  /** Gives what waits to whoever is idle. */
  private fill(): void {
    if (this.closed !== null) {
      for (const { reject } of this.waiting.splice(0)) reject(this.closed.reason);
      return;
    }
    for (const seat of this.seats) {
      if (this.waiting.length === 0) return;
      if (seat.task === null) this.give(seat, this.waiting.shift() as Task);
    }
  }

  private give(seat: Seat, task: Task): void {
    seat.task = task;
    seat.worker ??= this.hire(seat);
    const { trial, start, checkpoint } = task;
    seat.worker.postMessage({ trial, start, checkpoint } satisfies Order);
    task.onStart();
  }

  private hire(seat: Seat): Worker {
    const { mode, threads, entry } = this.options;
    // The compiled file serves this package's TypeScript too; loaders of the parent (tsx, say) are of no use to it.
    const url = entry ?? new URL("../../../dist/lab/runners/worker.node.js", import.meta.url);
    const worker = new Worker(url, { workerData: { data: this.data, mode, threads } satisfies Job, execArgv: [] });
    let reason: string | null = null;
    worker.on("message", (answer: Answer) => this.finish(seat, answer));
    worker.on("error", (error) => {
      reason = String(error);
    });
    worker.on("exit", (code) => {
      if (seat.worker === worker) this.mourn(seat, reason ?? `exit code ${code}`);
    });
    return worker;
  }

  private finish(seat: Seat, answer: Answer): void {
    const { task } = seat;
    if (task === null) return;
    seat.task = null;
    if ("error" in answer) task.reject(errorOf(answer.error, this.options.name(task.trial)));
    else task.resolve(answer.outcome);
    this.fill();
  }

  /** A worker is gone that should not be: its trial is tried again, once. */
  private mourn(seat: Seat, reason: string): void {
    const { task } = seat;
    seat.worker = null;
    seat.task = null;
    if (task !== null) {
      task.deaths++;
      if (task.deaths < MOST_DEATHS) this.waiting.unshift(task);
      else {
        task.reject(
          new ThreadError({
            where: this.options.name(task.trial),
            got: `${reason} of its thread, twice`,
            expected: "a thread that lives until its trial is done",
            hint: "fewer workers need less memory; the same command goes on from the trials that are finished",
          }),
        );
      }
    }
    this.fill();
  }
}
