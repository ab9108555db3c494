/**
 * Convolutions of images [N,H,W,C] with filters [OC,KH,KW,C] to maps [N,OH,OW,OC], f32: any kernel size, strides and padding.
 *
 * Direct, without im2col: for a row of taps, the KW C floats under a window lie side by side, so a tile of up to 6 positions x 8 channels
 * takes them like a row of a matrix product. A table of byte offsets says where the windows of the positions begin. An image whose windows
 * reach over its edge is first copied into a border of zeros.
 *
 * The gradient of the input is the same product over the gradient's map, with mirrored filters; with strides there is one for each phase
 * (row and column modulo the strides), which meets only every strideH-th and strideW-th tap.
 *
 * Every element is summed in one order whatever the batch or its place in it. Loads may reach 28 bytes past an operand, stores never do.
 */
import { conv_tile, filter_tile } from "../build/generated/conv-tiles";
import { store_tail, ZERO } from "./simd/f32x4";
import { tile_rows } from "./tile-rows";

/** Floats of a block of positions, gradients and images together, that share the L1 cache with the filter gradient's tiles. */
const BLOCK: usize = 8192;
/** Positions of a block at least: each one reads and writes the whole gradient. */
const SHORTEST: usize = 32;

/** packed [OC/8][K][8] = w [OC,K], zeros in place of filters past the last. */
export function conv2d_pack_nhwc_forward_f32(packed: usize, w: usize, OC: usize, K: usize): void {
  for (let o: usize = 0; o < OC; o += 8, w += K << 5) {
    for (let k: usize = 0; k < K; ++k, packed += 32) {
      let p = w + (k << 2);
      for (let i: usize = 0; i < 8; ++i, p += K << 2) store<f32>(packed + (i << 2), o + i < OC ? load<f32>(p) : 0);
    }
  }
}

/** Taps of a phase along a side. */
// @ts-ignore: decorator
@inline
function taps_of(kernel: usize, phase: usize, stride: usize): usize {
  return phase < kernel ? (kernel - phase + stride - 1) / stride : 0;
}

