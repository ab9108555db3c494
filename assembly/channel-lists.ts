/**
 * Lists of gradients that are not 0, channel by channel: pairs { address of the place that won, gradient } in order of windows. Windows are listed as
 * { index, offset of the patch }.
 */
import { BYTES_OF_FOUR, FRONT, REPEAT } from "./simd/constants";
import { pick_bytes, ZERO } from "./simd/f32x4";

/**
 * Appends four pairs, but for those whose gradient is 0, to the list that ends at `end`; its new end. Stores 32 bytes, of which the list keeps what it
 * needs.
 */
// @ts-ignore: decorator
@inline
function append(end: usize, addresses: v128, gradients: v128): usize {
  const lanes = <usize>i32x4.bitmask(f32x4.ne(gradients, ZERO));
  const order = v128.load(lanes << 4, FRONT);
  const first = pick_bytes(addresses, order), second = pick_bytes(gradients, order);
  v128.store(end, v128.shuffle<i32>(first, second, 0, 4, 1, 5));
  v128.store(end, v128.shuffle<i32>(first, second, 2, 6, 3, 7), 16);
  return end + (popcnt(lanes) << 3);
}

/** Where the place that channel c's code names lies in each of four patches: their addresses + the entry of `places`, four numbers by bytes, lowest first. */
// @ts-ignore: decorator
@inline
function places_of(patches: v128, codes: v128, c: usize, places: v128): v128 {
  const entries = i32x4.add(pick_bytes(codes, v128.load(REPEAT + (c << 4))), v128.load(BYTES_OF_FOUR));
  return i32x4.add(patches, pick_bytes(places, entries));
}

/**
 * Appends what the windows from `list` to `end` give to four channels, those at g and code, whose windows are OC values apart. ends: four addresses, where the lists
 * end; each has room for all windows. x: what the offsets start from; pixel and line in bytes.
 */
export function list_channels(ends: usize, g: usize, code: usize, list: usize, end: usize, x: usize, pixel: usize, line: usize, OC: usize): void {
  // Ends in memory would have each load wait for the stores to the lists.
  let e0 = <usize>load<u32>(ends), e1 = <usize>load<u32>(ends, 4), e2 = <usize>load<u32>(ends, 8), e3 = <usize>load<u32>(ends, 12);
  const numbers = i32x4(0, <i32>pixel, <i32>line, <i32>(line + pixel));
  const places = v128.shuffle<u8>(numbers, numbers, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const start = i32x4.splat(<i32>x);
  // Four windows at a time, without a branch.
  for (; list + 32 <= end; list += 32) {
    const patches = i32x4.add(start, v128.shuffle<i32>(v128.load(list), v128.load(list, 16), 1, 3, 5, 7));
    const w0 = <usize>load<u32>(list) * OC, w1 = <usize>load<u32>(list, 8) * OC, w2 = <usize>load<u32>(list, 16) * OC, w3 = <usize>load<u32>(list, 24) * OC;
    let codes = v128.load32_zero(code + w0);
    codes = v128.load32_lane(code + w1, codes, 1);
    codes = v128.load32_lane(code + w2, codes, 2);
    codes = v128.load32_lane(code + w3, codes, 3);
    const g0 = v128.load(g + (w0 << 2)), g1 = v128.load(g + (w1 << 2)), g2 = v128.load(g + (w2 << 2)), g3 = v128.load(g + (w3 << 2));
    const a = v128.shuffle<i32>(g0, g1, 0, 4, 1, 5), b = v128.shuffle<i32>(g2, g3, 0, 4, 1, 5);
    const c = v128.shuffle<i32>(g0, g1, 2, 6, 3, 7), d = v128.shuffle<i32>(g2, g3, 2, 6, 3, 7);
    e0 = append(e0, places_of(patches, codes, 0, places), v128.shuffle<i64>(a, b, 0, 2));
    e1 = append(e1, places_of(patches, codes, 1, places), v128.shuffle<i64>(a, b, 1, 3));
    e2 = append(e2, places_of(patches, codes, 2, places), v128.shuffle<i64>(c, d, 0, 2));
    e3 = append(e3, places_of(patches, codes, 3, places), v128.shuffle<i64>(c, d, 1, 3));
  }
  store<u32>(ends, <u32>e0);
  store<u32>(ends, <u32>e1, 4);
  store<u32>(ends, <u32>e2, 8);
  store<u32>(ends, <u32>e3, 12);
  for (; list < end; list += 8) {
    const w = <usize>load<u32>(list) * OC, patch = x + <usize>load<u32>(list, 4);
    for (let c: usize = 0; c < 4; ++c) {
      const place = load<u8>(code + w + c);
      const gradient = load<f32>(g + ((w + c) << 2));
      const e = <usize>load<u32>(ends + (c << 2));
      // What is 0 is written over.
      store<u32>(e, <u32>(patch + (place & 1 ? pixel : 0) + (place & 2 ? line : 0)));
      store<f32>(e, gradient, 4);
      store<u32>(ends + (c << 2), <u32>(e + (gradient != 0 ? 8 : 0)));
    }
  }
}
