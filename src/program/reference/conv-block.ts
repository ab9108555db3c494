/** Convolution with bias, rectifier and 2x2 max-pooling in one, and its gradients. @module */
import { SHARD, windowsOf } from "../kernels/index.ts";
import type { References } from "./reference.ts";

type Name =
  | "conv_windows_f32"
  | "conv_window_forward_f32"
  | "conv_window_gradient_f32"
  | "sum_shards_f32"
  | "conv_block_lists_f32"
  | "conv_block_backward_input_f32"
  | "conv_block_backward_filter_f32";

/** Bytes of a float. */
const FLOAT = 4;
/** Output channels that are listed together. */
const GROUP = 64;
/** Bytes behind the lists by output position of a sample and group. */
const PAD = 8;

/** Windows along a row. */
const columnsOf = (W: number, KW: number): number => Math.floor((W - KW + 1) / 2);

export const convBlock: References<Name> = {
  conv_windows_f32({ windows, counts, x, N, H, W, C, KH, KW }) {
    const count = windowsOf({ H, W, KH, KW });
    const PW = columnsOf(W, KW);
    const width = (KW + 1) * C;
    for (let n = 0; n < N; n++) {
      let end = 2 * n * count;
      for (let window = 0; window < count; window++) {
        const offset = (2 * Math.floor(window / PW) * W + 2 * (window % PW)) * C;
        let any = false;
        for (let row = 0; row <= KH; row++) {
          const p = (n * H + row) * W * C + offset;
          for (let k = 0; k < width; k++) if (!Object.is(x[p + k], 0)) any = true;
        }
        // Written in any case, and kept or written over.
        windows[end] = window;
        windows[end + 1] = offset * FLOAT;
        if (any) end += 2;
      }
      counts[n] = end / 2 - n * count;
    }
  },

  conv_window_forward_f32({ y, code, x, w, bias, windows, counts, N, H, W, C, OC, KH, KW, relu }) {
    const count = windowsOf({ H, W, KH, KW });
    const taps = KW * C;
    for (let n = 0; n < N; n++) {
      const base = n * count * OC;
      for (let i = 0; i < count * OC; i++) {
        const value = bias ? bias[i % OC] : 0;
        y[base + i] = relu && value < 0 ? 0 : value;
        code[base + i] = 0;
      }
      for (let e = 0; e < counts[n]; e++) {
        const window = windows[2 * (n * count + e)];
        const patch = n * H * W * C + windows[2 * (n * count + e) + 1] / FLOAT;
        for (let o = 0; o < OC; o++) {
          let largest = 0;
          let place = 0;
          for (let i = 0; i < 4; i++) {
            let sum = 0;
            for (let row = 0; row < KH; row++) {
              const p = patch + ((i >> 1) + row) * W * C + (i & 1) * C;
              for (let k = 0; k < taps; k++) sum += x[p + k] * w[((o >> 3) * KH * taps + row * taps + k) * 8 + (o & 7)];
            }
            if (i === 0 || sum > largest || Number.isNaN(sum)) {
              largest = sum;
              place = i;
            }
          }
          const value = largest + (bias ? bias[o] : 0);
          y[base + window * OC + o] = relu && value < 0 ? 0 : value;
          code[base + window * OC + o] = place;
        }
      }
    }
  },

  conv_window_gradient_f32({ dw, db, x, dy, y, code, windows, counts, N, H, W, C, OC, KH, KW, relu }) {
    const count = windowsOf({ H, W, KH, KW });
    const taps = KW * C;
    const shards = Math.ceil(N / SHARD);
    dw.fill(0, 0, shards * OC * KH * taps);
    db.fill(0, 0, shards * OC);
    for (let n = 0; n < N; n++) {
      const shard = Math.floor(n / SHARD) * OC;
      const base = n * count * OC;
      for (let i = 0; i < count * OC; i++) if (!relu || y[base + i] > 0) db[shard + (i % OC)] += dy[base + i];
      for (let e = 0; e < counts[n]; e++) {
        const window = base + windows[2 * (n * count + e)] * OC;
        const patch = n * H * W * C + windows[2 * (n * count + e) + 1] / FLOAT;
        for (let o = 0; o < OC; o++) {
          if (relu && !(y[window + o] > 0)) continue;
          const place = code[window + o];
          for (let row = 0; row < KH; row++) {
            const p = patch + ((place >> 1) + row) * W * C + (place & 1) * C;
            const d = ((shard + o) * KH + row) * taps;
            for (let k = 0; k < taps; k++) dw[d + k] += dy[window + o] * x[p + k];
          }
        }
      }
    }
  },

  sum_shards_f32({ y, parts, rows, n, beta }) {
    const shards = Math.ceil(rows / SHARD);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let s = 0; s < shards; s++) sum += parts[s * n + i];
      y[i] = beta ? sum + y[i] : sum;
    }
  },

  conv_block_lists_f32({ windowChannels, windowCounts, channelEntries, channelCounts, db, dy, y, code, N, H, W, C, OC, KH, KW, block, relu }) {
    const count = windowsOf({ H, W, KH, KW });
    const PW = columnsOf(W, KW);
    channelCounts.fill(0, 0, N === 0 ? 0 : Math.ceil(N / block) * OC);
    db.fill(0, 0, Math.ceil(N / SHARD) * OC);
    let counter = 0;
    for (let n = 0; n < N; n++) {
      const base = n * count * OC;
      const list = Math.floor(n / block) * OC;
      for (let i = 0; i < count * OC; i++) if (!relu || y[base + i] > 0) db[Math.floor(n / SHARD) * OC + (i % OC)] += dy[base + i];
      for (let g = 0; g < OC; g += GROUP) {
        const width = Math.min(GROUP, OC - g);
        for (let window = 0; window < count; window++) {
          let e = base + g * count + window * width + PAD * (n * Math.ceil(OC / GROUP) + g / GROUP);
          for (let place = 0; place < 4; place++) {
            const start = e;
            const row = 2 * Math.floor(window / PW) + (place >> 1);
            const column = 2 * (window % PW) + (place & 1);
            for (let o = g; o < g + width; o++) {
              const i = base + window * OC + o;
              if (code[i] !== place || dy[i] === 0 || (relu && !(y[i] > 0))) continue;
              windowChannels[e++] = o - g;
              const entry = (list + o) * block * count + channelCounts[list + o]++;
              channelEntries.offset[entry] = (((n % block) * H + row) * W + column) * C * FLOAT;
              channelEntries.value[entry] = dy[i];
            }
            windowCounts[counter++] = e - start;
          }
        }
      }
    }
  },

  conv_block_backward_input_f32({ dx, windowChannels, windowCounts, dy, w, N, H, W, C, OC, KH, KW, IH, IW, top, left, beta }) {
    const count = windowsOf({ H, W, KH, KW });
    const PW = columnsOf(W, KW);
    const taps = KW * C;
    if (!beta) dx.fill(0, 0, N * IH * IW * C);
    let counter = 0;
    for (let n = 0; n < N; n++) {
      for (let g = 0; g < OC; g += GROUP) {
        const width = Math.min(GROUP, OC - g);
        for (let window = 0; window < count; window++) {
          let e = n * count * OC + g * count + window * width + PAD * (n * Math.ceil(OC / GROUP) + g / GROUP);
          for (let place = 0; place < 4; place++) {
            const row = 2 * Math.floor(window / PW) + (place >> 1);
            const column = 2 * (window % PW) + (place & 1);
            for (const end = e + windowCounts[counter++]; e < end; e++) {
              const o = g + windowChannels[e];
              const f = o * KH * taps;
              const value = dy[(n * count + window) * OC + o];
              for (let ky = 0; ky < KH; ky++) {
                const y = row + ky - top;
                if (y < 0 || y >= IH) continue;
                const d = ((n * IH + y) * IW + column - left) * C;
                // What lies in the border is dropped.
                const from = Math.max(0, left - column) * C;
                const end = Math.min(taps, (IW + left - column) * C);
                for (let k = from; k < end; k++) dx[d + k] += value * w[f + ky * taps + k];
              }
            }
          }
        }
      }
    }
  },

  conv_block_backward_filter_f32({ dw, channelEntries, channelCounts, x, N, H, W, C, OC, KH, KW, block, channels, beta }) {
    const capacity = block * windowsOf({ H, W, KH, KW });
    const taps = KW * C;
    if (!beta) dw.fill(0, 0, OC * KH * taps);
    for (let n = 0, list = 0; n < N; n += block, list += channels) {
      for (let o = 0; o < OC; o++) {
        const start = (list + o) * capacity;
        for (let e = start; e < start + channelCounts[list + o]; e++) {
          const p = n * H * W * C + (channelEntries.offset[e] >>> 0) / FLOAT;
          const value = channelEntries.value[e];
          for (let ky = 0; ky < KH; ky++) {
            const d = (o * KH + ky) * taps;
            for (let k = 0; k < taps; k++) dw[d + k] += value * x[p + ky * W * C + k];
          }
        }
      }
    }
  },
};
