/** Targets and predictions as arrays. @module */
import { ShapeError } from "../errors.ts";
import type { MetricInputs } from "./metric.ts";

/** Targets or predictions: a number for each sample, or a row; predictions also as `predict` gives them, rows one after another. */
export type Measured = ArrayLike<number> | readonly ArrayLike<number>[];

/** Targets and predictions, side by side. */
export interface Pairs extends MetricInputs {
  readonly n: number;
  readonly targets: ArrayLike<number>;
  readonly predictions: ArrayLike<number>;
}

/** Targets and predictions with their shapes. @throws ShapeError if they do not fit each other */
export function pairsOf(where: string, yTrue: Measured, yPred: Measured): Pairs {
  const [truth, said] = [rowsOf(where, "yTrue", yTrue), rowsOf(where, "yPred", yPred)];
  const n = yTrue.length;
  const width = said.width ?? (n === 0 ? 1 : said.values.length / n);
  if (!Number.isInteger(width) || width === 0 || said.values.length !== n * width)
    throw new ShapeError({ where, got: `${yTrue.length} targets and ${yPred.length} predictions`, expected: "as many rows of one length" });
  return { n, targets: truth.values, predictions: said.values, shape: [width], targetShape: truth.width === null ? [] : [truth.width] };
}

/** The numbers of rows one after another, and their length; null where there are no rows. */
function rowsOf(where: string, what: string, given: Measured): { values: ArrayLike<number>; width: number | null } {
  if (given === null || typeof given !== "object" || !Number.isInteger(given.length))
    throw new ShapeError({ where, got: `${what} = ${String(given)}`, expected: "an array" });
  if (typeof given[0] !== "object") return { values: given as ArrayLike<number>, width: null };
  const rows = given as readonly ArrayLike<number>[];
  const width = rows[0].length;
  const values = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    if (row?.length !== width)
      throw new ShapeError({ where: `${where}, ${what}, row ${i}`, got: `${row?.length ?? "no"} numbers`, expected: `${width}, as in the first row` });
    values.set(row, i * width);
  });
  return { values, width };
}
