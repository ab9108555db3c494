/** Pointers, and loops over strided memory, collapsed to the four dimensions that the kernels know. @module */
import { ShapeError } from "../../errors.ts";
import type { Operand, Pointer } from "../../program/program.ts";
import { type Dim, formatShape, type Shape, sameDim, times } from "../../shape.ts";
import type { Lowering } from "../graph.ts";

/** Dimensions, outermost first, and for each operand the elements from one index to the next. */
export interface Loop {
  readonly dims: readonly Dim[];
  readonly strides: readonly (readonly Dim[])[];
}

/** The strides of a shape that lies without gaps. */
export function contiguous(shape: Shape): Dim[] {
  const strides: Dim[] = [];
  let step: Dim = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step = times(step, shape[i]);
  }
  return strides;
}

/** The strides that read a tensor of `shape` as if it had the shape `to` it broadcasts to. */
export function spread(shape: Shape, to: Shape): Dim[] {
  const own = contiguous(shape);
  const missing = to.length - shape.length;
  return to.map((_, i) => (i < missing || shape[i - missing] === 1 ? 0 : own[i - missing]));
}

/** The same loop with as few dimensions as possible: those of size 1 go, neighbours that every operand walks evenly become one. */
export function merge({ dims, strides }: Loop): Loop {
  const keptDims: Dim[] = [];
  const kept: Dim[][] = strides.map(() => []);
  dims.forEach((dim, i) => {
    if (dim === 1) return;
    const last = keptDims.length - 1;
    if (last >= 0 && strides.every((s, k) => sameDim(kept[k][last], times(s[i], dim)))) {
      keptDims[last] = times(keptDims[last], dim);
      strides.forEach((s, k) => {
        kept[k][last] = s[i];
      });
      return;
    }
    keptDims.push(dim);
    strides.forEach((s, k) => {
      kept[k].push(s[i]);
    });
  });
  return { dims: keptDims, strides: kept };
}

/** The same loop with exactly four dimensions. @throws ShapeError if it needs more */
export function four(where: string, loop: Loop): Loop {
  const { dims, strides } = merge(loop);
  const missing = 4 - dims.length;
  if (missing < 0) {
    throw new ShapeError({
      where,
      got: `a walk over shape ${formatShape(loop.dims)} in ${dims.length} uneven steps`,
      expected: "at most 4",
      hint: "merge dimensions with reshape(), or do it in two operations of fewer dimensions",
    });
  }
  const pad = <T>(value: T, list: readonly T[]): T[] => [...Array<T>(missing).fill(value), ...list];
  return { dims: pad<Dim>(1, dims), strides: strides.map((s) => pad<Dim>(0, s)) };
}

/** A pointer that many elements further. */
export const shift = ({ slot, at }: Pointer, elements: number): Pointer => ({ slot, at: at + elements });

type Quad<P extends string> = { [I in 0 | 1 | 2 | 3 as `${P}${I}`]: Dim };

/** Four numbers as the arguments p0 to p3. */
export function args<P extends string>(prefix: P, values: readonly Dim[]): Quad<P> {
  return Object.fromEntries(values.map((value, i) => [prefix + i, value])) as Quad<P>;
}

/** The walk of a kernel of two operands over n elements of the first and one of the second. */
export function byScalar(n: Dim): Quad<"d"> & Quad<"a"> & Quad<"b"> {
  return { ...args("d", [1, 1, 1, n]), ...args("a", [0, 0, 0, 1]), ...args("b", [0, 0, 0, 0]) };
}

/** Emits y[i...] = x[i...] + beta y over a loop whose strides are those of y and x. */
export function emitCopy(to: Lowering, where: string, y: Pointer, x: Pointer, loop: Loop, beta: Operand): void {
  const { dims, strides } = four(where, loop);
  to.emit("strided_copy_f32", { y, x, ...args("d", dims), ...args("y", strides[0]), ...args("x", strides[1]), beta });
}
