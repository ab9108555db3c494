/** Gathers in words. @module */
export const gather = {
  gather_rows_u8: "y = (data[indices] - shift) / scale",
  gather_rows_f32: "y = x[indices]",
  gather_rows_i32: "y = x[indices]",
  scatter_add_rows_f32: "dx[indices] += dy",
};
