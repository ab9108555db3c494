/** Winograd's convolution, tile by tile, channel by channel. @module */
import type { Call, Floats, References } from "./reference.ts";

/** Where the polynomials are evaluated, infinity apart: one for each place of a tile but the last. */
const POINTS = [0, 1, -1, 2, -2, 0.5, -0.5];

interface Matrices {
  readonly n: number;
  /** B^T [n,n], A^T [m,n], G [n,r], row-major. */
  readonly input: Float64Array;
  readonly output: Float64Array;
  readonly filter: Float64Array;
}

const made = new Map<number, Matrices>();

/** The matrices of F(m, r) by Toom and Cook: evaluation at n - 1 points and infinity, product, interpolation. */
function matrices(m: number, r: number): Matrices {
  const found = made.get(8 * m + r);
  if (found !== undefined) return found;
  const n = m + r - 1;
  const [input, output, filter] = [new Float64Array(n * n), new Float64Array(m * n), new Float64Array(n * r)];
  for (let j = 0; j < n; j++) {
    const polynomial = [1];
    let distance = 1;
    for (let l = 0; l < n - 1; l++) {
      if (l === j) continue;
      polynomial.push(0);
      for (let k = polynomial.length - 1; k >= 0; k--) polynomial[k] = (k > 0 ? polynomial[k - 1] : 0) - POINTS[l] * polynomial[k];
      distance *= POINTS[j] - POINTS[l];
    }
    input.set(polynomial, j * n);
    let power = 1;
    for (let k = 0; k < Math.max(m, r); k++) {
      if (k < m) output[k * n + j] = j < n - 1 ? power : k === m - 1 ? 1 : 0;
      if (k < r) filter[j * r + k] = j < n - 1 ? power / distance : k === r - 1 ? 1 : 0;
      power *= POINTS[j];
    }
  }
  const all = { n, input, output, filter };
  made.set(8 * m + r, all);
  return all;
}

const half = new Float64Array(64);

/** y [a,a] = M x M^T for M [a,b], x [b,b]; or with M^T [b,a] given in place of M. */
function sandwich(y: Float64Array, M: Float64Array, x: Float64Array, a: number, b: number, transposed = false): void {
  const [row, step] = transposed ? [1, a] : [b, 1];
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      let sum = 0;
      for (let k = 0; k < b; k++) sum += M[i * row + k * step] * x[k * b + j];
      half[i * b + j] = sum;
    }
  }
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < a; j++) {
      let sum = 0;
      for (let k = 0; k < b; k++) sum += half[i * b + k] * M[j * row + k * step];
      y[i * a + j] = sum;
    }
  }
}

const ceil4 = (n: number): number => 4 * Math.ceil(n / 4);

/** Floats between the places of a panel of transformed filters: [C up to a multiple of 4][8] in an odd number of cache lines. */
function slabOf(C: number): number {
  const lines = Math.ceil((ceil4(C) * 8) / 16);
  return 16 * (lines % 2 === 0 ? lines + 1 : lines);
}

/** Transforms filters to panels of 8 `outer` by 4 `inner` channels; what is past the last of either is 0. */
function transformFilters(u: Floats, outer: number, inner: number, m: number, r: number, weight: (outer: number, inner: number, tap: number) => number): void {
  const { n, filter } = matrices(m, r);
  const [taps, transformed] = [new Float64Array(r * r), new Float64Array(n * n)];
  const slab = slabOf(inner);
  for (let o = 0; o < 8 * Math.ceil(outer / 8); o++) {
    for (let i = 0; i < ceil4(inner); i++) {
      for (let tap = 0; tap < r * r; tap++) taps[tap] = o < outer && i < inner ? weight(o, i, tap) : 0;
      sandwich(transformed, filter, taps, n, r);
      const at = Math.floor(o / 8) * n * n * slab + i * 8 + (o % 8);
      for (let place = 0; place < n * n; place++) u[at + place * slab] = transformed[place];
    }
  }
}

/** The places where tiles of m outputs begin in one direction: those of a phase, `dilation` apart, side by side. */
function* starts(outputs: number, m: number, dilation: number): Generator<number> {
  for (let phase = 0; phase < dilation; phase++) for (let start = phase; start < outputs; start += m * dilation) yield start;
}

