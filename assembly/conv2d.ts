/**
 * Convolutions of images [N,H,W,C] with filters [OC,KH,KW,C] to maps [N,OH,OW,OC], f32: any kernel size, strides, padding and dilation.
 * ldx and ldy are the floats from pixel to pixel of images and maps: a group of channels is a convolution of its own.
 *
 * Direct, without im2col: for a row of taps, the KW C floats under a window lie side by side, so a tile of up to 6 positions x 8 channels
 * takes them like a row of a matrix product; where taps lie apart, it takes the C floats of one tap after the other. A table of byte offsets
 * says where the windows of the positions begin. An image whose windows reach over its edge is first copied into a border of zeros, and one
 * with other channels in between without them.
 *
 * The gradient of the input takes the columns of taps one by one: the same tiles add to pixels that a column of the window meets the products
 * of the gradients below each other, which meet them with one tap each, and these taps. What lies outside is left out, so nothing is multiplied
 * in vain, with strides neither. Rows of taps that meet the same rows of the image are every period-th, and meet them from map rows `step` apart:
 * with d and s for dilation and stride, s / gcd(s, d) and d / gcd(s, d).
 *
 * Every element is summed in one order whatever the batch or its place in it. Loads may reach 28 bytes past an operand, stores never do.
 */
import { plane_forward, plane_gradient } from "../build/generated/conv-planes";
import { conv_tile, filter_tile } from "../build/generated/conv-tiles";
import { add_bias } from "./bias-relu";
import { store_tail, ZERO } from "./simd/f32x4";
import { tile_rows } from "./tile-rows";

/** Positions of a block of the filter gradient, whose gradients are packed; the host's table knows it too. */
const BLOCK: usize = 128;

/** packed [OC/8][K][8] = w [OC,K], zeros in place of filters past the last. */
export function conv2d_pack_nhwc_forward_f32(packed: usize, w: usize, OC: usize, K: usize): void {
  for (let o: usize = 0; o < OC; o += 8, w += K << 5) {
    for (let k: usize = 0; k < K; ++k, packed += 32) {
      let p = w + (k << 2);
      for (let i: usize = 0; i < 8; ++i, p += K << 2) store<f32>(packed + (i << 2), o + i < OC ? load<f32>(p) : 0);
    }
  }
}

/** packed [C/8][KW][KH][OC][8] = w [OC,KH,KW,C], the KH rows of taps in the order 0, period, 2 period ..., 1, 1 + period ..., zeros in place of channels past the last. */
export function conv2d_pack_nhwc_backward_input_f32(packed: usize, w: usize, OC: usize, C: usize, KH: usize, KW: usize, period: usize): void {
  const pixel = C << 2, filter = KH * KW * pixel;
  for (let c: usize = 0; c < C; c += 8) {
    const channels = C - c;
    for (let b: usize = 0; b < KW; ++b) {
      for (let phase: usize = 0; phase < period; ++phase) {
        for (let a = phase; a < KH; a += period) {
          let from = w + (a * KW + b) * pixel + (c << 2);
          for (let o: usize = 0; o < OC; ++o, from += filter, packed += 32) copy_8(packed, from, channels);
        }
      }
    }
  }
}

/** Eight floats, of which those past the first n are zero. */
// @ts-ignore: decorator
@inline
function copy_8(to: usize, from: usize, n: usize): void {
  if (n >= 8) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    return;
  }
  v128.store(to, ZERO);
  v128.store(to, ZERO, 16);
  if (n & 4) {
    v128.store(to, v128.load(from));
    store_tail(to + 16, v128.load(from, 16), n & 3);
  } else store_tail(to, v128.load(from), n);
}

/** Writes rows x columns positions, two words each: bytes to the window, and to the result. Returns the end. */
function write_positions(table: usize, rows: usize, columns: usize, window: usize, windowRow: usize, windowStep: usize, result: usize, resultRow: usize, resultStep: usize): usize {
  for (let i: usize = 0; i < rows; ++i) {
    for (let j: usize = 0; j < columns; ++j, table += 8) {
      store<u32>(table, <u32>(window + i * windowRow + j * windowStep));
      store<u32>(table, <u32>(result + i * resultRow + j * resultStep), 4);
    }
  }
  return table;
}

