/** Pooling. @module */
import type { References } from "./reference.ts";

type Name = "maxpool2d_nhwc_forward_f32" | "maxpool2d_nhwc_backward_f32" | "averagepool2d_nhwc_forward_f32" | "averagepool2d_nhwc_backward_f32";

export const pooling: References<Name> = {
  maxpool2d_nhwc_forward_f32({ y, argmax, x, N, H, W, C, OH, OW, KH, KW, strideH, strideW, padTop, padLeft }) {
    let at = 0;
    for (let n = 0; n < N; n++) {
      for (let i = 0; i < OH; i++) {
        const top = i * strideH - padTop;
        const [a0, a1] = [Math.max(0, -top), Math.min(KH, H - top)];
        for (let j = 0; j < OW; j++) {
          const left = j * strideW - padLeft;
          const [b0, b1] = [Math.max(0, -left), Math.min(KW, W - left)];
          for (let c = 0; c < C; c++, at++) {
            let place = a0 * KW + b0;
            let largest = x[((n * H + top + a0) * W + left + b0) * C + c];
            for (let a = a0; a < a1; a++) {
              for (let b = b0, k = ((n * H + top + a) * W + left + b0) * C + c; b < b1; b++, k += C) {
                if (x[k] > largest || (Number.isNaN(x[k]) && !Number.isNaN(largest))) {
                  largest = x[k];
                  place = a * KW + b;
                }
              }
            }
            y[at] = largest;
            argmax[at] = place;
          }
        }
      }
    }
  },
  maxpool2d_nhwc_backward_f32({ dx, dy, argmax, N, H, W, C, OH, OW, KW, strideH, strideW, padTop, padLeft, beta }) {
    if (!beta) dx.fill(0, 0, N * H * W * C);
    let at = 0;
    for (let n = 0; n < N; n++) {
      for (let i = 0; i < OH; i++) {
        const top = i * strideH - padTop;
        for (let j = 0; j < OW; j++) {
          const left = j * strideW - padLeft;
          for (let c = 0; c < C; c++, at++) {
            const b = argmax[at] % KW;
            dx[((n * H + top + (argmax[at] - b) / KW) * W + left + b) * C + c] += dy[at];
          }
        }
      }
    }
  },
  averagepool2d_nhwc_forward_f32({ y, x, N, H, W, C, OH, OW, KH, KW, strideH, strideW, padTop, padLeft }) {
    let at = 0;
    for (let n = 0; n < N; n++) {
      for (let i = 0; i < OH; i++) {
        const top = i * strideH - padTop;
        const [a0, a1] = [Math.max(0, -top), Math.min(KH, H - top)];
        for (let j = 0; j < OW; j++) {
          const left = j * strideW - padLeft;
          const [b0, b1] = [Math.max(0, -left), Math.min(KW, W - left)];
          const count = (a1 - a0) * (b1 - b0);
          for (let c = 0; c < C; c++) {
            let sum = 0;
            for (let a = a0; a < a1; a++) for (let b = b0, k = ((n * H + top + a) * W + left + b0) * C + c; b < b1; b++, k += C) sum += x[k];
            y[at++] = sum / count;
          }
        }
      }
    }
  },
  averagepool2d_nhwc_backward_f32({ dx, dy, N, H, W, C, OH, OW, KH, KW, strideH, strideW, padTop, padLeft, beta }) {
    if (!beta) dx.fill(0, 0, N * H * W * C);
    let at = 0;
    for (let n = 0; n < N; n++) {
      for (let i = 0; i < OH; i++) {
        const top = i * strideH - padTop;
        const [a0, a1] = [Math.max(0, -top), Math.min(KH, H - top)];
        for (let j = 0; j < OW; j++, at += C) {
          const left = j * strideW - padLeft;
          const [b0, b1] = [Math.max(0, -left), Math.min(KW, W - left)];
          const count = (a1 - a0) * (b1 - b0);
          for (let a = a0; a < a1; a++) {
            for (let b = b0; b < b1; b++) {
              const k = ((n * H + top + a) * W + left + b) * C;
              for (let c = 0; c < C; c++) dx[k + c] += dy[at + c] / count;
            }
          }
        }
      }
    }
  },
};
