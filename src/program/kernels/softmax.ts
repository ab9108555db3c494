/** Softmax over rows of x [m,n], alone and fused with the cross-entropy against integer labels. @module */
import { flag, inout, input, kernel, out, reusable, type Sizes, type Split, size } from "./kernel.ts";

const whole = (s: Sizes): number => s.m * s.n;
const rows = (s: Sizes): number => s.m;
const dims = { m: size, n: size };
/** By rows: these pointers hold a row of n each, those one number. */
const byRow = (wide: readonly string[], single: readonly string[] = []): Split => ({
  along: "m",
  shift: Object.fromEntries([...wide.map((name) => [name, (s: Sizes) => s.n]), ...single.map((name) => [name, () => 1])]),
});

/** y = exp(x - max) / sum, per row; results of 1e-30 or less become 0. */
export const softmax_forward_f32 = kernel({ y: out("f32", whole), x: input("f32", whole), ...dims }, (s) => 4 * whole(s), byRow(["y", "x"]));
/** dx = y (dy - sum(dy y)) + beta dx, per row. */
export const softmax_backward_f32 = kernel(
  { dx: inout("f32", whole), dy: input("f32", whole), y: input("f32", whole), ...dims, beta: flag },
  (s) => 4 * whole(s),
  byRow(["dx", "dy", "y"]),
);
/** y = x - logSumExp(x), per row. */
export const log_softmax_forward_f32 = kernel({ y: out("f32", whole), x: reusable("f32", whole), ...dims }, (s) => 4 * whole(s), byRow(["y", "x"]));
/** dx = dy - e^y sum(dy) + beta dx, per row. */
export const log_softmax_backward_f32 = kernel(
  { dx: inout("f32", whole), dy: reusable("f32", whole), y: input("f32", whole), ...dims, beta: flag },
  (s) => 4 * whole(s),
  byRow(["dx", "dy", "y"]),
);
/** y = softmax(x); loss[i] = logSumExp(x[i,:]) - x[i, labels[i]]. Labels must lie in [0,n). */
export const softmax_cross_entropy_forward_f32 = kernel(
  { loss: out("f32", rows), y: out("f32", whole), x: input("f32", whole), labels: input("i32", rows), ...dims },
  (s) => 4 * whole(s),
  byRow(["y", "x"], ["loss", "labels"]),
);
/** dx[i,j] = dloss[i] (y[i,j] - (j == labels[i])) + beta dx. */
export const softmax_cross_entropy_backward_f32 = kernel(
  { dx: inout("f32", whole), dloss: input("f32", rows), y: input("f32", whole), labels: input("i32", rows), ...dims, beta: flag },
  (s) => 2 * whole(s),
  byRow(["dx", "y"], ["dloss", "labels"]),
);
/** loss[i] = logSumExp(x[i,:]) - x[i, labels[i]], alone. */
export const cross_entropy_logits_f32 = kernel(
  { loss: out("f32", rows), x: input("f32", whole), labels: input("i32", rows), ...dims },
  (s) => 3 * whole(s),
  byRow(["x"], ["loss", "labels"]),
);
