/**
 * Shape algebra. A dimension is a number, or a multiple of the rows of the running batch: a Program is planned once and
 * runs for any number of rows, so every size in it is a constant or rows x constant.
 * @module
 */
import { ShapeError } from "./errors.ts";

/** A multiple of the batch's rows: `{ rows: 1 }` is the batch dimension itself. */
export interface Rows {
  readonly rows: number;
}

/** One dimension: a constant, or rows x constant. */
export type Dim = number | Rows;

/** A shape, outermost dimension first. `[]` is a scalar. */
export type Shape = readonly Dim[];

/** The batch dimension. */
export const BATCH: Rows = Object.freeze({ rows: 1 });

/** True for a dimension that grows with the batch. */
export function isRows(dim: Dim): dim is Rows {
  return typeof dim !== "number";
}

/** a == b, as dimensions. */
export function sameDim(a: Dim, b: Dim): boolean {
  return isRows(a) ? isRows(b) && a.rows === b.rows : a === b;
}

/** a == b, as shapes. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => sameDim(dim, b[i]));
}

/** a x b. @throws ShapeError if both grow with the batch: such a size is not rows x constant. */
export function times(a: Dim, b: Dim): Dim {
  if (isRows(a)) {
    if (isRows(b)) {
      throw new ShapeError({
        where: "shape",
        got: `${formatDim(a)} x ${formatDim(b)}`,
        expected: "at most one dimension that grows with the batch",
        hint: "a tensor of batch x batch values has no size that can be planned; compare samples with a fixed set instead",
      });
    }
    return b === 0 ? 0 : { rows: a.rows * b };
  }
  return isRows(b) ? times(b, a) : a * b;
}

/** Number of elements of a shape. */
export function count(shape: Shape): Dim {
  return shape.reduce<Dim>((product, dim) => times(product, dim), 1);
}

/** The value of a dimension for a batch of `rows`. */
export function at(dim: Dim, rows: number): number {
  return isRows(dim) ? dim.rows * rows : dim;
}

/** The shape for a batch of `rows`. */
export function shapeAt(shape: Shape, rows: number): number[] {
  return shape.map((dim) => at(dim, rows));
}

/** a / b if that is exact, else null. */
export function divide(a: Dim, b: Dim): Dim | null {
  if (isRows(a)) {
    if (isRows(b)) return a.rows % b.rows === 0 ? a.rows / b.rows : null;
    return a.rows % b === 0 ? { rows: a.rows / b } : null;
  }
  return isRows(b) || a % b !== 0 ? null : a / b;
}

/** `N`, `2N` or the number. */
export function formatDim(dim: Dim): string {
  if (!isRows(dim)) return String(dim);
  return dim.rows === 1 ? "N" : `${dim.rows}N`;
}

/** `[N,28,28,1]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.map(formatDim).join(",")}]`;
}

/** The shape two shapes broadcast to, by NumPy's rules. @throws ShapeError naming `where` if they do not. */
export function broadcastShapes(where: string, a: Shape, b: Shape): Shape {
  const rank = a.length > b.length ? a.length : b.length;
  const result: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const da = a[i - (rank - a.length)] ?? 1;
    const db = b[i - (rank - b.length)] ?? 1;
    if (sameDim(da, db) || db === 1) result.push(da);
    else if (da === 1) result.push(db);
    else {
      throw new ShapeError({
        where,
        got: `shapes ${formatShape(a)} and ${formatShape(b)}`,
        expected: "dimensions that are equal or 1, counted from the last",
      });
    }
  }
  return result;
}
