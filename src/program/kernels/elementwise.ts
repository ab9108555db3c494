/** Elementwise arithmetic with broadcasting, comparisons, selection, copies. @module */
import { elements, flag, float, inout, input, kernel, out, reusable, type Sizes, type Split, size } from "./kernel.ts";

const dims = { d0: size, d1: size, d2: size, d3: size };
const total = (s: Sizes): number => s.d0 * s.d1 * s.d2 * s.d3;
const reach =
  (p: string) =>
  (s: Sizes): number =>
    total(s) === 0 ? 0 : (s.d0 - 1) * s[`${p}0`] + (s.d1 - 1) * s[`${p}1`] + (s.d2 - 1) * s[`${p}2`] + (s.d3 - 1) * s[`${p}3`] + 1;

const INDICES = [0, 1, 2, 3];
/** Along dimension k: the pointers go by their strides, a contiguous y by the elements within (which takes that nothing lies around). */
const alongDimension = (k: number, strided: readonly string[], contiguous?: string): Split => {
  const shift = Object.fromEntries(strided.map((name) => [name, (s: Sizes) => s[`${name}${k}`]]));
  if (contiguous === undefined) return { along: `d${k}`, shift };
  const inner = (s: Sizes): number => INDICES.slice(k + 1).reduce((product, i) => product * s[`d${i}`], 1);
  return { along: `d${k}`, shift: { ...shift, [contiguous]: inner }, when: (s) => INDICES.slice(0, k).every((i) => s[`d${i}`] === 1) };
};

/** y [d0,d1,d2,d3] = a op b; the operands are read with strides (0 repeats a value), y is contiguous and may equal an operand of its own shape. */
const binary = () =>
  kernel(
    {
      y: out("f32", total),
      a: reusable("f32", reach("a")),
      b: reusable("f32", reach("b")),
      ...dims,
      a0: size,
      a1: size,
      a2: size,
      a3: size,
      b0: size,
      b1: size,
      b2: size,
      b3: size,
    },
    total,
    ...INDICES.map((k) => alongDimension(k, ["a", "b"], "y")),
  );

export const add_f32 = binary();
export const sub_f32 = binary();
export const mul_f32 = binary();
export const div_f32 = binary();
export const pow_f32 = binary();
/** The smaller; NaN if either is NaN. */
export const minimum_f32 = binary();
/** The larger; NaN if either is NaN. */
export const maximum_f32 = binary();
/** Comparisons give 1 or 0. */
export const equal_f32 = binary();
export const not_equal_f32 = binary();
export const less_f32 = binary();
export const less_equal_f32 = binary();
export const greater_f32 = binary();
export const greater_equal_f32 = binary();

const n = (s: Sizes): number => s.n;
const unary = () => kernel({ y: out("f32", n), x: reusable("f32", n), n: size }, n, elements("y", "x"));

/** y = op(x), contiguous; y may equal x. */
export const neg_f32 = unary();
export const abs_f32 = unary();
/** -1, 0 or 1; NaN stays NaN. */
export const sign_f32 = unary();
export const sqrt_f32 = unary();
export const exp_f32 = unary();
export const log_f32 = unary();
export const log_cosh_f32 = unary();

/** y = condition != 0 ? a : b, contiguous. */
export const where_f32 = kernel(
  { y: out("f32", n), condition: input("f32", n), a: input("f32", n), b: input("f32", n), n: size },
  () => 0,
  elements("y", "condition", "a", "b"),
);
/** y = value. */
export const fill_f32 = kernel({ y: out("f32", n), n: size, value: float }, () => 0, elements("y"));
/** y [N,OH,OW,C] = the images x [N,H,W,C], their first pixel at (top, left), in a border of `value`. */
export const pad_images_f32 = kernel(
  {
    y: out("f32", (s) => s.N * s.OH * s.OW * s.C),
    x: input("f32", (s) => s.N * s.H * s.W * s.C),
    N: size,
    H: size,
    W: size,
    C: size,
    OH: size,
    OW: size,
    top: size,
    left: size,
    value: float,
  },
  () => 0,
  { along: "N", shift: { y: (s) => s.OH * s.OW * s.C, x: (s) => s.H * s.W * s.C } },
);
/** y = x + beta y. */
export const accumulate_f32 = kernel({ y: inout("f32", n), x: input("f32", n), n: size, beta: flag }, n, elements("y", "x"));
/** y = factor x; y may equal x. */
export const scale_f32 = kernel({ y: out("f32", n), x: reusable("f32", n), n: size, factor: float }, n, elements("y", "x"));
/** y[i0,i1,i2,i3] = x[...] + beta y, both read and written with strides in elements: transposes, slices, pads, concatenates, broadcasts. */
export const strided_copy_f32 = kernel(
  {
    y: inout("f32", reach("y")),
    x: input("f32", reach("x")),
    ...dims,
    y0: size,
    y1: size,
    y2: size,
    y3: size,
    x0: size,
    x1: size,
    x2: size,
    x3: size,
    beta: flag,
  },
  () => 0,
  ...INDICES.map((k) => alongDimension(k, ["y", "x"])),
);
/** y = (f32) x. */
export const cast_i32_f32 = kernel({ y: out("f32", n), x: input("i32", n), n: size }, () => 0, elements("y", "x"));
/** y = (i32) x, towards zero; NaN gives 0, too large saturates. */
export const cast_f32_i32 = kernel({ y: out("i32", n), x: input("f32", n), n: size }, () => 0, elements("y", "x"));
