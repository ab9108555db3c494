/**
 * Convolutions of stride 1 by Winograd's F(m x m, r x r): y = A^T [(G g G^T) * (B^T d B)] A, tile by tile, where the products * over the channels
 * are matrix products, one for each of the n^2 places of a tile, n = m + r - 1. A. Lavin, S. Gray, "Fast algorithms for convolutional neural
 * networks", 2015; the matrices are those of generate/toom-cook.ts.
 *
 * Tensors are NHWC, filters [OC,r,r,C]. (m, r) is one of (2..6, 3), (2, 5), (4, 5). Any sizes, any pads (zeros before the image; what is missing
 * after it follows from the output's size). With taps d pixels apart, the outputs d apart from (i, j) on, i and j below d, are an undilated convolution
 * of pixels that lie as far apart: an image is d^2 phases, and each counts as an image. Transformed filters are panels of 8 output channels:
 * u [OC / 8][n^2][slab], a slab holding [C up to a multiple of 4][8] and one cache line more: slabs a power of two apart would fall into few sets of
 * the cache.
 *
 * The kernels work on blocks of about `block` tiles, which stay in the caches: whole images, or some rows of tiles of one. Each value of y and dx
 * is summed in an order that depends on the image's sizes and the block; dw is summed over tiles in order of the samples and their phases. Products
 * with zeros of the border and of tails are computed, and transforms mix neighbours: an Infinity or NaN spreads over its tile. A window of zeros
 * gives exactly 0, as it does directly.
 */
import { tn_tile } from "../build/generated/outer-tiles";
import {
  adjoint_filter,
  adjoint_input,
  adjoint_output,
  multiply,
  transform_filter,
  transform_input,
  transform_output,
} from "../build/generated/winograd";
import { first_lanes, fma, store_tail, ZERO } from "./simd/f32x4";

/** Rows of the panels that the product reads at most. */
const PANEL: usize = 6;

// @ts-ignore: decorator
@inline
function ceil_div(a: usize, b: usize): usize {
  return (a + b - 1) / b;
}

/** Bytes up to an odd number of cache lines, as the distance of arrays that are walked across. */
// @ts-ignore: decorator
@inline
function slab_bytes(bytes: usize): usize {
  return (((bytes + 63) >> 6) | 1) << 6;
}

/** Rows of tiles in a block: all of an image, or as many as make up `block` tiles; pairs of them where pooling windows straddle two. */
function block_bands(block: usize, down: usize, across: usize, pairs: bool): usize {
  let bands = max(block / across, 1);
  if (pairs) bands += bands & 1;
  return min(bands, down);
}

/** Images in a block. */
// @ts-ignore: decorator
@inline
function block_images(block: usize, down: usize, across: usize): usize {
  return max(block / (down * across), 1);
}

/** How many of `count` places from `from` on, d apart, are less than `end`. */
// @ts-ignore: decorator
@inline
function steps_below(from: isize, end: usize, count: usize, d: usize): usize {
  return from < <isize>end ? min(ceil_div(<isize>end - from, d), count) : 0;
}

/** Row of a phase in its image; i counts the phases of all images. */
// @ts-ignore: decorator
@inline
function phase_row(i: usize, d: usize): usize {
  return (i / d) % d;
}

/** Column of a phase in its image. */
// @ts-ignore: decorator
@inline
function phase_column(i: usize, d: usize): usize {
  return i % d;
}

/** How many of `size` rows or columns belong to the phase that begins at `first`. */
// @ts-ignore: decorator
@inline
function phase_size(size: usize, first: usize, d: usize): usize {
  return (size + d - 1 - first) / d;
}

/**
 * Copies the window of `rows` x `columns` pixels, d apart, at (top, left) of an image [H,W,ld], of which C channels count, to dst
 * [rows][columns][4 groups]; zeros where the image or its channels end.
 */
