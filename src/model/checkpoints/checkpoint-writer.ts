/** When checkpoints are written: beside the training, and never at a noticeable cost. @module */
import { ConfigError } from "../../errors.ts";

/** Where and when `fit` writes what it can be resumed from. Node, Deno, Bun. */
export interface CheckpointOptions {
  /** Made if it is not there. One run per directory. */
  directory: string;
  /** A positive number of steps or of seconds. Default: after each epoch, though not more than twice a second, and every 2 s. */
  every?: { readonly steps: number } | { readonly seconds: number };
  /** How many files to keep, the newest. Default 2. */
  keep?: number;
}

const DEFAULT_MS = 2000;
/** Between two epochs' checkpoints: epochs may take milliseconds. */
const LEAST_MS = 500;
/** Time between two checkpoints is this many times what the training waits for one, unless steps were asked for. */
const COST_LIMIT = 50;

/** What writes the file of a step. */
interface Files {
  write(step: number, bytes: Uint8Array): Promise<void>;
}

/** Writes one checkpoint at a time, while training goes on. */
export class CheckpointWriter {
  private readonly files: Files;
  private readonly steps: number;
  private readonly interval: number;
  private readonly atEpochs: boolean;
  private writing: Promise<void> | null = null;
  private failure: unknown = null;
  private lastStart: number;
  private cost = 0;

  constructor(files: Files, every: CheckpointOptions["every"]) {
    this.files = files;
    this.steps = every !== undefined && "steps" in every ? every.steps : Number.POSITIVE_INFINITY;
    this.interval = every === undefined ? DEFAULT_MS : "seconds" in every ? every.seconds * 1000 : Number.POSITIVE_INFINITY;
    this.atEpochs = every === undefined;
    this.lastStart = performance.now();
  }

  /** Whether one should be written after the step that made it `step` in all. @throws FileError if the last one failed */
  isDue(step: number, now: number): boolean {
    if (this.failure !== null) throw this.failure;
    return step % this.steps === 0 || this.hasPassed(this.interval, now);
  }

  /** The same where an epoch ends. */
  isDueAfterEpoch(step: number, now: number): boolean {
    return this.isDue(step, now) || (this.atEpochs && this.hasPassed(LEAST_MS, now));
  }

  /** Begins to write what `encode` gives; it is called at once, unless another checkpoint must be finished first. */
  async begin(step: number, encode: () => Uint8Array): Promise<void> {
    await this.settle();
    this.lastStart = performance.now();
    this.writing = this.files
      .write(step, encode())
      .catch((error) => {
        this.failure = error;
      })
      .finally(() => {
        this.writing = null;
      });
    this.cost = performance.now() - this.lastStart;
  }

  /** Writes one and waits for it. */
  async write(step: number, encode: () => Uint8Array): Promise<void> {
    await this.begin(step, encode);
    await this.settle();
  }

  /** Waits until nothing is written any more; for the end of a fit that failed. */
  async close(): Promise<void> {
    await this.writing;
  }

  private async settle(): Promise<void> {
    await this.writing;
    if (this.failure !== null) throw this.failure;
  }

  private hasPassed(interval: number, now: number): boolean {
    return this.writing === null && now - this.lastStart >= Math.max(interval, COST_LIMIT * this.cost);
  }
}

/** @throws ConfigError */
export function checkCheckpointOptions({ directory, every, keep }: CheckpointOptions): void {
  const where = "fit, checkpoint";
  if (typeof directory !== "string" || directory === "") throw new ConfigError({ where, got: `directory ${JSON.stringify(directory)}`, expected: "a path" });
  if (keep !== undefined && !(Number.isInteger(keep) && keep >= 1)) throw new ConfigError({ where, got: `keep = ${keep}`, expected: "a positive integer" });
  if (every === undefined) return;
  const { steps, seconds } = every as { steps?: number; seconds?: number };
  if (seconds === undefined && Number.isInteger(steps) && (steps as number) >= 1) return;
  if (steps === undefined && Number.isFinite(seconds) && (seconds as number) > 0) return;
  throw new ConfigError({ where, got: `every = ${JSON.stringify(every)}`, expected: "{ steps } as a positive integer or { seconds } as a positive number" });
}