/** The square of `side` pixels, d apart, at (top, left) of an image [H,W,C], channel by channel; zeros beyond it. */
function readTile(tile: Float64Array, x: Floats, at: number, top: number, left: number, side: number, H: number, W: number, C: number, d: number): void {
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      const [row, column] = [top + i * d, left + j * d];
      tile[i * side + j] = row >= 0 && row < H && column >= 0 && column < W ? x[at + (row * W + column) * C] : 0;
    }
  }
}

type Forward = Omit<Call<"winograd_forward_f32">, "y" | "scratch" | "block" | "N">;

/** The products of a tile's transforms v [n^2,C] with filter `channel` of u. */
function multiplyTile(sums: Float64Array, v: Float64Array, u: Floats, channel: number, C: number, places: number): void {
  const slab = slabOf(C);
  const at = Math.floor(channel / 8) * places * slab + (channel % 8);
  for (let place = 0; place < places; place++) {
    let sum = 0;
    for (let c = 0; c < C; c++) sum += v[place * C + c] * u[at + place * slab + 8 * c];
    sums[place] = sum;
  }
}

/** Whether all inputs of a window are 0: the result is then exactly 0, as that of a direct sum, whatever rounding leaves in its tile. */
function seesZeros(x: Floats, image: number, top: number, left: number, { H, W, C, r, dilation }: Pick<Forward, "H" | "W" | "C" | "r" | "dilation">): boolean {
  for (let row = top; row < Math.min(H, top + r * dilation); row += dilation) {
    for (let column = left; column < Math.min(W, left + r * dilation); column += dilation) {
      if (row < 0 || column < 0) continue;
      const at = ((image * H + row) * W + column) * C;
      for (let c = 0; c < C; c++) if (x[at + c] !== 0) return false;
    }
  }
  return true;
}

/** map [OH,OW,OC]: an image's outputs. */
function convolve(map: Floats, image: number, { x, u, bias, H, W, C, OC, OH, OW, padTop, padLeft, dilation, tile: m, r, relu }: Forward): void {
  const { n, input, output } = matrices(m, r);
  const [tile, transformed, sums, outputs, v] = [n * n, n * n, n * n, m * m, n * n * C].map((length) => new Float64Array(length));
  for (const top of starts(OH, m, dilation)) {
    for (const left of starts(OW, m, dilation)) {
      for (let c = 0; c < C; c++) {
        readTile(tile, x, image * H * W * C + c, top - padTop, left - padLeft, n, H, W, C, dilation);
        sandwich(transformed, input, tile, n, n);
        for (let place = 0; place < n * n; place++) v[place * C + c] = transformed[place];
      }
      for (let channel = 0; channel < OC; channel++) {
        multiplyTile(sums, v, u, channel, C, n * n);
        sandwich(outputs, output, sums, m, n);
        for (let i = 0; i < m && top + i * dilation < OH; i++) {
          for (let j = 0; j < m && left + j * dilation < OW; j++) {
            map[((top + i * dilation) * OW + left + j * dilation) * OC + channel] = outputs[i * m + j];
          }
        }
      }
    }
  }
  for (let at = 0, i = 0; i < OH; i++) {
    for (let j = 0; j < OW; j++) {
      const zero = seesZeros(x, image, i - padTop, j - padLeft, { H, W, C, r, dilation });
      for (let channel = 0; channel < OC; channel++, at++) {
        const y = (zero ? 0 : map[at]) + (bias === null ? 0 : bias[channel]);
        map[at] = relu && y < 0 ? 0 : y;
      }
    }
  }
}

function pool({ y, code, N, OC, PH, PW, ...call }: Call<"winograd_pool_forward_f32">): void {
  const row = 2 * PW * OC;
  const map = new Float64Array(2 * PH * row);
  for (let image = 0; image < N; image++) {
    convolve(map, image, { ...call, OC, OH: 2 * PH, OW: 2 * PW, dilation: 1, relu: 0 });
    for (let i = 0; i < PH; i++) {
      for (let j = 0; j < PW; j++) {
        for (let channel = 0; channel < OC; channel++) {
          const at = 2 * i * row + 2 * j * OC + channel;
          const window = [map[at], map[at + OC], map[at + row], map[at + row + OC]];
          let best = 0;
          for (let k = 1; k < 4; k++) if (window[k] > window[best] || Number.isNaN(window[k])) best = k;
          const to = ((image * PH + i) * PW + j) * OC + channel;
          y[to] = call.relu && window[best] < 0 ? 0 : window[best];
          code[to] = best;
        }
      }
    }
  }
}