/** packed [C/8][phase][KH',KW',OC][8] = w [OC,KH,KW,C], each phase from its last tap to its first, zeros in place of channels past the last. */
export function conv2d_pack_nhwc_backward_input_f32(packed: usize, w: usize, OC: usize, C: usize, KH: usize, KW: usize, strideH: usize, strideW: usize): void {
  const filter = (KH * KW * C) << 2;
  for (let c: usize = 0; c < C; c += 8) {
    const channels = C - c;
    for (let p: usize = 0; p < strideH; ++p) {
      for (let q: usize = 0; q < strideW; ++q) {
        for (let i = taps_of(KH, p, strideH); i > 0; --i) {
          for (let j = taps_of(KW, q, strideW); j > 0; --j) {
            let from = w + ((((p + (i - 1) * strideH) * KW + q + (j - 1) * strideW) * C + c) << 2);
            for (let o: usize = 0; o < OC; ++o, from += filter, packed += 32) copy_8(packed, from, channels);
          }
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

/** Copies an image of `rows` rows of `row` bytes to rows `pitch` bytes apart. */
function copy_rows(to: usize, from: usize, rows: usize, row: usize, pitch: usize): void {
  for (; rows > 0; --rows, to += pitch, from += row) memory.copy(to, from, row);
}

/** The tiles of `count` positions and all channels. */
function convolve(y: usize, positions: usize, count: usize, x: usize, w: usize, panel: usize, channels: usize, taps: usize, run: usize, pitch: usize, accumulate: i32): void {
  for (let o: usize = 0; o < channels; o += 8, w += panel) {
    let at = positions;
    for (let left = count; left > 0; ) {
      const rows = tile_rows(left);
      conv_tile(rows, y + (o << 2), at, x, w, taps, run, pitch, min(channels - o, 8), accumulate);
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

/** y = x * w, `w` packed; see the head of the file. @param scratch an image with its border and two words per position, garbage after */
export function conv2d_nhwc_forward_f32(y: usize, x: usize, w: usize, N: usize, H: usize, W: usize, C: usize, OH: usize, OW: usize, OC: usize, KH: usize, KW: usize, strideH: usize, strideW: usize, padTop: usize, padLeft: usize, scratch: usize): void {
  if (N * OH * OW * OC == 0) return;
  const height = max((OH - 1) * strideH + KH, H + padTop), width = max((OW - 1) * strideW + KW, W + padLeft);
  const inside = height == H && width == W;
  const row = (W * C) << 2, pitch = (width * C) << 2, size = H * row;
  const bordered = align(write_positions(scratch, OH, OW, 0, strideH * pitch, (strideW * C) << 2, 0, (OW * OC) << 2, OC << 2));
  if (!inside) memory.fill(bordered, 0, height * pitch);
  for (; N > 0; --N, x += size, y += (OH * OW * OC) << 2) {
    if (!inside) copy_rows(bordered + padTop * pitch + ((padLeft * C) << 2), x, H, row, pitch);
    convolve(y, scratch, OH * OW, inside ? x : bordered, w, (KH * KW * C) << 5, OC, KH, KW * C, pitch, 0);
  }
}

/** dx = the gradient of the input + beta dx, `w` packed; see the head of the file. @param scratch a map with its border and two words per position of the image, garbage after */
export function conv2d_nhwc_backward_input_f32(dx: usize, dy: usize, w: usize, N: usize, H: usize, W: usize, C: usize, OH: usize, OW: usize, OC: usize, KH: usize, KW: usize, strideH: usize, strideW: usize, padTop: usize, padLeft: usize, beta: i32, scratch: usize): void {
  if (N * H * W * C == 0) return;
  const top = (KH + strideH - 1) / strideH - 1, left = (KW + strideW - 1) / strideW - 1;
  const height = top + max(OH, (H - 1 + padTop) / strideH + 1), width = left + max(OW, (W - 1 + padLeft) / strideW + 1);
  const row = (OW * OC) << 2, pitch = (width * OC) << 2;
  const step = OC << 2, imageRow = (W * C) << 2;
  // The table: phase after phase, as the loop below reads it.
  let table = scratch;
  for (let p: usize = 0; p < strideH; ++p) {
    const i = (p + strideH - (padTop % strideH)) % strideH;
    const rows = i < H ? (H - i + strideH - 1) / strideH : 0;
    for (let q: usize = 0; q < strideW; ++q) {
      const j = (q + strideW - (padLeft % strideW)) % strideW;
      const columns = j < W ? (W - j + strideW - 1) / strideW : 0;
      const window = ((i + padTop) / strideH + top + 1 - taps_of(KH, p, strideH)) * pitch + ((j + padLeft) / strideW + left + 1 - taps_of(KW, q, strideW)) * step;
      table = write_positions(table, rows, columns, window, pitch, step, i * imageRow + ((j * C) << 2), strideH * imageRow, (strideW * C) << 2);
    }
  }
  const bordered = align(table);
  memory.fill(bordered, 0, height * pitch);
  for (; N > 0; --N, dx += H * imageRow, dy += OH * row) {
    copy_rows(bordered + top * pitch + left * step, dy, OH, row, pitch);
    let positions = scratch, panel = w;
    for (let p: usize = 0; p < strideH; ++p) {
      const i = (p + strideH - (padTop % strideH)) % strideH;
      const rows = i < H ? (H - i + strideH - 1) / strideH : 0;
      for (let q: usize = 0; q < strideW; ++q) {
        const j = (q + strideW - (padLeft % strideW)) % strideW;
        const count = rows * (j < W ? (W - j + strideW - 1) / strideW : 0);
        const taps = taps_of(KH, p, strideH), run = taps_of(KW, q, strideW) * OC;
        convolve(dx, positions, count, bordered, panel, (KH * KW * OC) << 5, C, taps, run, pitch, beta);
        positions += count << 3;
        panel += (taps * run) << 5;
      }
    }
  }
}

/** dw = the gradient of OC filters + beta dw; dy has `channels` of them. See the head of the file. @param scratch an image with its border and two words per position, garbage after */
export function conv2d_nhwc_backward_filter_f32(dw: usize, dy: usize, x: usize, N: usize, H: usize, W: usize, C: usize, OH: usize, OW: usize, OC: usize, KH: usize, KW: usize, strideH: usize, strideW: usize, padTop: usize, padLeft: usize, channels: usize, beta: i32, scratch: usize): void {
  const run = KW * C, positions = OH * OW;
  if (N * positions == 0) {
    if (!beta) memory.fill(dw, 0, (OC * KH * run) << 2);
    return;
  }
  const height = max((OH - 1) * strideH + KH, H + padTop), width = max((OW - 1) * strideW + KW, W + padLeft);
  const inside = height == H && width == W;
  const row = (W * C) << 2, pitch = (width * C) << 2, ldw = (KH * run) << 2;
  const bordered = align(write_positions(scratch, OH, OW, 0, strideH * pitch, (strideW * C) << 2, 0, 0, 0));
  if (!inside) memory.fill(bordered, 0, height * pitch);
  const block = max(SHORTEST, BLOCK / (OC + C * strideW * strideH));
  const ldy = channels << 2;
  for (; N > 0; --N, x += H * row, dy += positions * ldy) {
    if (!inside) copy_rows(bordered + padTop * pitch + ((padLeft * C) << 2), x, H, row, pitch);
    const image = inside ? x : bordered;
    for (let at: usize = 0; at < positions; at += block) {
      const n = min(block, positions - at);
      for (let a: usize = 0; a < KH; ++a) {
        for (let k: usize = 0; k < run; k += 8) {
          for (let o: usize = 0; o < OC; ) {
            const rows = tile_rows(OC - o);
            filter_tile(rows, dw + o * ldw + ((a * run + k) << 2), dy + at * ldy + (o << 2), image + a * pitch + (k << 2), scratch + (at << 3), n, ldw, ldy, min(run - k, 8), beta);
            o += rows;
          }
        }
      }
      beta = 1;
    }
  }
}
