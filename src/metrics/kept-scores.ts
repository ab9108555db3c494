/** What measures of ranks keep: the scores of all rows. @module */
import { CheckpointError } from "../errors.ts";
import { classRows } from "./classes.ts";
import type { Accumulator, MetricInputs } from "./metric.ts";

/**
 * The mean, over classes, of a measure of how well the scores of a class tell its rows from all others; of two classes that of class 1 alone. Keeps every
 * score and label: 8 (outputs + 1) bytes a row, and as much again while its memory grows.
 * @param measure of the scores of rows of the class and of other rows, both ascending
 */
export function oneAgainstRest(where: string, inputs: MetricInputs, measure: (of: Float64Array, others: Float64Array) => number): Accumulator {
  const { classes, width, perSample, truth } = classRows(where, inputs);
  /** Of each row its class, then its scores. */
  const length = 1 + width;
  let kept = new Float64Array(0);
  let used = 0;
  const scoresOf = (label: number): number => {
    const column = width === 1 ? 1 : 1 + label;
    const of = new Float64Array(used / length);
    let [first, last] = [0, of.length];
    for (let row = 0; row < used; row += length) of[kept[row] === label ? first++ : --last] = kept[row + column];
    return measure(of.subarray(0, first).sort(), of.subarray(first).sort());
  };
  return {
    add(targets, predictions, n) {
      const needed = used + n * perSample * length;
      if (needed > kept.length) {
        const larger = new Float64Array(Math.max(needed, 2 * kept.length));
        larger.set(kept.subarray(0, used));
        kept = larger;
      }
      for (let row = 0; row < n * perSample; row++) {
        kept[used++] = truth(targets, row);
        for (let j = 0; j < width; j++) kept[used++] = predictions[row * width + j];
      }
    },
    result() {
      if (used === 0 || kept.subarray(0, used).some(Number.isNaN)) return Number.NaN;
      if (classes === 2) return scoresOf(1);
      let sum = 0;
      for (let label = 0; label < classes; label++) sum += scoresOf(label);
      return sum / classes;
    },
    state: () => kept.slice(0, used),
    restore(state) {
      if (state.length % length !== 0)
        throw new CheckpointError({ where: "metrics", got: `${state.length} numbers`, expected: `rows of ${length}, which ${where} keeps` });
      kept = state.slice();
      used = state.length;
    },
  };
}
