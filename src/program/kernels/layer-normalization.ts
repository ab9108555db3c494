/** Layer normalization: rows of x [m,n], each by its own mean and variance. @module */
import { flag, float, inout, input, kernel, out, reusable, type Sizes, type Split, size } from "./kernel.ts";

const whole = (s: Sizes): number => s.m * s.n;
const rows = (s: Sizes): number => s.m;
const columns = (s: Sizes): number => s.n;
const spaced = (s: Sizes): number => (s.m === 0 || s.n === 0 ? 0 : (s.m - 1) * s.ld + s.n);
const one = (): number => 1;
const byRow = (...wide: string[]): Split => ({ along: "m", shift: { ...Object.fromEntries(wide.map((name) => [name, columns])), mean: one, scale: one } });

/** y = gamma (x - mean) scale + beta, where mean [m] is that of the row and scale [m] = 1 / sqrt(its variance + epsilon). */
export const layer_norm_forward_f32 = kernel(
  {
    y: out("f32", whole),
    mean: out("f32", rows),
    scale: out("f32", rows),
    x: input("f32", whole),
    gamma: input("f32", columns),
    beta: input("f32", columns),
    m: size,
    n: size,
    epsilon: float,
  },
  (s) => 8 * whole(s),
  byRow("y", "x"),
);
/** dx = scale (g - mean(g) - h mean(g h)) + beta dx per row, where g = dy gamma and h = (x - mean) scale. */
export const layer_norm_backward_input_f32 = kernel(
  {
    dx: inout("f32", whole),
    dy: reusable("f32", whole),
    x: input("f32", whole),
    mean: input("f32", rows),
    scale: input("f32", rows),
    gamma: input("f32", columns),
    m: size,
    n: size,
    beta: flag,
  },
  (s) => 10 * whole(s),
  byRow("dx", "dy", "x"),
);
/** dgamma [n] = sum over rows of dy (x - mean) scale, dbeta [n] = sum over rows of dy, in a fixed order; rows of dy and x are ld apart. */
export const layer_norm_backward_parameters_f32 = kernel(
  {
    dgamma: out("f32", columns),
    dbeta: out("f32", columns),
    dy: input("f32", spaced),
    x: input("f32", spaced),
    mean: input("f32", rows),
    scale: input("f32", rows),
    m: size,
    n: size,
    ld: size,
  },
  (s) => 5 * whole(s),
  { along: "n", shift: { dgamma: one, dbeta: one, dy: one, x: one } },
);
