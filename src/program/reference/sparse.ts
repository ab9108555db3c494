/** Products with lists of non-zero values. @module */
import type { Entries, Floats, References } from "./reference.ts";

/** Elements per entry's byte. */
const FLOAT = 4;

/** row[start..] += scale * sum over the entries from..to of coefficient * source[offset...]. */
function addEntries(row: Floats, start: number, columns: number, { offset, value }: Entries, from: number, to: number, source: Floats, scale: number): void {
  for (let e = from; e < to; e++) {
    const p = (offset[e] >>> 0) / FLOAT;
    const x = scale * value[e];
    for (let j = 0; j < columns; j++) row[start + j] += x * source[p + j];
  }
}

export const sparse: References<"sparse_lists_u8" | "sparse_lists_f32" | "sparse_matmul_f32" | "sparse_matmul_sgd_f32"> = {
  sparse_lists_u8({ rowEntries, rowCounts, columnEntries, columnCounts, data, indices, table, rows, width, ranges, capacity, rowStep, columnStep }) {
    const run = Math.ceil(Math.ceil(width / ranges) / 16) * 16;
    columnCounts.fill(0, 0, width);
    for (let r = 0; r < rows; r++) {
      const x = indices[r] * width;
      let e = r * width;
      for (let range = 0; range < ranges; range++) {
        const first = e;
        for (let i = range * run; i < Math.min((range + 1) * run, width); i++) {
          const byte = data[x + i];
          if (byte === 0) continue;
          rowEntries.offset[e] = i * rowStep * FLOAT;
          rowEntries.value[e++] = table[byte];
          const entry = i * capacity + columnCounts[i]++;
          columnEntries.offset[entry] = r * columnStep * FLOAT;
          columnEntries.value[entry] = table[byte];
        }
        rowCounts[r * ranges + range] = e - first;
      }
    }
  },

  sparse_lists_f32({ entries, counts, x, rows, columns, rowStride, columnStride, capacity, step }) {
    for (let r = 0; r < rows; r++) {
      counts[r] = 0;
      for (let i = 0; i < columns; i++) {
        const value = x[r * rowStride + i * columnStride];
        // The place after a list's last entry may hold a 0.
        const e = r * capacity + counts[r];
        entries.offset[e] = i * step * FLOAT;
        entries.value[e] = value;
        if (value !== 0) counts[r]++;
      }
    }
  },

  sparse_matmul_f32({ y, entries, counts, source, bias, rows, columns, capacity, ranges, ldy, beta }) {
    for (let r = 0; r < rows; r++) {
      const row = r * ldy;
      if (!beta) for (let j = 0; j < columns; j++) y[row + j] = bias ? bias[j] : 0;
      let count = 0;
      for (let range = 0; range < ranges; range++) count += counts[r * ranges + range];
      addEntries(y, row, columns, entries, r * capacity, r * capacity + count, source, 1);
    }
  },

  sparse_matmul_sgd_f32({ w, entries, counts, source, hyper, ok, rows, columns, capacity, ldw }) {
    if (ok[0] === 0) return;
    for (let r = 0; r < rows; r++) addEntries(w, r * ldw, columns, entries, r * capacity, r * capacity + counts[r], source, -hyper[0]);
  },
};
