/**
 * Convolution, bias, rectifier and 2x2 max-pooling in one, window by window: the map that is pooled is never stored. Windows whose patch
 * is all zeros (an image's black ground) are skipped, which is exact for finite weights. x [N,H,W,C], y and code [N,PH,PW,OC] with
 * PH = (H-KH+1)/2, PW = (W-KW+1)/2 rounded down; stride 1, no padding. Any sizes; floats at multiples of 4. Loads reach 63 bytes past an
 * end, stores none.
 */
import { gradient_3x1x4, gradient_3x2x2, gradient_3x3, gradient_5x2, window_3x3, window_any } from "../build/generated/conv-windows";
import { forward_by_tiles, SCRATCH, transform_filters } from "./conv-window-tiles";
import { pass_gradients, SHARD } from "./bias-relu";
import { list_channels } from "./channel-lists";
import { MINUS_INFINITY } from "./simd/constants";
import { first_lanes, store_tail, ZERO } from "./simd/f32x4";

/** Windows along a dimension of n, for a filter of k. */
// @ts-ignore: decorator
@inline
export function windows_of(n: usize, k: usize): usize {
  return (n - k + 1) >> 1;
}

/** What a patch of rows x n floats, `line` bytes apart, holds: ones where a bit is. */
// @ts-ignore: decorator
@inline
function bits_of(p: usize, rows: usize, n: usize, line: usize): v128 {
  let bits = ZERO;
  const wide = n & ~3, rest = n & 3;
  const lanes = first_lanes(rest);
  for (; rows > 0; --rows, p += line) {
    for (let k: usize = 0; k < wide; k += 4) bits = v128.or(bits, v128.load(p + (k << 2)));
    if (rest) bits = v128.or(bits, v128.and(lanes, v128.load(p + (wide << 2))));
  }
  return bits;
}

/** windows [N,PH*PW,2] = { index, byte offset of its patch in the image } of the windows whose patch is not all +0, counts [N] of them. */
export function conv_windows_f32(windows: usize, counts: usize, x: usize, N: usize, H: usize, W: usize, C: usize, KH: usize, KW: usize): void {
  const PH = windows_of(H, KH), PW = windows_of(W, KW);
  const pixel = C << 2, line = W * pixel;
  const wide = (KW + 1) * C >= 4;
  for (; N > 0; --N, counts += 4, x += H * line, windows += (PH * PW) << 3) {
    let end = windows;
    let index: u32 = 0;
    for (let py: usize = 0; py < PH; ++py) {
      let offset = (py * line) << 1;
      if (KH == 3 && (KW + 1) * C == 4) {
        for (let px = PW; px > 0; --px, offset += pixel << 1, ++index) {
          const p = x + offset, q = p + (line << 1);
          store<u32>(end, index);
          store<u32>(end, <u32>offset, 4);
          end += <usize>v128.any_true(v128.or(v128.or(v128.load(p), v128.load(p + line)), v128.or(v128.load(q), v128.load(q + line)))) << 3;
        }
      } else {
        for (let px = PW; px > 0; --px, offset += pixel << 1, ++index) {
          const p = x + offset;
          // Where there is no black ground, the first look decides.
          const any = (wide && v128.any_true(v128.load(p))) || v128.any_true(bits_of(p, KH + 1, (KW + 1) * C, line));
          store<u32>(end, index);
          store<u32>(end, <u32>offset, 4);
          end += <usize>any << 3;
        }
      }
    }
    store<u32>(counts, <u32>((end - windows) >> 3));
  }
}

/** Stores v0..v7 (`wide`) or the first n lanes of v0 in the windows that the list leaves out. */
// @ts-ignore: decorator
@inline
function fill_gaps(y: usize, list: usize, end: usize, windows: usize, row: usize, wide: bool, n: usize, v0: v128, v1: v128, v2: v128, v3: v128, v4: v128, v5: v128, v6: v128, v7: v128): void {
  const last = y + windows * row;
  for (let p = y; p < last; p += row) {
    const next = list < end ? y + <usize>load<u32>(list) * row : last;
    list += 8;
    for (; p < next; p += row) {
      if (wide) {
        v128.store(p, v0);
        v128.store(p, v1, 16);
        v128.store(p, v2, 32);
        v128.store(p, v3, 48);
        v128.store(p, v4, 64);
        v128.store(p, v5, 80);
        v128.store(p, v6, 96);
        v128.store(p, v7, 112);
      } else if (n >= 4) v128.store(p, v0);
      else store_tail(p, v0, n);
    }
  }
}

