/**
 * Batch normalization of x [N,P,C], P pixels of C channels. Any sizes and any pointers that are multiples of 4. Loads reach up to 12 bytes past the end of an operand,
 * stores never do. Sums of samples are taken per SHARD, in runs of pixels that fit into L1, and shards are added in f64.
 */
import { MINUS_INFINITY } from "./simd/constants";
import { fma, store_tail, ZERO } from "./simd/f32x4";

/** Samples whose sums stand together: see SHARD in src/program/kernels/kernel.ts. */
const SHARD: usize = 4;

/** Pixels of C channels that are summed in one run: 8 KB of each operand, and not so many that a sum loses digits. */
// @ts-ignore: decorator
@inline
function run_of(C: usize): usize {
  return min<usize>(256, max<usize>(8, 2048 / C));
}

/** y = v; all lanes if n >= 4, else the first n. */
// @ts-ignore: decorator
@inline
function put(y: usize, v: v128, n: usize): void {
  if (n >= 4) v128.store(y, v);
  else store_tail(y, v, n);
}

/** dy where the rectifier let something through; all of it if there is none (y = 0). */
// @ts-ignore: decorator
@inline
function passed(dy: usize, y: usize, masked: bool, offset: usize): v128 {
  const v = v128.load(dy + offset);
  return masked ? v128.and(v, f32x4.gt(v128.load(y + offset), ZERO)) : v;
}

/**
 * parts [shards,3,C]: of each SHARD of samples x [N,P,C] its first pixel, and the sums of the differences from that and of their squares.
 * Differences, as a square of a number that is far from 0 has few digits left for how far it is from the mean.
 */
export function batch_norm_moments_f32(parts: usize, x: usize, N: usize, P: usize, C: usize): void {
  const row = C << 2;
  const run = run_of(C);
  for (; N > 0; N -= min(N, SHARD), parts += 3 * row) {
    const first = parts, sums = parts + row, squares = sums + row;
    memory.copy(first, x, row);
    memory.fill(sums, 0, 2 * row);
    for (let left = min(N, SHARD) * P; left > 0; ) {
      const n = min(left, run);
      const end = x + n * row;
      let c: usize = 0;
      for (; c + 64 <= row; c += 64) {
        const f0 = v128.load(first + c), f1 = v128.load(first + c, 16), f2 = v128.load(first + c, 32), f3 = v128.load(first + c, 48);
        let s0 = ZERO, s1 = ZERO, s2 = ZERO, s3 = ZERO, q0 = ZERO, q1 = ZERO, q2 = ZERO, q3 = ZERO;
        for (let p = x + c; p < end; p += row) {
          let d = f32x4.sub(v128.load(p), f0);
          s0 = f32x4.add(s0, d);
          q0 = fma(d, d, q0);
          d = f32x4.sub(v128.load(p, 16), f1);
          s1 = f32x4.add(s1, d);
          q1 = fma(d, d, q1);
          d = f32x4.sub(v128.load(p, 32), f2);
          s2 = f32x4.add(s2, d);
          q2 = fma(d, d, q2);
          d = f32x4.sub(v128.load(p, 48), f3);
          s3 = f32x4.add(s3, d);
          q3 = fma(d, d, q3);
        }
        add_four(sums + c, s0, s1, s2, s3);
        add_four(squares + c, q0, q1, q2, q3);
      }
      for (; c < row; c += 16) {
        const f = v128.load(first + c);
        let s = ZERO, q = ZERO;
        for (let p = x + c; p < end; p += row) {
          const d = f32x4.sub(v128.load(p), f);
          s = f32x4.add(s, d);
          q = fma(d, d, q);
        }
        put(sums + c, f32x4.add(s, v128.load(sums + c)), (row - c) >> 2);
        put(squares + c, f32x4.add(q, v128.load(squares + c)), (row - c) >> 2);
      }
      x = end;
      left -= n;
    }
  }
}

// @ts-ignore: decorator
@inline
function add_four(y: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(y, f32x4.add(a, v128.load(y)));
  v128.store(y, f32x4.add(b, v128.load(y, 16)), 16);
  v128.store(y, f32x4.add(c, v128.load(y, 32)), 32);
  v128.store(y, f32x4.add(d, v128.load(y, 48)), 48);
}

