/** Depthwise convolutions. The sums take the taps of a window, or the windows of a filter, in the order of rows and columns. @module */
import type { References } from "./reference.ts";

type Name = "depthwise_conv2d_nhwc_forward_f32" | "depthwise_conv2d_nhwc_backward_input_f32" | "depthwise_conv2d_nhwc_backward_filter_f32";

interface Sizes {
  readonly OH: number;
  readonly OW: number;
  readonly H: number;
  readonly W: number;
  readonly KH: number;
  readonly KW: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly dilationH: number;
  readonly dilationW: number;
}

/** Calls `meet` with position (row x OW + column), pixel (row x W + column) and tap (row x KW + column) of each tap inside the image. */
function eachTap(
  { OH, OW, H, W, KH, KW, strideH, strideW, padTop, padLeft, dilationH, dilationW }: Sizes,
  meet: (y: number, x: number, w: number) => void,
): void {
  for (let i = 0; i < OH; i++) {
    for (let j = 0; j < OW; j++) {
      for (let a = 0; a < KH; a++) {
        const row = i * strideH - padTop + a * dilationH;
        if (row < 0 || row >= H) continue;
        for (let b = 0; b < KW; b++) {
          const column = j * strideW - padLeft + b * dilationW;
          if (column >= 0 && column < W) meet(i * OW + j, row * W + column, a * KW + b);
        }
      }
    }
  }
}

export const depthwise: References<Name> = {
  depthwise_conv2d_nhwc_forward_f32({ y, x, w, scratch: _, ...sizes }) {
    const { N, H, W, C, OH, OW } = sizes;
    y.fill(0, 0, N * OH * OW * C);
    for (let n = 0; n < N; n++) {
      eachTap(sizes, (position, pixel, tap) => {
        const [to, from, at] = [(n * OH * OW + position) * C, (n * H * W + pixel) * C, tap * C];
        for (let c = 0; c < C; c++) y[to + c] += x[from + c] * w[at + c];
      });
    }
  },
  depthwise_conv2d_nhwc_backward_input_f32({ dx, dy, w, scratch: _, beta, ...sizes }) {
    const { N, H, W, C, OH, OW } = sizes;
    if (!beta) dx.fill(0, 0, N * H * W * C);
    for (let n = 0; n < N; n++) {
      eachTap(sizes, (position, pixel, tap) => {
        const [from, to, at] = [(n * OH * OW + position) * C, (n * H * W + pixel) * C, tap * C];
        for (let c = 0; c < C; c++) dx[to + c] += dy[from + c] * w[at + c];
      });
    }
  },
  depthwise_conv2d_nhwc_backward_filter_f32({ dw, dy, x, scratch: _, beta, ld, ...sizes }) {
    const { N, H, W, C, OH, OW, KH, KW } = sizes;
    if (!beta) for (let tap = 0; tap < KH * KW; tap++) dw.fill(0, tap * ld, tap * ld + C);
    for (let n = 0; n < N; n++) {
      eachTap(sizes, (position, pixel, tap) => {
        const [from, under, to] = [(n * OH * OW + position) * ld, (n * H * W + pixel) * ld, tap * ld];
        for (let c = 0; c < C; c++) dw[to + c] += dy[from + c] * x[under + c];
      });
    }
  },
};