/** What a window of zeros gives: the largest of four biases is the bias. */
// @ts-ignore: decorator
@inline
function empty(bias: usize, lowest: v128): v128 {
  return f32x4.pmax(bias ? v128.load(bias) : ZERO, lowest);
}

/** Gives the windows that the list leaves out their value. */
function fill_others(y: usize, list: usize, end: usize, bias: usize, windows: usize, OC: usize, relu: i32): void {
  const lowest = relu ? ZERO : v128.load(MINUS_INFINITY);
  const row = OC << 2;
  let j: usize = 0;
  for (; j + 32 <= OC; j += 32, y += 128) {
    const b = bias ? bias + (j << 2) : 0, step: usize = bias ? 16 : 0;
    const v0 = empty(b, lowest), v1 = empty(b + step, lowest), v2 = empty(b + 2 * step, lowest), v3 = empty(b + 3 * step, lowest);
    const v4 = empty(b + 4 * step, lowest), v5 = empty(b + 5 * step, lowest), v6 = empty(b + 6 * step, lowest), v7 = empty(b + 7 * step, lowest);
    fill_gaps(y, list, end, windows, row, true, 32, v0, v1, v2, v3, v4, v5, v6, v7);
  }
  for (; j < OC; j += 4, y += 16) {
    const v = empty(bias ? bias + (j << 2) : 0, lowest);
    fill_gaps(y, list, end, windows, row, false, OC - j, v, v, v, v, v, v, v, v);
  }
}

/**
 * y = max over each 2x2 window of the convolution of x with w, packed as [OC/8][KH,KW,C][8], plus bias [OC] (or 0), and not below 0 if relu is 1;
 * code = 2 row + column of that maximum in its window, the first of equals. windows and counts are those of conv_windows_f32 for x.
 * @param scratch see the host's table
 */
export function conv_window_forward_f32(y: usize, code: usize, x: usize, w: usize, bias: usize, windows: usize, counts: usize, scratch: usize, N: usize, H: usize, W: usize, C: usize, OC: usize, KH: usize, KW: usize, relu: i32): void {
  const count = windows_of(H, KH) * windows_of(W, KW);
  const pixel = C << 2, line = W * pixel;
  const panel = (KH * KW * C) << 5;
  const step: usize = KH == 3 && KW == 3 && C == 1 ? 4 : 8;
  const tiles = KH == 3 && KW == 3 && C > 1 && C <= 4;
  const filters = scratch + SCRATCH;
  if (tiles) transform_filters(filters, w, (OC + 7) >> 3, C);
  for (; N > 0; --N, counts += 4) {
    const end = windows + (<usize>load<u32>(counts) << 3);
    if (end < windows + (count << 3)) {
      memory.fill(code, 0, count * OC);
      fill_others(y, windows, end, bias, count, OC, relu);
    }
    if (tiles) {
      forward_by_tiles(y, code, x, filters, bias, windows, end, pixel, line, C, OC, relu, scratch);
    } else {
      for (let j: usize = 0; j < OC; j += step) {
        const offset = j << 2;
        const n = OC - j;
        const taps = w + (j >> 3) * panel + ((j & 4) << 2);
        const start = bias ? bias + offset : 0;
        if (step == 4) window_3x3(y + offset, code + j, x, taps, windows, end, line, OC, n, start, relu);
        else window_any(y + offset, code + j, x, taps, windows, end, KH, KW * C, pixel, line, OC, n, start, relu);
      }
    }
    x += H * line;
    y += (count * OC) << 2;
    code += count * OC;
    windows += count << 3;
  }
}

