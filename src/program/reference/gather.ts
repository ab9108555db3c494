/** Rows picked by an index list. @module */
import type { References } from "./reference.ts";

export const gather: References<"gather_rows_u8" | "gather_rows_f32" | "gather_rows_i32" | "scatter_add_rows_f32"> = {
  gather_rows_u8({ y, data, indices, n, width, shift, scale }) {
    const s = Math.fround(shift);
    const k = Math.fround(scale);
    for (let r = 0; r < n; r++) {
      const from = indices[r] * width;
      for (let i = 0; i < width; i++) y[r * width + i] = Math.fround(Math.fround(data[from + i] - s) / k);
    }
  },
  gather_rows_f32({ y, x, indices, n, width }) {
    for (let r = 0; r < n; r++) for (let i = 0; i < width; i++) y[r * width + i] = x[indices[r] * width + i];
  },
  gather_rows_i32({ y, x, indices, n, width }) {
    for (let r = 0; r < n; r++) for (let i = 0; i < width; i++) y[r * width + i] = x[indices[r] * width + i];
  },
  scatter_add_rows_f32({ dx, dy, indices, n, width, rows, beta }) {
    if (beta === 0) for (let i = 0; i < rows * width; i++) dx[i] = 0;
    for (let r = 0; r < n; r++) for (let i = 0; i < width; i++) dx[indices[r] * width + i] += dy[r * width + i];
  },
};
