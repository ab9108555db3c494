/**
 * Depthwise convolutions of images [N,H,W,C] with one filter per channel, w [KH,KW,C], to maps [N,OH,OW,C], f32: any kernel size, strides,
 * padding and dilation. Memory is what they wait for, so nothing is copied: channels pass from first to last, at four positions whose windows
 * cut the image in the same way, and which share the filter's values (the gradient of the filter: its sums). The four are so far apart that
 * each window begins at the second tap of the one before, if strides and dilation allow it: then they share the image too (row_tile).
 *
 * The gradient of the input is the same walk: a pixel has taps too, those by which a window meets it, on every period-th of the filter's rows
 * and columns (conv2d.ts), the last of them first, as windows meet it from there. Tables say for each row and column which taps there are: two
 * words, first tap + 65536 x number of taps, and the row or column that the first one meets.
 *
 * Every element is summed in one order whatever the batch or its place in it. Loads may reach 28 bytes past an operand, stores never do.
 */
import { has_row_tile, row_tile } from "../build/generated/depthwise-tiles";
import { fma, store_tail, ZERO } from "./simd/f32x4";

/** Stores v, or its first `left` lanes if they are fewer than 4. */
// @ts-ignore: decorator
@inline
export function store_up_to(p: usize, v: v128, left: usize): void {
  if (left >= 4) v128.store(p, v);
  else store_tail(p, v, left);
}

/** Writes the taps of `size` windows over `sources` elements, or, transposed, of `size` elements under `sources` windows. Returns the end. */
export function write_taps(table: usize, size: usize, sources: usize, kernel: usize, stride: usize, pad: usize, dilation: usize, transposed: bool): usize {
  for (let i: usize = 0; i < size; ++i, table += 8) {
    let first: usize = 0, taps: usize = 0, source: usize = 0;
    for (let k: usize = 0; k < kernel; ++k) {
      const t = transposed ? kernel - 1 - k : k;
      // Before the first it wraps around to far behind the last.
      let at = transposed ? i + pad - t * dilation : i * stride + t * dilation - pad;
      if (transposed) {
        if (at % stride) continue;
        at /= stride;
      }
      if (at >= sources) continue;
      if (!taps++) {
        first = t;
        source = at;
      }
    }
    store<u32>(table, <u32>(first | (taps << 16)));
    store<u32>(table, <u32>source, 4);
  }
  return table;
}

/** Whether four columns, `step` apart, have the same taps. */
// @ts-ignore: decorator
@inline
export function alike(column: usize, step: usize): bool {
  const taps = load<u32>(column), p = column + (step << 3);
  return load<u32>(p) == taps && load<u32>(p + (step << 3)) == taps && load<u32>(p + (step << 4)) == taps;
}

/** y [n] = (y +) the sum over rows x columns taps of x times w, which move by xRow, xColumn, wRow and wColumn bytes. */
function position(y: usize, x: usize, w: usize, n: usize, rows: usize, columns: usize, xRow: usize, xColumn: usize, wRow: usize, wColumn: usize, accumulate: i32): void {
  for (; n >= 16; n -= 16, y += 64, x += 64, w += 64) {
    let c0 = ZERO, c1 = ZERO, c2 = ZERO, c3 = ZERO;
    if (accumulate) {
      c0 = v128.load(y);
      c1 = v128.load(y, 16);
      c2 = v128.load(y, 32);
      c3 = v128.load(y, 48);
    }
    let px = x, pw = w;
    for (let a = rows; a > 0; --a, px += xRow, pw += wRow) {
      let p = px, q = pw;
      for (let b = columns; b > 0; --b, p += xColumn, q += wColumn) {
        c0 = fma(v128.load(p), v128.load(q), c0);
        c1 = fma(v128.load(p, 16), v128.load(q, 16), c1);
        c2 = fma(v128.load(p, 32), v128.load(q, 32), c2);
        c3 = fma(v128.load(p, 48), v128.load(q, 48), c3);
      }
    }
    v128.store(y, c0);
    v128.store(y, c1, 16);
    v128.store(y, c2, 32);
    v128.store(y, c3, 48);
  }
  for (; n > 0; y += 16, x += 16, w += 16) {
    let c = accumulate ? v128.load(y) : ZERO;
    let px = x, pw = w;
    for (let a = rows; a > 0; --a, px += xRow, pw += wRow) {
      let p = px, q = pw;
      for (let b = columns; b > 0; --b, p += xColumn, q += wColumn) c = fma(v128.load(p), v128.load(q), c);
    }
    store_up_to(y, c, n);
    if (n <= 4) break;
    n -= 4;
  }
}

/** As position, of the whole eights of channels at four positions, yStep and xStep bytes apart. */
function positions_4(y: usize, yStep: usize, x: usize, xStep: usize, w: usize, n: usize, rows: usize, columns: usize, xRow: usize, xColumn: usize, wRow: usize, wColumn: usize, accumulate: i32): void {
  const x2 = xStep * 2, x3 = xStep * 3, y2 = yStep * 2, y3 = yStep * 3;
  for (; n >= 8; n -= 8, y += 32, x += 32, w += 32) {
    let c0 = ZERO, c1 = ZERO, c2 = ZERO, c3 = ZERO, c4 = ZERO, c5 = ZERO, c6 = ZERO, c7 = ZERO;
    if (accumulate) {
      c0 = v128.load(y);
      c1 = v128.load(y, 16);
      c2 = v128.load(y + yStep);
      c3 = v128.load(y + yStep, 16);
      c4 = v128.load(y + y2);
      c5 = v128.load(y + y2, 16);
      c6 = v128.load(y + y3);
      c7 = v128.load(y + y3, 16);
    }
    let px = x, pw = w;
    for (let a = rows; a > 0; --a, px += xRow, pw += wRow) {
      let p = px, q = pw;
      for (let b = columns; b > 0; --b, p += xColumn, q += wColumn) {
        const u0 = v128.load(q), u1 = v128.load(q, 16);
        c0 = fma(v128.load(p), u0, c0);
        c1 = fma(v128.load(p, 16), u1, c1);
        c2 = fma(v128.load(p + xStep), u0, c2);
        c3 = fma(v128.load(p + xStep, 16), u1, c3);
        c4 = fma(v128.load(p + x2), u0, c4);
        c5 = fma(v128.load(p + x2, 16), u1, c5);
        c6 = fma(v128.load(p + x3), u0, c6);
        c7 = fma(v128.load(p + x3, 16), u1, c7);
      }
    }
    v128.store(y, c0);
    v128.store(y, c1, 16);
    v128.store(y + yStep, c2);
    v128.store(y + yStep, c3, 16);
    v128.store(y + y2, c4);
    v128.store(y + y2, c5, 16);
    v128.store(y + y3, c6);
    v128.store(y + y3, c7, 16);
  }
}

