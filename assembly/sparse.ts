/**
 * Products with a matrix that is mostly zeros, from lists of entries { byte offset u32, coefficient f32 } of what is not zero.
 * Zeros are skipped, so 0 * Inf and 0 * NaN do not occur. A sum runs in the order of its list, however columns are sliced.
 */
import { matmul_slice_12, matmul_slice_4, matmul_slice_8, sgd_slice_12, sgd_slice_4, sgd_slice_8 } from "../build/generated/sparse-slices";

/** A bit for each byte of v that is not 0. */
// @ts-ignore: decorator
@inline
function nonzero(v: v128): u64 {
  return <u64>i8x16.bitmask(i8x16.ne(v, i8x16.splat(0)));
}

/**
 * Lists of X[r,:] = table[data[indices[r],:]], twice.
 * By row: rowEntries [rows,width], the first ones of a row used, offset = 4 * rowStep * column, in order of columns. They are cut into
 * `ranges` (>= 1) runs of columns, ceil16(width / ranges) each (the last ones shorter or empty), of rowCounts [rows,ranges] entries.
 * By column: columnEntries [width,capacity], offset = 4 * columnStep * r, in order of r, columnCounts [width].
 * Needs capacity >= rows and table[0] = 0: bytes 0 are not listed. Loads reach 63 bytes past data.
 */
export function sparse_lists_u8(rowEntries: usize, rowCounts: usize, columnEntries: usize, columnCounts: usize, data: usize, indices: usize, table: usize, rows: usize, width: usize, ranges: usize, capacity: usize, rowStep: usize, columnStep: usize): void {
  const run = ((width + ranges - 1) / ranges + 15) & ~15;
  rowStep <<= 2;
  columnStep <<= 2;
  capacity <<= 3;
  // While lists grow, columnCounts holds the addresses of their ends: one load leads to where an entry goes.
  for (let i: usize = 0; i < width; ++i) store<u32>(columnCounts + (i << 2), <u32>(columnEntries + i * capacity));
  for (let r: usize = 0; r < rows; ++r) {
    const x = data + <usize>load<u32>(indices + (r << 2)) * width;
    const columnOffset = r * columnStep;
    let e = rowEntries;
    let column: usize = 0;
    for (let range: usize = 0; range < ranges; ++range) {
      const first = e;
      const end = min(column + run, width);
      // 64 bytes at a time: the fewer loops over bits, the fewer mispredicted ends.
      for (; column < end; column += 64) {
        const p = x + column;
        let bits = nonzero(v128.load(p)) | (nonzero(v128.load(p, 16)) << 16) | (nonzero(v128.load(p, 32)) << 32) | (nonzero(v128.load(p, 48)) << 48);
        if (end - column < 64) bits &= (1 << <u64>(end - column)) - 1;
        while (bits) {
          const i = column + <usize>ctz(bits);
          bits &= bits - 1;
          const value = load<f32>(table + (<usize>load<u8>(x + i) << 2));
          store<u32>(e, <u32>(i * rowStep));
          store<f32>(e, value, 4);
          e += 8;
          const counter = columnCounts + (i << 2);
          const entry = <usize>load<u32>(counter);
          store<u32>(counter, <u32>entry + 8);
          store<u32>(entry, <u32>columnOffset);
          store<f32>(entry, value, 4);
        }
      }
      column = end;
      store<u32>(rowCounts, <u32>((e - first) >> 3));
      rowCounts += 4;
    }
    rowEntries += width << 3;
  }
  for (let i: usize = 0; i < width; ++i) {
    const counter = columnCounts + (i << 2);
    store<u32>(counter, (load<u32>(counter) - <u32>(columnEntries + i * capacity)) >> 3);
  }
}

/**
 * Lists of what is not 0 in X [rows,columns], whose elements are rowStride and columnStride apart: entries [rows,capacity], offset = 4 * step *
 * column, in order of columns; counts [rows]. Needs capacity >= columns.
 */
export function sparse_lists_f32(entries: usize, counts: usize, x: usize, rows: usize, columns: usize, rowStride: usize, columnStride: usize, capacity: usize, step: usize): void {
  const next = columnStride << 2, end = <u32>(columns * step) << 2;
  for (; rows > 0; --rows) {
    let e = entries, p = x;
    for (let offset: u32 = 0; offset < end; offset += <u32>step << 2, p += next) {
      const value = load<f32>(p);
      // Without a branch: what is 0 is written over by what follows, or lies past the end of the list.
      store<u32>(e, offset);
      store<f32>(e, value, 4);
      e += select<usize>(8, 0, value != 0);
    }
    store<u32>(counts, <u32>((e - entries) >> 3));
    counts += 4;
    entries += capacity << 3;
    x += rowStride << 2;
  }
}

/** Columns of the next slice: of 12, 8 or 4 vectors; two of 8 where 12 would leave only 4. */
// @ts-ignore: decorator
@inline
export function slice_columns(left: usize): usize {
  if (left <= 16) return 16;
  return left <= 32 || (left > 48 && left <= 64) ? 32 : 48;
}

/**
 * y [rows,columns] = (y if beta is 1, else bias [columns] or 0) + sum over the entries of a row of coefficient * source[offset...].
 * entries [rows,capacity], counts [rows,ranges]: a row's ranges follow each other and are passed one after another, so that the part
 * of the source that one range names stays in the L1 cache. y must not overlap source. Loads reach 60 bytes past a row, stores none.
 */
export function sparse_matmul_f32(y: usize, entries: usize, counts: usize, source: usize, bias: usize, rows: usize, columns: usize, capacity: usize, ranges: usize, ldy: usize, beta: i32): void {
  capacity <<= 3;
  ldy <<= 2;
  for (let j: usize = 0; j < columns; ) {
    const width = slice_columns(columns - j);
    const offset = j << 2;
    const n = min(columns - j, width);
    const start = bias ? bias + offset : 0;
    if (width == 48) matmul_slice_12(y + offset, entries, counts, source + offset, start, rows, n, capacity, ranges, ldy, beta);
    else if (width == 32) matmul_slice_8(y + offset, entries, counts, source + offset, start, rows, n, capacity, ranges, ldy, beta);
    else matmul_slice_4(y + offset, entries, counts, source + offset, start, rows, n, capacity, ranges, ldy, beta);
    j += n;
  }
}

/**
 * w [rows,columns] -= hyper[0] * sum over the entries of a row of coefficient * source[offset...]: a weight gradient and its step of
 * plain SGD. entries [rows,capacity], counts [rows]. Rows without entries are not touched (their gradient is 0); nothing at all is if
 * ok[0] = 0. w must not overlap source. Loads reach 60 bytes past a row, stores none.
 */
export function sparse_matmul_sgd_f32(w: usize, entries: usize, counts: usize, source: usize, hyper: usize, ok: usize, rows: usize, columns: usize, capacity: usize, ldw: usize): void {
  if (load<i32>(ok) == 0) return;
  const rate = load<f32>(hyper);
  capacity <<= 3;
  ldw <<= 2;
  for (let j: usize = 0; j < columns; ) {
    const width = slice_columns(columns - j);
    const offset = j << 2;
    const n = min(columns - j, width);
    if (width == 48) sgd_slice_12(w + offset, entries, counts, source + offset, rate, rows, n, capacity, ldw);
    else if (width == 32) sgd_slice_8(w + offset, entries, counts, source + offset, rate, rows, n, capacity, ldw);
    else sgd_slice_4(w + offset, entries, counts, source + offset, rate, rows, n, capacity, ldw);
    j += n;
  }
}
