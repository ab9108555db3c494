/**
 * Softmax over rows of x [m,n], alone and fused with the cross-entropy against integer labels. Any sizes and any pointers that are
 * multiples of 4. Loads reach up to 12 bytes past the end of an operand, stores never do. Logits may be of any finite size.
 * A NaN or +Infinity in a row gives a loss that is not finite, and NaN in its row of y; -Infinity is a logit that has no chance.
 */
import { first_lanes, fma, max_row, store_tail, sum_lanes, ZERO } from "./simd/f32x4";
import { exp_core, flush, log1p } from "./simd/math";

/**
 * The sum of e^(x - largest) over a row, less the 1 of one largest element, and these exponentials stored at y if `storing`.
 * Exact ones are counted apart from the rest: else a sum of 1 + tiny would lose tiny, and with it a small loss. What is 1e-30 or less
 * is 0 before it is divided: a quotient could be denormal, and slow.
 */
// @ts-ignore: decorator
@inline
function exponentials(y: usize, x: usize, n: usize, largest: v128, storing: bool): f32 {
  let sum = ZERO, ones = ZERO;
  const last = x + ((n & ~3) << 2);
  for (; x < last; x += 16) {
    const v = v128.load(x);
    const e = flush(exp_core(f32x4.sub(v, largest)));
    if (storing) {
      v128.store(y, e);
      y += 16;
    }
    const one = f32x4.eq(v, largest);
    ones = i32x4.sub(ones, one);
    sum = f32x4.add(sum, v128.andnot(e, one));
  }
  if (n & 3) {
    const v = v128.load(x);
    const e = flush(exp_core(f32x4.sub(v, largest)));
    if (storing) store_tail(y, e, n);
    const lanes = first_lanes(n & 3);
    const one = v128.and(f32x4.eq(v, largest), lanes);
    ones = i32x4.sub(ones, one);
    sum = f32x4.add(sum, v128.and(v128.andnot(e, one), lanes));
  }
  return sum_lanes(f32x4.convert_i32x4_s(ones)) - 1 + sum_lanes(sum);
}

/** y [n] = flush(y / (1 + rest)). */
// @ts-ignore: decorator
@inline
function normalize(y: usize, n: usize, rest: f32): void {
  const total = f32x4.splat(rest + 1);
  const last = y + ((n & ~3) << 2);
  for (; y < last; y += 16) v128.store(y, flush(f32x4.div(v128.load(y), total)));
  if (n & 3) store_tail(y, flush(f32x4.div(v128.load(y), total)), n);
}

/** log(1 + rest) + (largest - x[label]). */
// @ts-ignore: decorator
@inline
function loss_of(x: usize, label: usize, largest: f32, rest: f32): f32 {
  return f32x4.extract_lane(log1p(f32x4.splat(rest)), 0) + (largest - load<f32>(x + (<usize>load<u32>(label) << 2)));
}

/** y [m,n] = e^(x - max) / sum per row; results of 1e-30 or less are 0. y may equal x. */
export function softmax_forward_f32(y: usize, x: usize, m: usize, n: usize): void {
  if (n == 0) return;
  const row = n << 2;
  for (; m > 0; --m, x += row, y += row) normalize(y, n, exponentials(y, x, n, f32x4.splat(max_row(x, n)), true));
}

/** dx [m,n] = y (dy - sum(dy y)) + beta dx per row. With beta 0, dx may equal dy or y. */
export function softmax_backward_f32(dx: usize, dy: usize, y: usize, m: usize, n: usize, beta: i32): void {
  const whole = (n & ~3) << 2, tail = n & 3;
  for (; m > 0; --m) {
    let s = ZERO;
    for (let i: usize = 0; i < whole; i += 16) s = fma(v128.load(dy + i), v128.load(y + i), s);
    if (tail) s = f32x4.add(s, v128.and(f32x4.mul(v128.load(dy + whole), v128.load(y + whole)), first_lanes(tail)));
    s = f32x4.splat(sum_lanes(s));
    const last = dx + whole;
    for (; dx < last; dx += 16, dy += 16, y += 16) {
      const v = f32x4.mul(v128.load(y), f32x4.sub(v128.load(dy), s));
      v128.store(dx, beta ? f32x4.add(v, v128.load(dx)) : v);
    }
    if (tail) {
      const v = f32x4.mul(v128.load(y), f32x4.sub(v128.load(dy), s));
      store_tail(dx, beta ? f32x4.add(v, v128.load(dx)) : v, tail);
    }
    dx += tail << 2;
    dy += tail << 2;
    y += tail << 2;
  }
}

