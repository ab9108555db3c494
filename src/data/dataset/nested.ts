/** Nested arrays of numbers. @module */
import { ShapeError } from "../../errors.ts";

/** A number array, or arrays of such arrays, all of one shape. */
export type Nested = readonly number[] | readonly Nested[] | readonly ArrayLike<number>[];

/** The values in row-major order, and the shape. @throws ShapeError naming the place where lengths or depths differ */
export function flattenNested(nested: Nested, where: string): { values: Float64Array; shape: number[] } {
  const shape: number[] = [];
  for (let list: unknown = nested; isList(list); list = list[0]) shape.push(list.length);
  if (shape.length === 0) throw new ShapeError({ where, got: String(nested), expected: "an array" });
  // Lists first: only when all have their length is the product of the shape what there is.
  const innermost: ArrayLike<unknown>[] = [];
  const visit = (list: unknown, depth: number, path: string): void => {
    if (!isList(list) || list.length !== shape[depth]) {
      throw new ShapeError({
        where: `${where}${path}`,
        got: isList(list) ? `${list.length} items` : typeof list,
        expected: `${shape[depth]} items, as in the first`,
        hint: "all samples must have one shape",
      });
    }
    if (depth === shape.length - 1) innermost.push(list);
    else for (let i = 0; i < list.length; i++) visit(list[i], depth + 1, `${path}[${i}]`);
  };
  visit(nested, 0, "");
  const width = shape[shape.length - 1];
  const values = new Float64Array(innermost.length * width);
  innermost.forEach((list, row) => {
    for (let i = 0; i < width; i++) {
      const value = list[i];
      if (typeof value !== "number")
        throw new ShapeError({ where: `${where}, element ${row * width + i}`, got: isList(value) ? "an array" : typeof value, expected: "a number" });
      values[row * width + i] = value;
    }
  });
  return { values, shape };
}

const isList = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
