/**
 * Loops that families of kernels share. The operation is a strategy class without fields: `changetype<Op>(0)` is an instance, and its
 * method inlines. The last 1 to 3 elements are computed as a whole vector and stored in part, so they have the same bits anywhere.
 */
import { store_tail } from "./f32x4";

/** A function of a vector x and of a parameter p in all lanes. */
@unmanaged
export abstract class Unary {
  abstract apply(x: v128, p: v128): v128;
}

/** A function of two vectors and of a parameter p in all lanes. */
@unmanaged
export abstract class Binary {
  abstract apply(a: v128, b: v128, p: v128): v128;
}

/** y [n] = Op(x [n], p), four vectors at a time: for operations of a few instructions. y may equal x. */
// @ts-ignore: decorator
@inline
export function map_wide<Op extends Unary>(y: usize, x: usize, n: usize, parameter: f32 = 0): void {
  const op = changetype<Op>(0);
  const p = f32x4.splat(parameter);
  const end = y + (n << 2);
  const wide = y + ((n & ~15) << 2);
  for (; y < wide; x += 64, y += 64) {
    const v0 = op.apply(v128.load(x), p), v1 = op.apply(v128.load(x, 16), p);
    const v2 = op.apply(v128.load(x, 32), p), v3 = op.apply(v128.load(x, 48), p);
    v128.store(y, v0);
    v128.store(y, v1, 16);
    v128.store(y, v2, 32);
    v128.store(y, v3, 48);
  }
  map_rest<Op>(y, x, end, n, p);
}

/** y [n] = Op(x [n], p), one vector at a time: for operations of many instructions. y may equal x. */
// @ts-ignore: decorator
@inline
export function map<Op extends Unary>(y: usize, x: usize, n: usize, parameter: f32 = 0): void {
  map_rest<Op>(y, x, y + (n << 2), n, f32x4.splat(parameter));
}

// @ts-ignore: decorator
@inline
function map_rest<Op extends Unary>(y: usize, x: usize, end: usize, n: usize, p: v128): void {
  const op = changetype<Op>(0);
  const last = end - ((n & 3) << 2);
  for (; y < last; x += 16, y += 16) v128.store(y, op.apply(v128.load(x), p));
  if (y < end) store_tail(y, op.apply(v128.load(x), p), n);
}

/** y [n] = Op(a [n], b [n], p) + beta y. y may equal a, or b, if beta is 0. */
// @ts-ignore: decorator
@inline
export function zip<Op extends Binary>(y: usize, a: usize, b: usize, n: usize, beta: i32, parameter: f32 = 0): void {
  const op = changetype<Op>(0);
  const p = f32x4.splat(parameter);
  const last = y + ((n & ~3) << 2);
  if (beta) {
    for (; y < last; a += 16, b += 16, y += 16) v128.store(y, f32x4.add(op.apply(v128.load(a), v128.load(b), p), v128.load(y)));
    if (n & 3) store_tail(y, f32x4.add(op.apply(v128.load(a), v128.load(b), p), v128.load(y)), n);
  } else {
    for (; y < last; a += 16, b += 16, y += 16) v128.store(y, op.apply(v128.load(a), v128.load(b), p));
    if (n & 3) store_tail(y, op.apply(v128.load(a), v128.load(b), p), n);
  }
}
