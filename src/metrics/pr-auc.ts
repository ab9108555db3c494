/** Average precision. @module */
import { oneAgainstRest } from "./kept-scores.ts";
import { metricMaker, type NamedOptions } from "./metric-maker.ts";

/**
 * Average precision, the area under the curve of precision against recall as a sum of steps: sum over thresholds, from the highest score down, of
 * (recall gained) precision; equal scores are one threshold. Of two classes that of class 1, of more the mean over classes, each against the rest; a class
 * without rows has 0. As scikit-learn's average_precision_score: no line is drawn between the points, which would be too optimistic (Davis and Goadrich
 * 2006). Keeps all scores.
 * @throws ConfigError, when it starts, for shapes that are no classes; while it runs, for targets that are none
 */
export const prAuc = metricMaker("prAuc", (_: NamedOptions) => (inputs) => oneAgainstRest("prAuc", inputs, averagePrecision));

function averagePrecision(of: Float64Array, others: Float64Array): number {
  let sum = 0;
  let right = 0;
  let wrong = 0;
  while (right < of.length) {
    const threshold = of[of.length - 1 - right];
    const before = right;
    while (right < of.length && of[of.length - 1 - right] === threshold) right++;
    while (wrong < others.length && others[others.length - 1 - wrong] >= threshold) wrong++;
    sum += ((right - before) / of.length) * (right / (right + wrong));
  }
  return sum;
}
