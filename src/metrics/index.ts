/** Metrics: values per sample whose mean is reported. @module */
import { ConfigError } from "../errors.ts";
import type { Tensor } from "../graph/graph.ts";
import * as ops from "../graph/ops/index.ts";

/** A metric: from targets and predictions to a value per sample [N]. */
export interface Metric {
  readonly name: string;
  readonly apply: (yTrue: Tensor, yPred: Tensor) => Tensor;
}

/** 1 where the largest prediction is the label, else 0: yTrue [N] labels, yPred [N,classes]. The first of equal predictions counts. */
export const accuracy: Metric = {
  name: "accuracy",
  apply: (yTrue, yPred) => ops.compare(ops.cast(ops.argmax(yPred, 1), "f32"), "equal", ops.cast(yTrue, "f32")),
};

const metrics: readonly Metric[] = [accuracy];

/** The metric of a name. @throws ConfigError for an unknown name */
export function metricOf(metric: string | Metric): Metric {
  if (typeof metric === "object") return metric;
  const found = metrics.find(({ name }) => name === metric);
  if (found === undefined)
    throw new ConfigError({
      where: "compile",
      got: `metric ${JSON.stringify(metric)}`,
      expected: `${metrics.map(({ name }) => name).join(", ")} (the loss is always reported)`,
    });
  return found;
}
