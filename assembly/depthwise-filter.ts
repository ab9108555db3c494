/** The gradient of the filters of depthwise convolutions: the walk of depthwise.ts, with sums where it has filters. */
import { filter_row_tile, has_row_tile } from "../build/generated/depthwise-tiles";
import { alike, store_up_to, tap_apart, write_taps } from "./depthwise";
import { fma } from "./simd/f32x4";

/** dw [n] += dy x of one position, for rows x columns taps. */
function taps(dw: usize, dy: usize, x: usize, n: usize, rows: usize, columns: usize, xRow: usize, xColumn: usize, wRow: usize, wColumn: usize): void {
  for (; n >= 16; n -= 16, dw += 64, dy += 64, x += 64) {
    const g0 = v128.load(dy), g1 = v128.load(dy, 16), g2 = v128.load(dy, 32), g3 = v128.load(dy, 48);
    let px = x, pw = dw;
    for (let a = rows; a > 0; --a, px += xRow, pw += wRow) {
      let p = px, q = pw;
      for (let b = columns; b > 0; --b, p += xColumn, q += wColumn) {
        v128.store(q, fma(v128.load(p), g0, v128.load(q)));
        v128.store(q, fma(v128.load(p, 16), g1, v128.load(q, 16)), 16);
        v128.store(q, fma(v128.load(p, 32), g2, v128.load(q, 32)), 32);
        v128.store(q, fma(v128.load(p, 48), g3, v128.load(q, 48)), 48);
      }
    }
  }
  for (; n > 0; dw += 16, dy += 16, x += 16) {
    const g = v128.load(dy);
    let px = x, pw = dw;
    for (let a = rows; a > 0; --a, px += xRow, pw += wRow) {
      let p = px, q = pw;
      for (let b = columns; b > 0; --b, p += xColumn, q += wColumn) store_up_to(q, fma(v128.load(p), g, v128.load(q)), n);
    }
    if (n <= 4) break;
    n -= 4;
  }
}

/** As taps, of the whole eights of channels at four positions one after another, xStep and dyStep bytes apart. */
function taps_4(dw: usize, dy: usize, dyStep: usize, x: usize, xStep: usize, n: usize, rows: usize, columns: usize, xRow: usize, xColumn: usize, wRow: usize, wColumn: usize): void {
  const x2 = xStep * 2, x3 = xStep * 3, dy2 = dyStep * 2, dy3 = dyStep * 3;
  for (; n >= 8; n -= 8, dw += 32, dy += 32, x += 32) {
    const g0 = v128.load(dy), g1 = v128.load(dy, 16), g2 = v128.load(dy + dyStep), g3 = v128.load(dy + dyStep, 16);
    const g4 = v128.load(dy + dy2), g5 = v128.load(dy + dy2, 16), g6 = v128.load(dy + dy3), g7 = v128.load(dy + dy3, 16);
    let px = x, pw = dw;
    for (let a = rows; a > 0; --a, px += xRow, pw += wRow) {
      let p = px, q = pw;
      for (let b = columns; b > 0; --b, p += xColumn, q += wColumn) {
        const c0 = fma(v128.load(p + x3), g6, fma(v128.load(p + x2), g4, fma(v128.load(p + xStep), g2, fma(v128.load(p), g0, v128.load(q)))));
        const c1 = fma(v128.load(p + x3, 16), g7, fma(v128.load(p + x2, 16), g5, fma(v128.load(p + xStep, 16), g3, fma(v128.load(p, 16), g1, v128.load(q, 16)))));
        v128.store(q, c0);
        v128.store(q, c1, 16);
      }
    }
  }
}

/** dw = the gradient of C of the ld filters + beta dw, from as many channels of x and dy; see the head of the file. @param scratch two words per row and column of a map, garbage after */
export function depthwise_conv2d_nhwc_backward_filter_f32(dw: usize, dy: usize, x: usize, N: usize, H: usize, W: usize, C: usize, OH: usize, OW: usize, KH: usize, KW: usize, strideH: usize, strideW: usize, padTop: usize, padLeft: usize, dilationH: usize, dilationW: usize, ld: usize, beta: i32, scratch: usize): void {
  const pixel = ld << 2, line = W * pixel, xRow = dilationH * line, xColumn = dilationW * pixel, wRow = KW * pixel;
  if (!beta) for (let k: usize = 0; k < KH * KW; ++k) memory.fill(dw + k * pixel, 0, C << 2);
  const columns = write_taps(scratch, OH, H, KH, strideH, padTop, dilationH, false);
  const end = write_taps(columns, OW, W, KW, strideW, padLeft, dilationW, false);
  const step = tap_apart(strideW, dilationW), xStep = step * strideW * pixel, yStep = step * pixel;
  for (; N > 0; --N, x += H * line) {
    for (let row = scratch; row < columns; row += 8, dy += OW * pixel) {
      const down = <usize>load<u32>(row), rows = down >> 16, from = x + <usize>load<u32>(row, 4) * line, to = dw + (down & 65535) * wRow;
      for (let r: usize = 0; r < step; ++r) {
        let g = dy + r * pixel;
        for (let column = columns + (r << 3); column < end; ) {
          const across = <usize>load<u32>(column), p = from + <usize>load<u32>(column, 4) * pixel, q = to + (across & 65535) * pixel, columnTaps = across >> 16;
          let count: usize = 1, done: usize = 0;
          if (column + step * 24 < end && alike(column, step)) {
            count = 4;
            if (xStep == xColumn && has_row_tile(columnTaps)) {
              done = C & ~3;
              filter_row_tile(columnTaps, q, wRow, pixel, g, yStep, p, xStep, C, rows, xRow);
            } else {
              done = C & ~7;
              taps_4(q, g, yStep, p, xStep, C, rows, columnTaps, xRow, xColumn, wRow, pixel);
            }
          }
          if (done < C) {
            for (let k: usize = 0, first = done << 2; k < count; ++k) taps(q + first, g + k * yStep + first, p + k * xStep + first, C - done, rows, columnTaps, xRow, xColumn, wRow, pixel);
          }
          column += (step << 3) * count;
          g += yStep * count;
        }
      }
    }
  }
}
