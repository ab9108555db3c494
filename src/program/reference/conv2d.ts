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

export const conv2d: References<Name> = {
  conv2d_pack_nhwc_forward_f32({ packed, w, OC, K }) {
    for (let o = 0; o < OC; o += 8) {
      for (let k = 0; k < K; k++) for (let q = 0; q < 8; q++) packed[o * K + 8 * k + q] = o + q < OC ? w[(o + q) * K + k] : 0;
    }
  },
  conv2d_pack_nhwc_backward_input_f32({ packed, w, OC, C, KH, KW, strideH }) {
    let at = 0;
    for (let c = 0; c < C; c += 8) {
      for (let b = 0; b < KW; b++) {
        for (let phase = 0; phase < strideH; phase++) {
          for (let a = phase; a < KH; a += strideH) {
            for (let o = 0; o < OC; o++) for (let l = 0; l < 8; l++) packed[at++] = c + l < C ? w[((o * KH + a) * KW + b) * C + c + l] : 0;
          }
        }
      }
    }
  },
  conv2d_nhwc_forward_f32({ y, x, w, bias, N, H, W, C, OH, OW, OC, KH, KW, strideH, strideW, padTop, padLeft, relu }) {
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
            for (let q = 0; q < 8 && o + q < OC; q++) {
              const value = bias ? sums[q] + bias[o + q] : sums[q];
              y[at++] = relu && value < 0 ? 0 : value;
            }
          }
        }
      }
    }
  },
  conv2d_nhwc_backward_input_f32({ dx, dy, w, N, H, W, C, OH, OW, OC, KH, KW, strideH, strideW, padTop, padLeft, beta }) {
    let at = 0;
    for (let n = 0; n < N; n++) {
      for (let i = 0; i < H; i++) {
        // Windows have this row at the taps a = phase, phase + strideH, ..., which lie one after another in a panel.
        const phase = (i + padTop) % strideH;
        let before = 0;
        for (let p = 0; p < phase && p < KH; p++) before += Math.ceil((KH - p) / strideH);
        for (let j = 0; j < W; j++) {
          for (let c = 0; c < C; c += 8) {
            sums.fill(0);
            for (let b = (j + padLeft) % strideW; b < KW; b += strideW) {
              const column = (j + padLeft - b) / strideW;
              if (column < 0 || column >= OW) continue;
              for (let a = phase, t = before; a < KH; a += strideH, t++) {
                const row = (i + padTop - a) / strideH;
                if (row >= 0 && row < OH) addRun(dy, ((n * OH + row) * OW + column) * OC, w, (c * KH * KW + 8 * (b * KH + t)) * OC, OC);
              }
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
