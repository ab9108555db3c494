/** Reading classes off targets and predictions. @module */
import { ConfigError, NumericError } from "../errors.ts";
import { formatShape } from "../shape.ts";
import type { MetricInputs } from "./metric.ts";
import { elements } from "./regression.ts";

/** What a measure of classes reads: rows of scores, one or more of each sample, with a class each. */
export interface ClassRows {
  /** Two for a single output. */
  readonly classes: number;
  /** Scores of a row: as many as classes, or one. */
  readonly width: number;
  /** Rows of a sample: more than one where it is a sequence. */
  readonly perSample: number;
  /** The true class of a row. @throws ConfigError for what is none */
  truth(targets: ArrayLike<number>, row: number): number;
  /** The class that is predicted: the first largest of several outputs; 1 for a single output above the threshold. NaN where a score is. */
  said(predictions: ArrayLike<number>, row: number): number;
}

/**
 * How rows are read. Targets are labels, or rows whose largest number names the class; of a single output 0 or 1.
 * @param threshold of a single output
 * @throws ConfigError for shapes that are no classes
 */
export function classRows(where: string, { shape, targetShape }: MetricInputs, threshold?: number): ClassRows {
  const total = elements(shape);
  const width = shape.at(-1) ?? 1;
  const perSample = total / width;
  const targets = elements(targetShape);
  checkThreshold(where, threshold, width);
  const { truth, fits } =
    width === 1
      ? { truth: zeroOrOne(where), fits: targets === total }
      : targets === total
        ? { truth: namedByLargest(where, width), fits: true }
        : { truth: label(where, width), fits: targets === perSample };
  if (!fits) {
    throw new ConfigError({
      where,
      got: `targets ${formatShape(targetShape)} for predictions ${formatShape(shape)}`,
      expected: "a label for each row of predictions, or a row of the same length with 1 at the class",
    });
  }
  const limit = threshold ?? 0.5;
  return {
    classes: Math.max(2, width),
    width,
    perSample,
    truth,
    said: width === 1 ? (predictions, row) => above(limit, predictions[row]) : (predictions, row) => likeliest(predictions, row * width, width),
  };
}

/** 1 where the truth is said, 0 where something else is, NaN where a prediction that is not a number says nothing. */
export function rightAnswers({ truth, said }: ClassRows): (targets: ArrayLike<number>, predictions: ArrayLike<number>, row: number) => number {
  return (targets, predictions, row) => {
    const [is, as] = [truth(targets, row), said(predictions, row)];
    return Number.isNaN(as) ? as : Number(is === as);
  };
}

/** The class that scores speak for: index of the first largest of `length` from `from`; NaN if one of them is. */
export function likeliest(scores: ArrayLike<number>, from: number, length: number): number {
  let best = 0;
  for (let j = 0; j < length; j++) {
    if (Number.isNaN(scores[from + j])) return Number.NaN;
    if (scores[from + j] > scores[from + best]) best = j;
  }
  return best;
}

/** A class that was said. @throws NumericError where none was */
export function answered(where: string, said: number): number {
  if (!Number.isNaN(said)) return said;
  throw new NumericError({
    where,
    got: "a prediction with NaN",
    expected: "numbers, of which the largest names the class",
    hint: "weights or data are too large for the model: train it with a smaller learning rate, or scale the data",
  });
}

const above = (limit: number, score: number): number => (Number.isNaN(score) ? score : Number(score > limit));

/** @throws ConfigError for a threshold that is no number, or of several outputs */
export function checkThreshold(where: string, threshold: number | undefined, width: number): void {
  if (threshold === undefined) return;
  if (typeof threshold !== "number" || Number.isNaN(threshold))
    throw new ConfigError({ where, got: `threshold = ${String(threshold)}`, expected: "a number, such as 0.5" });
  if (width > 1) throw new ConfigError({ where, got: `a threshold for ${width} outputs`, expected: "a single output: of several the largest is the answer" });
}

type Truth = ClassRows["truth"];

const wrong = (where: string, got: string, expected: string): ConfigError =>
  new ConfigError({ where, got, expected, hint: "it is a measure of classes; of numbers there are mse, mae, r2 and mase" });

function label(where: string, classes: number): Truth {
  return (targets, row) => {
    const value = targets[row];
    if (Number.isInteger(value) && value >= 0 && value < classes) return value;
    throw wrong(where, `target ${value}`, `a label from 0 to ${classes - 1}`);
  };
}

function zeroOrOne(where: string): Truth {
  return (targets, row) => {
    const value = targets[row];
    if (value === 0 || value === 1) return value;
    throw wrong(where, `target ${value}`, "0 or 1 for a single output");
  };
}

/** Rows of several ones are several labels of a sample, of which none is the class. */
function namedByLargest(where: string, classes: number): Truth {
  return (targets, row) => {
    const from = row * classes;
    const best = likeliest(targets, from, classes);
    let as = 0;
    let odd = false;
    for (let j = 0; j < classes; j++) {
      const value = targets[from + j];
      if (value === targets[from + best]) as++;
      odd ||= !(value >= 0 && value <= 1);
    }
    if (as === 1 && !odd) return best;
    throw wrong(
      where,
      `a target [${Array.from({ length: Math.min(classes, 8) }, (_, j) => targets[from + j])}${classes > 8 ? ",..." : ""}]`,
      "shares of classes from 0 to 1, one larger than all others",
    );
  };
}
