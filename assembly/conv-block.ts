/**
 * Gradients of convolution, bias, rectifier and 2x2 max-pooling in one (stride 1, of images that hold their padding). At most one of a window's four positions
 * has a gradient, and none where the rectifier cut: a pass over dy lists what is not zero, and both products run over the lists.
 * x and dx [N,H,W,C], w and dw [OC,KH,KW,C], dy, y and code [N,PH,PW,OC] with PH = (H-KH+1)/2, PW = (W-KW+1)/2 rounded down. Any sizes;
 * floats at multiples of 4. Loads reach 63 bytes past an end, stores none.
 */
import { scatter_slice_12, scatter_slice_4, scatter_slice_8 } from "../build/generated/conv-slices";
import { matmul_slice_12, matmul_slice_4, matmul_slice_8 } from "../build/generated/sparse-slices";
import { add_passing, SHARD, windows_of } from "./conv-window";
import { strided_copy_f32 } from "./elementwise";
import { ZERO } from "./simd/f32x4";
import { slice_columns } from "./sparse";

/** Output channels that are listed together: one bit each, and a slice of their filters fits the L1 cache. */
const GROUP: usize = 64;

/** A bit for each of 16 floats that is above 0. */
// @ts-ignore: decorator
@inline
function positive(y: usize): u64 {
  const low = i16x8.narrow_i32x4_s(f32x4.gt(v128.load(y), ZERO), f32x4.gt(v128.load(y, 16), ZERO));
  const high = i16x8.narrow_i32x4_s(f32x4.gt(v128.load(y, 32), ZERO), f32x4.gt(v128.load(y, 48), ZERO));
  return <u64>i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
}

/** Bit `bit` (0 or 1) of each of 16 bytes: its place in a byte's sign is all that counts. */
// @ts-ignore: decorator
@inline
function bits_of_codes(codes: v128, bit: i32): u64 {
  return <u64>i8x16.bitmask(i16x8.shl(codes, 7 - bit));
}

/**
 * Lists of the gradients dy that pass the window's maximum and the rectifier (relu = 1: y above 0), twice, and their sums.
 * By output position: for each group of 64 output channels g (the last may be smaller), window and place in it,
 * { byte offset of the channel's filter, gradient } in order of channels. A window's four lists follow each other in windowEntries
 * [N, groups of PH*PW x channels]; their lengths are windowCounts [N,groups,PH*PW,4].
 * By output channel: for each block of `block` samples (1, 2 or 4; the last may have fewer) { byte offset in the block's x of the place
 * that won, gradient } in order of windows: channelEntries [blocks, OC, block*PH*PW], channelCounts [blocks,OC].
 * db [shards,OC]: sums over shards of 4 samples.
 */
export function conv_block_lists_f32(windowEntries: usize, windowCounts: usize, channelEntries: usize, channelCounts: usize, db: usize, dy: usize, y: usize, code: usize, N: usize, H: usize, W: usize, C: usize, OC: usize, KH: usize, KW: usize, block: usize, relu: i32): void {
  const PH = windows_of(H, KH), PW = windows_of(W, KW);
  const count = PH * PW;
  const pixel = C << 2, line = W * pixel;
  const filter = KH * KW * pixel;
  const every: u64 = relu ? 0 : -1;
  const capacity = (block * count) << 3;
  for (let sample: usize = 0; sample < N; ++sample) {
    const inBlock = sample % block;
    if (!inBlock) {
      if (sample) channelCounts += OC << 2;
      // While lists grow, counts hold the addresses of their ends.
      for (let o: usize = 0; o < OC; ++o) store<u32>(channelCounts + (o << 2), <u32>(channelEntries + o * capacity));
    }
    const add = <i32>(sample & (SHARD - 1));
    if (sample && !add) db += OC << 2;
    add_passing(db, dy, y, count, OC, relu, add);
    for (let g: usize = 0; g < OC; g += GROUP) {
      const n = min(OC - g, GROUP);
      const valid: u64 = n == GROUP ? -1 : (<u64>1 << <u64>n) - 1;
      const firstFilter = <u32>(g * filter);
      const cursors = channelCounts + (g << 2);
      let gradients = dy + (g << 2), values = y + (g << 2), codes = code + g;
      for (let py: usize = 0; py < PH; ++py) {
        let offset = <u32>(inBlock * H * line + ((py * line) << 1));
        for (let px = PW; px > 0; --px, offset += <u32>(pixel << 1)) {
          let live: u64 = every, right: u64 = 0, below: u64 = 0;
          for (let k: usize = 0; k < n; k += 16) {
            if (relu) live |= positive(values + (k << 2)) << k;
            const places = v128.load(codes + k);
            right |= bits_of_codes(places, 0) << k;
            below |= bits_of_codes(places, 1) << k;
          }
          live &= valid;
          let e = windowEntries;
          for (let place: u32 = 0; place < 4; ++place) {
            let bits = live & (place & 1 ? right : ~right) & (place & 2 ? below : ~below);
            const at = <u64>(offset + (place & 1 ? <u32>pixel : 0) + (place & 2 ? <u32>line : 0));
            store<u32>(windowCounts, <u32>popcnt(bits));
            windowCounts += 4;
            while (bits) {
              const o = <usize>ctz(bits);
              bits &= bits - 1;
              const gradient = <u64>load<u32>(gradients + (o << 2)) << 32;
              store<u64>(e, gradient | <u64>(firstFilter + <u32>(o * filter)));
              e += 8;
              const cursor = cursors + (o << 2);
              const entry = <usize>load<u32>(cursor);
              store<u32>(cursor, <u32>entry + 8);
              store<u64>(entry, gradient | at);
            }
          }
          windowEntries += n << 3;
          gradients += OC << 2;
          values += OC << 2;
          codes += OC;
        }
      }
    }
    if (inBlock + 1 == block || sample + 1 == N) {
      for (let o: usize = 0; o < OC; ++o) {
        const counter = channelCounts + (o << 2);
        store<u32>(counter, (load<u32>(counter) - <u32>(channelEntries + o * capacity)) >> 3);
      }
      channelEntries += OC * capacity;
    }
    dy += (count * OC) << 2;
    y += (count * OC) << 2;
    code += count * OC;
  }
}