function copy_window(dst: usize, groups: usize, src: usize, top: isize, left: isize, H: usize, W: usize, C: usize, ld: usize, rows: usize, columns: usize, d: usize): void {
  const pixel = groups << 4, whole = C & ~3;
  const mask = first_lanes(C & 3);
  const before = steps_below(left, 0, columns, d), inside = steps_below(left, W, columns, d) - before;
  const gap = (ld * d) << 2;
  src += (left + before * d) * ld << 2;
  for (let y: usize = 0; y < rows; ++y) {
    const iy = top + <isize>(y * d);
    const count = iy >= 0 && iy < <isize>H ? inside : 0;
    const skipped = count ? before : columns;
    memory.fill(dst, 0, skipped * pixel);
    dst += skipped * pixel;
    if (!count) continue;
    let p = src + ((iy * W * ld) << 2);
    for (const end = dst + count * pixel; dst < end; p += gap) {
      let q = p;
      for (const last = p + (whole << 2); q < last; q += 16, dst += 16) v128.store(dst, v128.load(q));
      if (whole < C) {
        v128.store(dst, v128.and(v128.load(q), mask));
        dst += 16;
      }
      for (const last = dst + pixel - (((C + 3) >> 2) << 4); dst < last; dst += 16) v128.store(dst, ZERO);
    }
    memory.fill(dst, 0, (columns - before - count) * pixel);
    dst += (columns - before - count) * pixel;
  }
}

/**
 * The transforms of the tiles of a block: v [n^2][slab], in panels of `rows` tiles, after `big` of them of one tile less. Tiles overlap and
 * are those of the input (B^T d B), or lie side by side and are those of an output's gradient (A dy A^T). x: images [H,W,ld] of C channels.
 * @param first,images phases of all images @param skipped rows of tiles of each that come before the block
 */
function gather_tiles(gradient: bool, v: usize, slab: usize, rows: usize, big: usize, x: usize, first: usize, images: usize, skipped: usize, padTop: usize, padLeft: usize, H: usize, W: usize, C: usize, ld: usize, bands: usize, across: usize, m: usize, r: usize, d: usize, window: usize, scratch: usize): void {
  const n = m + r - 1, side = gradient ? m : n, groups = (C + 3) >> 2;
  const height = (bands - 1) * m + side, width = (across - 1) * m + side;
  let panel = v, row: usize = 0;
  for (let i = first; i < first + images; ++i) {
    const image = x + ((i / (d * d) * H * W * ld) << 2);
    const top = <isize>(phase_row(i, d) + skipped * m * d) - <isize>padTop, left = <isize>phase_column(i, d) - <isize>padLeft;
    const inside = !(C & 3) && top >= 0 && left >= 0 && <usize>top + (height - 1) * d < H && <usize>left + (width - 1) * d < W;
    const pixel = inside ? (ld * d) << 2 : groups << 4;
    const line = pixel * (inside ? W : width);
    let band = window;
    if (inside) band = image + ((top * W + left) * ld << 2);
    else copy_window(window, groups, image, top, left, H, W, C, ld, height, width, d);
    for (let down = bands; down > 0; --down) {
      let tile = band;
      for (let right = across; right > 0; --right) {
        const place = panel + (row << 4);
        if (gradient) adjoint_output(m, r, place, n * slab, slab, rows << 4, tile, line, pixel, 16, groups, scratch);
        else transform_input(n, place, n * slab, slab, rows << 4, tile, line, pixel, 16, groups, scratch);
        tile += m * pixel;
        if (++row == rows) {
          row = 0;
          panel += (rows * groups) << 4;
          if (--big == 0) --rows;
        }
      }
      band += m * line;
    }
  }
}

/** The products of all places with one panel of 8 output channels: c [n^2][slab], a slab holding [tile][8]. */
function multiply_tiles(c: usize, cSlab: usize, v: usize, vSlab: usize, u: usize, uSlab: usize, places: usize, groups: usize, rows: usize, big: usize, small: usize): void {
  const bigC = (big * rows) << 5, bigV = (big * rows * groups) << 4;
  for (; places > 0; --places) {
    multiply(rows, c, v, u, groups, big);
    if (small) multiply(rows - 1, c + bigC, v + bigV, u, groups, small);
    c += cSlab;
    v += vSlab;
    u += uSlab;
  }
}

