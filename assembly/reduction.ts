/**
 * Reductions of x [A,R,B] over the middle dimension. Any sizes and any pointers that are multiples of 4; y must not overlap x. Loads
 * reach up to 12 bytes past the end of x or y, stores never do. The order of a sum depends on sizes only. With B > 1 vectors lie along
 * B and a sum runs in the order of r; with B = 1 they lie along R and a sum has as many running parts as sum_row says.
 */
import { INFINITY, MINUS_INFINITY } from "./simd/constants";
import { first_lanes, max_row, store_tail, sum_lanes, sum_row, ZERO } from "./simd/f32x4";
import { exp, log } from "./simd/math";

/** y = v, or v + y; all lanes if n >= 4, else the first n. */
// @ts-ignore: decorator
@inline
function put(y: usize, v: v128, n: usize, beta: i32): void {
  if (beta) v = f32x4.add(v, v128.load(y));
  if (n >= 4) v128.store(y, v);
  else store_tail(y, v, n);
}

/** y [A,B] = sum over r of x [A,r,B] + beta y. R = 0 gives 0. NaN and infinities as in a plain sum. */
export function reduce_sum_f32(y: usize, x: usize, A: usize, R: usize, B: usize, beta: i32): void {
  if (B == 1) {
    for (; A > 0; --A, x += R << 2, y += 4) {
      const sum = sum_row(x, R);
      store<f32>(y, beta ? sum + load<f32>(y) : sum);
    }
    return;
  }
  const row = B << 2;
  for (; A > 0; --A, x += R * row, y += row) {
    let j: usize = 0;
    for (; j + 16 <= B; j += 16) {
      let s0 = ZERO, s1 = ZERO, s2 = ZERO, s3 = ZERO;
      let p = x + (j << 2);
      for (let r = R; r > 0; --r, p += row) {
        s0 = f32x4.add(s0, v128.load(p));
        s1 = f32x4.add(s1, v128.load(p, 16));
        s2 = f32x4.add(s2, v128.load(p, 32));
        s3 = f32x4.add(s3, v128.load(p, 48));
      }
      p = y + (j << 2);
      put(p, s0, 4, beta);
      put(p + 16, s1, 4, beta);
      put(p + 32, s2, 4, beta);
      put(p + 48, s3, 4, beta);
    }
    for (; j + 4 < B; j += 8) {
      let s0 = ZERO, s1 = ZERO;
      let p = x + (j << 2);
      for (let r = R; r > 0; --r, p += row) {
        s0 = f32x4.add(s0, v128.load(p));
        s1 = f32x4.add(s1, v128.load(p, 16));
      }
      p = y + (j << 2);
      put(p, s0, 4, beta);
      put(p + 16, s1, B - j - 4, beta);
    }
    if (j < B) {
      let s = ZERO;
      let p = x + (j << 2);
      for (let r = R; r > 0; --r, p += row) s = f32x4.add(s, v128.load(p));
      put(y + (j << 2), s, B - j, beta);
    }
  }
}

/** Largest of R vectors `row` bytes apart, lane by lane; NaN if any is NaN. */
// @ts-ignore: decorator
@inline
function max_column(x: usize, R: usize, row: usize): v128 {
  let m = v128.load(MINUS_INFINITY), nan = ZERO;
  for (; R > 0; --R, x += row) {
    const v = v128.load(x);
    m = f32x4.pmax(m, v);
    nan = v128.or(nan, f32x4.ne(v, v));
  }
  return v128.or(m, nan);
}

/** y [A,B] = max over r of x [A,r,B]; NaN if any is NaN. */
export function reduce_max_f32(y: usize, x: usize, A: usize, R: usize, B: usize): void {
  if (B == 1) {
    for (; A > 0; --A, x += R << 2, y += 4) store<f32>(y, max_row(x, R));
    return;
  }
  const row = B << 2;
  for (; A > 0; --A, x += R * row, y += row) {
    for (let j: usize = 0; j < B; j += 4) put(y + (j << 2), max_column(x + (j << 2), R, row), B - j, 0);
  }
}

