/** Rows picked by an index list. @module */
import type { References } from "./reference.ts";

type Name = "gather_rows_u8" | "gather_rows_f32" | "gather_rows_i32" | "scatter_add_rows_f32";

export const gather: References<Name> = {
  gather_rows_u8({ y, data, indices, n, width, shift, scale }) {
    for (let r = 0, i = 0; r < n; r++) {
      for (let j = indices[r] * width, end = j + width; j < end; j++) y[i++] = (data[j] - shift) / scale;
    }
  },
  gather_rows_f32({ y, x, indices, n, width }) {
    for (let r = 0, i = 0; r < n; r++) {
      for (let j = indices[r] * width, end = j + width; j < end; j++) y[i++] = x[j];
    }
  },
  gather_rows_i32({ y, x, indices, n, width }) {
    for (let r = 0, i = 0; r < n; r++) {
      for (let j = indices[r] * width, end = j + width; j < end; j++) y[i++] = x[j];
    }
  },
  scatter_add_rows_f32({ dx, dy, indices, n, width, ld, rows, beta }) {
    if (!beta) for (let r = 0; r < rows; r++) dx.fill(0, r * ld, r * ld + width);
    for (let r = 0; r < n; r++) {
      for (let j = 0; j < width; j++) dx[indices[r] * ld + j] += dy[r * ld + j];
    }
  },
};