/** The first and the last two of four f32 as f64. */
// @ts-ignore: decorator
@inline
function low(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

// @ts-ignore: decorator
@inline
function high(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1));
}

/** Four f64 as f32. */
// @ts-ignore: decorator
@inline
function narrow(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
}

/** How much a shard adds to the sum of squared distances from the mean: squares + d (2 sum + n d), where d = first - mean. */
// @ts-ignore: decorator
@inline
function spread(first: v128, sum: v128, squares: v128, mean: v128, n: v128): v128 {
  const d = f64x2.sub(first, mean);
  return f64x2.add(squares, f64x2.mul(d, f64x2.add(f64x2.add(sum, sum), f64x2.mul(n, d))));
}

/** mean [C] and variance [C] (of the batch itself: divided by N P) from the parts of batch_norm_moments_f32, in f64. */
export function batch_norm_statistics_f32(mean: usize, variance: usize, parts: usize, N: usize, P: usize, C: usize): void {
  const row = C << 2;
  const count = f64x2.splat(<f64>(N * P));
  for (let c: usize = 0; c < row; c += 16) {
    let m0 = f64x2.splat(0), m1 = m0, s0 = m0, s1 = m0;
    let p = parts + c;
    for (let left = N; left > 0; left -= min(left, SHARD), p += 3 * row) {
      const n = f64x2.splat(<f64>(min(left, SHARD) * P));
      const first = v128.load(p), sum = v128.load(p + row);
      m0 = f64x2.add(m0, f64x2.add(f64x2.mul(n, low(first)), low(sum)));
      m1 = f64x2.add(m1, f64x2.add(f64x2.mul(n, high(first)), high(sum)));
    }
    m0 = f64x2.div(m0, count);
    m1 = f64x2.div(m1, count);
    p = parts + c;
    for (let left = N; left > 0; left -= min(left, SHARD), p += 3 * row) {
      const n = f64x2.splat(<f64>(min(left, SHARD) * P));
      const first = v128.load(p), sum = v128.load(p + row), squares = v128.load(p + 2 * row);
      s0 = f64x2.add(s0, spread(low(first), low(sum), low(squares), m0, n));
      s1 = f64x2.add(s1, spread(high(first), high(sum), high(squares), m1, n));
    }
    put(mean + c, narrow(m0, m1), (row - c) >> 2);
    put(variance + c, f32x4.pmax(narrow(f64x2.div(s0, count), f64x2.div(s1, count)), ZERO), (row - c) >> 2);
  }
}

/** Floats after which channels repeat: C, or as many pixels of fewer channels as make a long row of whole vectors. */
// @ts-ignore: decorator
@inline
function period_of(C: usize): usize {
  return C >= 64 ? C : C * ((63 / max<usize>(C, 1) + 4) & ~3);
}

/** Repeats the first `row` bytes of a table up to `period`. */
// @ts-ignore: decorator
@inline
function repeat(table: usize, row: usize, period: usize): void {
  for (let c = row; c < period; c += row) memory.copy(table + c, table, row);
}

/**
 * y [N,P,C] = gamma (x - mean) / sqrt(variance + epsilon) + beta, not below 0 if relu. y may equal x. scratch: see PERIODS in the table.
 */
export function batch_norm_forward_f32(y: usize, x: usize, mean: usize, variance: usize, gamma: usize, beta: usize, N: usize, P: usize, C: usize, epsilon: f32, relu: i32, scratch: usize): void {
  const row = C << 2, period = period_of(C) << 2;
  const m = scratch, k = m + period + 16, b = k + period + 16;
  for (let c: usize = 0; c < row; c += 16) {
    v128.store(m + c, v128.load(mean + c));
    v128.store(k + c, f32x4.div(v128.load(gamma + c), f32x4.sqrt(f32x4.add(v128.load(variance + c), f32x4.splat(epsilon)))));
    v128.store(b + c, v128.load(beta + c));
  }
  repeat(m, row, period);
  repeat(k, row, period);
  repeat(b, row, period);
  const floor = relu ? ZERO : v128.load(MINUS_INFINITY);
  for (let left = N * P * row; left > 0; ) {
    const n = min(left, period);
    let c: usize = 0;
    for (; c + 32 <= n; c += 32) {
      v128.store(y + c, f32x4.pmax(normalized(x + c, m + c, k + c, b + c), floor));
      v128.store(y + c, f32x4.pmax(normalized(x + c + 16, m + c + 16, k + c + 16, b + c + 16), floor), 16);
    }
    for (; c < n; c += 16) put(y + c, f32x4.pmax(normalized(x + c, m + c, k + c, b + c), floor), (n - c) >> 2);
    x += n;
    y += n;
    left -= n;
  }
}

