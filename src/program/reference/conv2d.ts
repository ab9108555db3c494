/** Convolutions. The sums over taps read runs that are contiguous in both operands, eight output channels at a time. @module */
import type { Floats, References } from "./reference.ts";

type Name =
  | "conv2d_pack_nhwc_forward_f32"
  | "conv2d_pack_nhwc_backward_input_f32"
  | "conv2d_nhwc_forward_f32"
  | "conv2d_nhwc_backward_input_f32"
  | "conv2d_nhwc_backward_filter_f32";

/** The eight sums of an output position. */
const sums = new Float64Array(8);

/** sums += x[from...] times as many rows of eight of a panel. */
function addRun(x: Floats, from: number, panel: Floats, at: number, length: number): void {
  let [s0, s1, s2, s3, s4, s5, s6, s7] = sums;
  for (let k = 0, p = at; k < length; k++, p += 8) {
    const v = x[from + k];
    s0 += v * panel[p];
    s1 += v * panel[p + 1];
    s2 += v * panel[p + 2];
    s3 += v * panel[p + 3];
    s4 += v * panel[p + 4];
    s5 += v * panel[p + 5];
    s6 += v * panel[p + 6];
    s7 += v * panel[p + 7];
  }
  sums[0] = s0;
  sums[1] = s1;
  sums[2] = s2;
  sums[3] = s3;
  sums[4] = s4;
  sums[5] = s5;
  sums[6] = s6;
  sums[7] = s7;
}

/** Taps of one phase of the strides along a side. */
const taps = (kernel: number, phase: number, stride: number): number => Math.max(0, Math.ceil((kernel - phase) / stride));

export const conv2d: References<Name> = {
  conv2d_pack_nhwc_forward_f32({ packed, w, OC, K }) {
    for (let o = 0; o < OC; o += 8) {
      for (let k = 0; k < K; k++) for (let q = 0; q < 8; q++) packed[o * K + 8 * k + q] = o + q < OC ? w[(o + q) * K + k] : 0;
    }
  },
  conv2d_pack_nhwc_backward_input_f32({ packed, w, OC, C, KH, KW, strideH, strideW }) {
    let at = 0;
    for (let c = 0; c < C; c += 8) {
      for (let p = 0; p < strideH; p++) {
        for (let q = 0; q < strideW; q++) {
          for (let a = p + (taps(KH, p, strideH) - 1) * strideH; a >= p; a -= strideH) {
            for (let b = q + (taps(KW, q, strideW) - 1) * strideW; b >= q; b -= strideW) {
              for (let o = 0; o < OC; o++, at += 8) {
                for (let l = 0; l < 8; l++) packed[at + l] = c + l < C ? w[((o * KH + a) * KW + b) * C + c + l] : 0;
              }
            }
          }
        }
      }
    }
  },
  conv2d_nhwc_forward_f32({ y, x, w, N, H, W, C, OH, OW, OC, KH, KW, strideH, strideW, padTop, padLeft }) {
    const row = KW * C;
    let at = 0;
    for (let n = 0; n < N; n++) {
      for (let i = 0; i < OH; i++) {
        const top = i * strideH - padTop;
        const [a0, a1] = [Math.max(0, -top), Math.min(KH, H - top)];
        for (let j = 0; j < OW; j++) {
          const left = j * strideW - padLeft;
          const b0 = Math.max(0, -left);
          const run = (Math.min(KW, W - left) - b0) * C;
          for (let o = 0; o < OC; o += 8) {
            sums.fill(0);
            for (let a = a0; a < a1; a++) addRun(x, ((n * H + top + a) * W + left + b0) * C, w, (o * KH + 8 * a) * row + 8 * b0 * C, run);
            for (let q = 0; q < 8 && o + q < OC; q++) y[at++] = sums[q];
          }
        }
      }
    }
  },
  conv2d_nhwc_backward_input_f32({ dx, dy, w, N, H, W, C, OH, OW, OC, KH, KW, strideH, strideW, padTop, padLeft, beta }) {
    let at = 0;
    for (let n = 0; n < N; n++) {
      for (let i = 0; i < H; i++) {
        const p = (i + padTop) % strideH;
        const [rows, top] = [taps(KH, p, strideH), (i + padTop - p) / strideH - taps(KH, p, strideH) + 1];
        // Taps of the phases before, in this panel.
        let before = 0;
        for (let k = 0; k < p; k++) before += taps(KH, k, strideH) * KW;
        for (let j = 0; j < W; j++) {
          const q = (j + padLeft) % strideW;
          const [columns, left] = [taps(KW, q, strideW), (j + padLeft - q) / strideW - taps(KW, q, strideW) + 1];
          let start = before;
          for (let k = 0; k < q; k++) start += rows * taps(KW, k, strideW);
          const b0 = Math.max(0, -left);
          const run = (Math.min(columns, OW - left) - b0) * OC;
          for (let c = 0; c < C; c += 8) {
            sums.fill(0);
            for (let a = Math.max(0, -top); a < Math.min(rows, OH - top); a++) {
              addRun(dy, ((n * OH + top + a) * OW + left + b0) * OC, w, (c * KH * KW + 8 * (start + a * columns + b0)) * OC, run);
            }
            for (let l = 0; l < 8 && c + l < C; l++, at++) dx[at] = beta ? dx[at] + sums[l] : sums[l];
          }
        }
      }
    }
  },
  conv2d_nhwc_backward_filter_f32({ dw, dy, x, N, H, W, C, OH, OW, OC, KH, KW, strideH, strideW, padTop, padLeft, channels, beta }) {
    if (!beta) dw.fill(0, 0, OC * KH * KW * C);
    const step = strideW * C;
    for (let n = 0; n < N; n++) {
      for (let i = 0; i < OH; i++) {
        const top = i * strideH - padTop;
        for (let a = Math.max(0, -top); a < Math.min(KH, H - top); a++) {
          for (let b = 0; b < KW; b++) {
            const j0 = Math.max(0, Math.ceil((padLeft - b) / strideW));
            const j1 = Math.min(OW, Math.ceil((W + padLeft - b) / strideW));
            for (let o = 0; o < OC; o++) {
              const to = ((o * KH + a) * KW + b) * C;
              let g = ((n * OH + i) * OW + j0) * channels + o;
              let from = ((n * H + top + a) * W + j0 * strideW - padLeft + b) * C;
              let j = j0;
              for (; j + 4 <= j1; j += 4, g += 4 * channels, from += 4 * step) {
                const [g0, g1, g2, g3] = [dy[g], dy[g + channels], dy[g + 2 * channels], dy[g + 3 * channels]];
                const [x1, x2, x3] = [from + step, from + 2 * step, from + 3 * step];
                for (let c = 0; c < C; c++) dw[to + c] += g0 * x[from + c] + g1 * x[x1 + c] + g2 * x[x2 + c] + g3 * x[x3 + c];
              }
              for (; j < j1; j++, g += channels, from += step) for (let c = 0; c < C; c++) dw[to + c] += dy[g] * x[from + c];
            }
          }
        }
      }
    }
  },
};
