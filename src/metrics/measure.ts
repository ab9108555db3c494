/** Metrics of arrays. @module */
import { ConfigError } from "../errors.ts";
import type { Metric } from "./metric.ts";
import { type Measured, pairsOf } from "./pairs.ts";
import { metricOf } from "./registry.ts";

/**
 * The value of a metric for these targets and predictions.
 * @param metric a name, or itself: `"f1"`, `mase({ training })`
 * @param yTrue a label or number for each sample, or a row for each
 * @param yPred a row for each sample, or all numbers one after another, as `predict` gives them; of a single output a number for each
 * @throws ShapeError if they do not fit each other, ConfigError for an unknown metric or values that it does not measure
 */
export function measure(metric: string | Metric, yTrue: Measured, yPred: Measured): number {
  const { name, start } = metricOf(metric);
  if (start === undefined)
    throw new ConfigError({
      where: "measure",
      got: `the metric ${JSON.stringify(name)}, which is made of ops`,
      expected: "one with start",
      hint: "compile a model with it and evaluate",
    });
  const pairs = pairsOf("measure", yTrue, yPred);
  const accumulator = start(pairs);
  accumulator.add(pairs.targets, pairs.predictions, pairs.n);
  return accumulator.result();
}