/** Stores the first `lanes` (1 to 8) of two vectors. */
// @ts-ignore: decorator
@inline
function store_lanes(p: usize, a: v128, b: v128, lanes: usize): void {
  if (lanes < 4) store_tail(p, a, lanes);
  else {
    v128.store(p, a);
    if (lanes == 8) v128.store(p, b, 16);
    else store_tail(p + 16, b, lanes - 4);
  }
}

/**
 * Lists the windows of r x r pixels, d apart, of `rows` x `columns` outputs, in which all inputs are 0: their number, then their offsets in a map
 * of 8 channels. The transforms of large tiles leave rounding errors there where the direct sum is 0, and a rectifier behind a bias of 0 would
 * let gradients pass. @param counts a word for each of columns + r - 1 pixels, garbage after
 */
function list_zeros(list: usize, counts: usize, x: usize, top: isize, left: isize, H: usize, W: usize, C: usize, rows: usize, columns: usize, r: usize, d: usize, mapLine: usize): void {
  const width = columns + r - 1, height = rows + r - 1;
  const mask = first_lanes(C & 3);
  memory.fill(counts, 0, width << 2);
  let end = list + 4;
  for (let y: usize = 0; y < height; ++y) {
    const iy = top + <isize>(y * d);
    const inside = iy >= 0 && iy < <isize>H;
    const line = x + (((iy * W + left) * C) << 2);
    let run: usize = 0;
    for (let column: usize = 0; column < width; ++column) {
      const ix = left + <isize>(column * d);
      const count = counts + (column << 2);
      // Zeros in this column up to here, then columns with r of them up to here.
      if (inside && ix >= 0 && ix < <isize>W && !is_zero(line + ((column * d * C) << 2), C, mask)) {
        store<u32>(count, 0);
        run = 0;
        continue;
      }
      const zeros = load<u32>(count) + 1;
      store<u32>(count, zeros);
      run = zeros >= <u32>r ? run + 1 : 0;
      if (run < r) continue;
      store<u32>(end, <u32>((y - r + 1) * mapLine + ((column - r + 1) << 5)));
      end += 4;
    }
  }
  store<u32>(list, <u32>((end - list - 4) >> 2));
}

/** Whether all C channels of a pixel are 0. `mask`: those of the last vector that are not full. */
// @ts-ignore: decorator
@inline
function is_zero(p: usize, C: usize, mask: v128): bool {
  for (const end = p + ((C & ~3) << 2); p < end; p += 16) if (v128.any_true(f32x4.ne(v128.load(p), ZERO))) return false;
  return !(C & 3) || !v128.any_true(v128.and(f32x4.ne(v128.load(p), ZERO), mask));
}

/** Sets the listed places of a map to 0. */
function clear_zeros(map: usize, list: usize): void {
  for (const end = list + (load<u32>(list) << 2); list < end; list += 4) {
    const p = map + load<u32>(list, 4);
    v128.store(p, ZERO);
    v128.store(p, ZERO, 16);
  }
}

/** y [rows,columns] = max(map + bias, low): up to 8 channels of a block of an image. Lines and pixels in bytes. */
function store_map(y: usize, map: usize, mapLine: usize, line: usize, pixel: usize, rows: usize, columns: usize, lanes: usize, b0: v128, b1: v128, low: v128): void {
  for (; rows > 0; --rows) {
    let p = map, q = y;
    for (const end = map + (columns << 5); p < end; p += 32, q += pixel) {
      store_lanes(q, f32x4.pmax(f32x4.add(v128.load(p), b0), low), f32x4.pmax(f32x4.add(v128.load(p, 16), b1), low), lanes);
    }
    map += mapLine;
    y += line;
  }
}