/** (x - mean) scale + beta. */
// @ts-ignore: decorator
@inline
function normalized(x: usize, mean: usize, scale: usize, beta: usize): v128 {
  return fma(f32x4.sub(v128.load(x), v128.load(mean)), v128.load(scale), v128.load(beta));
}

/** parts [shards,2,C]: of each SHARD of samples the sums of dz and of dz (x - mean). dz is dy where y > 0, or dy if there is no y. */
export function batch_norm_backward_sums_f32(parts: usize, dy: usize, x: usize, y: usize, mean: usize, N: usize, P: usize, C: usize): void {
  const row = C << 2;
  const run = run_of(C);
  for (; N > 0; N -= min(N, SHARD), parts += 2 * row) {
    memory.fill(parts, 0, 2 * row);
    for (let left = min(N, SHARD) * P; left > 0; ) {
      const n = min(left, run);
      if (y) backward_sums(parts, dy, x, y, mean, n, row, true);
      else backward_sums(parts, dy, x, y, mean, n, row, false);
      x += n * row;
      dy += n * row;
      if (y) y += n * row;
      left -= n;
    }
  }
}

// @ts-ignore: decorator
@inline
function backward_sums(sums: usize, dy: usize, x: usize, y: usize, mean: usize, n: usize, row: usize, masked: bool): void {
  const end = x + n * row, products = sums + row;
  let c: usize = 0;
  for (; c + 64 <= row; c += 64) {
    const m0 = v128.load(mean + c), m1 = v128.load(mean + c, 16), m2 = v128.load(mean + c, 32), m3 = v128.load(mean + c, 48);
    let s0 = ZERO, s1 = ZERO, s2 = ZERO, s3 = ZERO, q0 = ZERO, q1 = ZERO, q2 = ZERO, q3 = ZERO;
    let g = dy + c, o = y + c;
    for (let p = x + c; p < end; p += row, g += row, o += row) {
      let d = passed(g, o, masked, 0);
      s0 = f32x4.add(s0, d);
      q0 = fma(d, f32x4.sub(v128.load(p), m0), q0);
      d = passed(g, o, masked, 16);
      s1 = f32x4.add(s1, d);
      q1 = fma(d, f32x4.sub(v128.load(p, 16), m1), q1);
      d = passed(g, o, masked, 32);
      s2 = f32x4.add(s2, d);
      q2 = fma(d, f32x4.sub(v128.load(p, 32), m2), q2);
      d = passed(g, o, masked, 48);
      s3 = f32x4.add(s3, d);
      q3 = fma(d, f32x4.sub(v128.load(p, 48), m3), q3);
    }
    add_four(sums + c, s0, s1, s2, s3);
    add_four(products + c, q0, q1, q2, q3);
  }
  for (; c < row; c += 16) {
    const m = v128.load(mean + c);
    let s = ZERO, q = ZERO;
    let g = dy + c, o = y + c;
    for (let p = x + c; p < end; p += row, g += row, o += row) {
      const d = passed(g, o, masked, 0);
      s = f32x4.add(s, d);
      q = fma(d, f32x4.sub(v128.load(p), m), q);
    }
    put(sums + c, f32x4.add(s, v128.load(sums + c)), (row - c) >> 2);
    put(products + c, f32x4.add(q, v128.load(products + c)), (row - c) >> 2);
  }
}

