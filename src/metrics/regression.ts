/** What measures of regression share. @module */
import { ConfigError } from "../errors.ts";
import { formatShape } from "../shape.ts";
import type { Accumulator, MetricInputs } from "./metric.ts";
import { totals } from "./totals.ts";

/** Number of elements of a fixed shape. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Numbers per sample, as many targets as predictions. @throws ConfigError where there are not, as with labels */
export function numbersPerSample(where: string, { shape, targetShape }: MetricInputs): number {
  const width = elements(shape);
  if (elements(targetShape) === width) return width;
  throw new ConfigError({
    where,
    got: `${targetShape.length === 0 ? "one number or label" : `a target ${formatShape(targetShape)}`} for predictions ${formatShape(shape)}`,
    expected: "a target for every number that is predicted",
    hint: "it is a measure of regression; of classes there are accuracy, f1, rocAuc and others",
  });
}

/** The mean of a loss over all numbers of all samples. */
export function meanOf(where: string, inputs: MetricInputs, loss: (error: number) => number): Accumulator {
  const width = numbersPerSample(where, inputs);
  return totals(
    2,
    (sums, targets, predictions, n) => {
      let sum = sums[0];
      for (let i = 0; i < n * width; i++) sum += loss(targets[i] - predictions[i]);
      sums[0] = sum;
      sums[1] += n * width;
    },
    ([sum, count]) => sum / count,
  );
}
