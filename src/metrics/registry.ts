/** Metrics by name. @module */
import { ConfigError } from "../errors.ts";
import { accuracy } from "./accuracy.ts";
import { binaryAccuracy } from "./binary-accuracy.ts";
import { calibrationError } from "./calibration-error.ts";
import { f1 } from "./f1.ts";
import { mae } from "./mae.ts";
import { mase } from "./mase.ts";
import { isStreamed, type Metric, type MetricDescription, type StreamedMetric } from "./metric.ts";
import type { MetricMaker } from "./metric-maker.ts";
import { mse } from "./mse.ts";
import { prAuc } from "./pr-auc.ts";
import { precision } from "./precision.ts";
import { r2 } from "./r2.ts";
import { recall } from "./recall.ts";
import { rocAuc } from "./roc-auc.ts";
import { topKAccuracy } from "./top-k-accuracy.ts";

type Make = (config: object) => StreamedMetric;

const withDefaults = [binaryAccuracy, topKAccuracy, precision, recall, f1, rocAuc, prAuc, calibrationError, mse, mae, r2] as readonly MetricMaker<object>[];
const makers: ReadonlyMap<string, Make> = new Map([...withDefaults.map((maker) => [maker.name, maker as Make] as const), ["mase", mase as Make]]);

/** The names, in the order of the docs. */
export const metricNames: readonly string[] = [accuracy.name, ...makers.keys()];

/** A metric as `toJSON` writes it: its name if it has no options. */
export type MetricConfig = string | MetricDescription;

/** The metric of a name, or itself. @throws ConfigError for an unknown name, or what is no metric */
export function metricOf(metric: string | Metric): Metric {
  if (typeof metric === "string") return metricFromConfig(metric);
  // Every function has an `apply`, which measures nothing.
  const given: unknown = metric;
  if (typeof given === "function" && typeof (metric as Metric).start === "function") {
    const { name, start, config } = metric as StreamedMetric;
    return { name, start, config };
  }
  const { name, apply, start } = (metric ?? {}) as Partial<Record<"name" | "apply" | "start", unknown>>;
  const measures = typeof given === "object" && (typeof apply === "function" || typeof start === "function");
  if (measures && typeof name === "string" && name !== "") return metric;
  throw new ConfigError({
    where: "compile, metrics",
    got: typeof given === "function" ? `the function ${String(name)}` : (JSON.stringify(metric) ?? String(metric)),
    expected: "a name or { name, apply }, or { name, start }",
    hint: given === mase ? "mase({ training: series })" : undefined,
  });
}

/** A metric as `toJSON` writes it. */
export function describeMetric(metric: Metric): MetricConfig {
  const described = isStreamed(metric) ? metric.config?.() : undefined;
  if (described === undefined) return metric.name;
  return Object.keys(described.config).length === 0 ? described.name : described;
}

/** The metric that `describeMetric` described. @throws ConfigError for an unknown name or an option out of range */
export function metricFromConfig(description: MetricConfig): Metric {
  const { name, config } = typeof description === "string" ? { name: description, config: {} } : description;
  if (name === accuracy.name) return accuracy;
  const make = makers.get(name);
  if (make !== undefined) return make(config);
  throw new ConfigError({
    where: "compile",
    got: `metric ${JSON.stringify(name)}`,
    expected: `${metricNames.join(", ")} (the loss is always reported)`,
    hint: "or give a metric of your own: { name, apply }",
  });
}
