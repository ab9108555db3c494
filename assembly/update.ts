/**
 * What surrounds an optimizer's step: penalties on weights, clipping of gradients, constraints on weights, the average of weights. Where the
 * i32 at `ok` is 0 nothing that lasts is written. Sums are in f64, in an order that depends on sizes only. Arrays must not overlap; pointers are
 * multiples of 4 (of f64: 8). Loads reach up to 12 bytes past an end, stores never do.
 */
import { fma, store_tail, ZERO } from "./simd/f32x4";
import { flush } from "./simd/math";

/** A term of a sum, of two f64 lanes. */
@unmanaged
abstract class Term {
  abstract of(x: v128, l1: v128, l2: v128): v128;
}

@final @unmanaged
class Square extends Term {
  @inline of(x: v128, _l1: v128, _l2: v128): v128 {
    return f64x2.mul(x, x);
  }
}

/** l1 |x| + l2 x^2. */
@final @unmanaged
class Penalty extends Term {
  @inline of(x: v128, l1: v128, l2: v128): v128 {
    const size = f64x2.abs(x);
    return f64x2.mul(size, f64x2.add(l1, f64x2.mul(l2, size)));
  }
}

/** Sum of a row of n terms in four running vectors of two. */
// @ts-ignore: decorator
@inline
function sum_row<T extends Term>(x: usize, n: usize, l1: v128, l2: v128): f64 {
  const term = changetype<T>(0);
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
  const wide = x + ((n & ~7) << 2), end = x + (n << 2);
  for (; x < wide; x += 32) {
    const a = v128.load(x), b = v128.load(x, 16);
    s0 = f64x2.add(s0, term.of(f64x2.promote_low_f32x4(a), l1, l2));
    s1 = f64x2.add(s1, term.of(f64x2.promote_low_f32x4(v128.shuffle<i64>(a, a, 1, 1)), l1, l2));
    s2 = f64x2.add(s2, term.of(f64x2.promote_low_f32x4(b), l1, l2));
    s3 = f64x2.add(s3, term.of(f64x2.promote_low_f32x4(v128.shuffle<i64>(b, b, 1, 1)), l1, l2));
  }
  s0 = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
  let sum = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
  for (; x < end; x += 4) sum += f64x2.extract_lane(term.of(f64x2.splat(<f64>load<f32>(x)), l1, l2), 0);
  return sum;
}

/** y[a] f64 = sum over r of x[a,r]^2. */
export function sum_squares_f64(y: usize, x: usize, A: usize, R: usize): void {
  for (; A > 0; --A, x += R << 2, y += 8) store<f64>(y, sum_row<Square>(x, R, ZERO, ZERO));
}

/** y[a] f64 = sum over r of l1 |x[a,r]| + l2 x[a,r]^2. */
export function penalty_sum_f64(y: usize, x: usize, A: usize, R: usize, l1: f32, l2: f32): void {
  const m1 = f64x2.splat(l1), m2 = f64x2.splat(l2);
  for (; A > 0; --A, x += R << 2, y += 8) store<f64>(y, sum_row<Penalty>(x, R, m1, m2));
}

/** y[0] f64 = beta y[0] + x[0] + x[1] + ..., f64, in this order. */
export function combine_f64(y: usize, x: usize, n: usize, beta: i32): void {
  let sum = beta ? load<f64>(y) : 0;
  for (const end = x + (n << 3); x < end; x += 8) sum += load<f64>(x);
  store<f64>(y, sum);
}

/** g += 2 l2 p + l1 sign(p): the gradient of the penalty l1 sum|p| + l2 sum p^2. sign(0) = 0. */
export function penalty_gradient_f32(g: usize, p: usize, n: usize, l1: f32, l2: f32, ok: usize): void {
  if (!load<i32>(ok)) return;
  const m1 = f32x4.splat(l1), m2 = f32x4.splat(l2 * 2), minus = f32x4.splat(-0.0);
  const last = g + ((n & ~3) << 2);
  for (; g < last; g += 16, p += 16) v128.store(g, penalized(v128.load(g), v128.load(p), m1, m2, minus));
  if (n & 3) store_tail(g, penalized(v128.load(g), v128.load(p), m1, m2, minus), n);
}

// @ts-ignore: decorator
@inline
function penalized(g: v128, p: v128, l1: v128, twice: v128, minus: v128): v128 {
  const sign = v128.and(f32x4.ne(p, ZERO), v128.or(l1, v128.and(p, minus)));
  return f32x4.add(g, fma(twice, p, sign));
}

/**
 * factor[0] f32 = limit / norm where norm = sqrt(square[0]) is above the limit, else 1. A norm that is no number or infinite is that of a gradient
 * which would destroy the weights: it sets ok to 0.
 */
export function clip_factor_f32(factor: usize, ok: usize, square: usize, limit: f32): void {
  const norm = sqrt(load<f64>(square));
  if (!(norm - norm == 0)) store<i32>(ok, 0);
  store<f32>(factor, norm > <f64>limit ? <f32>(<f64>limit / norm) : 1);
}

