/** A function as a schedule. @module */
import type { Schedule } from "./schedule.ts";

/** The rate of step `step` (from 0) of `steps`; see {@link Schedule.at}. */
export type ScheduleFunction = (step: number, steps: number, learningRate: number, stepsPerEpoch: number) => number;

/**
 * Any function of the step. It cannot be saved, and its rates have the same bits on every engine only if it uses plain arithmetic. PyTorch's LambdaLR.
 * @param usesTotal whether the function reads `steps`; default: if it has such a parameter
 */
export function customSchedule(rate: ScheduleFunction, usesTotal: boolean = rate.length > 1): Schedule {
  return {
    name: "custom",
    usesTotal,
    at: (step, steps, learningRate, stepsPerEpoch = steps) => rate(step, steps, learningRate, stepsPerEpoch),
    config: () => ({}),
  };
}