/** Position 0 to 3 of the first maximum of a window, as the first byte of each lane. */
// @ts-ignore: decorator
@inline
function window_code(a: v128, b: v128, c: v128, d: v128): v128 {
  const lower = f32x4.gt(f32x4.pmax(c, d), f32x4.pmax(a, b));
  const right = v128.bitselect(f32x4.gt(d, c), f32x4.gt(b, a), lower);
  return v128.or(v128.and(right, i32x4.splat(1)), v128.and(lower, i32x4.splat(2)));
}

/**
 * The largest of a window (and of low) + bias. pmax keeps the NaN of a only: those of the others come by the bias, plus 0 times their sum (which makes a
 * NaN of an Infinity too).
 */
// @ts-ignore: decorator
@inline
function window_value(a: v128, b: v128, c: v128, d: v128, bias: v128, low: v128): v128 {
  const largest = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
  return f32x4.pmax(f32x4.add(largest, fma(f32x4.add(f32x4.add(b, c), d), ZERO, bias)), low);
}

/** As store_map, of the maxima of 2 x 2 windows, with their codes. */
function pool_map(y: usize, code: usize, map: usize, mapLine: usize, OC: usize, PW: usize, rows: usize, lanes: usize, b0: v128, b1: v128, low: v128): void {
  for (; rows > 0; --rows) {
    let p = map, q = y, o = code;
    for (const end = map + (PW << 6); p < end; p += 64, q += OC << 2, o += OC) {
      const next = p + mapLine;
      const a0 = v128.load(p), b = v128.load(p, 32), c = v128.load(next), d = v128.load(next, 32);
      const a1 = v128.load(p, 16), f = v128.load(p, 48), g = v128.load(next, 16), h = v128.load(next, 48);
      const left = window_value(a0, b, c, d, b0, low), right = window_value(a1, f, g, h, b1, low);
      store_lanes(q, left, right, lanes);
      const words = i16x8.narrow_i32x4_s(window_code(a0, b, c, d), window_code(a1, f, g, h));
      const codes = i8x16.narrow_i16x8_s(words, words);
      if (lanes == 8) v128.store64_lane(o, codes, 0);
      else {
        let bytes = i64x2.extract_lane(codes, 0);
        for (let i: usize = 0; i < lanes; ++i, bytes >>= 8) store<u8>(o + i, <u8>bytes);
      }
    }
    map += 2 * mapLine;
    y += (PW * OC) << 2;
    code += PW * OC;
  }
}

