/** Elementwise arithmetic. Binary operations walk the outer dimensions and have a loop per operation for the inner one. @module */
import type { Call, Floats, References } from "./reference.ts";

type Names<K extends string> = `${K}_f32`;
type BinaryName = Names<
  "add" | "sub" | "mul" | "div" | "pow" | "minimum" | "maximum" | "equal" | "not_equal" | "less" | "less_equal" | "greater" | "greater_equal"
>;

/** y[i..] = a[j..] op b[k..], n of them, s and t apart. */
type Row = (y: Floats, i: number, a: Floats, j: number, s: number, b: Floats, k: number, t: number, n: number) => void;

const broadcast =
  (row: Row) =>
  ({ y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3 }: Call<"add_f32">): void => {
    let i = 0;
    for (let i0 = 0; i0 < d0; i0++) {
      for (let i1 = 0; i1 < d1; i1++) {
        for (let i2 = 0; i2 < d2; i2++) {
          row(y, i, a, i0 * a0 + i1 * a1 + i2 * a2, a3, b, i0 * b0 + i1 * b1 + i2 * b2, b3, d3);
          i += d3;
        }
      }
    }
  };

const binary: References<BinaryName> = {
  add_f32: broadcast((y, i, a, j, s, b, k, t, n) => {
    for (const end = i + n; i < end; i++, j += s, k += t) y[i] = a[j] + b[k];
  }),
  sub_f32: broadcast((y, i, a, j, s, b, k, t, n) => {
    for (const end = i + n; i < end; i++, j += s, k += t) y[i] = a[j] - b[k];
  }),
  mul_f32: broadcast((y, i, a, j, s, b, k, t, n) => {
    for (const end = i + n; i < end; i++, j += s, k += t) y[i] = a[j] * b[k];
  }),
  div_f32: broadcast((y, i, a, j, s, b, k, t, n) => {
    for (const end = i + n; i < end; i++, j += s, k += t) y[i] = a[j] / b[k];
  }),
  pow_f32: broadcast((y, i, a, j, s, b, k, t, n) => {
    for (const end = i + n; i < end; i++, j += s, k += t) y[i] = a[j] ** b[k];
  }),
  minimum_f32: broadcast((y, i, a, j, s, b, k, t, n) => {
    for (const end = i + n; i < end; i++, j += s, k += t) y[i] = Math.min(a[j], b[k]);
  }),
  maximum_f32: broadcast((y, i, a, j, s, b, k, t, n) => {
    for (const end = i + n; i < end; i++, j += s, k += t) y[i] = Math.max(a[j], b[k]);
  }),
  equal_f32: broadcast((y, i, a, j, s, b, k, t, n) => {
    for (const end = i + n; i < end; i++, j += s, k += t) y[i] = a[j] === b[k] ? 1 : 0;
  }),
  not_equal_f32: broadcast((y, i, a, j, s, b, k, t, n) => {
    for (const end = i + n; i < end; i++, j += s, k += t) y[i] = a[j] !== b[k] ? 1 : 0;
  }),
  less_f32: broadcast((y, i, a, j, s, b, k, t, n) => {
    for (const end = i + n; i < end; i++, j += s, k += t) y[i] = a[j] < b[k] ? 1 : 0;
  }),
  less_equal_f32: broadcast((y, i, a, j, s, b, k, t, n) => {
    for (const end = i + n; i < end; i++, j += s, k += t) y[i] = a[j] <= b[k] ? 1 : 0;
  }),
  greater_f32: broadcast((y, i, a, j, s, b, k, t, n) => {
    for (const end = i + n; i < end; i++, j += s, k += t) y[i] = a[j] > b[k] ? 1 : 0;
  }),
  greater_equal_f32: broadcast((y, i, a, j, s, b, k, t, n) => {
    for (const end = i + n; i < end; i++, j += s, k += t) y[i] = a[j] >= b[k] ? 1 : 0;
  }),
};

type OtherName =
  | Names<"neg" | "abs" | "sign" | "sqrt" | "exp" | "log" | "log_cosh" | "where" | "fill" | "pad_images" | "accumulate" | "scale" | "strided_copy">
  | "cast_i32_f32"
  | "cast_f32_i32";

const others: References<OtherName> = {
  neg_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = -x[i];
  },
  abs_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = Math.abs(x[i]);
  },
  sign_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = Math.sign(x[i]);
  },
  sqrt_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = Math.sqrt(x[i]);
  },
  exp_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = Math.exp(x[i]);
  },
  log_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = Math.log(x[i]);
  },
  log_cosh_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) {
      const a = Math.abs(x[i]);
      y[i] = a < 20 ? Math.log1p(2 * Math.sinh(a / 2) ** 2) : a - Math.LN2;
    }
  },
  where_f32({ y, condition, a, b, n }) {
    for (let i = 0; i < n; i++) y[i] = condition[i] !== 0 ? a[i] : b[i];
  },
  fill_f32({ y, n, value }) {
    y.fill(value, 0, n);
  },
  pad_images_f32({ y, x, N, H, W, C, OH, OW, top, left, value }) {
    y.fill(value, 0, N * OH * OW * C);
    for (let n = 0; n < N; n++) {
      for (let i = 0; i < H; i++) {
        const [to, from] = [((n * OH + top + i) * OW + left) * C, (n * H + i) * W * C];
        for (let k = 0; k < W * C; k++) y[to + k] = x[from + k];
      }
    }
  },
  accumulate_f32({ y, x, n, beta }) {
    for (let i = 0; i < n; i++) y[i] = beta ? x[i] + y[i] : x[i];
  },
  scale_f32({ y, x, n, factor }) {
    for (let i = 0; i < n; i++) y[i] = factor * x[i];
  },
  strided_copy_f32({ y, x, d0, d1, d2, d3, y0, y1, y2, y3, x0, x1, x2, x3, beta }) {
    for (let i0 = 0; i0 < d0; i0++) {
      for (let i1 = 0; i1 < d1; i1++) {
        for (let i2 = 0; i2 < d2; i2++) {
          let i = i0 * y0 + i1 * y1 + i2 * y2;
          let j = i0 * x0 + i1 * x1 + i2 * x2;
          for (let i3 = 0; i3 < d3; i3++, i += y3, j += x3) y[i] = beta ? x[j] + y[i] : x[j];
        }
      }
    }
  },
  cast_i32_f32({ y, x, n }) {
    for (let i = 0; i < n; i++) y[i] = x[i];
  },
  cast_f32_i32({ y, x, n }) {
    // The store makes 0 of NaN and drops the fraction.
    for (let i = 0; i < n; i++) y[i] = Math.max(-2147483648, Math.min(2147483647, x[i]));
  },
};

export const elementwise: References<BinaryName | OtherName> = { ...binary, ...others };
