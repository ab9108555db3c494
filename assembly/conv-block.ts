/**
 * Gradients of convolution, bias, rectifier and 2x2 max-pooling in one (stride 1, of images that hold their padding). At most one of a window's four positions
 * has a gradient, and none where the rectifier cut: a pass over dy lists what is not zero, and both products run over the lists.
 * x and dx [N,H,W,C], w and dw [OC,KH,KW,C], dy, y and code [N,PH,PW,OC] with PH = (H-KH+1)/2, PW = (W-KW+1)/2 rounded down. Any sizes;
 * floats at multiples of 4. Loads reach 63 bytes past an end, stores none.
 */
import { scatter_slice_12, scatter_slice_4, scatter_slice_8 } from "../build/generated/conv-slices";
import { matmul_slice_12, matmul_slice_4, matmul_slice_8 } from "../build/generated/sparse-slices";
import { list_channels } from "./channel-lists";
import { pass_gradients, SHARD } from "./bias-relu";
import { windows_of } from "./conv-window";
import { strided_copy_f32 } from "./elementwise";
import { BITS_OF_BYTE } from "./simd/constants";
import { ZERO } from "./simd/f32x4";
import { slice_columns } from "./sparse";

/** Output channels that are listed together: one bit each, and a slice of their filters fits the L1 cache. */
const GROUP: usize = 64;

/** A bit for each of 16 floats that is not 0. */
// @ts-ignore: decorator
@inline
function nonzero(p: usize): u64 {
  const low = i16x8.narrow_i32x4_s(f32x4.ne(v128.load(p), ZERO), f32x4.ne(v128.load(p, 16), ZERO));
  const high = i16x8.narrow_i32x4_s(f32x4.ne(v128.load(p, 32), ZERO), f32x4.ne(v128.load(p, 48), ZERO));
  return <u64>i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
}

/** Bit `bit` (0 or 1) of each of 16 bytes: its place in a byte's sign is all that counts. */
// @ts-ignore: decorator
@inline
function bits_of_codes(codes: v128, bit: i32): u64 {
  return <u64>i8x16.bitmask(i16x8.shl(codes, 7 - bit));
}

/** The lists by output position of a sample's windows, of n output channels, those at g and code. */
function list_places(channels: usize, counts: usize, g: usize, code: usize, windows: usize, OC: usize, n: usize): void {
  const valid: u64 = n == GROUP ? -1 : (<u64>1 << <u64>n) - 1;
  for (; windows > 0; --windows, channels += n, g += OC << 2, code += OC) {
    let live: u64 = 0, right: u64 = 0, below: u64 = 0;
    for (let k: usize = 0; k < n; k += 16) {
      live |= nonzero(g + (k << 2)) << k;
      const places = v128.load(code + k);
      right |= bits_of_codes(places, 0) << k;
      below |= bits_of_codes(places, 1) << k;
    }
    live &= valid;
    let end = channels;
    for (let place: u32 = 0; place < 4; ++place, counts += 4) {
      let bits = live & (place & 1 ? right : ~right) & (place & 2 ? below : ~below);
      store<u32>(counts, <u32>popcnt(bits));
      // Eight channels at a time, without a branch: what is stored behind a list is written over by the next.
      let first: u64 = 0;
      for (let k: usize = 0; k < n; k += 8, bits >>= 8, first += 0x0808080808080808) {
        const eight = <usize>bits & 255;
        store<u64>(end, load<u64>(eight << 3, BITS_OF_BYTE) + first);
        end += popcnt(eight);
      }
    }
    // Lists are read four entries at a time: behind one, too, stand channels of the group.
    store<u64>(end, 0);
  }
}

/**
 * Lists of the gradients dy that pass the window's maximum and the rectifier (relu = 1: y above 0) and are not 0, twice, and their sums.
 * By output position: for each group of 64 output channels (the last may be smaller), window and place in it, the channels, counted from the group's first, in their order.
 * A window's four lists follow each other in windowChannels [N, groups of PH*PW x channels and 8 bytes more]; their lengths are windowCounts [N,groups,PH*PW,4].
 * By output channel: for each block of `block` samples (1, 2 or 4; the last may have fewer) { byte offset in the block's x of the place
 * that won, gradient } in order of windows: channelEntries [blocks, OC, block*PH*PW], channelCounts [blocks,OC].
 * db [shards,OC]: sums over shards of 4 samples.
 * @param scratch see the host's table
 */
