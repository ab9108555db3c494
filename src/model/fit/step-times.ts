/** How long the steps of an epoch took. @module */

/** Steps of an epoch whose length is not known: the last ones are kept. */
const MOST = 4096;

/** Nothing allocates per step. */
export class StepTimes {
  private readonly times: Float64Array;
  private count = 0;

  constructor(stepsPerEpoch: number) {
    this.times = new Float64Array(Number.isFinite(stepsPerEpoch) ? stepsPerEpoch : MOST);
  }

  clear(): void {
    this.count = 0;
  }

  add(milliseconds: number): void {
    this.times[this.count++ % this.times.length] = milliseconds;
  }

  /** Null without a step. */
  median(): number | null {
    if (this.count === 0) return null;
    const sorted = this.times.slice(0, this.count).sort();
    return sorted[sorted.length >> 1];
  }
}