/** y [A,B] i32 = the first r of the largest x [A,r,B]; a NaN counts as largest. */
export function reduce_argmax_f32(y: usize, x: usize, A: usize, R: usize, B: usize): void {
  if (B == 1) {
    for (; A > 0; --A, x += R << 2, y += 4) {
      const m = max_row(x, R);
      const largest = f32x4.splat(m);
      const none = i32x4.splat(m == m ? 0 : -1);
      let r: usize = 0;
      let found: i32 = 0;
      for (; r < R; r += 4) {
        const v = v128.load(x + (r << 2));
        // Either equal to the largest, or NaN where that is NaN.
        found = i32x4.bitmask(v128.or(f32x4.eq(v, largest), v128.and(f32x4.ne(v, v), none)));
        if (found) break;
      }
      store<i32>(y, <i32>r + ctz(found));
    }
    return;
  }
  const row = B << 2;
  for (; A > 0; --A, x += R * row, y += row) {
    for (let j: usize = 0; j < B; j += 4) {
      let p = x + (j << 2);
      let largest = v128.load(p), index = ZERO;
      for (let r: usize = 1; r < R; ++r) {
        p += row;
        const v = v128.load(p);
        const first_nan = v128.and(f32x4.ne(v, v), f32x4.eq(largest, largest));
        const better = v128.or(f32x4.gt(v, largest), first_nan);
        largest = v128.bitselect(v, largest, better);
        index = v128.bitselect(i32x4.splat(<i32>r), index, better);
      }
      put(y + (j << 2), index, B - j, 0);
    }
  }
}

/** m where finite, else 0: x - shift is then never Infinity - Infinity. */
// @ts-ignore: decorator
@inline
function finite_shift(m: v128): v128 {
  return v128.and(m, f32x4.lt(f32x4.abs(m), v128.load(INFINITY)));
}

/** y [A,B] = log(sum over r of e^x [A,r,B]), shifted by the maximum. All -Infinity gives -Infinity, any NaN gives NaN. */
export function reduce_logsumexp_f32(y: usize, x: usize, A: usize, R: usize, B: usize): void {
  if (B == 1) {
    for (; A > 0; --A, y += 4) {
      const shift = finite_shift(f32x4.splat(max_row(x, R)));
      let s = ZERO;
      const last = x + ((R & ~3) << 2);
      for (; x < last; x += 16) s = f32x4.add(s, exp(f32x4.sub(v128.load(x), shift)));
      if (R & 3) s = f32x4.add(s, v128.and(exp(f32x4.sub(v128.load(x), shift)), first_lanes(R & 3)));
      x += (R & 3) << 2;
      store<f32>(y, f32x4.extract_lane(f32x4.add(log(f32x4.splat(sum_lanes(s))), shift), 0));
    }
    return;
  }
  const row = B << 2;
  for (; A > 0; --A, x += R * row, y += row) {
    for (let j: usize = 0; j < B; j += 4) {
      let p = x + (j << 2);
      const shift = finite_shift(max_column(p, R, row));
      let s = ZERO;
      for (let r = R; r > 0; --r, p += row) s = f32x4.add(s, exp(f32x4.sub(v128.load(p), shift)));
      put(y + (j << 2), f32x4.add(log(s), shift), B - j, 0);
    }
  }
}

/** y[0] f64 = sum of x [n] + beta y[0], added in f64 in four running parts. */
export function sum_f64(y: usize, x: usize, n: usize, beta: i32): void {
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
  const last = x + ((n & ~3) << 2), end = x + (n << 2);
  for (; x < last; x += 16) {
    const v = v128.load(x);
    s0 = f64x2.add(s0, f64x2.promote_low_f32x4(v));
    s1 = f64x2.add(s1, f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1)));
  }
  s0 = f64x2.add(s0, s1);
  let sum = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
  for (; x < end; x += 4) sum += load<f32>(x);
  store<f64>(y, beta ? sum + load<f64>(y) : sum);
}

/** ok[0] i32 = 1 if the f64 x[0] is finite, else 0. */
export function finite_f64(ok: usize, x: usize): void {
  const v = load<f64>(x);
  store<i32>(ok, v - v == 0 ? 1 : 0);
}