export function conv_block_lists_f32(windowChannels: usize, windowCounts: usize, channelEntries: usize, channelCounts: usize, db: usize, dy: usize, y: usize, code: usize, scratch: usize, N: usize, H: usize, W: usize, C: usize, OC: usize, KH: usize, KW: usize, block: usize, relu: i32): void {
  const PH = windows_of(H, KH), PW = windows_of(W, KW);
  const count = PH * PW;
  const pixel = C << 2, line = W * pixel;
  const capacity = (block * count) << 3;
  // Windows, the ends of the channels' lists and a list for those that fill up the last four.
  const passing = scratch, windows = passing + ((count * OC) << 2), ends = windows + (count << 3), spare = ends + (((OC + 3) & ~3) << 2);
  for (let py: usize = 0, window = windows; py < PH; ++py) {
    for (let px: usize = 0; px < PW; ++px, window += 8) {
      store<u32>(window, <u32>(py * PW + px));
      store<u32>(window, <u32>((py * line + px * pixel) << 1), 4);
    }
  }
  for (let sample: usize = 0; sample < N; ++sample) {
    const inBlock = sample % block;
    if (!inBlock) for (let o: usize = 0; o < OC; ++o) store<u32>(ends + (o << 2), <u32>(channelEntries + o * capacity));
    const add = <i32>(sample & (SHARD - 1));
    if (sample && !add) db += OC << 2;
    pass_gradients(passing, db, dy, y, count, OC, relu, add);
    for (let o: usize = 0; o < OC; o += 4) {
      if (OC - o < 4) for (let c = OC; c < o + 4; ++c) store<u32>(ends + (c << 2), <u32>spare);
      list_channels(ends + (o << 2), passing + (o << 2), code + o, windows, ends, inBlock * H * line, pixel, line, OC);
    }
    for (let g: usize = 0; g < OC; g += GROUP) {
      const n = min(OC - g, GROUP);
      list_places(windowChannels, windowCounts, passing + (g << 2), code + g, count, OC, n);
      windowChannels += count * n + 8;
      windowCounts += count << 4;
    }
    if (inBlock + 1 == block || sample + 1 == N) {
      for (let o: usize = 0; o < OC; ++o) store<u32>(channelCounts + (o << 2), (load<u32>(ends + (o << 2)) - <u32>(channelEntries + o * capacity)) >> 3);
      channelEntries += OC * capacity;
      channelCounts += OC << 2;
    }
    dy += (count * OC) << 2;
    y += (count * OC) << 2;
    code += count * OC;
  }
}

/** Bytes of a row of the table of places. */
const ROW: usize = 12;

/** entries = { byte offset of the filter, gradient } of `length` listed channels, and up to three more. */
// @ts-ignore: decorator
@inline
function expand(entries: usize, list: usize, length: usize, g: usize, filters: v128): void {
  for (const end = list + length; list < end; list += 4, entries += 32) {
    const bytes = v128.load32_zero(list);
    const offsets = i32x4.mul(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)), filters);
    let gradients = v128.load32_zero(g + (<usize>load<u8>(list) << 2));
    gradients = v128.load32_lane(g + (<usize>load<u8>(list, 1) << 2), gradients, 1);
    gradients = v128.load32_lane(g + (<usize>load<u8>(list, 2) << 2), gradients, 2);
    gradients = v128.load32_lane(g + (<usize>load<u8>(list, 3) << 2), gradients, 3);
    v128.store(entries, v128.shuffle<i32>(offsets, gradients, 0, 4, 1, 5));
    v128.store(entries, v128.shuffle<i32>(offsets, gradients, 2, 6, 3, 7), 16);
  }
}

/**
 * table = rows { bytes from a filter's first pixel to the place, start, end of its list } of the places of all windows that have a list, by its length: loops over
 * lists of one length end where the processor expects it. The lists are at entries. Returns the end of the table. @param ends 65 numbers, garbage after
 */
function table_of(table: usize, ends: usize, entries: usize, list: usize, counts: usize, dy: usize, filter: usize, PH: usize, PW: usize, pixel: usize, line: usize, OC: usize, n: usize): usize {
  memory.fill(ends, 0, (GROUP + 1) << 2);
  for (let c = counts, last = counts + ((PH * PW) << 4); c < last; c += 4) {
    const place = ends + (<usize>load<u32>(c) << 2);
    store<u32>(place, load<u32>(place) + <u32>ROW);
  }
  let end = table;
  for (let length: usize = 1; length <= GROUP; ++length) {
    const start = end;
    end += <usize>load<u32>(ends + (length << 2));
    store<u32>(ends + (length << 2), <u32>start);
  }
  // Those without a list are written over by the first, or lie behind the last.
  store<u32>(ends, <u32>end);
  const filters = i32x4.splat(<i32>filter);
  for (let py: usize = 0; py < PH; ++py) {
    let offset = (py * line) << 1;
    for (let px = PW; px > 0; --px, offset += pixel << 1, list += n, dy += OC << 2) {
      let e = entries;
      for (let place: usize = 0; place < 4; ++place, counts += 4) {
        const length = <usize>load<u32>(counts);
        const cursor = ends + (length << 2);
        const row = <usize>load<u32>(cursor);
        store<u32>(cursor, <u32>(row + (length ? ROW : 0)));
        store<u32>(row, <u32>(offset + (place & 1 ? pixel : 0) + (place & 2 ? line : 0)));
        store<u32>(row, <u32>e, 4);
        e += length << 3;
        store<u32>(row, <u32>e, 8);
      }
      expand(entries, list, (e - entries) >> 3, dy, filters);
      entries = e;
    }
  }
  return end;
}

