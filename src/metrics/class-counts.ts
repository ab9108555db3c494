/** Counts of each class, and what precision, recall and F1 make of them. @module */
import { ConfigError } from "../errors.ts";
import { type ClassRows, checkThreshold, classRows } from "./classes.ts";
import type { Accumulator, MetricInputs } from "./metric.ts";
import type { NamedOptions } from "./metric-maker.ts";
import { totals } from "./totals.ts";

/** How the values of classes become one. */
export type Average = "binary" | "macro" | "micro" | "weighted";

/** Options of {@link precision}, {@link recall} and {@link f1}. */
export interface AverageOptions extends NamedOptions {
  /**
   * `binary`: of the class `positive`; `macro`: the mean over classes; `weighted`: the same, each by its share of the targets; `micro`: of all answers
   * together, which is accuracy. Default: by the number of classes: `binary` for two and where `positive` is given, else `macro`.
   */
  average?: Average;
  /** The class that `binary` is about. Default 1. */
  positive?: number;
  /** A single output above it says 1. Default 0.5. */
  threshold?: number;
}

/** What is known of one class. */
export interface ClassCounts {
  /** Rows of the class that were predicted to be. */
  readonly right: number;
  /** Rows that were predicted to be of the class. */
  readonly predicted: number;
  /** Rows of the class. */
  readonly support: number;
}

/** A share; 0 of nothing, as scikit-learn has it. */
const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

export const precisionOf = ({ right, predicted }: ClassCounts): number => share(right, predicted);
export const recallOf = ({ right, support }: ClassCounts): number => share(right, support);
export const f1Of = ({ right, predicted, support }: ClassCounts): number => share(2 * right, predicted + support);

/** The mean over the classes that occur among targets or predictions, as in scikit-learn: one that does neither is not counted. NaN where none does. */
export function macroOf(classes: readonly ClassCounts[], of: (counts: ClassCounts) => number): number {
  const present = classes.filter(({ predicted, support }) => predicted + support > 0);
  return present.reduce((sum, counts) => sum + of(counts), 0) / present.length;
}

/** The mean over classes, each by its number of targets. */
export function weightedOf(classes: readonly ClassCounts[], of: (counts: ClassCounts) => number): number {
  return classes.reduce((sum, counts) => sum + counts.support * of(counts), 0) / classes.reduce((sum, { support }) => sum + support, 0);
}

/** Of all answers together. */
export function microOf(classes: readonly ClassCounts[]): number {
  return classes.reduce((sum, { right }) => sum + right, 0) / classes.reduce((sum, { support }) => sum + support, 0);
}

const AVERAGES: readonly Average[] = ["binary", "macro", "micro", "weighted"];
/** Numbers kept for each class. */
const KEPT = 3;

/** A measure made of such counts: `of` one class, by the options over all. @throws ConfigError for an option out of range */
export function averaged(where: string, options: AverageOptions, of: (counts: ClassCounts) => number): (inputs: MetricInputs) => Accumulator {
  const { average, positive, threshold } = options;
  if (average !== undefined && !AVERAGES.includes(average))
    throw new ConfigError({ where, got: `average = ${JSON.stringify(average)}`, expected: AVERAGES.map((name) => JSON.stringify(name)).join(", ") });
  if (positive !== undefined && !(Number.isInteger(positive) && positive >= 0))
    throw new ConfigError({ where, got: `positive = ${String(positive)}`, expected: "a label: an integer, 0 or more" });
  if (positive !== undefined && average !== undefined && average !== "binary")
    throw new ConfigError({ where, got: `positive = ${positive} with average "${average}"`, expected: 'average "binary", which is about one class' });
  checkThreshold(where, threshold, 1);
  return (inputs) => {
    const rows = classRows(where, inputs, threshold);
    const { classes } = rows;
    const way = average ?? (classes === 2 || positive !== undefined ? "binary" : "macro");
    if (way === "binary" && classes > 2 && positive === undefined)
      throw new ConfigError({
        where,
        got: `average "binary" of ${classes} classes`,
        expected: "the class that it is about: positive",
        hint: 'or average "macro"',
      });
    const one = positive ?? 1;
    if (one >= classes) throw new ConfigError({ where, got: `positive = ${one}`, expected: `a label from 0 to ${classes - 1}` });
    return totals(KEPT * classes, countInto(rows), (kept) => {
      const counts = Array.from({ length: classes }, (_, c) => ({ right: kept[KEPT * c], predicted: kept[KEPT * c + 1], support: kept[KEPT * c + 2] }));
      if (counts.every(({ support }) => support === 0)) return Number.NaN;
      if (way === "binary") return of(counts[one]);
      return way === "macro" ? macroOf(counts, of) : way === "weighted" ? weightedOf(counts, of) : microOf(counts);
    });
  };
}

function countInto({ perSample, truth, said }: ClassRows) {
  return (kept: Float64Array, targets: ArrayLike<number>, predictions: ArrayLike<number>, n: number): void => {
    for (let row = 0; row < n * perSample; row++) {
      const is = truth(targets, row);
      const as = said(predictions, row);
      if (Number.isNaN(as)) {
        // Which count it belongs to is not known.
        kept.fill(as);
        continue;
      }
      if (is === as) kept[KEPT * is]++;
      kept[KEPT * as + 1]++;
      kept[KEPT * is + 2]++;
    }
  };
}