/** g *= factor[0]. */
export function clip_scale_f32(g: usize, n: usize, factor: usize, ok: usize): void {
  if (!load<i32>(ok) || load<f32>(factor) == 1) return;
  const f = v128.load32_splat(factor);
  const last = g + ((n & ~3) << 2);
  for (; g < last; g += 16) v128.store(g, f32x4.mul(v128.load(g), f));
  if (n & 3) store_tail(g, f32x4.mul(v128.load(g), f), n);
}

/** g = min(max(g, -limit), limit); NaN stays NaN. */
export function clip_value_f32(g: usize, n: usize, limit: f32, ok: usize): void {
  if (!load<i32>(ok)) return;
  const high = f32x4.splat(limit), low = f32x4.splat(-limit);
  const last = g + ((n & ~3) << 2);
  for (; g < last; g += 16) v128.store(g, f32x4.pmin(f32x4.pmax(v128.load(g), low), high));
  if (n & 3) store_tail(g, f32x4.pmin(f32x4.pmax(v128.load(g), low), high), n);
}

/** What brings a norm, given its square, into [low, high]: 1 where it is. */
// @ts-ignore: decorator
@inline
function bounded(square: f64, low: f64, high: f64): f32 {
  const norm = sqrt(square);
  if (norm > high) return <f32>(high / (norm + 1e-7));
  return norm < low ? <f32>(low / (norm + 1e-7)) : 1;
}

/**
 * Scales p [A,R,B] over r so that every norm lies in [low, high]; what does keeps its bits. Norms of 0 stay. `ldp` elements lie between rows r, and
 * R ldp between the a; rows of one element (ldp = 1) are summed along r in vectors, columns (ldp > 1) in the order of r.
 */
export function constrain_norm_f32(p: usize, A: usize, R: usize, B: usize, ldp: usize, low: f32, high: f32, ok: usize): void {
  if (!load<i32>(ok)) return;
  const step = ldp << 2, all = R * step;
  for (; A > 0; --A, p += all) {
    if (ldp == 1) {
      const f = bounded(sum_row<Square>(p, R, ZERO, ZERO), low, high);
      if (f == 1) continue;
      const factor = f32x4.splat(f);
      let x = p;
      for (const last = p + ((R & ~3) << 2); x < last; x += 16) v128.store(x, f32x4.mul(v128.load(x), factor));
      if (R & 3) store_tail(x, f32x4.mul(v128.load(x), factor), R);
      continue;
    }
    for (let j: usize = 0; j < B; j += 4) {
      const top = p + (j << 2), end = top + all;
      let s0 = f64x2.splat(0), s1 = s0;
      for (let x = top; x < end; x += step) {
        const v = v128.load(x);
        const a = f64x2.promote_low_f32x4(v), b = f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1));
        s0 = f64x2.add(s0, f64x2.mul(a, a));
        s1 = f64x2.add(s1, f64x2.mul(b, b));
      }
      let factor = f32x4.splat(bounded(f64x2.extract_lane(s0, 0), low, high));
      factor = f32x4.replace_lane(factor, 1, bounded(f64x2.extract_lane(s0, 1), low, high));
      factor = f32x4.replace_lane(factor, 2, bounded(f64x2.extract_lane(s1, 0), low, high));
      factor = f32x4.replace_lane(factor, 3, bounded(f64x2.extract_lane(s1, 1), low, high));
      for (let x = top; x < end; x += step) {
        const scaled = f32x4.mul(v128.load(x), factor);
        if (B - j >= 4) v128.store(x, scaled);
        else store_tail(x, scaled, B - j);
      }
    }
  }
}

/** p = max(p, 0); NaN stays NaN. */
export function constrain_non_negative_f32(p: usize, n: usize, ok: usize): void {
  if (!load<i32>(ok)) return;
  const last = p + ((n & ~3) << 2);
  for (; p < last; p += 16) v128.store(p, f32x4.pmax(v128.load(p), ZERO));
  if (n & 3) store_tail(p, f32x4.pmax(v128.load(p), ZERO), n);
}

/** e += h0 (p - e), or e = p where h0 is 1; 0 where that is 1e-30 or less. h = [1 - momentum; 1 in the first step]. */
export function ema_update_f32(e: usize, p: usize, n: usize, hyper: usize, ok: usize): void {
  if (!load<i32>(ok)) return;
  const h = v128.load32_splat(hyper);
  const last = e + ((n & ~3) << 2);
  if (load<f32>(hyper) == 1) {
    for (; e < last; e += 16, p += 16) v128.store(e, flush(v128.load(p)));
    if (n & 3) store_tail(e, flush(v128.load(p)), n);
    return;
  }
  for (; e < last; e += 16, p += 16) v128.store(e, averaged(v128.load(e), v128.load(p), h));
  if (n & 3) store_tail(e, averaged(v128.load(e), v128.load(p), h), n);
}

// @ts-ignore: decorator
@inline
function averaged(e: v128, p: v128, h: v128): v128 {
  return flush(fma(h, f32x4.sub(p, e), e));
}
