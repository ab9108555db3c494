/** What a learning-rate schedule is. @module */

/** A learning rate for every step: a pure function of the step's number, so that a resumed run continues with the same rates. */
export interface Schedule {
  readonly name: string;
  /** Whether the rates depend on the number of steps in all: a run that is made longer then has other rates from its first step on. Default false. */
  readonly usesTotal?: boolean;
  /**
   * The rate of step `step` (from 0) of `steps` in all; `learningRate` is the optimizer's, and `stepsPerEpoch` the length of an epoch
   * (default: all steps are one). Bits are the same on every engine if it uses plain arithmetic only: `Math.cos`, `**` and the like differ
   * between engines.
   */
  at(step: number, steps: number, learningRate: number, stepsPerEpoch?: number): number;
  /** What `scheduleFromConfig` makes the schedule from again, with its name. */
  config(): Record<string, unknown>;
}