/**
 * table = rows { bytes from a filter's first pixel to the place, start, end of its list } of the places of all windows that have a list, by its length: loops over
 * lists of one length end where the processor expects it. Returns the end of the table. @param ends 65 numbers, garbage after
 */
function table_of(table: usize, ends: usize, list: usize, counts: usize, PH: usize, PW: usize, pixel: usize, line: usize, capacity: usize): usize {
  memory.fill(ends, 0, (GROUP + 1) << 2);
  for (let c = counts, last = counts + ((PH * PW) << 4); c < last; c += 4) {
    const place = ends + (<usize>load<u32>(c) << 2);
    store<u32>(place, load<u32>(place) + 12);
  }
  let end = table;
  for (let length: usize = 1; length <= GROUP; ++length) {
    const start = end;
    end += <usize>load<u32>(ends + (length << 2));
    store<u32>(ends + (length << 2), <u32>start);
  }
  // Those without a list are written over by the first, or lie behind the last.
  store<u32>(ends, <u32>end);
  for (let py: usize = 0; py < PH; ++py) {
    let offset = (py * line) << 1;
    for (let px = PW; px > 0; --px, offset += pixel << 1, list += capacity) {
      let e = list;
      for (let place: usize = 0; place < 4; ++place, counts += 4) {
        const length = <usize>load<u32>(counts);
        const cursor = ends + (length << 2);
        const row = <usize>load<u32>(cursor);
        store<u32>(cursor, <u32>row + (length ? 12 : 0));
        store<u32>(row, <u32>(offset + (place & 1 ? pixel : 0) + (place & 2 ? line : 0)));
        store<u32>(row, <u32>e, 4);
        e += length << 3;
        store<u32>(row, <u32>e, 8);
      }
    }
  }
  return end;
}

/**
 * dx [N,IH,IW,C] = gradient of x + beta dx, from the lists by output position of conv_block_lists_f32. x [N,H,W,C] is dx's image at (top, left) in
 * a border. @param scratch 65 numbers, the table of a group's places and one more, and an image with its border, if there is one; garbage after
 */
export function conv_block_backward_input_f32(dx: usize, windowEntries: usize, windowCounts: usize, w: usize, N: usize, H: usize, W: usize, C: usize, OC: usize, KH: usize, KW: usize, IH: usize, IW: usize, top: usize, left: usize, beta: i32, scratch: usize): void {
  const PH = windows_of(H, KH), PW = windows_of(W, KW);
  const count = PH * PW;
  const pixel = C << 2, line = W * pixel, taps = KW * C;
  const inside = IH == H && IW == W;
  const table = scratch + ((GROUP + 1) << 2), bordered = table + (count * 48 + 12);
  for (; N > 0; --N, dx += IH * IW * pixel) {
    const image = inside ? dx : bordered;
    if (!inside || !beta) memory.fill(image, 0, H * line);
    for (let g: usize = 0; g < OC; g += GROUP) {
      const capacity = min(OC - g, GROUP) << 3;
      const last = table_of(table, scratch, windowEntries, windowCounts, PH, PW, pixel, line, capacity);
      for (let ky: usize = 0; ky < KH; ++ky) {
        let d = image + ky * line, f = w + ((ky * taps) << 2);
        for (let j: usize = 0; j < taps; ) {
          const width = slice_columns(taps - j);
          const n = min(taps - j, width);
          if (width == 48) scatter_slice_12(d, table, last, f, n);
          else if (width == 32) scatter_slice_8(d, table, last, f, n);
          else scatter_slice_4(d, table, last, f, n);
          j += n;
          d += n << 2;
          f += n << 2;
        }
      }
      windowEntries += count * capacity;
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
