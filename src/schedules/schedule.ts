/** What a learning-rate schedule is. @module */

/** A learning rate for every step: a pure function of the step's number, so that a resumed run continues with the same rates. */
export interface Schedule {
  readonly name: string;
  /**
   * The rate of step `step` (from 0) of `steps` in all; `learningRate` is the optimizer's. Bits are the same on every engine if it uses
   * plain arithmetic only: `Math.cos`, `**` and the like differ between engines.
   */
  at(step: number, steps: number, learningRate: number): number;
  config(): Record<string, unknown>;
}
