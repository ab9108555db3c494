/** What most accumulators are: a fixed row of numbers that samples add to. @module */
import { CheckpointError } from "../errors.ts";
import type { Accumulator } from "./metric.ts";

/**
 * An accumulator over `length` numbers, which start at 0.
 * @param add takes samples into them, one after another
 */
export function totals(
  length: number,
  add: (totals: Float64Array, targets: ArrayLike<number>, predictions: ArrayLike<number>, n: number) => void,
  result: (totals: Float64Array) => number,
): Accumulator {
  const values = new Float64Array(length);
  return {
    add: (targets, predictions, n) => add(values, targets, predictions, n),
    result: () => result(values),
    state: () => values.slice(),
    restore(state) {
      if (state.length !== length)
        throw new CheckpointError({ where: "metrics", got: `${state.length} numbers`, expected: `the ${length} that a metric keeps` });
      values.set(state);
    },
  };
}

/** The share of rows that are right. @param perSample rows of a sample @param right 1 for a row that is, 0 for one that is not, NaN where there is no telling */
export function shareOf(perSample: number, right: (targets: ArrayLike<number>, predictions: ArrayLike<number>, row: number) => number): Accumulator {
  return totals(
    2,
    (kept, targets, predictions, n) => {
      for (let row = 0; row < n * perSample; row++) kept[0] += right(targets, predictions, row);
      kept[1] += n * perSample;
    },
    ([sum, rows]) => sum / rows,
  );
}
