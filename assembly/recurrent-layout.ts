/**
 * How the recurrent kernels lay things out; src/program/kernels/recurrent.ts knows it too.
 *
 * Units come in blocks of 8: U is padded to `pad(U)`, with weights of 0. A step of a sample is a row of an odd number of cache lines, since rows
 * a power of two apart would fall into few sets of the cache. Rows are in the order of x: [N,T,row].
 * - gates: the blocks h (simple RNN); i, f, c, o (LSTM); h, z, r and what the state adds to h before r scales it (GRU): those that the input has a
 *   part in come first, those that the state has one in last.
 * - states: h before the step.
 * - cells (LSTM): c before the step, and activation(c) after it.
 */
export const LSTM: usize = 1;
export const GRU: usize = 2;

/** Units with what fills the last block. */
// @ts-ignore: decorator
@inline
export function pad(U: usize): usize {
  return (U + 7) & ~7;
}

/** Bytes of a row of so many floats. */
// @ts-ignore: decorator
@inline
export function row_bytes(floats: usize): usize {
  return (((floats + 15) >> 4) | 1) << 6;
}

/** Blocks of a row of gates. */
// @ts-ignore: decorator
@inline
export function gate_blocks(cell: usize): usize {
  return cell ? 4 : 1;
}

/** How many of them, the first ones, the input has a part in, and how many, the last ones, the state: also the gates as Keras counts them. */
// @ts-ignore: decorator
@inline
export function part_blocks(cell: usize): usize {
  return cell == GRU ? 3 : gate_blocks(cell);
}

/** The first block that the state has a part in. */
// @ts-ignore: decorator
@inline
export function state_block(cell: usize): usize {
  return cell == GRU ? 1 : 0;
}

/** Where Keras has the gate of a block: z, r, h in a GRU. */
// @ts-ignore: decorator
@inline
export function keras_gate(cell: usize, block: usize): usize {
  return cell != GRU ? block : block == 0 || block == 3 ? 2 : block - 1;
}
