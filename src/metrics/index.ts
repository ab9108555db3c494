/** Metrics: values per sample whose mean is reported. @module */
import { ConfigError } from "../errors.ts";
import type { Tensor } from "../graph/graph.ts";
import * as ops from "../graph/ops/index.ts";

/** A metric: from targets and predictions to a value per sample [N]. */
export interface Metric {
  readonly name: string;
  readonly apply: (yTrue: Tensor, yPred: Tensor) => Tensor;
}

/**
 * 1 where the prediction names the target's class, else 0, as Keras chooses by shapes: the largest of several outputs (the first of equals) against
 * a label [N] or the largest of a row; a single output above 1/2 against 0 or 1.
 */
export const accuracy: Metric = {
  name: "accuracy",
  apply(yTrue, yPred) {
    const single = yPred.shape.length === 1 || yPred.shape.at(-1) === 1;
    if (single) return ops.compare(ops.compare(yPred, "greater", 0.5), "equal", ops.reshape(ops.cast(yTrue, "f32"), yPred.shape));
    const label = yTrue.shape.length === yPred.shape.length ? ops.argmax(yTrue) : yTrue;
    return ops.compare(ops.cast(ops.argmax(yPred), "f32"), "equal", ops.cast(label, "f32"));
  },
};

const metrics: readonly Metric[] = [accuracy];

/** The metric of a name, or itself. @throws ConfigError for an unknown name, or what is no metric */
export function metricOf(metric: string | Metric): Metric {
  if (typeof metric !== "string") {
    if (typeof metric?.name === "string" && metric.name !== "" && typeof metric.apply === "function") return metric;
    throw new ConfigError({ where: "compile, metrics", got: JSON.stringify(metric) ?? String(metric), expected: "a name or { name, apply }" });
  }
  const found = metrics.find(({ name }) => name === metric);
  if (found === undefined)
    throw new ConfigError({
      where: "compile",
      got: `metric ${JSON.stringify(metric)}`,
      expected: `${metrics.map(({ name }) => name).join(", ")} (the loss is always reported)`,
    });
  return found;
}