/**
 * dx [N,IH,IW,C] = gradient of x + beta dx, from dy and the lists by output position of conv_block_lists_f32. x [N,H,W,C] is dx's image at (top, left) in
 * a border. @param scratch 65 numbers, the table of a group's places and one more, its lists and three entries more, and an image with its border, if there is one; garbage after
 */
export function conv_block_backward_input_f32(dx: usize, windowChannels: usize, windowCounts: usize, dy: usize, w: usize, N: usize, H: usize, W: usize, C: usize, OC: usize, KH: usize, KW: usize, IH: usize, IW: usize, top: usize, left: usize, beta: i32, scratch: usize): void {
  const PH = windows_of(H, KH), PW = windows_of(W, KW);
  const count = PH * PW;
  const pixel = C << 2, line = W * pixel, taps = KW * C, filter = KH * KW * pixel;
  const inside = IH == H && IW == W;
  const table = scratch + ((GROUP + 1) << 2), entries = table + (count * 4 + 1) * ROW, bordered = entries + ((count * min(OC, GROUP) + 3) << 3);
  for (; N > 0; --N, dx += IH * IW * pixel, dy += (count * OC) << 2) {
    const image = inside ? dx : bordered;
    if (!inside || !beta) memory.fill(image, 0, H * line);
    for (let g: usize = 0; g < OC; g += GROUP) {
      const n = min(OC - g, GROUP);
      const last = table_of(table, scratch, entries, windowChannels, windowCounts, dy + (g << 2), filter, PH, PW, pixel, line, OC, n);
      for (let ky: usize = 0; ky < KH; ++ky) {
        let d = image + ky * line, f = w + g * filter + ((ky * taps) << 2);
        for (let j: usize = 0; j < taps; ) {
          const width = slice_columns(taps - j);
          const columns = min(taps - j, width);
          if (width == 48) scatter_slice_12(d, table, last, f, columns);
          else if (width == 32) scatter_slice_8(d, table, last, f, columns);
          else scatter_slice_4(d, table, last, f, columns);
          j += columns;
          d += columns << 2;
          f += columns << 2;
        }
      }
      windowChannels += count * n + 8;
      windowCounts += count << 4;
    }
    if (!inside) strided_copy_f32(dx, image + top * line + left * pixel, 1, 1, IH, IW * C, 0, 0, IW * C, 1, 0, 0, W * C, 1, beta);
  }
}

/**
 * dw = gradient of w + beta dw from the lists by output channel of conv_block_lists_f32, of whose `channels` channels these are OC.
 * Samples add in their order.
 */
export function conv_block_backward_filter_f32(dw: usize, channelEntries: usize, channelCounts: usize, x: usize, N: usize, H: usize, W: usize, C: usize, OC: usize, KH: usize, KW: usize, block: usize, channels: usize, beta: i32): void {
  const count = windows_of(H, KH) * windows_of(W, KW);
  const taps = KW * C, line = (W * C) << 2;
  const filter = (KH * taps) << 2;
  const capacity = (block * count) << 3;
  if (!N && !beta) memory.fill(dw, 0, OC * filter);
  for (let sample: usize = 0; sample < N; sample += block) {
    const add = sample ? 1 : beta;
    for (let ky: usize = 0; ky < KH; ++ky) {
      let d = dw + ((ky * taps) << 2), source = x + ky * line;
      for (let j: usize = 0; j < taps; ) {
        const width = slice_columns(taps - j);
        const n = min(taps - j, width);
        if (width == 48) matmul_slice_12(d, channelEntries, channelCounts, source, 0, OC, n, capacity, 1, filter, add);
        else if (width == 32) matmul_slice_8(d, channelEntries, channelCounts, source, 0, OC, n, capacity, 1, filter, add);
        else matmul_slice_4(d, channelEntries, channelCounts, source, 0, OC, n, capacity, 1, filter, add);
        j += n;
        d += n << 2;
        source += n << 2;
      }
    }
    channelEntries += channels * capacity;
    channelCounts += channels << 2;
    x += block * H * line;
  }
}
