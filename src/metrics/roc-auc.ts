/** Area under the receiver operating characteristic. @module */
import { oneAgainstRest } from "./kept-scores.ts";
import { metricMaker, type NamedOptions } from "./metric-maker.ts";

/**
 * Area under the curve of true against false positive rates: the share of pairs, one row of a class and one of another, whose score is higher for the first;
 * ties count half (Hanley and McNeil 1982, Radiology 143). Of two classes that of class 1, of more the mean over classes, each against the rest. NaN where
 * a class has no row, or all: there is no pair. Keeps all scores.
 * @throws ConfigError, when it starts, for shapes that are no classes; while it runs, for targets that are none
 */
export const rocAuc = metricMaker("rocAuc", (_: NamedOptions) => (inputs) => oneAgainstRest("rocAuc", inputs, areaUnderRoc));

function areaUnderRoc(of: Float64Array, others: Float64Array): number {
  let below = 0;
  let upTo = 0;
  // Twice the pairs: integers, in any order.
  let won = 0;
  for (let i = 0; i < of.length; i++) {
    while (below < others.length && others[below] < of[i]) below++;
    while (upTo < others.length && others[upTo] <= of[i]) upTo++;
    won += below + upTo;
  }
  return won / 2 / (of.length * others.length);
}
