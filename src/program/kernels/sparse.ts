/**
 * Products with a matrix X that is mostly zeros (images on a black ground), by lists of what is not zero.
 * A list row holds entries { byte offset into the dense factor, coefficient }, in order of its ranges.
 * @module
 */
import { flag, inout, input, kernel, optional, out, size } from "./kernel.ts";

/**
 * Scans the gathered rows X[r,:] = table[data[indices[r],:]] of a u8 matrix and writes two sets of lists of its non-zero values:
 * by row (capacity `width` entries; offset = column * rowStep * 4 bytes), cut into `ranges` runs of columns of
 * ceil16(width / ranges) each, whose lengths are rowCounts[r*ranges + q]; and by column (capacity `capacity` entries;
 * offset = r * columnStep * 4 bytes; lengths columnCounts[column]). table[0] must be 0.
 */
export const sparse_lists_u8 = kernel({
  rowEntries: out("entries", (s) => s.rows * s.width),
  rowCounts: out("i32", (s) => s.rows * s.ranges),
  columnEntries: out("entries", (s) => s.width * s.capacity),
  columnCounts: out("i32", (s) => s.width),
  data: input("u8", () => 0),
  indices: input("i32", (s) => s.rows),
  table: input("f32", () => 256),
  rows: size,
  width: size,
  ranges: size,
  capacity: size,
  rowStep: size,
  columnStep: size,
});

/**
 * Lists of what is not 0 in x [rows,columns], elements rowStride and columnStride apart: entries { 4 * step * column, value } in order of columns,
 * lengths counts; what follows in a row is not meant to be read. capacity >= columns.
 */
export const sparse_lists_f32 = kernel(
  {
    entries: out("entries", (s) => s.rows * s.capacity),
    counts: out("i32", (s) => s.rows),
    x: input("f32", (s) => (s.rows === 0 || s.columns === 0 ? 0 : (s.rows - 1) * s.rowStride + (s.columns - 1) * s.columnStride + 1)),
    rows: size,
    columns: size,
    rowStride: size,
    columnStride: size,
    capacity: size,
    step: size,
  },
  () => 0,
  { along: "rows", shift: { entries: (s) => s.capacity, counts: () => 1, x: (s) => s.rowStride } },
);

/** y[r,:] = (bias or 0, or y itself with beta 1) + sum over the list of r of coefficient * source[offset...]; r < rows, columns wide. */
export const sparse_matmul_f32 = kernel(
  {
    y: inout("f32", (s) => (s.rows === 0 ? 0 : (s.rows - 1) * s.ldy + s.columns)),
    entries: input("entries", (s) => s.rows * s.capacity),
    counts: input("i32", (s) => s.rows * s.ranges),
    source: input("f32", () => 0),
    bias: optional("f32", (s) => s.columns),
    rows: size,
    columns: size,
    capacity: size,
    ranges: size,
    ldy: size,
    beta: flag,
  },
  () => 0,
  { along: "rows", shift: { y: (s) => s.ldy, entries: (s) => s.capacity, counts: (s) => s.ranges } },
);

/** w[r,:] -= h.learningRate * sum over the list of r of coefficient * source[offset...]: a weight gradient and its plain SGD update in one. Nothing if ok[0] is 0; rows with an empty list are untouched. */
export const sparse_matmul_sgd_f32 = kernel(
  {
    w: inout("f32", (s) => (s.rows === 0 ? 0 : (s.rows - 1) * s.ldw + s.columns)),
    entries: input("entries", (s) => s.rows * s.capacity),
    counts: input("i32", (s) => s.rows),
    source: input("f32", () => 0),
    hyper: input("f32", () => 1),
    ok: input("i32", () => 1),
    rows: size,
    columns: size,
    capacity: size,
    ldw: size,
  },
  () => 0,
  { along: "rows", shift: { w: (s) => s.ldw, entries: (s) => s.capacity, counts: () => 1 } },
);
