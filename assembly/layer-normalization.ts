/**
 * Layer normalization: rows of x [m,n], each by its own mean and variance. Any sizes and any pointers that are multiples of 4. Loads reach
 * up to 28 bytes past the end of an operand, stores never do.
 */
import { first_lanes, fma, store_tail, sum_lanes, sum_row, ZERO } from "./simd/f32x4";

/** Sum of (x - mean)^2 over a row of n. */
// @ts-ignore: decorator
@inline
function squared_distance(x: usize, n: usize, mean: v128): f32 {
  let s0 = ZERO, s1 = ZERO;
  const wide = x + ((n & ~7) << 2);
  for (; x < wide; x += 32) {
    const d0 = f32x4.sub(v128.load(x), mean), d1 = f32x4.sub(v128.load(x, 16), mean);
    s0 = fma(d0, d0, s0);
    s1 = fma(d1, d1, s1);
  }
  s0 = f32x4.add(s0, s1);
  if (n & 4) {
    const d = f32x4.sub(v128.load(x), mean);
    s0 = fma(d, d, s0);
    x += 16;
  }
  if (n & 3) {
    const d = v128.and(f32x4.sub(v128.load(x), mean), first_lanes(n & 3));
    s0 = fma(d, d, s0);
  }
  return sum_lanes(s0);
}

/** y [m,n] = gamma (x - mean) scale + beta, where mean [m] is the row's and scale [m] = 1 / sqrt(its variance + epsilon). y must not overlap x. */
export function layer_norm_forward_f32(y: usize, mean: usize, scale: usize, x: usize, gamma: usize, beta: usize, m: usize, n: usize, epsilon: f32): void {
  const whole = (n & ~3) << 2, tail = n & 3;
  for (; m > 0; --m, mean += 4, scale += 4) {
    const average = sum_row(x, n) / <f32>n;
    const centre = f32x4.splat(average);
    const inverse: f32 = 1 / sqrt<f32>(squared_distance(x, n, centre) / <f32>n + epsilon);
    const s = f32x4.splat(inverse);
    store<f32>(mean, average);
    store<f32>(scale, inverse);
    let i: usize = 0;
    for (; i < whole; i += 16) v128.store(y + i, fma(f32x4.mul(f32x4.sub(v128.load(x + i), centre), s), v128.load(gamma + i), v128.load(beta + i)));
    if (tail) store_tail(y + i, fma(f32x4.mul(f32x4.sub(v128.load(x + i), centre), s), v128.load(gamma + i), v128.load(beta + i)), tail);
    x += n << 2;
    y += n << 2;
  }
}

/** dx [m,n] = scale (g - mean(g) - h mean(g h)) + beta dx per row, where g = dy gamma and h = (x - mean) scale. With beta 0, dx may equal dy. */
export function layer_norm_backward_input_f32(
  dx: usize,
  dy: usize,
  x: usize,
  mean: usize,
  scale: usize,
  gamma: usize,
  m: usize,
  n: usize,
  beta: i32,
): void {
  const whole = (n & ~3) << 2, tail = n & 3;
  const inverse: f32 = 1 / <f32>n;
  for (; m > 0; --m, mean += 4, scale += 4) {
    const centre = v128.load32_splat(mean), s = v128.load32_splat(scale);
    let sum = ZERO, products = ZERO;
    let i: usize = 0;
    for (; i < whole; i += 16) {
      const g = f32x4.mul(v128.load(dy + i), v128.load(gamma + i));
      sum = f32x4.add(sum, g);
      products = fma(g, f32x4.sub(v128.load(x + i), centre), products);
    }
    if (tail) {
      const lanes = first_lanes(tail);
      const g = v128.and(f32x4.mul(v128.load(dy + i), v128.load(gamma + i)), lanes);
      sum = f32x4.add(sum, g);
      products = fma(g, v128.and(f32x4.sub(v128.load(x + i), centre), lanes), products);
    }
    const a = f32x4.splat(sum_lanes(sum) * inverse);
    // mean(g h) scale: what is far from the mean by 1 loses this.
    const b = f32x4.mul(f32x4.splat(sum_lanes(products) * inverse), f32x4.mul(s, s));
    for (i = 0; i < whole; i += 16) {
      const v = input_gradient(dy + i, x + i, gamma + i, centre, s, a, b);
      v128.store(dx + i, beta ? f32x4.add(v, v128.load(dx + i)) : v);
    }
    if (tail) {
      const v = input_gradient(dy + i, x + i, gamma + i, centre, s, a, b);
      store_tail(dx + i, beta ? f32x4.add(v, v128.load(dx + i)) : v, tail);
    }
    dx += n << 2;
    dy += n << 2;
    x += n << 2;
  }
}

// @ts-ignore: decorator
@inline
function input_gradient(dy: usize, x: usize, gamma: usize, mean: v128, scale: v128, a: v128, b: v128): v128 {
  const g = f32x4.sub(f32x4.mul(v128.load(dy), v128.load(gamma)), a);
  return f32x4.mul(f32x4.sub(g, f32x4.mul(f32x4.sub(v128.load(x), mean), b)), scale);
}

/** Rows that are summed in one run: they stay in L1, and no sum gets so long that it loses digits. */
const RUN: usize = 64;

/** dgamma [n] = sum over rows of dy (x - mean) scale, dbeta [n] = sum over rows of dy; rows of dy and x are ld apart. */
export function layer_norm_backward_parameters_f32(
  dgamma: usize,
  dbeta: usize,
  dy: usize,
  x: usize,
  mean: usize,
  scale: usize,
  m: usize,
  n: usize,
  ld: usize,
): void {
  const row = ld << 2;
  memory.fill(dgamma, 0, n << 2);
  memory.fill(dbeta, 0, n << 2);
  while (m > 0) {
    const rows = min(m, RUN);
    for (let j: usize = 0; j < n; j += 8) {
      const at = j << 2;
      let q0 = ZERO, q1 = ZERO, s0 = ZERO, s1 = ZERO;
      let py = dy + at, px = x + at;
      for (let r: usize = 0; r < rows; ++r, py += row, px += row) {
        const centre = v128.load32_splat(mean + (r << 2)), k = v128.load32_splat(scale + (r << 2));
        let d = v128.load(py);
        s0 = f32x4.add(s0, d);
        q0 = fma(d, f32x4.mul(f32x4.sub(v128.load(px), centre), k), q0);
        d = v128.load(py, 16);
        s1 = f32x4.add(s1, d);
        q1 = fma(d, f32x4.mul(f32x4.sub(v128.load(px, 16), centre), k), q1);
      }
      add(dgamma + at, q0, n - j);
      add(dbeta + at, s0, n - j);
      if (n - j > 4) {
        add(dgamma + at + 16, q1, n - j - 4);
        add(dbeta + at + 16, s1, n - j - 4);
      }
    }
    dy += rows * row;
    x += rows * row;
    mean += rows << 2;
    scale += rows << 2;
    m -= rows;
  }
}

/** y += v; all lanes if n >= 4, else the first n. */
// @ts-ignore: decorator
@inline
function add(y: usize, v: v128, n: usize): void {
  v = f32x4.add(v, v128.load(y));
  if (n >= 4) v128.store(y, v);
  else store_tail(y, v, n);
}