/** Copies C of the ldx channels of an image of H rows and W columns to pixels that lie side by side, in rows `pitch` bytes apart. */
function copy_image(to: usize, from: usize, H: usize, W: usize, C: usize, ldx: usize, pitch: usize): void {
  const row = (W * C) << 2, pixel = C << 2, whole = (C & ~3) << 2, gap = (ldx << 2) - whole;
  for (; H > 0; --H, to += pitch) {
    if (ldx == C) {
      memory.copy(to, from, row);
      from += row;
      continue;
    }
    let p = to;
    for (const end = to + row; p < end; from += gap) {
      for (const vectors = p + whole; p < vectors; p += 16, from += 16) v128.store(p, v128.load(from));
      store_tail(p, v128.load(from), C & 3);
      p += pixel - whole;
    }
  }
}

/** Zeros in C of the ldx channels of as many pixels. */
function clear(x: usize, pixels: usize, C: usize, ldx: usize): void {
  if (ldx == C) {
    memory.fill(x, 0, (pixels * C) << 2);
    return;
  }
  for (; pixels > 0; --pixels, x += ldx << 2) memory.fill(x, 0, C << 2);
}

/** The tiles of `count` positions and all channels: y = (y +) x times the panels, which lie `panel` bytes apart. */
function tiles(y: usize, positions: usize, count: usize, x: usize, w: usize, panel: usize, channels: usize, taps: usize, run: usize, pitch: usize, accumulate: i32): void {
  for (let c: usize = 0; c < channels; c += 8, w += panel) {
    let at = positions;
    for (let left = count; left > 0; ) {
      const rows = tile_rows(left);
      conv_tile(rows, y + (c << 2), at, x, w, taps, run, pitch, min(channels - c, 8), accumulate);
      at += rows << 3;
      left -= rows;
    }
  }
}

// @ts-ignore: decorator
@inline
function align(address: usize): usize {
  return (address + 63) & ~63;
}

/** Whether a convolution is one of images of one channel with 3x3 filters that the tiles for these take. */
// @ts-ignore: decorator
@inline
function is_plane(C: usize, KH: usize, KW: usize, strideH: usize, strideW: usize, dilationH: usize, dilationW: usize, OW: usize): bool {
  return C == 1 && KH == 3 && KW == 3 && strideH == 1 && strideW == 1 && dilationH == 1 && dilationW == 1 && OW >= 4;
}

/** y = x * w + bias, not below 0 if relu is 1; `w` packed, bias may be 0: none; see the head of the file. @param scratch an image with its border and two words per position, garbage after */
export function conv2d_nhwc_forward_f32(y: usize, x: usize, w: usize, bias: usize, N: usize, H: usize, W: usize, C: usize, OH: usize, OW: usize, OC: usize, KH: usize, KW: usize, strideH: usize, strideW: usize, padTop: usize, padLeft: usize, dilationH: usize, dilationW: usize, ldx: usize, ldy: usize, relu: i32, scratch: usize): void {
  if (N * OH * OW * OC == 0) return;
  const height = max((OH - 1) * strideH + (KH - 1) * dilationH + 1, H + padTop), width = max((OW - 1) * strideW + (KW - 1) * dilationW + 1, W + padLeft);
  const inside = height == H && width == W && ldx == C;
  const pixel = C << 2, pitch = width * pixel, panel = (KH * KW * C) << 5;
  const plane = is_plane(C, KH, KW, strideH, strideW, dilationH, dilationW, OW);
  const bordered = align(plane ? scratch : write_positions(scratch, OH, OW, 0, strideH * pitch, strideW * pixel, 0, (OW * ldy) << 2, ldy << 2));
  if (!inside) memory.fill(bordered, 0, height * pitch);
  for (; N > 0; --N, x += (H * W * ldx) << 2, y += (OH * OW * ldy) << 2) {
    if (!inside) copy_image(bordered + padTop * pitch + padLeft * pixel, x, H, W, C, ldx, pitch);
    const image = inside ? x : bordered;
    if (plane) {
      for (let i: usize = 0; i < OH; ++i) {
        const row = y + ((i * OW * ldy) << 2);
        for (let o: usize = 0; o < OC; o += 4) {
          plane_forward(row + (o << 2), image + i * pitch, w + (o >> 3) * panel + ((o & 4) << 2), bias ? bias + (o << 2) : 0, relu, OW, ldy << 2, pitch, min(OC - o, 4));
        }
      }
      continue;
    }
    if (dilationW == 1) tiles(y, scratch, OH * OW, image, w, panel, OC, KH, KW * C, dilationH * pitch, 0);
    else for (let a: usize = 0; a < KH; ++a) tiles(y, scratch, OH * OW, image + a * dilationH * pitch, w + ((a * KW * C) << 5), panel, OC, KW, C, dilationW * pixel, a > 0 ? 1 : 0);
    if (bias || relu) add_bias(y, y, bias, OH * OW, OC, (ldy - OC) << 2, relu);
  }
}

