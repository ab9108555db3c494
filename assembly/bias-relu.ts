/**
 * Bias and rectifier behind a linear layer: y = max(z + b, 0), and its gradients in one pass over them. z, y, dy and dz are [N,rows,n]; any sizes, floats at multiples
 * of 4. Loads reach 12 bytes past an end, stores none.
 */
import { MINUS_INFINITY, ONE } from "./simd/constants";
import { store_tail, ZERO } from "./simd/f32x4";

/** Samples whose sum is one part of a gradient; SHARD in the kernel table. */
export const SHARD: usize = 4;

/** Bytes of a block of rows. */
const BLOCK: usize = 8192;

/** y [rows,n] = z + bias, not below 0 if relu is 1; `gap` bytes between rows, bias may be 0: none. y may be z. */
export function add_bias(y: usize, z: usize, bias: usize, rows: usize, n: usize, gap: usize, relu: i32): void {
  const tail = n & 3, whole = (n & ~3) << 2;
  const low = relu ? ZERO : v128.load(MINUS_INFINITY);
  for (; rows > 0; --rows, y += gap, z += gap) {
    let b = bias;
    for (const end = y + whole; y < end; y += 16, z += 16, b += 16) v128.store(y, f32x4.pmax(f32x4.add(v128.load(z), bias ? v128.load(b) : ZERO), low));
    if (tail) {
      store_tail(y, f32x4.pmax(f32x4.add(v128.load(z), bias ? v128.load(b) : ZERO), low), tail);
      y += tail << 2;
      z += tail << 2;
    }
  }
}

/** y [rows,n] = max(z + bias, 0). y may be z. */
export function bias_relu_forward_f32(y: usize, z: usize, bias: usize, rows: usize, n: usize): void {
  add_bias(y, z, bias, rows, n, 0, 1);
}

/** Stores at `to` what of the gradients g passes the rectifier: where y is above 0. */
// @ts-ignore: decorator
@inline
function pass(to: usize, g: usize, y: usize): v128 {
  const v = v128.and(v128.load(g), f32x4.gt(v128.load(y), ZERO));
  v128.store(to, v);
  return v;
}

/** passing = dy [rows,n] where y is above 0 (with relu = 0: everywhere), else 0; sums [n] (+)= its rows. */
export function pass_gradients(passing: usize, sums: usize, dy: usize, y: usize, rows: usize, n: usize, relu: i32, add: i32): void {
  const row = n << 2;
  // Without a rectifier every row passes by ones.
  const gate = relu ? row : 0;
  let j: usize = 0;
  for (; j + 16 <= n; j += 16, sums += 64) {
    let p = dy + (j << 2), q = relu ? y + (j << 2) : ONE, to = passing + (j << 2);
    const wide = gate ? <usize>16 : 0;
    let s0 = ZERO, s1 = ZERO, s2 = ZERO, s3 = ZERO;
    if (add) {
      s0 = v128.load(sums);
      s1 = v128.load(sums, 16);
      s2 = v128.load(sums, 32);
      s3 = v128.load(sums, 48);
    }
    for (let r = rows; r > 0; --r, p += row, q += gate, to += row) {
      s0 = f32x4.add(s0, pass(to, p, q));
      s1 = f32x4.add(s1, pass(to + 16, p + 16, q + wide));
      s2 = f32x4.add(s2, pass(to + 32, p + 32, q + 2 * wide));
      s3 = f32x4.add(s3, pass(to + 48, p + 48, q + 3 * wide));
    }
    v128.store(sums, s0);
    v128.store(sums, s1, 16);
    v128.store(sums, s2, 32);
    v128.store(sums, s3, 48);
  }
  for (; j < n; j += 4, sums += 16) {
    let p = dy + (j << 2), q = relu ? y + (j << 2) : ONE, to = passing + (j << 2);
    let s = add ? v128.load(sums) : ZERO;
    const left = n - j;
    for (let r = rows; r > 0; --r, p += row, q += gate, to += row) {
      const v = v128.and(v128.load(p), f32x4.gt(v128.load(q), ZERO));
      s = f32x4.add(s, v);
      if (left >= 4) v128.store(to, v);
      else store_tail(to, v, left);
    }
    if (left >= 4) v128.store(sums, s);
    else store_tail(sums, s, left);
  }
}

/**
 * dz = dy where y is above 0, else 0; db [shards,n] = its sums over rows and shards of 4 samples (the last may be shorter). dz may be dy.
 */
export function bias_relu_backward_f32(dz: usize, db: usize, dy: usize, y: usize, N: usize, rows: usize, n: usize): void {
  const row = n << 2;
  // Rows that stay in the L1 cache while their columns are passed, sixteen at a time: memory is read in its order.
  const block = max<usize>(1, BLOCK / max<usize>(1, row));
  for (let sample: usize = 0; sample < N; ++sample) {
    let add = <i32>(sample & (SHARD - 1));
    if (sample && !add) db += row;
    for (let left = rows; left > 0; ) {
      const now = min(left, block), size = now * row;
      pass_gradients(dz, db, dy, y, now, n, 1, add);
      add = 1;
      left -= now;
      dz += size;
      dy += size;
      y += size;
    }
    if (!rows && !add) memory.fill(db, 0, row);
  }
}
