/** Rows picked by an index list: batches from a dataset, and the gather op with its gradient. @module */
import { flag, float, inout, input, kernel, out, type Sizes, size } from "./kernel.ts";

const whole = (s: Sizes): number => s.n * s.width;
const rows = (s: Sizes): number => s.n;

/** y[r,:] = (data[indices[r],:] - shift) / scale. */
export const gather_rows_u8 = kernel({
  y: out("f32", whole),
  data: input("u8", () => 0),
  indices: input("i32", rows),
  n: size,
  width: size,
  shift: float,
  scale: float,
});
/** y[r,:] = x[indices[r],:]. */
export const gather_rows_f32 = kernel({ y: out("f32", whole), x: input("f32", () => 0), indices: input("i32", rows), n: size, width: size });
/** y[r,:] = x[indices[r],:]. */
export const gather_rows_i32 = kernel({ y: out("i32", whole), x: input("i32", () => 0), indices: input("i32", rows), n: size, width: size });
/** dx [rows,width] = beta dx, then dx[indices[r],:] += dy[r,:] for r = 0, 1, ... n-1. */
export const scatter_add_rows_f32 = kernel(
  { dx: inout("f32", (s) => s.rows * s.width), dy: input("f32", whole), indices: input("i32", rows), n: size, width: size, rows: size, beta: flag },
  whole,
);
