/** How far a fit is, and what came of it so far. @module */
import type { EpochReport, History, RateChange } from "../history.ts";

/** Where a fit stands between two steps. */
export class Progress {
  /** The next step: its epoch from 1, its place in it, its number over all. */
  epoch = 1;
  stepInEpoch = 0;
  step = 0;
  /** Samples of the epoch's steps so far. */
  samples = 0;
  /** Training time of the epoch, but for the running slice. */
  milliseconds = 0;
  /** What the schedule starts from, and what it made of it in the last step. */
  base: number;
  rate: number;
  readonly reports: EpochReport[] = [];
  readonly changes: RateChange[] = [];
  stopReason: string | null = null;
  /** Whether a callback stopped it, and resuming is in vain. */
  isOver = false;

  constructor(learningRate: number) {
    this.base = learningRate;
    this.rate = learningRate;
  }

  /** The next step starts from this base rate. */
  startFrom(base: number): void {
    if (base === this.base) return;
    this.base = base;
    this.changes.push({ step: this.step, learningRate: base });
  }

  /** A callback ends the fit. */
  end(reason: string): void {
    if (this.stopReason === null) this.isOver = true;
    this.stopReason ??= reason;
  }

  history(): History {
    const { reports, changes, stopReason } = this;
    const seconds = reports.reduce<number | null>((sum, epoch) => (sum === null || epoch.seconds === null ? null : sum + epoch.seconds), 0);
    return { epochs: reports, learningRateChanges: changes, stopped: stopReason !== null, stopReason, seconds };
  }
}