/** Both forward kernels; `rows` and `columns` of outputs are needed, and code is 0 if they are not pooled. */
function convolve(y: usize, code: usize, x: usize, u: usize, bias: usize, scratch: usize, N: usize, H: usize, W: usize, C: usize, OC: usize, rows: usize, columns: usize, padTop: usize, padLeft: usize, d: usize, m: usize, r: usize, block: usize, relu: i32): void {
  if (N == 0 || rows == 0 || columns == 0) return;
  const n = m + r - 1, groups = (C + 3) >> 2, phases = N * d * d, phaseColumns = ceil_div(columns, d);
  const down = ceil_div(ceil_div(rows, d), m), across = ceil_div(phaseColumns, m);
  const bands = block_bands(block, down, across, code != 0 && (m & 1) != 0), most = block_images(block, down, across);
  const mostTiles = min(most, phases) * bands * across;
  const vSlab = slab_bytes((mostTiles * groups) << 4), cSlab = slab_bytes(mostTiles << 5), uSlab = slab_bytes(groups << 7);
  const mapLine = (across * m) << 5;
  const v = scratch + ((n * n) << 4), c = v + n * n * vSlab, map = c + n * n * cSlab, lists = map + bands * m * mapLine;
  const listSize = (bands * m * phaseColumns + 1) << 2, counts = lists + min(most, phases) * listSize, window = counts + ((phaseColumns + r - 1) << 2);
  // Tiles of 2 x 2 outputs have no transform that cancels.
  const exact = n > 4;
  const low = relu ? ZERO : f32x4.splat(-Infinity);
  const pooled = code != 0;
  for (let first: usize = 0; first < phases; first += most) {
    const images = min(most, phases - first);
    for (let band: usize = 0; band < down; band += bands) {
      const height = min(bands, down - band);
      const tiles = images * height * across, panels = ceil_div(tiles, PANEL), panelRows = ceil_div(tiles, panels), big = tiles - panels * (panelRows - 1);
      const top = band * m;
      gather_tiles(false, v, vSlab, panelRows, big, x, first, images, band, padTop, padLeft, H, W, C, C, height, across, m, r, d, window, scratch);
      if (exact) {
        for (let i: usize = 0; i < images; ++i) {
          const row = phase_row(first + i, d), column = phase_column(first + i, d);
          const at = x + (((first + i) / (d * d) * H * W * C) << 2);
          list_zeros(lists + i * listSize, counts, at, <isize>(row + top * d) - <isize>padTop, <isize>column - <isize>padLeft, H, W, C, min(height * m, phase_size(rows, row, d) - top), phase_size(columns, column, d), r, d, mapLine);
        }
      }
      let panel = u;
      for (let channel: usize = 0; channel < OC; channel += 8) {
        multiply_tiles(c, cSlab, v, vSlab, panel, uSlab, n * n, groups, panelRows, big, panels - big);
        panel += n * n * uSlab;
        const lanes = min(OC - channel, 8);
        let b0 = ZERO, b1 = ZERO;
        if (bias) {
          b0 = v128.load(bias + (channel << 2));
          b1 = v128.load(bias + (channel << 2), 16);
        }
        let tile = c;
        for (let i: usize = 0; i < images; ++i) {
          let to = map;
          for (let left = height; left > 0; --left, to += m * mapLine) {
            for (let right: usize = 0; right < across; ++right, tile += 32) {
              transform_output(m, r, to + ((right * m) << 5), mapLine, 32, 16, tile, n * cSlab, cSlab, 16, 2, scratch);
            }
          }
          if (exact) clear_zeros(map, lists + i * listSize);
          if (pooled) {
            const offset = ((first + i) * (rows >> 1) + (top >> 1)) * (columns >> 1) * OC + channel;
            pool_map(y + (offset << 2), code + offset, map, mapLine, OC, columns >> 1, min(height * m, rows - top) >> 1, lanes, b0, b1, low);
          } else {
            const row = phase_row(first + i, d), column = phase_column(first + i, d);
            const offset = (((first + i) / (d * d) * rows + row + top * d) * columns + column) * OC + channel;
            store_map(y + (offset << 2), map, mapLine, (columns * OC * d) << 2, (OC * d) << 2, min(height * m, phase_size(rows, row, d) - top), phase_size(columns, column, d), lanes, b0, b1, low);
          }
        }
      }
    }
  }
}

/** y [N,OH,OW,OC] = f(conv(x [N,H,W,C], filters u, taps d apart) + bias), f = max(., 0) if relu. bias may be 0: none. @param scratch see the host's table */
export function winograd_forward_f32(y: usize, x: usize, u: usize, bias: usize, scratch: usize, N: usize, H: usize, W: usize, C: usize, OC: usize, OH: usize, OW: usize, padTop: usize, padLeft: usize, d: usize, m: usize, r: usize, block: usize, relu: i32): void {
  convolve(y, 0, x, u, bias, scratch, N, H, W, C, OC, OH, OW, padTop, padLeft, d, m, r, block, relu);
}

/**
 * The same, taps side by side, and max-pooling of 2 x 2 windows, 2 apart: y [N,PH,PW,OC] and code [N,PH,PW,OC], the position (2 row + column) of
 * each window's first maximum. What no window reads is not computed.
 */
export function winograd_pool_forward_f32(y: usize, code: usize, x: usize, u: usize, bias: usize, scratch: usize, N: usize, H: usize, W: usize, C: usize, OC: usize, PH: usize, PW: usize, padTop: usize, padLeft: usize, m: usize, r: usize, block: usize, relu: i32): void {
  convolve(y, code, x, u, bias, scratch, N, H, W, C, OC, PH << 1, PW << 1, padTop, padLeft, 1, m, r, block, relu);
}