/**
 * N images y of as many rows and columns as the tables have, from x and w: columns of y that are `step` apart meet x `xStep` bytes apart; from tap to tap x moves by xRow and xColumn bytes, w by wRow and wColumn.
 */
function convolve(y: usize, x: usize, w: usize, N: usize, C: usize, rows: usize, columns: usize, end: usize, xPitch: usize, xImage: usize, wPitch: usize, step: usize, xStep: usize, xRow: usize, xColumn: usize, wRow: usize, wColumn: usize, accumulate: i32): void {
  const pixel = C << 2, yStep = step * pixel;
  for (; N > 0; --N, x += xImage) {
    for (let row = rows; row < columns; row += 8) {
      const down = <usize>load<u32>(row), line = x + <usize>load<u32>(row, 4) * xPitch, above = w + (down & 65535) * wPitch;
      for (let r: usize = 0; r < step; ++r) {
        let to = y + r * pixel;
        for (let column = columns + (r << 3); column < end; ) {
          const across = <usize>load<u32>(column), p = line + <usize>load<u32>(column, 4) * pixel, q = above + (across & 65535) * pixel;
          const rowTaps = down >> 16, taps = across >> 16;
          let count: usize = 1, done: usize = 0;
          if (column + step * 24 < end && alike(column, step)) {
            count = 4;
            if (xStep == xColumn && has_row_tile(taps)) {
              done = C & ~3;
              row_tile(taps, to, yStep, p, xStep, q, C, rowTaps, xRow, wRow, wColumn, accumulate);
            } else {
              done = C & ~7;
              positions_4(to, yStep, p, xStep, q, C, rowTaps, taps, xRow, xColumn, wRow, wColumn, accumulate);
            }
          }
          // What is left: the last channels of four positions, or all of one.
          if (done < C) {
            for (let k: usize = 0, from = done << 2; k < count; ++k, from += yStep) position(to + from, p + k * xStep + (done << 2), q + (done << 2), C - done, rowTaps, taps, xRow, xColumn, wRow, wColumn, accumulate);
          }
          column += (step << 3) * count;
          to += yStep * count;
        }
      }
      y += ((end - columns) >> 3) * pixel;
    }
  }
}

/** Columns between windows that begin a tap apart, as neighbouring columns do where none are. */
// @ts-ignore: decorator
@inline
export function tap_apart(stride: usize, dilation: usize): usize {
  return dilation % stride ? 1 : dilation / stride;
}

/** y = each channel of x convolved with its filter; see the head of the file. @param scratch two words per row and column of a map, garbage after */
export function depthwise_conv2d_nhwc_forward_f32(y: usize, x: usize, w: usize, N: usize, H: usize, W: usize, C: usize, OH: usize, OW: usize, KH: usize, KW: usize, strideH: usize, strideW: usize, padTop: usize, padLeft: usize, dilationH: usize, dilationW: usize, scratch: usize): void {
  const pixel = C << 2, row = W * pixel;
  const columns = write_taps(scratch, OH, H, KH, strideH, padTop, dilationH, false);
  const end = write_taps(columns, OW, W, KW, strideW, padLeft, dilationW, false);
  const step = tap_apart(strideW, dilationW);
  convolve(y, x, w, N, C, scratch, columns, end, row, H * row, KW * pixel, step, step * strideW * pixel, dilationH * row, dilationW * pixel, KW * pixel, pixel, 0);
}

/** The greatest common divisor of two numbers from 1 on. */
function common(a: usize, b: usize): usize {
  let d = a;
  while (a % d || b % d) --d;
  return d;
}

/** dx = the gradient of the input + beta dx; see the head of the file. @param scratch two words per row and column of an image, garbage after */
export function depthwise_conv2d_nhwc_backward_input_f32(dx: usize, dy: usize, w: usize, N: usize, H: usize, W: usize, C: usize, OH: usize, OW: usize, KH: usize, KW: usize, strideH: usize, strideW: usize, padTop: usize, padLeft: usize, dilationH: usize, dilationW: usize, beta: i32, scratch: usize): void {
  const pixel = C << 2, row = OW * pixel;
  const columns = write_taps(scratch, H, OH, KH, strideH, padTop, dilationH, true);
  const end = write_taps(columns, W, OW, KW, strideW, padLeft, dilationW, true);
  const down = common(strideH, dilationH), across = common(strideW, dilationW), xStep = dilationW / across * pixel;
  convolve(dx, dy, w, N, C, scratch, columns, end, row, OH * row, KW * pixel, strideW / across * dilationW, xStep, dilationH / down * row, xStep, 0 - strideH / down * KW * pixel, 0 - strideW / across * pixel, beta);
}
