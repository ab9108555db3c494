/** How many inputs and outputs a parameter connects. @module */

/** Keras's rule: dense [in,out]; convolutions [...window,in,out], both times the window's size; a vector counts for both; a scalar is 1. */
export function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const rank = shape.length;
  if (rank === 0) return { fanIn: 1, fanOut: 1 };
  if (rank === 1) return { fanIn: shape[0], fanOut: shape[0] };
  const window = shape.slice(0, -2).reduce((product, dim) => product * dim, 1);
  return { fanIn: shape[rank - 2] * window, fanOut: shape[rank - 1] * window };
}