/**
 * Adds to dw what one image gives to up to four output channels (n): lists the gradients that are not 0, channel by channel, then runs over the lists.
 * scratch: where they end, then the lists, `capacity` bytes each.
 */
function gradient_of_four(dw: usize, x: usize, g: usize, code: usize, list: usize, end: usize, scratch: usize, capacity: usize, pixel: usize, line: usize, OC: usize, KH: usize, taps: usize, n: usize, add: i32): void {
  const lists = scratch + 16;
  for (let o: usize = 0; o < 4; ++o) store<u32>(scratch + (o << 2), <u32>(lists + o * capacity));
  list_channels(scratch, g, code, list, end, x, pixel, line, OC);
  const filter = (KH * taps) << 2;
  for (let o: usize = 0; o < n; ++o, dw += filter) {
    const first = lists + o * capacity, last = <usize>load<u32>(scratch + (o << 2));
    if (KH == 5) gradient_5x2(dw, first, last, line, taps, add);
    else gradient_3x3(dw, first, last, line, taps, add);
  }
}

/**
 * Gradients of w and bias, as a part for each shard of 4 samples (the last may be shorter): dw [shards,OC,KH,KW,C], db [shards,OC], from
 * dy [N,PH,PW,OC]. With relu = 1 only windows with y above 0 count. Needs KH = 3 and KW C <= 12, or KH = 5 and KW C <= 8; (W + 1) C < 2^16.
 * scratch: 4 PH PW pairs and 16 bytes, then PH PW OC floats.
 */
export function conv_window_gradient_f32(dw: usize, db: usize, x: usize, dy: usize, y: usize, code: usize, windows: usize, counts: usize, scratch: usize, N: usize, H: usize, W: usize, C: usize, OC: usize, KH: usize, KW: usize, relu: i32): void {
  const count = windows_of(H, KH) * windows_of(W, KW);
  const line = (W * C) << 2, taps = KW * C;
  const filter = (KH * taps) << 2;
  const places = (<u64>C << 16) | (<u64>(W * C) << 32) | (<u64>(W * C + C) << 48);
  const passing = scratch + ((count << 5) + 16);
  const listed = KH == 5 || taps > 8;
  const step: usize = listed || taps <= 4 ? 4 : 2;
  for (let sample: usize = 0; sample < N; ++sample, counts += 4) {
    const add = <i32>(sample & (SHARD - 1));
    if (sample && !add) {
      dw += OC * filter;
      db += OC << 2;
    }
    const end = windows + (<usize>load<u32>(counts) << 3);
    pass_gradients(passing, db, dy, y, count, OC, relu, add);
    for (let j: usize = 0; j < OC; j += step) {
      const d = dw + j * filter, g = passing + (j << 2), n = OC - j;
      if (listed) gradient_of_four(d, x, g, code + j, windows, end, scratch, count << 3, C << 2, line, OC, KH, taps, min(n, 4), add);
      else if (step == 4) gradient_3x1x4(d, x, g, code + j, windows, end, places, line, OC, taps, n, add);
      else gradient_3x2x2(d, x, g, code + j, windows, end, places, line, OC, taps, n, add);
    }
    x += H * line;
    dy += (count * OC) << 2;
    y += (count * OC) << 2;
    code += count * OC;
    windows += count << 3;
  }
}

/** y [n] = sum over the ceil(rows / 4) shards of parts [shards,n], in their order, + beta y. */
export function sum_shards_f32(y: usize, parts: usize, rows: usize, n: usize, beta: i32): void {
  const shards = (rows + SHARD - 1) / SHARD;
  const row = n << 2;
  for (let j: usize = 0; j < n; j += 4, y += 16, parts += 16) {
    let s = ZERO;
    let p = parts;
    for (let k = shards; k > 0; --k, p += row) s = f32x4.add(s, v128.load(p));
    if (beta) s = f32x4.add(s, v128.load(y));
    if (n - j >= 4) v128.store(y, s);
    else store_tail(y, s, n - j);
  }
}
