/** Rows picked by an index list: batches from a dataset, and the gather op with its gradient. @module */
import { flag, float, inout, input, kernel, out, type Sizes, type Split, size } from "./kernel.ts";

const whole = (s: Sizes): number => s.n * s.width;
const rows = (s: Sizes): number => s.n;
const byRow: Split = { along: "n", shift: { y: (s) => s.width, indices: () => 1 } };

/** y[r,:] = (data[indices[r],:] - shift) / scale. */
export const gather_rows_u8 = kernel(
  { y: out("f32", whole), data: input("u8", () => 0), indices: input("i32", rows), n: size, width: size, shift: float, scale: float },
  () => 0,
  byRow,
);
/** y[r,:] = x[indices[r],:]. */
export const gather_rows_f32 = kernel({ y: out("f32", whole), x: input("f32", () => 0), indices: input("i32", rows), n: size, width: size }, () => 0, byRow);
/** y[r,:] = x[indices[r],:]. */
export const gather_rows_i32 = kernel({ y: out("i32", whole), x: input("i32", () => 0), indices: input("i32", rows), n: size, width: size }, () => 0, byRow);
const spaced = (count: number, { width, ld }: Sizes): number => (count === 0 || width === 0 ? 0 : (count - 1) * ld + width);
/** dx [rows,width] = beta dx, then dx[indices[r],:] += dy[r,:] for r = 0, 1, ... n-1; rows of dx and dy are ld apart. */
export const scatter_add_rows_f32 = kernel(
  {
    dx: inout("f32", (s) => spaced(s.rows, s)),
    dy: input("f32", (s) => spaced(s.n, s)),
    indices: input("i32", rows),
    n: size,
    width: size,
    ld: size,
    rows: size,
    beta: flag,
  },
  whole,
  { along: "width", shift: { dx: () => 1, dy: () => 1 } },
);
