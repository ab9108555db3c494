/** Which classes are taken for which. @module */
import { ConfigError } from "../errors.ts";
import { answered, classRows } from "./classes.ts";
import { type Measured, pairsOf } from "./pairs.ts";

/** Of more the counts would not fit into memory. */
const MOST_CLASSES = 4096;

/** Options of {@link confusionMatrix}. */
export interface ConfusionMatrixOptions {
  /** Number of classes, where predictions are labels. Default: as many as the largest label needs, at least two. */
  classes?: number;
  /** A single output above it says 1. Default 0.5. */
  threshold?: number;
}

/**
 * Counts of samples, [truth][answer]; of at most 4096 classes.
 * @param yPred as for `measure`; or labels: an integer for each sample
 * @throws ShapeError, ConfigError for targets and predictions that are no classes, NumericError for a prediction that holds a NaN
 */
export function confusionMatrix(yTrue: Measured, yPred: Measured, options: ConfusionMatrixOptions = {}): number[][] {
  const where = "confusionMatrix";
  const { n, targets, predictions, shape, targetShape } = pairsOf(where, yTrue, yPred);
  if (shape[0] === 1 && options.threshold === undefined && all(predictions, Number.isInteger)) {
    const classes = options.classes ?? 1 + Math.max(1, largestOf(targets), largestOf(predictions));
    return count(classes, n, label(where, "target", targets, classes), label(where, "prediction", predictions, classes));
  }
  const { classes, truth, said } = classRows(where, { shape, targetShape }, options.threshold);
  return count(
    classes,
    n,
    (row) => truth(targets, row),
    (row) => answered(`${where}, sample ${row}`, said(predictions, row)),
  );
}

function count(classes: number, n: number, truth: (row: number) => number, said: (row: number) => number): number[][] {
  if (!Number.isInteger(classes) || classes < 1 || classes > MOST_CLASSES)
    throw new ConfigError({
      where: "confusionMatrix",
      got: `${classes} classes`,
      expected: `an integer from 1 to ${MOST_CLASSES}`,
      hint: "labels number the classes from 0",
    });
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < n; row++) matrix[truth(row)][said(row)]++;
  return matrix;
}

function label(where: string, what: string, values: ArrayLike<number>, classes: number): (row: number) => number {
  return (row) => {
    const value = values[row];
    if (Number.isInteger(value) && value >= 0 && value < classes) return value;
    throw new ConfigError({ where: `${where}, sample ${row}`, got: `${what} ${value}`, expected: `a label from 0 to ${classes - 1}` });
  };
}

function all(values: ArrayLike<number>, test: (value: number) => boolean): boolean {
  for (let i = 0; i < values.length; i++) if (!test(values[i])) return false;
  return true;
}

function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > largest) largest = values[i];
  return largest;
}
