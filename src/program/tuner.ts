/**
 * Finds by measuring how many threads a command is best run on: on a busy machine, or where cores share memory slowly, fewer can be faster.
 * The number of threads shows in no bit of the result, so it may change from step to step.
 * @module
 */

/** A trial lasts this long, and this many runs: time slices of a busy machine are some milliseconds. */
const TRIAL_MS = 20;
const TRIAL_RUNS = 6;
/** Runs of a trial that do not count: threads wake up, caches change hands. */
const SETTLING = 2;
/** Trials of the best number between two of another one: at first, and after it has proved itself again and again. */
const SOONEST = 4;
const LATEST = 64;
/** What is tried has to be better by this factor. */
const MARGIN = 0.97;

/** Chooses the threads of one command. */
export class Tuner {
  /** Threads of the next run. */
  threads: number;
  private readonly choices: readonly number[];
  private best: number;
  /** Mean milliseconds of the last trial of the best. */
  private bestMs = Number.POSITIVE_INFINITY;
  private interval = SOONEST;
  private untilProbe = 1;
  private up = false;
  private runs = 0;
  private spent = 0;

  /** @param most the threads there are */
  constructor(most: number) {
    this.choices = [1, 2, 4, 8, 16, 32].filter((n) => n < most).concat(most);
    this.best = this.choices.length - 1;
    this.threads = most;
  }

  /** A run on `threads` took this long. */
  record(milliseconds: number): void {
    if (++this.runs <= SETTLING) return;
    this.spent += milliseconds;
    const counted = this.runs - SETTLING;
    if (counted < TRIAL_RUNS || this.spent < TRIAL_MS) return;
    this.judge(this.spent / counted);
    this.runs = 0;
    this.spent = 0;
  }

  private judge(mean: number): void {
    const { choices, best } = this;
    const tried = choices.indexOf(this.threads);
    if (tried === best) {
      // A machine that became slower, or free again, is another machine.
      if (mean > 1.3 * this.bestMs || mean < 0.7 * this.bestMs) this.interval = SOONEST;
      this.bestMs = mean;
      this.untilProbe = Math.min(this.untilProbe, this.interval) - 1;
      if (this.untilProbe > 0) return;
      // Fewer and more in turn.
      this.up = best === 0 || (this.up ? false : best < choices.length - 1);
      this.threads = choices[this.up ? best + 1 : best - 1];
      return;
    }
    if (mean < MARGIN * this.bestMs) {
      this.best = tried;
      this.bestMs = mean;
      this.interval = SOONEST;
    } else this.interval = Math.min(2 * this.interval, LATEST);
    this.untilProbe = this.interval;
    this.threads = choices[this.best];
  }
}