// @ts-ignore: decorator
@inline
function low_pairs(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 4, 1, 5);
}

// @ts-ignore: decorator
@inline
function high_pairs(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 6, 3, 7);
}

// @ts-ignore: decorator
@inline
function first_pairs(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 1, 4, 5);
}

// @ts-ignore: decorator
@inline
function second_pairs(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 3, 6, 7);
}

/** Turns a cell [8 outputs][4 channels] into [4 channels][8 outputs], where it is. */
// @ts-ignore: decorator
@inline
function transpose_cell(p: usize): void {
  const a0 = v128.load(p), a1 = v128.load(p, 16), a2 = v128.load(p, 32), a3 = v128.load(p, 48);
  const b0 = v128.load(p, 64), b1 = v128.load(p, 80), b2 = v128.load(p, 96), b3 = v128.load(p, 112);
  const a01 = low_pairs(a0, a1), a23 = low_pairs(a2, a3), A01 = high_pairs(a0, a1), A23 = high_pairs(a2, a3);
  const b01 = low_pairs(b0, b1), b23 = low_pairs(b2, b3), B01 = high_pairs(b0, b1), B23 = high_pairs(b2, b3);
  v128.store(p, first_pairs(a01, a23));
  v128.store(p, first_pairs(b01, b23), 16);
  v128.store(p, second_pairs(a01, a23), 32);
  v128.store(p, second_pairs(b01, b23), 48);
  v128.store(p, first_pairs(A01, A23), 64);
  v128.store(p, first_pairs(B01, B23), 80);
  v128.store(p, second_pairs(A01, A23), 96);
  v128.store(p, second_pairs(B01, B23), 112);
}

/** u = G w G^T of the filters w [OC,r,r,C], as the forward kernels read it. */
export function winograd_filter_f32(u: usize, w: usize, scratch: usize, OC: usize, C: usize, m: usize, r: usize): void {
  const n = m + r - 1, groups = (C + 3) >> 2, slab = slab_bytes(groups << 7), size = (r * r * C) << 2;
  const window = scratch + ((n * n) << 4);
  for (let channel: usize = 0; channel < OC; channel += 8) {
    // Four channels of eight filters at a time: what they write stays in the L1 cache until it is turned.
    for (let group: usize = 0; group < groups; ++group) {
      const left = C - (group << 2);
      for (let i: usize = 0; i < 8; ++i) {
        const inside = channel + i < OC;
        let filter = w + i * size + (group << 4), pixel = C << 2;
        if (!inside || left < 4) {
          // Filters past the last one are zeros.
          copy_window(window, 1, filter, 0, 0, inside ? r : 0, r, min<usize>(left, 4), C, r, r, 1);
          filter = window;
          pixel = 16;
        }
        transform_filter(m, r, u + (group << 7) + (i << 4), n * slab, slab, 128, filter, r * pixel, pixel, 16, 1, scratch);
      }
      const end = u + n * n * slab;
      for (let cell = u + (group << 7); cell < end; cell += slab) transpose_cell(cell);
    }
    u += n * n * slab;
    w += size << 3;
  }
}

/** The same for the gradient to the input, in which the channels are the outputs: u [C / 8][n^2][slab of OC channels]. w has ldw channels, of which C are transformed. */
export function winograd_filter_transposed_f32(u: usize, w: usize, scratch: usize, OC: usize, C: usize, ldw: usize, m: usize, r: usize): void {
  const n = m + r - 1, groups = (OC + 3) >> 2, slab = slab_bytes(groups << 7);
  const window = scratch + ((n * n) << 4);
  for (let channel: usize = 0; channel < C; channel += 8) {
    let filter = w + (channel << 2);
    for (let o: usize = 0; o < groups << 2; ++o) {
      let from = filter, pixel = ldw << 2;
      if (o >= OC || channel + 8 > C) {
        copy_window(window, 2, filter, 0, 0, o < OC ? r : 0, r, min(C - channel, 8), ldw, r, r, 1);
        from = window;
        pixel = 32;
      }
      transform_filter(m, r, u + (o << 5), n * slab, slab, 16, from, r * pixel, pixel, 16, 2, scratch);
      filter += (r * r * ldw) << 2;
    }
    u += n * n * slab;
  }
}