/** dx = the gradient of the input + beta dx, `w` packed; see the head of the file. @param scratch two words per position, garbage after */
export function conv2d_nhwc_backward_input_f32(dx: usize, dy: usize, w: usize, N: usize, H: usize, W: usize, C: usize, OH: usize, OW: usize, OC: usize, KH: usize, KW: usize, strideH: usize, strideW: usize, padTop: usize, padLeft: usize, dilationH: usize, dilationW: usize, ldx: usize, ldy: usize, beta: i32, scratch: usize): void {
  const pixel = ldx << 2, row = W * pixel, position = ldy << 2, mapRow = OW * position;
  let common = strideH;
  while (strideH % common || dilationH % common) --common;
  const period = strideH / common, step = dilationH / common;
  if (!beta) clear(dx, N * H * W, C, ldx);
  for (; N > 0; --N, dx += H * row, dy += OH * mapRow) {
    for (let b: usize = 0; b < KW; ++b) {
      // Positions of a row whose tap b lies inside the image.
      const across = b * dilationW;
      const from: usize = padLeft > across ? (padLeft - across + strideW - 1) / strideW : 0;
      const end: usize = W + padLeft > across ? min(OW, (W + padLeft - across + strideW - 1) / strideW) : 0;
      if (from >= end) continue;
      const columns = end - from;
      const pixels = dx + (from * strideW + across - padLeft) * pixel;
      write_positions(scratch, OH, columns, 0, mapRow, position, 0, strideH * row, strideW * pixel);
      let before: usize = 0;
      for (let phase: usize = 0; phase < period && phase < KH; ++phase) {
        const taps = (KH - phase + period - 1) / period, down = phase * dilationH;
        // The image row i that tap `phase` of map row m meets; its other taps meet it at map rows m - step, m - 2 step, ...
        let m: usize = padTop > down ? (padTop - down + strideH - 1) / strideH : 0;
        for (let i = m * strideH + down - padTop; i < H; ) {
          const first: usize = m < OH ? 0 : (m - OH) / step + 1, last = min(taps - 1, m / step);
          // Rows of the same taps go together: all but those at the edges.
          let rows: usize = 1;
          if (first == 0 && last == taps - 1) rows = min(OH - m, (H - i + strideH - 1) / strideH);
          if (first <= last) tiles(pixels + i * row, scratch, rows * columns, dy + (m - first * step) * mapRow + from * position, w + ((b * KH + before + first) * OC << 5), (KW * KH * OC) << 5, C, last - first + 1, OC, 0 - step * mapRow, 1);
          m += rows;
          i += rows * strideH;
        }
        before += taps;
      }
    }
  }
}

/** packed [tile of filters][n][rows of the tile] = dy [n][OC], ldy bytes between positions. What a copy writes too much, the next one overwrites. */
function pack_gradients(packed: usize, dy: usize, n: usize, OC: usize, ldy: usize): void {
  for (let o: usize = 0; o < OC; ) {
    const rows = tile_rows(OC - o);
    let p = dy + (o << 2);
    for (let i = n; i > 0; --i, p += ldy, packed += rows << 2) {
      v128.store(packed, v128.load(p));
      v128.store(packed, v128.load(p, 16), 16);
    }
    o += rows;
  }
}

