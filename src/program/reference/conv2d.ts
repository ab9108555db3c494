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
  conv2d_pack_nhwc_backward_input_f32({ packed, w, OC, C, KH, KW, period }) {
    let at = 0;
    for (let c = 0; c < C; c += 8) {
      for (let b = 0; b < KW; b++) {
        for (let phase = 0; phase < period; phase++) {
          for (let a = phase; a < KH; a += period) {
            for (let o = 0; o < OC; o++) for (let l = 0; l < 8; l++) packed[at++] = c + l < C ? w[((o * KH + a) * KW + b) * C + c + l] : 0;
          }
        }
      }
    }
  },
  conv2d_nhwc_forward_f32({ y, x, w, bias, N, H, W, C, OH, OW, OC, KH, KW, strideH, strideW, padTop, padLeft, dilationH, dilationW, ldx, ldy, relu }) {
    // Taps of a row whose pixels lie side by side are one run.
    const joined = dilationW === 1 && ldx === C;
    for (let n = 0; n < N; n++) {
      for (let i = 0; i < OH; i++) {
        const top = i * strideH - padTop;
        for (let j = 0; j < OW; j++) {
          const left = j * strideW - padLeft;
          const b0 = Math.max(0, Math.ceil(-left / dilationW));
          const taps = Math.max(0, Math.min(KW, Math.ceil((W - left) / dilationW)) - b0);
          const at = ((n * OH + i) * OW + j) * ldy;
          for (let o = 0; o < OC; o += 8) {
            sums.fill(0);
            for (let a = 0; a < KH; a++) {
              const row = top + a * dilationH;
              if (row < 0 || row >= H) continue;
              let from = ((n * H + row) * W + left + b0 * dilationW) * ldx;
              let panel = (o * KH * KW + 8 * (a * KW + b0)) * C;
              if (joined) addRun(x, from, w, panel, taps * C);
              else for (let b = 0; b < taps; b++, from += dilationW * ldx, panel += 8 * C) addRun(x, from, w, panel, C);
            }
            for (let q = 0; q < 8 && o + q < OC; q++) {
              const value = bias ? sums[q] + bias[o + q] : sums[q];
              y[at + o + q] = relu && value < 0 ? 0 : value;
            }
          }
        }
      }
    }
  },
  conv2d_nhwc_backward_input_f32({ dx, dy, w, N, H, W, C, OH, OW, OC, KH, KW, strideH, strideW, padTop, padLeft, dilationH, dilationW, ldx, ldy, beta }) {
    let period = 1;
    while ((period * dilationH) % strideH !== 0) period++;
    // Taps in the order of a panel.
    const rows = Array.from({ length: period }, (_, phase) => phase).flatMap((phase) =>
      Array.from({ length: Math.ceil(Math.max(0, KH - phase) / period) }, (_, t) => phase + t * period),
    );
    for (let n = 0; n < N; n++) {
      for (let i = 0; i < H; i++) {
        for (let j = 0; j < W; j++) {
          const at = ((n * H + i) * W + j) * ldx;
          for (let c = 0; c < C; c += 8) {
            sums.fill(0);
            for (let b = 0; b < KW; b++) {
              const column = (j + padLeft - b * dilationW) / strideW;
              if (!Number.isInteger(column) || column < 0 || column >= OW) continue;
              for (let t = 0; t < KH; t++) {
                const row = (i + padTop - rows[t] * dilationH) / strideH;
                if (Number.isInteger(row) && row >= 0 && row < OH)
                  addRun(dy, ((n * OH + row) * OW + column) * ldy, w, (c * KH * KW + 8 * (b * KH + t)) * OC, OC);
              }
            }
            for (let l = 0; l < 8 && c + l < C; l++) dx[at + c + l] = beta ? dx[at + c + l] + sums[l] : sums[l];
          }
        }
      }
    }
  },
  conv2d_nhwc_backward_filter_f32({ dw, dy, x, N, H, W, C, OH, OW, OC, KH, KW, strideH, strideW, padTop, padLeft, dilationH, dilationW, ldx, ldy, beta }) {
    if (!beta) dw.fill(0, 0, OC * KH * KW * C);
    const step = strideW * ldx;
    for (let n = 0; n < N; n++) {
      for (let i = 0; i < OH; i++) {
        for (let a = 0; a < KH; a++) {
          const row = i * strideH - padTop + a * dilationH;
          if (row < 0 || row >= H) continue;
          for (let b = 0; b < KW; b++) {
            const left = b * dilationW - padLeft;
            const j0 = Math.max(0, Math.ceil(-left / strideW));
            const j1 = Math.min(OW, Math.ceil((W - left) / strideW));
            for (let o = 0; o < OC; o++) {
              const to = ((o * KH + a) * KW + b) * C;
              let g = ((n * OH + i) * OW + j0) * ldy + o;
              let from = ((n * H + row) * W + j0 * strideW + left) * ldx;
              let j = j0;
              for (; j + 4 <= j1; j += 4, g += 4 * ldy, from += 4 * step) {
                const [g0, g1, g2, g3] = [dy[g], dy[g + ldy], dy[g + 2 * ldy], dy[g + 3 * ldy]];
                const [x1, x2, x3] = [from + step, from + 2 * step, from + 3 * step];
                for (let c = 0; c < C; c++) dw[to + c] += g0 * x[from + c] + g1 * x[x1 + c] + g2 * x[x2 + c] + g3 * x[x3 + c];
              }
              for (; j < j1; j++, g += ldy, from += step) for (let c = 0; c < C; c++) dw[to + c] += dy[g] * x[from + c];
            }
          }
        }
      }
    }
  },
};