/** dx [H,W,C] += map: up to 8 channels of a block of an image, whose first pixel is at (top, left), the others d apart. */
function add_map(dx: usize, map: usize, top: isize, left: isize, rows: usize, columns: usize, H: usize, W: usize, C: usize, lanes: usize, d: usize): void {
  const x0 = steps_below(left, 0, columns, d), x1 = steps_below(left, W, columns, d);
  for (let y: usize = 0; y < rows; ++y) {
    const iy = top + <isize>(y * d);
    if (iy < 0 || iy >= <isize>H) continue;
    let p = map + ((y * columns + x0) << 5), q = dx + (((iy * W + left + x0 * d) * C) << 2);
    for (let x = x0; x < x1; ++x, p += 32, q += (C * d) << 2) {
      store_lanes(q, f32x4.add(v128.load(q), v128.load(p)), f32x4.add(v128.load(q, 16), v128.load(p, 16)), lanes);
    }
  }
}

/**
 * dx [N,H,W,C] = the adjoint of the convolution, applied to dy [N,OH,OW,OC], + beta dx. u: transposed filters. Backwards through the same
 * tiles: dx += B [U^T (A dy A^T)] B^T. Honours beta. @param scratch see the host's table
 */
export function winograd_backward_input_f32(dx: usize, dy: usize, u: usize, scratch: usize, N: usize, H: usize, W: usize, C: usize, OC: usize, OH: usize, OW: usize, padTop: usize, padLeft: usize, d: usize, m: usize, r: usize, block: usize, beta: i32): void {
  if (!beta) memory.fill(dx, 0, (N * H * W * C) << 2);
  if (N == 0 || OH == 0 || OW == 0) return;
  const n = m + r - 1, groups = (OC + 3) >> 2, phases = N * d * d;
  const down = ceil_div(ceil_div(OH, d), m), across = ceil_div(ceil_div(OW, d), m);
  const bands = block_bands(block, down, across, false), most = block_images(block, down, across);
  const mostTiles = min(most, phases) * bands * across;
  const vSlab = slab_bytes((mostTiles * groups) << 4), cSlab = slab_bytes(mostTiles << 5), uSlab = slab_bytes(groups << 7);
  const columns = (across - 1) * m + n, mapLine = columns << 5;
  const v = scratch + ((n * n) << 4), c = v + n * n * vSlab, map = c + n * n * cSlab, window = map + ((bands - 1) * m + n) * mapLine;
  for (let first: usize = 0; first < phases; first += most) {
    const images = min(most, phases - first);
    for (let band: usize = 0; band < down; band += bands) {
      const height = min(bands, down - band), rows = (height - 1) * m + n;
      const tiles = images * height * across, panels = ceil_div(tiles, PANEL), panelRows = ceil_div(tiles, panels), big = tiles - panels * (panelRows - 1);
      gather_tiles(true, v, vSlab, panelRows, big, dy, first, images, band, 0, 0, OH, OW, OC, OC, height, across, m, r, d, window, scratch);
      let panel = u;
      for (let channel: usize = 0; channel < C; channel += 8) {
        multiply_tiles(c, cSlab, v, vSlab, panel, uSlab, n * n, groups, panelRows, big, panels - big);
        panel += n * n * uSlab;
        let tile = c;
        for (let i: usize = 0; i < images; ++i) {
          memory.fill(map, 0, rows * mapLine);
          let to = map;
          for (let left = height; left > 0; --left, to += m * mapLine) {
            for (let right: usize = 0; right < across; ++right, tile += 32) {
              adjoint_input(n, to + ((right * m) << 5), mapLine, 32, 16, tile, n * cSlab, cSlab, 16, 2, scratch);
            }
          }
          const image = dx + (((first + i) / (d * d) * H * W * C + channel) << 2);
          const top = <isize>(phase_row(first + i, d) + band * m * d) - <isize>padTop, left = <isize>phase_column(first + i, d) - <isize>padLeft;
          add_map(image, map, top, left, rows, columns, H, W, C, min(C - channel, 8), d);
        }
      }
    }
  }
}

