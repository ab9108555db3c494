/** Batch normalization of x [N,P,C]: N samples of P pixels, each of the C channels by the mean and variance of all N P. @module */
import { flag, float, inout, input, kernel, optional, out, reusable, SHARD, type Sizes, type Split, scratch, size } from "./kernel.ts";

const whole = (s: Sizes): number => s.N * s.P * s.C;
const channels = (s: Sizes): number => s.C;
const perShard =
  (rows: number) =>
  (s: Sizes): number =>
    Math.ceil(s.N / SHARD) * rows * s.C;
const sample = (s: Sizes): number => s.P * s.C;
const bySample = (...names: string[]): Split => ({ along: "N", shift: Object.fromEntries(names.map((name) => [name, sample])) });
const byShard = (rows: number, ...names: string[]): Split => {
  const { along, shift } = bySample(...names);
  return { along, shift: { ...shift, parts: (s) => (rows * s.C) / SHARD }, grain: SHARD };
};
/** Tables of numbers per channel, repeated to rows of 64 or more: see period_of in the kernels. */
const tables = (count: number) => scratch("f32", ({ C }) => (C === 0 ? 0 : count * ((C >= 64 ? C : C * (Math.floor(63 / C + 4) & ~3)) + 4)));

/** parts [shards,3,C] = of each SHARD of samples: its first pixel f, sum of x - f, sum of (x - f)^2. */
export const batch_norm_moments_f32 = kernel(
  { parts: out("f32", perShard(3)), x: input("f32", whole), N: size, P: size, C: size },
  (s) => 4 * whole(s),
  byShard(3, "x"),
);
/** mean [C], variance [C] = those of all N P values of a channel, from the parts. */
export const batch_norm_statistics_f32 = kernel({
  mean: out("f32", channels),
  variance: out("f32", channels),
  parts: input("f32", perShard(3)),
  N: size,
  P: size,
  C: size,
});
/** y = gamma (x - mean) / sqrt(variance + epsilon) + beta, not below 0 if relu. */
export const batch_norm_forward_f32 = kernel(
  {
    y: out("f32", whole),
    x: reusable("f32", whole),
    mean: input("f32", channels),
    variance: input("f32", channels),
    gamma: input("f32", channels),
    beta: input("f32", channels),
    N: size,
    P: size,
    C: size,
    epsilon: float,
    relu: flag,
    scratch: tables(3),
  },
  (s) => 3 * whole(s),
  bySample("y", "x"),
);
/** parts [shards,2,C] = of each SHARD of samples: sum of dz, sum of dz (x - mean), where dz is dy where y > 0; dy if y is absent. */
export const batch_norm_backward_sums_f32 = kernel(
  {
    parts: out("f32", perShard(2)),
    dy: input("f32", whole),
    x: input("f32", whole),
    y: optional("f32", whole),
    mean: input("f32", channels),
    N: size,
    P: size,
    C: size,
  },
  (s) => 4 * whole(s),
  byShard(2, "dy", "x", "y"),
);
/** dgamma [C] = sum of dz (x - mean) / sqrt(variance + epsilon), dbeta [C] = sum of dz, from the parts. */
export const batch_norm_backward_parameters_f32 = kernel({
  dgamma: out("f32", channels),
  dbeta: out("f32", channels),
  parts: input("f32", perShard(2)),
  variance: input("f32", channels),
  N: size,
  C: size,
  epsilon: float,
});
/**
 * dx = gamma / s (dz - dbeta / total - dgamma (x - mean) / (s total)) + beta dx, s = sqrt(variance + epsilon); total is how many values the
 * statistics are of, 0 if they do not depend on x.
 */
export const batch_norm_backward_input_f32 = kernel(
  {
    dx: inout("f32", whole),
    dy: reusable("f32", whole),
    x: input("f32", whole),
    y: optional("f32", whole),
    mean: input("f32", channels),
    variance: input("f32", channels),
    gamma: input("f32", channels),
    dgamma: input("f32", channels),
    dbeta: input("f32", channels),
    N: size,
    P: size,
    C: size,
    total: size,
    epsilon: float,
    beta: flag,
    scratch: tables(4),
  },
  (s) => 6 * whole(s),
  bySample("dx", "dy", "x", "y"),
);