/** dbeta [C] = sum of dz, dgamma [C] = sum of dz (x - mean) / sqrt(variance + epsilon), from the parts of batch_norm_backward_sums_f32, in f64. */
export function batch_norm_backward_parameters_f32(dgamma: usize, dbeta: usize, parts: usize, variance: usize, N: usize, C: usize, epsilon: f32): void {
  const row = C << 2;
  const e = f64x2.splat(<f64>epsilon);
  for (let c: usize = 0; c < row; c += 16) {
    let s0 = f64x2.splat(0), s1 = s0, q0 = s0, q1 = s0;
    let p = parts + c;
    for (let left = N; left > 0; left -= min(left, SHARD), p += 2 * row) {
      const sum = v128.load(p), products = v128.load(p + row);
      s0 = f64x2.add(s0, low(sum));
      s1 = f64x2.add(s1, high(sum));
      q0 = f64x2.add(q0, low(products));
      q1 = f64x2.add(q1, high(products));
    }
    const v = v128.load(variance + c);
    q0 = f64x2.div(q0, f64x2.sqrt(f64x2.add(low(v), e)));
    q1 = f64x2.div(q1, f64x2.sqrt(f64x2.add(high(v), e)));
    put(dbeta + c, narrow(s0, s1), (row - c) >> 2);
    put(dgamma + c, narrow(q0, q1), (row - c) >> 2);
  }
}

/**
 * dx [N,P,C] = gamma / s (dz - dbeta / M - dgamma (x - mean) / (s M)) + beta dx, where s = sqrt(variance + epsilon) and M = total, the values of
 * a channel whose statistics these are: 0 if they do not depend on x. dz is dy where y > 0, or dy if there is no y. With beta 0, dx may equal dy.
 */
export function batch_norm_backward_input_f32(
  dx: usize,
  dy: usize,
  x: usize,
  y: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  dgamma: usize,
  dbeta: usize,
  N: usize,
  P: usize,
  C: usize,
  total: usize,
  epsilon: f32,
  beta: i32,
  scratch: usize,
): void {
  const row = C << 2, period = period_of(C) << 2;
  const m = scratch, a = m + period + 16, b = a + period + 16, k = b + period + 16;
  const share = f32x4.splat(total ? 1 / <f32>total : 0);
  for (let c: usize = 0; c < row; c += 16) {
    const s = f32x4.sqrt(f32x4.add(v128.load(variance + c), f32x4.splat(epsilon)));
    v128.store(m + c, v128.load(mean + c));
    v128.store(a + c, f32x4.mul(v128.load(dbeta + c), share));
    v128.store(b + c, f32x4.div(f32x4.mul(v128.load(dgamma + c), share), s));
    v128.store(k + c, f32x4.div(v128.load(gamma + c), s));
  }
  repeat(m, row, period);
  repeat(a, row, period);
  repeat(b, row, period);
  repeat(k, row, period);
  for (let left = N * P * row; left > 0; ) {
    const n = min(left, period);
    if (y) {
      input_gradients(dx, dy, x, y, m, a, b, k, n, beta, true);
      y += n;
    } else {
      input_gradients(dx, dy, x, y, m, a, b, k, n, beta, false);
    }
    dx += n;
    dy += n;
    x += n;
    left -= n;
  }
}

// @ts-ignore: decorator
@inline
function input_gradients(dx: usize, dy: usize, x: usize, y: usize, m: usize, a: usize, b: usize, k: usize, n: usize, beta: i32, masked: bool): void {
  let c: usize = 0;
  if (!beta) {
    for (; c + 16 <= n; c += 16) v128.store(dx + c, input_gradient(dy, x, y, m, a, b, k, c, masked));
  }
  for (; c < n; c += 16) {
    const v = input_gradient(dy, x, y, m, a, b, k, c, masked);
    put(dx + c, beta ? f32x4.add(v, v128.load(dx + c)) : v, (n - c) >> 2);
  }
}

// @ts-ignore: decorator
@inline
function input_gradient(dy: usize, x: usize, y: usize, m: usize, a: usize, b: usize, k: usize, c: usize, masked: bool): v128 {
  const far = f32x4.sub(v128.load(x + c), v128.load(m + c));
  const centred = f32x4.sub(passed(dy, y, masked, c), v128.load(a + c));
  return f32x4.mul(f32x4.sub(centred, f32x4.mul(far, v128.load(b + c))), v128.load(k + c));
}
