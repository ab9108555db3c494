/** Images moved by whole pixels, each by its own random distance: augmentation. */
import { store_tail, ZERO } from "./simd/f32x4";
import { threefry_2x32 } from "./simd/threefry";

/** dst [n] = 0. */
// @ts-ignore: decorator
@inline
function clear(dst: usize, n: usize): void {
  const last = dst + ((n & ~3) << 2);
  for (; dst < last; dst += 16) v128.store(dst, ZERO);
  store_tail(dst, ZERO, n & 3);
}

/** dst [n] = src [n]. */
// @ts-ignore: decorator
@inline
function copy(dst: usize, src: usize, n: usize): void {
  const last = dst + ((n & ~3) << 2);
  for (; dst < last; dst += 16, src += 16) v128.store(dst, v128.load(src));
  if (n & 3) store_tail(dst, v128.load(src), n & 3);
}

/** A number in [-pixels, pixels] from 32 random bits. */
// @ts-ignore: decorator
@inline
function distance(bits: u32, pixels: usize): i32 {
  return <i32>((<u64>bits * <u64>(2 * pixels + 1)) >> 32) - <i32>pixels;
}

/**
 * y[i,h,w,:] = x[i,h-a,w-b,:], 0 where that lies outside: x, y [n,H,W,C] apart. a and b in [-pixels, pixels] are drawn from the key's (two
 * words) block (positions[i], stream); `inverse`: -a and -b instead, which is the gradient. Any sizes. Loads reach 12 bytes past x, stores none past y.
 */
export function random_shift_nhwc_f32(y: usize, x: usize, key: usize, positions: usize, n: usize, H: usize, W: usize, C: usize, pixels: usize, stream: usize, inverse: i32): void {
  const k0 = load<u32>(key), k1 = load<u32>(key, 4);
  const height = <i32>H, width = <i32>W;
  const row = W * C;
  for (; n > 0; --n, positions += 4) {
    const words = threefry_2x32(k0, k1, load<u32>(positions), <u32>stream);
    let a = distance(<u32>words, pixels), b = distance(<u32>(words >> 32), pixels);
    if (inverse) a = -a, b = -b;
    const kept = <usize>max(width - abs(b), 0) * C;
    const lost = row - kept;
    const before: usize = b > 0 ? lost : 0;
    const after = lost - before;
    for (let h = 0; h < height; ++h, y += row << 2) {
      const from = h - a;
      if (from < 0 || from >= height) {
        clear(y, row);
        continue;
      }
      clear(y, before);
      copy(y + (before << 2), x + ((<usize>from * row + after) << 2), kept);
      clear(y + ((row - after) << 2), after);
    }
    x += (H * row) << 2;
  }
}
