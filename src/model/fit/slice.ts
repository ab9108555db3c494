/** Runs of steps between two moments at which other work has its turn. @module */

const SLICE_MS = 50;
/** Where the clock stands still, slices end by steps. */
const SLICE_STEPS = 512;

/** The running slice. Nothing allocates per step. */
export class Slice {
  /** A callback wants it to end after this step. */
  isCut = false;
  private start = 0;
  private steps = 0;
  private last = 0;
  private deferred: Promise<unknown>[] = [];

  begin(): void {
    this.start = performance.now();
    this.last = this.start;
    this.steps = 0;
    this.isCut = false;
  }

  /** A step is done; how long it took. */
  count(now: number): number {
    const milliseconds = now - this.last;
    this.last = now;
    this.steps++;
    return milliseconds;
  }

  /** How long it lasts. */
  milliseconds(now: number): number {
    return now - this.start;
  }

  /** Whether it lasted long enough. */
  isFull(now: number): boolean {
    return this.milliseconds(now) >= SLICE_MS || this.steps >= SLICE_STEPS;
  }

  /** Work to wait for at its end. */
  defer(work: unknown): void {
    if (!(work instanceof Promise)) return;
    // Told when it is waited for; until then a failure is not "unhandled".
    work.catch(() => undefined);
    this.deferred.push(work);
  }

  /** Waits for what was deferred. */
  async drain(): Promise<void> {
    while (this.deferred.length > 0) await Promise.all(this.deferred.splice(0));
  }
}