/**
 * dw [OC,r,r,C] = G^T dU G + beta dw, dU = the sum over all tiles of (A dy A^T) (B^T d B)^T. dy [N,OH,OW,ldy], of which OC channels count. Honours
 * beta. @param scratch see the host's table
 */
export function winograd_backward_filter_f32(dw: usize, x: usize, dy: usize, scratch: usize, N: usize, H: usize, W: usize, C: usize, OC: usize, OH: usize, OW: usize, padTop: usize, padLeft: usize, d: usize, ldy: usize, m: usize, r: usize, block: usize, beta: i32): void {
  const n = m + r - 1, groups = (C + 3) >> 2, outputs = (OC + 3) >> 2, phases = N * d * d;
  const down = ceil_div(ceil_div(OH, d), m), across = ceil_div(ceil_div(OW, d), m);
  const line = groups << 4, uSlab = slab_bytes(OC * line), sums = scratch + ((n * n) << 4), tap = sums + n * n * uSlab;
  memory.fill(sums, 0, n * n * uSlab);
  if (down > 0 && across > 0 && N > 0) {
    const bands = block_bands(block, down, across, false), most = block_images(block, down, across);
    const mostTiles = min(most, phases) * bands * across;
    const vSlab = slab_bytes(mostTiles * line), gSlab = slab_bytes((mostTiles * outputs) << 4);
    const v = tap + r * r * line, g = v + n * n * vSlab, window = g + n * n * gSlab;
    const tilesDown = ceil_div(OC, PANEL);
    for (let first: usize = 0; first < phases; first += most) {
      const images = min(most, phases - first);
      for (let band: usize = 0; band < down; band += bands) {
        const height = min(bands, down - band), tiles = images * height * across;
        gather_tiles(false, v, vSlab, 1, tiles, x, first, images, band, padTop, padLeft, H, W, C, C, height, across, m, r, d, window, scratch);
        gather_tiles(true, g, gSlab, 1, tiles, dy, first, images, band, 0, 0, OH, OW, OC, ldy, height, across, m, r, d, window, scratch);
        for (let place: usize = 0; place < n * n; ++place) {
          let from = g + place * gSlab, to = sums + place * uSlab;
          for (let left = OC, t = tilesDown; left > 0; --t) {
            const rows = ceil_div(left, t);
            for (let column: usize = 0; column < line; column += 32) {
              tn_tile(rows, to + column, from, v + place * vSlab + column, line, outputs << 4, line, tiles, min((line - column) >> 2, 8), 1);
            }
            left -= rows;
            from += rows << 2;
            to += rows * line;
          }
        }
      }
    }
  }
  for (let o: usize = 0; o < OC; ++o) {
    adjoint_filter(m, r, tap, r * line, line, 16, sums + o * line, n * uSlab, uSlab, 16, groups, scratch);
    store_filter(dw, tap, r * r, C, line, beta);
    dw += (r * r * C) << 2;
  }
}

/** dw [taps,C] = src [taps,line bytes] + beta dw. */
function store_filter(dw: usize, src: usize, taps: usize, C: usize, line: usize, beta: i32): void {
  for (; taps > 0; --taps, src += line) {
    let p = src;
    for (const end = src + ((C & ~3) << 2); p < end; p += 16, dw += 16) {
      v128.store(dw, beta ? f32x4.add(v128.load(dw), v128.load(p)) : v128.load(p));
    }
    if (C & 3) {
      store_tail(dw, beta ? f32x4.add(v128.load(dw), v128.load(p)) : v128.load(p), C & 3);
      dw += (C & 3) << 2;
    }
  }
}