/** y [m,n] = x - max - log(sum of e^(x - max)) per row, of full relative accuracy also where a probability is near 1. y may equal x. */
export function log_softmax_forward_f32(y: usize, x: usize, m: usize, n: usize): void {
  if (n == 0) return;
  const tail = n & 3;
  for (; m > 0; --m) {
    const largest = f32x4.splat(max_row(x, n));
    const log = f32x4.splat(f32x4.extract_lane(log1p(f32x4.splat(exponentials(0, x, n, largest, false))), 0));
    const last = y + ((n & ~3) << 2);
    for (; y < last; x += 16, y += 16) v128.store(y, f32x4.sub(f32x4.sub(v128.load(x), largest), log));
    if (tail) store_tail(y, f32x4.sub(f32x4.sub(v128.load(x), largest), log), tail);
    x += tail << 2;
    y += tail << 2;
  }
}

/** dx [m,n] = dy - e^y sum(dy) + beta dx per row; e^y of 1e-30 or less is 0. With beta 0, dx may equal dy. */
export function log_softmax_backward_f32(dx: usize, dy: usize, y: usize, m: usize, n: usize, beta: i32): void {
  const whole = (n & ~3) << 2, tail = n & 3;
  for (; m > 0; --m) {
    let s = ZERO;
    for (let i: usize = 0; i < whole; i += 16) s = f32x4.add(s, v128.load(dy + i));
    if (tail) s = f32x4.add(s, v128.and(v128.load(dy + whole), first_lanes(tail)));
    s = f32x4.splat(sum_lanes(s));
    const last = dx + whole;
    for (; dx < last; dx += 16, dy += 16, y += 16) {
      const v = f32x4.sub(v128.load(dy), f32x4.mul(flush(exp_core(v128.load(y))), s));
      v128.store(dx, beta ? f32x4.add(v, v128.load(dx)) : v);
    }
    if (tail) {
      const v = f32x4.sub(v128.load(dy), f32x4.mul(flush(exp_core(v128.load(y))), s));
      store_tail(dx, beta ? f32x4.add(v, v128.load(dx)) : v, tail);
    }
    dx += tail << 2;
    dy += tail << 2;
    y += tail << 2;
  }
}

/**
 * y [m,n] = softmax(x); loss [m] = log(sum of e^x) - x[labels], of full relative accuracy from tiny to large. labels [m] in [0,n).
 * y must not overlap x.
 */
export function softmax_cross_entropy_forward_f32(loss: usize, y: usize, x: usize, labels: usize, m: usize, n: usize): void {
  const row = n << 2;
  for (; m > 0; --m, x += row, y += row, loss += 4, labels += 4) {
    const largest = max_row(x, n);
    const rest = exponentials(y, x, n, f32x4.splat(largest), true);
    normalize(y, n, rest);
    store<f32>(loss, loss_of(x, labels, largest, rest));
  }
}

/** dx [m,n] = dloss[i] (y - (j == labels[i])) + beta dx. With beta 0, dx may equal y. */
export function softmax_cross_entropy_backward_f32(dx: usize, dloss: usize, y: usize, labels: usize, m: usize, n: usize, beta: i32): void {
  const whole = (n & ~3) << 2, tail = n & 3;
  for (; m > 0; --m, dloss += 4, labels += 4) {
    const d = load<f32>(dloss);
    const g = f32x4.splat(d);
    const offset = <usize>load<u32>(labels) << 2;
    const target = dx + offset;
    const y_label = load<f32>(y + offset);
    const at_label = d * (y_label - 1) + (beta ? load<f32>(target) : 0);
    const last = dx + whole;
    for (; dx < last; dx += 16, y += 16) {
      const v = f32x4.mul(g, v128.load(y));
      v128.store(dx, beta ? f32x4.add(v, v128.load(dx)) : v);
    }
    if (tail) {
      const v = f32x4.mul(g, v128.load(y));
      store_tail(dx, beta ? f32x4.add(v, v128.load(dx)) : v, tail);
    }
    dx += tail << 2;
    y += tail << 2;
    store<f32>(target, at_label);
  }
}

/** loss [m] = log(sum of e^x [m,n]) - x[labels]. labels [m] in [0,n). */
export function cross_entropy_logits_f32(loss: usize, x: usize, labels: usize, m: usize, n: usize): void {
  const row = n << 2;
  for (; m > 0; --m, x += row, loss += 4, labels += 4) {
    const largest = max_row(x, n);
    store<f32>(loss, loss_of(x, labels, largest, exponentials(0, x, n, f32x4.splat(largest), false)));
  }
}
