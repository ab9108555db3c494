/**
 * Lists of the gradients that pass a window's maximum and the rectifier, channel by channel: pairs { offset + bytes to the place that won, gradient } in
 * order of windows, without those whose gradient is 0. Windows are listed as { index, offset }.
 */
import { FRONT, ONE } from "./simd/constants";
import { ZERO } from "./simd/f32x4";

/** Where bit 31 of a lane is set, the bytes to the next position. */
// @ts-ignore: decorator
@inline
function step(bit: v128, bytes: v128): v128 {
  return v128.and(i32x4.shr_s(bit, 31), bytes);
}

/**
 * Appends four pairs, but for those whose gradient is 0, to the list that ends at `end`; its new end. right, below: lanes with bit 31 where the place is in the right
 * column or the lower row. Stores 32 bytes, of which the list keeps what it needs.
 */
// @ts-ignore: decorator
@inline
function append(end: usize, offsets: v128, right: v128, below: v128, gradients: v128): usize {
  const lanes = <usize>i32x4.bitmask(f32x4.ne(gradients, ZERO));
  const order = v128.load(FRONT + (lanes << 4));
  const first = i8x16.swizzle(i32x4.add(i32x4.add(offsets, right), below), order), second = i8x16.swizzle(gradients, order);
  v128.store(end, v128.shuffle<i32>(first, second, 0, 4, 1, 5));
  v128.store(end, v128.shuffle<i32>(first, second, 2, 6, 3, 7), 16);
  return end + (popcnt(lanes) << 3);
}

/** dy where y, that is passed by where gate is 0, is above 0: of the window that begins w values from there. */
// @ts-ignore: decorator
@inline
function passing(dy: usize, y: usize, w: usize, gate: usize): v128 {
  const at = w << 2;
  return v128.and(v128.load(dy + at), f32x4.gt(v128.load(y + (at & gate)), ZERO));
}

/**
 * Appends what the windows from `list` to `end` give to up to four channels (n), those at dy, y and code, whose windows are OC values apart; with relu = 0 every
 * window passes. ends: four addresses, where the lists end; each has room for all windows. `start` is added to the offsets; pixel and line in bytes.
 */
export function list_channels(ends: usize, dy: usize, y: usize, code: usize, list: usize, end: usize, start: usize, pixel: usize, line: usize, OC: usize, n: usize, relu: i32): void {
  const gate = relu ? <usize>-1 : 0;
  if (!relu) y = ONE;
  if (n >= 4) {
    // Four windows at a time, without a branch. Ends in memory would have each load wait for the stores to the lists.
    let e0 = <usize>load<u32>(ends), e1 = <usize>load<u32>(ends, 4), e2 = <usize>load<u32>(ends, 8), e3 = <usize>load<u32>(ends, 12);
    const right = i32x4.splat(<i32>pixel), below = i32x4.splat(<i32>line), first = i32x4.splat(<i32>start);
    for (; list + 32 <= end; list += 32) {
      const offsets = i32x4.add(first, v128.shuffle<i32>(v128.load(list), v128.load(list, 16), 1, 3, 5, 7));
      const w0 = <usize>load<u32>(list) * OC, w1 = <usize>load<u32>(list, 8) * OC, w2 = <usize>load<u32>(list, 16) * OC, w3 = <usize>load<u32>(list, 24) * OC;
      let codes = v128.load32_zero(code + w0);
      codes = v128.load32_lane(code + w1, codes, 1);
      codes = v128.load32_lane(code + w2, codes, 2);
      codes = v128.load32_lane(code + w3, codes, 3);
      const g0 = passing(dy, y, w0, gate), g1 = passing(dy, y, w1, gate), g2 = passing(dy, y, w2, gate), g3 = passing(dy, y, w3, gate);
      const a = v128.shuffle<i32>(g0, g1, 0, 4, 1, 5), b = v128.shuffle<i32>(g2, g3, 0, 4, 1, 5);
      const c = v128.shuffle<i32>(g0, g1, 2, 6, 3, 7), d = v128.shuffle<i32>(g2, g3, 2, 6, 3, 7);
      e0 = append(e0, offsets, step(i32x4.shl(codes, 31), right), step(i32x4.shl(codes, 30), below), v128.shuffle<i64>(a, b, 0, 2));
      e1 = append(e1, offsets, step(i32x4.shl(codes, 23), right), step(i32x4.shl(codes, 22), below), v128.shuffle<i64>(a, b, 1, 3));
      e2 = append(e2, offsets, step(i32x4.shl(codes, 15), right), step(i32x4.shl(codes, 14), below), v128.shuffle<i64>(c, d, 0, 2));
      e3 = append(e3, offsets, step(i32x4.shl(codes, 7), right), step(i32x4.shl(codes, 6), below), v128.shuffle<i64>(c, d, 1, 3));
    }
    store<u32>(ends, <u32>e0);
    store<u32>(ends, <u32>e1, 4);
    store<u32>(ends, <u32>e2, 8);
    store<u32>(ends, <u32>e3, 12);
  }
  for (; list < end; list += 8) {
    const w = <usize>load<u32>(list) * OC, offset = start + <usize>load<u32>(list, 4);
    for (let c: usize = 0; c < min(n, 4); ++c) {
      const place = load<u8>(code + w + c);
      const gradient = load<f32>(dy + ((w + c) << 2));
      const e = <usize>load<u32>(ends + (c << 2));
      store<u32>(e, <u32>(offset + (place & 1 ? pixel : 0) + (place & 2 ? line : 0)));
      store<f32>(e, gradient, 4);
      // What does not pass is written over.
      const passes = gradient != 0 && load<f32>(y + (((w << 2) & gate) + (c << 2))) > 0;
      store<u32>(ends + (c << 2), <u32>(e + (passes ? 8 : 0)));
    }
  }
}
