/** No schedule. @module */
import type { Schedule } from "./schedule.ts";

/** The optimizer's learning rate at every step. */
export function constantRate(): Schedule {
  return { name: "constant", at: (_step, _steps, learningRate) => learningRate, config: () => ({}) };
}