export const winograd: References<
  | "winograd_filter_f32"
  | "winograd_filter_transposed_f32"
  | "winograd_forward_f32"
  | "winograd_pool_forward_f32"
  | "winograd_backward_input_f32"
  | "winograd_backward_filter_f32"
> = {
  winograd_filter_f32({ u, w, OC, C, tile, r }) {
    transformFilters(u, OC, C, tile, r, (o, c, tap) => w[(o * r * r + tap) * C + c]);
  },
  winograd_filter_transposed_f32({ u, w, OC, C, ldw, tile, r }) {
    transformFilters(u, C, OC, tile, r, (c, o, tap) => w[(o * r * r + tap) * ldw + c]);
  },
  winograd_forward_f32({ y, N, ...call }) {
    const size = call.OH * call.OW * call.OC;
    for (let image = 0; image < N; image++) convolve(y.subarray(image * size, (image + 1) * size), image, call);
  },
  winograd_pool_forward_f32: pool,
  winograd_backward_input_f32({ dx, dy, u, N, H, W, C, OC, OH, OW, padTop, padLeft, dilation, tile: m, r, beta }) {
    const { n, input, output } = matrices(m, r);
    const [tile, transformed, sums, spread, v] = [m * m, n * n, n * n, n * n, n * n * OC].map((length) => new Float64Array(length));
    if (!beta) dx.fill(0, 0, N * H * W * C);
    for (let image = 0; image < N; image++) {
      for (const top of starts(OH, m, dilation)) {
        for (const left of starts(OW, m, dilation)) {
          for (let o = 0; o < OC; o++) {
            readTile(tile, dy, image * OH * OW * OC + o, top, left, m, OH, OW, OC, dilation);
            sandwich(transformed, output, tile, n, m, true);
            for (let place = 0; place < n * n; place++) v[place * OC + o] = transformed[place];
          }
          for (let c = 0; c < C; c++) {
            multiplyTile(sums, v, u, c, OC, n * n);
            sandwich(spread, input, sums, n, n, true);
            for (let i = 0; i < n; i++) {
              const row = top - padTop + i * dilation;
              if (row < 0 || row >= H) continue;
              for (let j = 0; j < n; j++) {
                const column = left - padLeft + j * dilation;
                if (column >= 0 && column < W) dx[((image * H + row) * W + column) * C + c] += spread[i * n + j];
              }
            }
          }
        }
      }
    }
  },
  winograd_backward_filter_f32({ dw, x, dy, N, H, W, C, OC, OH, OW, padTop, padLeft, dilation, ldy, tile: m, r, beta }) {
    const { n, input, output, filter } = matrices(m, r);
    const places = n * n;
    const [tile, transformed, taps, v, d, sums] = [places, places, r * r, C * places, OC * places, OC * C * places].map((length) => new Float64Array(length));
    for (let image = 0; image < N; image++) {
      for (const top of starts(OH, m, dilation)) {
        for (const left of starts(OW, m, dilation)) {
          for (let c = 0; c < C; c++) {
            readTile(tile, x, image * H * W * C + c, top - padTop, left - padLeft, n, H, W, C, dilation);
            sandwich(transformed, input, tile, n, n);
            v.set(transformed, c * places);
          }
          for (let o = 0; o < OC; o++) {
            readTile(tile, dy, image * OH * OW * ldy + o, top, left, m, OH, OW, ldy, dilation);
            sandwich(transformed, output, tile, n, m, true);
            d.set(transformed, o * places);
          }
          for (let o = 0; o < OC; o++) {
            for (let c = 0; c < C; c++) {
              const at = (o * C + c) * places;
              for (let place = 0; place < places; place++) sums[at + place] += d[o * places + place] * v[c * places + place];
            }
          }
        }
      }
    }
    for (let o = 0; o < OC; o++) {
      for (let c = 0; c < C; c++) {
        sandwich(taps, filter, sums.subarray((o * C + c) * places, (o * C + c + 1) * places), r, n, true);
        for (let tap = 0; tap < r * r; tap++) {
          const at = (o * r * r + tap) * C + c;
          dw[at] = taps[tap] + (beta ? dw[at] : 0);
        }
      }
    }
  },
};
