/** Learning-rate schedules by name. @module */
import { constantRate } from "./constant-rate.ts";
import { oneCycle } from "./one-cycle.ts";
import type { Schedule } from "./schedule.ts";

export { constantRate } from "./constant-rate.ts";
export { type OneCycleOptions, oneCycle } from "./one-cycle.ts";
export type { Schedule } from "./schedule.ts";

/** The schedules that the command line knows, by the name it gives them. */
export const scheduleMakers: Readonly<Record<string, (options?: Record<string, unknown>) => Schedule>> = {
  constant: () => constantRate(),
  "one-cycle": (options) => oneCycle(options),
};
