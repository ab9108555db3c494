/** Indices in the data: whether they lie below what a layer can look up. Kernels do not ask. @module */
import { type InputColumn, product } from "../../data/dataset/columns.ts";
import { ConfigError } from "../../errors.ts";
import type { InputLimit } from "../build/forward.ts";

type Stored = Pick<InputColumn, "name" | "values" | "shape" | "normalization">;

/** For each column one above the largest index in it; Infinity where not all are indices. */
const known = new WeakMap<Stored, number>();

/**
 * Holds the columns of inputs to their limits. Whole columns are looked through once; a subset again only where its column breaks a limit.
 * @param rows the stored samples in use; null is all of them
 * @throws ConfigError naming sample, value, limit and layer
 */
export function checkIndices(limits: readonly InputLimit[], inputs: readonly Stored[], rows: Int32Array | null): void {
  for (const limit of limits) {
    const column = inputs[limit.input];
    let above = known.get(column);
    if (above === undefined) {
      above = boundOf(column);
      known.set(column, above);
    }
    if (above > limit.limit) complain(limit, column, rows);
  }
}

function boundOf({ values, normalization: { shift, scale } }: Stored): number {
  let largest = -1;
  for (let i = 0; i < values.length; i++) {
    const value = Math.fround(Math.fround(values[i] - shift) / scale);
    if (!(Number.isInteger(value) && value >= 0)) return Number.POSITIVE_INFINITY;
    if (value > largest) largest = value;
  }
  return largest + 1;
}

/** Throws for the first sample in use that breaks the limit, if there is one. */
function complain({ limit, where }: InputLimit, { name, values, shape, normalization }: Stored, rows: Int32Array | null): void {
  const { shift, scale } = normalization;
  const width = product(shape);
  const count = rows?.length ?? values.length / width;
  for (let i = 0; i < count; i++) {
    const from = (rows?.[i] ?? i) * width;
    for (let j = 0; j < width; j++) {
      const value = Math.fround(Math.fround(values[from + j] - shift) / scale);
      if (Number.isInteger(value) && value >= 0 && value < limit) continue;
      throw new ConfigError({
        where: `${where}, ${name === null ? "" : `input "${name}", `}sample ${i}, element ${j}`,
        got: String(value),
        expected: `an index, a whole number from 0 to ${limit - 1}`,
        hint: scale === 1 && shift === 0 ? undefined : 'indices must stay as they are: give the dataset normalization "none"',
      });
    }
  }
}