/** The tiles of OC filters and a run of taps: dw = (dw +) packed gradients times what lies under them. */
function filter_tiles(dw: usize, packed: usize, x: usize, positions: usize, n: usize, OC: usize, ldw: usize, run: usize, accumulate: i32): void {
  for (let k: usize = 0; k < run; k += 8) {
    for (let o: usize = 0; o < OC; ) {
      const rows = tile_rows(OC - o);
      filter_tile(rows, dw + o * ldw + (k << 2), packed + ((o * n) << 2), x + (k << 2), positions, n, ldw, min(run - k, 8), accumulate);
      o += rows;
    }
  }
}

/** Where in sums [OC / 4][9][4] the i-th of dw [OC,9] is. */
// @ts-ignore: decorator
@inline
function sum_of(sums: usize, i: usize): usize {
  const o = i / 9, tap = i % 9;
  return sums + (((o >> 2) * 36 + tap * 4 + (o & 3)) << 2);
}

/** sums [OC / 4][9][4] = beta dw [OC,9]. */
function load_sums(sums: usize, dw: usize, OC: usize, beta: i32): void {
  memory.fill(sums, 0, ((OC + 3) & ~3) * 36);
  if (beta) for (let i: usize = 0; i < OC * 9; ++i) store<f32>(sum_of(sums, i), load<f32>(dw + (i << 2)));
}

/** dw = the gradient of the filters + beta dw. See the head of the file. @param scratch two words per position, packed gradients or sums, and an image with its border, garbage after */
export function conv2d_nhwc_backward_filter_f32(dw: usize, dy: usize, x: usize, N: usize, H: usize, W: usize, C: usize, OH: usize, OW: usize, OC: usize, KH: usize, KW: usize, strideH: usize, strideW: usize, padTop: usize, padLeft: usize, dilationH: usize, dilationW: usize, ldx: usize, ldy: usize, beta: i32, scratch: usize): void {
  const positions = OH * OW, pixel = C << 2, ldw = KH * KW * pixel;
  if (N * positions == 0) {
    if (!beta) memory.fill(dw, 0, OC * ldw);
    return;
  }
  const height = max((OH - 1) * strideH + (KH - 1) * dilationH + 1, H + padTop), width = max((OW - 1) * strideW + (KW - 1) * dilationW + 1, W + padLeft);
  const inside = height == H && width == W && ldx == C;
  const pitch = width * pixel, line = dilationH * pitch, position = ldy << 2;
  // The taps of a row lie side by side, or apart.
  const runs: usize = dilationW == 1 ? 1 : KW, run = KW / runs * C;
  const plane = is_plane(C, KH, KW, strideH, strideW, dilationH, dilationW, OW);
  const packed = align(plane ? scratch : write_positions(scratch, OH, OW, 0, strideH * pitch, strideW * pixel, 0, 0, 0));
  const bordered = align(packed + (((OC + 3) * max<usize>(9, min(positions, BLOCK))) << 2) + 32);
  if (!inside) memory.fill(bordered, 0, height * pitch);
  if (plane) load_sums(packed, dw, OC, beta);
  for (; N > 0; --N, x += (H * W * ldx) << 2, dy += positions * position) {
    if (!inside) copy_image(bordered + padTop * pitch + padLeft * pixel, x, H, W, C, ldx, pitch);
    const image = inside ? x : bordered;
    if (plane) {
      for (let i: usize = 0; i < OH; ++i) {
        for (let o: usize = 0; o < OC; o += 4) plane_gradient(packed + o * 36, dy + i * OW * position + (o << 2), image + i * pitch, OW, position, pitch);
      }
      continue;
    }
    for (let at: usize = 0; at < positions; at += BLOCK) {
      const n = min(BLOCK, positions - at);
      pack_gradients(packed, dy + at * position, n, OC, position);
      let to = dw;
      for (let a: usize = 0; a < KH; ++a) {
        for (let b: usize = 0; b < runs; ++b, to += run << 2) filter_tiles(to, packed, image + a * line + b * dilationW * pixel, scratch + (at << 3), n, OC, ldw, run, beta);
      }
      beta = 1;
    }
  }
  if (plane) for (let i: usize = 0; i < OC * 9; ++i) store<f32>(dw + (i << 2), load<f32>(sum_of(packed, i)));
}
