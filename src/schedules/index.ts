/** Learning-rate schedules by name. @module */
import { ConfigError } from "../errors.ts";
import { constantRate } from "./constant-rate.ts";
import { type CosineDecayOptions, cosineDecay } from "./cosine-decay.ts";
import { type CosineDecayRestartsOptions, cosineDecayRestarts } from "./cosine-decay-restarts.ts";
import { customSchedule, type ScheduleFunction } from "./custom.ts";
import { type CyclicalOptions, cyclical } from "./cyclical.ts";
import { type ExponentialDecayOptions, exponentialDecay } from "./exponential-decay.ts";
import { type InverseTimeDecayOptions, inverseTimeDecay } from "./inverse-time-decay.ts";
import { type OneCycleOptions, oneCycle } from "./one-cycle.ts";
import { type PiecewiseConstantDecayOptions, piecewiseConstantDecay } from "./piecewise-constant-decay.ts";
import { type PolynomialDecayOptions, polynomialDecay } from "./polynomial-decay.ts";
import type { Schedule } from "./schedule.ts";
import { type StepDecayOptions, stepDecay } from "./step-decay.ts";
import { type WarmUpOptions, warmUp } from "./warm-up.ts";

export { constantRate } from "./constant-rate.ts";
export { type CosineDecayOptions, cosineDecay } from "./cosine-decay.ts";
export { type CosineDecayRestartsOptions, cosineDecayRestarts } from "./cosine-decay-restarts.ts";
export { customSchedule, type ScheduleFunction } from "./custom.ts";
export { type CyclicalMode, type CyclicalOptions, cyclical } from "./cyclical.ts";
export { type ExponentialDecayOptions, exponentialDecay } from "./exponential-decay.ts";
export { type InverseTimeDecayOptions, inverseTimeDecay } from "./inverse-time-decay.ts";
export { type OneCycleOptions, oneCycle } from "./one-cycle.ts";
export { type PiecewiseConstantDecayOptions, piecewiseConstantDecay } from "./piecewise-constant-decay.ts";
export { type PolynomialDecayOptions, polynomialDecay } from "./polynomial-decay.ts";
export type { Schedule } from "./schedule.ts";
export { type StepDecayOptions, stepDecay } from "./step-decay.ts";
export { type WarmUpOptions, warmUp } from "./warm-up.ts";

type Options = Record<string, unknown>;

/** What makes each schedule from its `config()`, by name: the names of the command line, and of saved schedules. */
export const scheduleMakers: Readonly<Record<string, (options?: Options) => Schedule>> = {
  constant: () => constantRate(),
  step: (options) => stepDecay(options as unknown as StepDecayOptions),
  exponential: (options) => exponentialDecay(options as unknown as ExponentialDecayOptions),
  "inverse-time": (options) => inverseTimeDecay(options as unknown as InverseTimeDecayOptions),
  polynomial: (options) => polynomialDecay(options as PolynomialDecayOptions),
  cosine: (options) => cosineDecay(options as CosineDecayOptions),
  "cosine-restarts": (options) => cosineDecayRestarts(options as unknown as CosineDecayRestartsOptions),
  "one-cycle": (options) => oneCycle(options as OneCycleOptions),
  triangular: (options) => cyclical({ ...(options as CyclicalOptions), mode: "triangular" }),
  triangular2: (options) => cyclical({ ...(options as CyclicalOptions), mode: "triangular2" }),
  "exp-range": (options) => cyclical({ ...(options as CyclicalOptions), mode: "exp-range" }),
  piecewise: (options) => piecewiseConstantDecay(options as unknown as PiecewiseConstantDecayOptions),
  "warm-up": ({ schedule, ...options } = {}) => warmUp(scheduleFromConfig(schedule), options as unknown as WarmUpOptions),
};

/** A schedule from `{ name, config }`, as its `name` and `config()` are saved. @throws ConfigError for unknown names and what is not one */
export function scheduleFromConfig(saved: unknown): Schedule {
  const { name, config } = (saved ?? {}) as { name?: unknown; config?: unknown };
  if (typeof name !== "string" || !Object.hasOwn(scheduleMakers, name)) {
    throw new ConfigError({
      where: "schedule",
      got: JSON.stringify(name) ?? "no name",
      expected: Object.keys(scheduleMakers).join(", "),
      hint: name === "custom" ? "a function cannot be saved: give it again" : undefined,
    });
  }
  if (typeof config !== "object" || config === null)
    throw new ConfigError({ where: `schedule ${name}`, got: `config ${JSON.stringify(config)}`, expected: "an object" });
  return scheduleMakers[name](config as Options);
}

/** What `fit` takes, as a schedule. Default: constant. */
export function scheduleOf(schedule: Schedule | ScheduleFunction | undefined): Schedule {
  return typeof schedule === "function" ? customSchedule(schedule) : (schedule ?? constantRate());
}
