/** Bias and rectifier behind a linear layer, and their gradients in one pass: z, y, dy and dz are [N,rows,n]. @module */
import { input, kernel, out, reusable, SHARD, type Sizes, size } from "./kernel.ts";

const values = (s: Sizes): number => s.rows * s.n;
const all = (s: Sizes): number => s.N * values(s);

/** y [rows,n] = max(z + bias, 0). */
export const bias_relu_forward_f32 = kernel(
  { y: out("f32", values), z: reusable("f32", values), bias: input("f32", (s) => s.n), rows: size, n: size },
  (s) => 2 * values(s),
  { along: "rows", shift: { y: (s) => s.n, z: (s) => s.n } },
);

/** dz = dy where y is above 0, else 0; db [shards,n] = its sums over rows and shards of SHARD samples. */
export const bias_relu_backward_f32 = kernel(
  {
    dz: out("f32", all),
    db: out("f32", (s) => Math.ceil(s.N / SHARD) * s.n),
    dy: reusable("f32", all),
    y: input("f32", all),
    N: size,
    rows: size,
    n: size,
  },
  all,
  { along: "N", shift: { dz: values, db: (s) => s.n / SHARD, dy: values, y: values }, grain: SHARD },
);
