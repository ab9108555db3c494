/**
 * Rows picked by an index list. Any sizes, any pointers (of 4-byte elements: multiples of 4); indices are not checked. Loads reach up
 * to 15 bytes past the end of a row, stores never do.
 */
import { store_tail } from "./simd/f32x4";

/** Bytes of a row from which on the engine's own copy is faster than vectors one by one: it need not read what it writes over. */
const LONG: usize = 1024;

/** (u8 - shift) / scale of four bytes that are lanes of 32 bits; a real division, so that x / 255 is rounded as everywhere else. */
// @ts-ignore: decorator
@inline
function pixels(v: v128, shift: v128, scale: v128): v128 {
  return f32x4.div(f32x4.sub(f32x4.convert_i32x4_s(v), shift), scale);
}

/** y [n,width] = (data[indices[r],:] - shift) / scale, data [.,width] u8. */
export function gather_rows_u8(y: usize, data: usize, indices: usize, n: usize, width: usize, shift: f32, scale: f32): void {
  const shifts = f32x4.splat(shift), scales = f32x4.splat(scale);
  const tail = width & 3;
  for (; n > 0; --n, indices += 4) {
    let x = data + <usize>load<u32>(indices) * width;
    const wide = x + (width & ~15), last = x + (width & ~3);
    for (; x < wide; x += 16, y += 64) {
      const bytes = v128.load(x);
      const low = i16x8.extend_low_i8x16_u(bytes), high = i16x8.extend_high_i8x16_u(bytes);
      v128.store(y, pixels(i32x4.extend_low_i16x8_u(low), shifts, scales));
      v128.store(y, pixels(i32x4.extend_high_i16x8_u(low), shifts, scales), 16);
      v128.store(y, pixels(i32x4.extend_low_i16x8_u(high), shifts, scales), 32);
      v128.store(y, pixels(i32x4.extend_high_i16x8_u(high), shifts, scales), 48);
    }
    for (; x < last; x += 4, y += 16) v128.store(y, pixels(widen(x), shifts, scales));
    if (tail) store_tail(y, pixels(widen(x), shifts, scales), tail);
    y += tail << 2;
  }
}

/** Four bytes at x as lanes of 32 bits. */
// @ts-ignore: decorator
@inline
function widen(x: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(x)));
}

/** y [n,width] = x[indices[r],:]. */
export function gather_rows_f32(y: usize, x: usize, indices: usize, n: usize, width: usize): void {
  const tail = width & 3;
  const row = width << 2;
  if (row >= LONG) {
    for (; n > 0; --n, indices += 4, y += row) memory.copy(y, x + <usize>load<u32>(indices) * row, row);
    return;
  }
  for (; n > 0; --n, indices += 4) {
    let p = x + <usize>load<u32>(indices) * row;
    const last = y + ((width & ~3) << 2);
    for (; y < last; y += 16, p += 16) v128.store(y, v128.load(p));
    if (tail) store_tail(y, v128.load(p), tail);
    y += tail << 2;
  }
}

/** y [n,width] = x[indices[r],:] of i32: the same copy. */
export { gather_rows_f32 as gather_rows_i32 };

/** dx [rows,width] = beta dx, then dx[indices[r],:] += dy[r,:] in the order of r: indices may repeat. Rows of dx and dy are ld apart. */
export function scatter_add_rows_f32(dx: usize, dy: usize, indices: usize, n: usize, width: usize, ld: usize, rows: usize, beta: i32): void {
  if (!beta) for (let p = dx, end = dx + ((rows * ld) << 2); p < end; p += ld << 2) memory.fill(p, 0, width << 2);
  const tail = width & 3;
  for (; n > 0; --n, indices += 4) {
    let p = dx + ((<usize>load<u32>(indices) * ld) << 2);
    const last = dy + ((width & ~3) << 2);
    for (; dy < last; dy += 16, p += 16) v128.store(p, f32x4.add(v128.load(p), v128.load(dy)));
    if (tail) store_tail(p, f32x4.add(v128.load(p), v128.load(dy)), tail);
    dy += (ld - (width & ~3)) << 2;
  }
}
