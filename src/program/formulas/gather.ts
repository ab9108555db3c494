/** Gathers as text. @module */
export const gather = {
  gather_rows_u8: "y[r,:] = (data[indices[r],:] - shift) / scale",
  gather_rows_f32: "y[r,:] = x[indices[r],:]",
  gather_rows_i32: "y[r,:] = x[indices[r],:]",
  scatter_add_rows_f32: "dx = beta dx; dx[indices[r],:] += dy[r,:] for each r",
};
