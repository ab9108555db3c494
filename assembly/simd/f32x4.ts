/** Helpers that every kernel file shares. Each inlines to a few instructions. */
import { LANE, MINUS_INFINITY } from "./constants";

export const ZERO: v128 = f32x4.splat(0);

/** a * b + c: fused in the relaxed build, multiply then add in the plain one. Only this file mentions relaxed SIMD. */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The bytes of v that `order` names, whose bytes are 0 to 15, or have bit 7 set, which gives 0. */
// @ts-ignore: decorator
@inline
export function pick_bytes(v: v128, order: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i8x16.relaxed_swizzle(v, order);
  return i8x16.swizzle(v, order);
}

/** Stores the first `n` (0 to 3) lanes of v at p. */
// @ts-ignore: decorator
@inline
export function store_tail(p: usize, v: v128, n: usize): void {
  if (n & 2) {
    v128.store64_lane(p, v, 0);
    if (n & 1) v128.store32_lane(p, v, 2, 8);
  } else if (n & 1) {
    v128.store32_lane(p, v, 0);
  }
}

/** All ones in the first `n` lanes, zeros in the others. */
// @ts-ignore: decorator
@inline
export function first_lanes(n: usize): v128 {
  return i32x4.lt_s(v128.load(LANE), i32x4.splat(<i32>n));
}

/** Sum of the lanes: (0 + 2) + (1 + 3). */
// @ts-ignore: decorator
@inline
export function sum_lanes(v: v128): f32 {
  const pair = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1);
}

/** Sum of a row of n: four vectors of running sums over the blocks of 16, then one that takes these and the rest, then its lanes. */
// @ts-ignore: decorator
@inline
export function sum_row(x: usize, n: usize): f32 {
  let s0 = ZERO, s1 = ZERO, s2 = ZERO, s3 = ZERO;
  const wide = x + ((n & ~15) << 2), last = x + ((n & ~3) << 2);
  for (; x < wide; x += 64) {
    s0 = f32x4.add(s0, v128.load(x));
    s1 = f32x4.add(s1, v128.load(x, 16));
    s2 = f32x4.add(s2, v128.load(x, 32));
    s3 = f32x4.add(s3, v128.load(x, 48));
  }
  s0 = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  for (; x < last; x += 16) s0 = f32x4.add(s0, v128.load(x));
  if (n & 3) s0 = f32x4.add(s0, v128.and(v128.load(x), first_lanes(n & 3)));
  return sum_lanes(s0);
}

/** The largest lane; NaN if any is NaN. */
// @ts-ignore: decorator
@inline
export function max_lanes(v: v128): f32 {
  const pair = f32x4.max(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pair, 0), f32x4.extract_lane(pair, 1));
}

/** Largest of a row of n; NaN if any is NaN, -Infinity if n = 0. NaNs are kept apart: f32x4.max, which hands them on, is 3 times as slow. */
// @ts-ignore: decorator
@inline
export function max_row(x: usize, n: usize): f32 {
  let m = v128.load(MINUS_INFINITY), nan = ZERO;
  const last = x + ((n & ~3) << 2);
  for (; x < last; x += 16) {
    const v = v128.load(x);
    m = f32x4.pmax(m, v);
    nan = v128.or(nan, f32x4.ne(v, v));
  }
  if (n & 3) {
    const v = v128.bitselect(v128.load(x), v128.load(MINUS_INFINITY), first_lanes(n & 3));
    m = f32x4.pmax(m, v);
    nan = v128.or(nan, f32x4.ne(v, v));
  }
  // A mask of all ones is a NaN.
  return max_lanes(v128.or(m, nan));
}
