/** By what points are judged. @module */
import { ConfigError } from "../../errors.ts";
import { metricOf } from "../../metrics/index.ts";
import type { Role, Score } from "../trials/trial.ts";
import { text } from "../written/fields.ts";

/** What is reported whether or not it is asked for. */
const ALWAYS = ["accuracy", "loss"];
/** Of these less is better. */
const LESS_IS_BETTER: readonly string[] = ["loss", "calibrationError", "mse", "mae", "mase"];

/** The name of an objective. @throws ConfigError */
export function checkObjective(where: string, value: unknown): string {
  const name = text(where, value, "accuracy, loss, or the name of a metric");
  if (ALWAYS.includes(name)) return name;
  try {
    return metricOf(name).name;
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError({ ...error.complaint, where });
    throw error;
  }
}

/** What points are judged by, once it is settled whether there is an accuracy. */
export interface Goal {
  readonly name: string;
  readonly lessIsBetter: boolean;
  /** Shown as a percentage. */
  readonly share: boolean;
  /** Of regressions: what is told of the test set besides. */
  readonly beside?: readonly string[];
}

/** Told of every regression. */
const OF_REGRESSIONS = ["loss", "mae", "r2"];

/** The goal of an objective. @param classes whether the data have classes */
export function goalOf(objective: string | null, classes: boolean): Goal {
  const name = objective ?? (classes ? "accuracy" : "loss");
  const beside = classes ? {} : { beside: OF_REGRESSIONS.filter((other) => other !== name) };
  return { name, lessIsBetter: LESS_IS_BETTER.includes(name), share: !["loss", "mse", "mae", "r2", "mase"].includes(name), ...beside };
}

/** Metrics that trials have to be asked for; undefined: none. */
export function metricsOf({ name, beside = [] }: Goal, role: Role): readonly string[] | undefined {
  const names = [name, ...(role === "report" ? beside : [])].filter((one) => !ALWAYS.includes(one));
  return names.length === 0 ? undefined : names;
}

/** What a score says of a goal; null: nothing. */
export function scoreFor({ name }: Pick<Goal, "name">, score: Score | null): number | null {
  if (score === null) return null;
  const value = name === "loss" ? score.loss : name === "accuracy" ? score.accuracy : score.metrics?.[name];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
