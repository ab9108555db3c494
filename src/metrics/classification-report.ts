/** Precision, recall and F1 of every class. @module */
import { ShapeError } from "../errors.ts";
import { type ClassCounts, f1Of, macroOf, microOf, precisionOf, recallOf, weightedOf } from "./class-counts.ts";

/** Measures of a class, or their mean over classes. */
export interface ClassScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Samples of the class; of a mean all samples. */
  readonly support: number;
}

/** What {@link classificationReport} gives. */
export interface ClassificationReport {
  /** In the order of labels. */
  readonly classes: readonly ClassScores[];
  readonly accuracy: number;
  /** The mean over classes that occur among targets or answers. */
  readonly macro: ClassScores;
  /** Each class by its support. */
  readonly weighted: ClassScores;
}

/**
 * The measures of every class, and their means, of a confusion matrix; 0 where nothing is to be divided, as in scikit-learn. NaN without samples.
 * @param confusion [truth][answer], as `confusionMatrix` gives it
 * @throws ShapeError unless it is square
 */
export function classificationReport(confusion: readonly (readonly number[])[]): ClassificationReport {
  const odd = confusion.findIndex((row) => row.length !== confusion.length);
  if (odd >= 0)
    throw new ShapeError({
      where: `classificationReport, row ${odd}`,
      got: `${confusion[odd].length} numbers`,
      expected: `${confusion.length}, as many as rows`,
    });
  const counts = confusion.map((row, c) => ({
    right: row[c],
    predicted: confusion.reduce((sum, other) => sum + other[c], 0),
    support: row.reduce((a, b) => a + b, 0),
  }));
  const support = counts.reduce((sum, one) => sum + one.support, 0);
  const scores = (of: (measure: (counts: ClassCounts) => number) => number, support: number): ClassScores => ({
    precision: of(precisionOf),
    recall: of(recallOf),
    f1: of(f1Of),
    support,
  });
  return {
    classes: counts.map((one) => scores((measure) => measure(one), one.support)),
    accuracy: microOf(counts),
    macro: scores((measure) => macroOf(counts, measure), support),
    weighted: scores((measure) => weightedOf(counts, measure), support),
  };
}
