/**
 * Faults of one line each, that the cases of their kernel must find: bounds, signs, indices, tails, overwriting for adding, constants,
 * comparisons. At least two for every kernel of the table, among them faults of the helpers and generators that it is made of. None
 * may compute the same: one that survives asks for a case.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: lines of generators
import type { KernelName } from "../../src/program/kernels/index.ts";
import type { Build } from "../kernels/harness.ts";

export interface Mutant {
  /** Whose cases must fail. */
  readonly kernel: KernelName;
  /** In assembly/. */
  readonly file: string;
  /** Occurs once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Default `simd`. */
  readonly build?: Build;
}

type Change = readonly [file: string, find: string, replace: string, build?: Build];

const of = (kernel: KernelName, ...changes: Change[]): Mutant[] =>
  changes.map(([file, find, replace, build]) => ({ kernel, file, find, replace, ...(build && { build }) }));

/** The faults that every binary kernel may have in its own lines: dimensions or strides that change places, one operand for the other. */
const binary = (kernel: KernelName, code: string, name: string, ...changes: Change[]): Mutant[] =>
  of(
    kernel,
    [
      "elementwise.ts",
      `walk(${code}, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);`,
      `walk(${code}, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, a2, b3);`,
    ],
    ["elementwise.ts", `case ${code}: plane<${name}>(y, pa, pb, d2, d3, a2, b2, a3, b3)`, `case ${code}: plane<${name}>(y, pb, pa, d2, d3, a2, b2, a3, b3)`],
    ...changes,
  );

export const mutants: readonly Mutant[] = [
  ...of(
    "relu_forward_f32",
    ["activation.ts", "f32x4.pmax(x, ZERO)", "f32x4.max(x, ZERO)"],
    ["activation.ts", "return f32x4.pmax(x, ZERO);", "return f32x4.pmax(ZERO, x);"],
    ["simd/map.ts", "y + ((n & ~15) << 2)", "y + ((n + 1 & ~15) << 2)"],
    ["simd/map.ts", "v128.store(y, v3, 48);", "v128.store(y, v2, 48);"],
    ["simd/map.ts", "op.apply(v128.load(x, 16), p)", "op.apply(v128.load(x, 20), p)"],
    ["simd/map.ts", "if (y < end) store_tail(y, op.apply(v128.load(x), p), n);", "if (y < end) v128.store(y, op.apply(v128.load(x), p));"],
    ["simd/f32x4.ts", "if (n & 1) v128.store32_lane(p, v, 2, 8);", "if (n & 1) v128.store32_lane(p, v, 1, 8);"],
  ),
  ...of(
    "relu_backward_f32",
    ["activation.ts", "return v128.and(dy, f32x4.gt(y, ZERO));", "return v128.and(dy, f32x4.ge(y, ZERO));"],
    ["activation.ts", "zip<ReluGradient>(dx, dy, y, n, beta);", "zip<ReluGradient>(dx, y, dy, n, beta);"],
    [
      "simd/map.ts",
      "if (n & 3) store_tail(y, f32x4.add(op.apply(v128.load(a), v128.load(b), p), v128.load(y)), n);",
      "if (n & 3) store_tail(y, op.apply(v128.load(a), v128.load(b), p), n);",
    ],
    ["simd/map.ts", "  if (beta) {", "  if (!beta) {"],
  ),
  ...of(
    "leaky_relu_forward_f32",
    ["activation.ts", "return v128.bitselect(x, f32x4.mul(x, alpha), f32x4.gt(x, ZERO));", "return v128.bitselect(f32x4.mul(x, alpha), x, f32x4.gt(x, ZERO));"],
    ["activation.ts", "return v128.bitselect(x, f32x4.mul(x, alpha), f32x4.gt(x, ZERO));", "return f32x4.max(x, f32x4.mul(x, alpha));"],
    ["activation.ts", "map_wide<LeakyRelu>(y, x, n, alpha);", "map_wide<LeakyRelu>(y, x, n);"],
  ),
  ...of(
    "leaky_relu_backward_f32",
    [
      "activation.ts",
      "return v128.bitselect(dy, f32x4.mul(dy, alpha), f32x4.gt(y, ZERO));",
      "return v128.bitselect(dy, f32x4.mul(dy, alpha), f32x4.ge(y, ZERO));",
    ],
    ["activation.ts", "zip<LeakyReluGradient>(dx, dy, y, n, beta, alpha);", "zip<LeakyReluGradient>(dx, dy, y, n, 0, alpha);"],
  ),
  ...of(
    "elu_forward_f32",
    ["activation.ts", "return v128.bitselect(x, f32x4.mul(alpha, negative), f32x4.gt(x, ZERO));", "return v128.bitselect(x, negative, f32x4.gt(x, ZERO));"],
    ["activation.ts", "f32x4.pmax(f32x4.pmin(x, ZERO), v128.load(CORE_MIN))", "f32x4.pmin(x, ZERO)"],
    [
      "simd/math.ts",
      "return fma(power, fma(r, f32x4.mul(curve(r), r), r), f32x4.sub(power, v128.load(ONE)));",
      "return f32x4.sub(fma(power, fma(r, f32x4.mul(curve(r), r), r), power), v128.load(ONE));",
    ],
  ),
  ...of(
    "elu_backward_f32",
    ["activation.ts", "f32x4.mul(dy, f32x4.add(y, alpha))", "f32x4.mul(dy, f32x4.sub(y, alpha))"],
    ["activation.ts", "zip<EluGradient>(dx, dy, y, n, beta, alpha);", "zip<EluGradient>(dx, dy, y, n & ~3, beta, alpha);"],
  ),
  ...of(
    "sigmoid_forward_f32",
    ["simd/math.ts", "return f32x4.div(one, f32x4.add(one, exp_core(f32x4.neg(x))));", "return f32x4.div(one, f32x4.add(one, exp_core(x)));"],
    ["simd/constants.ts", "put(CORE_MAX, 87);", "put(CORE_MAX, 17);"],
    ["simd/constants.ts", "put(EXP_3, 0.0083631812374323);", "put(EXP_3, 0.0093631812374323);"],
  ),
  ...of(
    "sigmoid_backward_f32",
    ["activation.ts", "return f32x4.mul(f32x4.mul(dy, y), f32x4.sub(v128.load(ONE), y));", "return f32x4.mul(f32x4.mul(dy, y), f32x4.add(v128.load(ONE), y));"],
    ["activation.ts", "return f32x4.mul(f32x4.mul(dy, y), f32x4.sub(v128.load(ONE), y));", "return f32x4.mul(dy, f32x4.sub(y, f32x4.mul(y, y)));"],
  ),
  ...of(
    "tanh_forward_f32",
    ["simd/math.ts", "v128.xor(x, magnitude)", "v128.and(x, magnitude)"],
    ["simd/math.ts", "f32x4.pmin(f32x4.add(magnitude, magnitude), v128.load(TANH_MAX))", "f32x4.pmin(magnitude, v128.load(TANH_MAX))"],
    ["simd/constants.ts", "put(TANH_MAX, 18.2);", "put(TANH_MAX, 15.2);"],
    ["simd/math.ts", "f32x4.div(m, f32x4.add(m, v128.load(TWO)))", "f32x4.div(m, f32x4.sub(m, v128.load(TWO)))"],
  ),
  ...of(
    "tanh_backward_f32",
    ["activation.ts", "f32x4.mul(f32x4.sub(one, y), f32x4.add(one, y))", "f32x4.mul(f32x4.sub(one, y), f32x4.sub(one, y))"],
    ["activation.ts", "f32x4.mul(f32x4.sub(one, y), f32x4.add(one, y))", "f32x4.sub(one, f32x4.mul(y, y))"],
  ),
  ...of(
    "softplus_forward_f32",
    ["simd/math.ts", "f32x4.add(f32x4.pmax(x, ZERO), fma(", "f32x4.add(f32x4.abs(x), fma("],
    ["simd/math.ts", "const q = f32x4.div(u, f32x4.add(u, v128.load(TWO)));", "const q = f32x4.div(u, f32x4.add(u, v128.load(ONE)));"],
    ["simd/constants.ts", "put(LOG1P_1, 0.4002109773977191);", "put(LOG1P_1, 0.4012109773977191);"],
  ),
  ...of(
    "softplus_backward_f32",
    ["activation.ts", "return f32x4.mul(dy, sigmoid(x));", "return f32x4.mul(dy, sigmoid(f32x4.neg(x)));"],
    ["activation.ts", "zip<SoftplusGradient>(dx, dy, x, n, beta);", "zip<SoftplusGradient>(dx, dy, x, n, 1);"],
  ),

  ...of(
    "add_f32",
    ["elementwise.ts", "return f32x4.add(a, b);", "return f32x4.sub(a, b);"],
    ["elementwise.ts", "walk(ADD, y, a, b, d0, d1, d2, d3, a0,", "walk(ADD, y, a, b, d0, d1, d2, d3, a1,"],
    [
      "elementwise.ts",
      "let pa = a, pb = b;\n      const last = y + whole, wide = y + (whole & ~31);",
      "let pa = a, pb = b;\n      const last = y + whole, wide = y + ((whole + 16) & ~31);",
    ],
    ["elementwise.ts", "const vb = v128.load32_splat(b);", "const vb = v128.load(b);"],
    ["elementwise.ts", "for (; d0 > 0; --d0, a += a0, b += b0) {", "for (; d0 > 0; --d0, a += a0, b += a0) {"],
    ["elementwise.ts", "} else if (a2 != d3 * a3 || b2 != d3 * b3) break;", "} else if (a2 != d3 * a3) break;"],
    ["elementwise.ts", "if (a1 != d2 * a2 || b1 != d2 * b2) break;", "if (b1 != d2 * b2) break;"],
    ["elementwise.ts", "if (n > 2) v = v128.load32_lane(p + 2 * step, v, 2);", "if (n > 2) v = v128.load32_lane(p + step, v, 2);"],
    ["elementwise.ts", "const step = (d2 * d3) << 2;", "const step = d3 << 2;"],
  ),
  ...binary("sub_f32", "SUB", "Sub", ["elementwise.ts", "return f32x4.sub(a, b);", "return f32x4.sub(b, a);"]),
  ...of(
    "mul_f32",
    ["elementwise.ts", "return f32x4.mul(a, b);", "return f32x4.add(a, b);"],
    [
      "elementwise.ts",
      "walk(MUL, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);",
      "walk(MUL, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, a3);",
    ],
    [
      "elementwise.ts",
      "if (tail) store_tail(y, op.apply(va, v128.load(pb), one), tail);",
      "if (tail) store_tail(y, op.apply(v128.load(pb), v128.load(pb), one), tail);",
    ],
  ),
  ...binary("div_f32", "DIV", "Div", ["elementwise.ts", "return f32x4.div(a, b);", "return f32x4.mul(a, f32x4.div(f32x4.splat(1), b));"]),
  ...of(
    "pow_f32",
    ["elementwise.ts", "return pow(a, b);", "return pow(b, a);"],
    ["simd/math.ts", "return v128.bitselect(v128.load(ONE), power, f32x4.eq(y, ZERO));", "return power;"],
    ["simd/math.ts", "const odd = v128.andnot(f32x4.ne(f32x4.trunc(half), half), fraction);", "const odd = f32x4.ne(f32x4.trunc(half), half);"],
    ["simd/math.ts", "v128.and(f32x4.lt(x, ZERO), f32x4.gt(x, v128.load(MINUS_INFINITY)))", "f32x4.lt(x, ZERO)"],
    ["simd/constants.ts", "put_f64(LOG2_3, 0.4116727203605215);", "put_f64(LOG2_3, 0.4117727203605215);"],
    ["simd/constants.ts", "put_f64(EXP2_5, 0.0013399931224226669);", "put_f64(EXP2_5, 0.0013389931224226669);"],
    [
      "elementwise.ts",
      "for (; left >= 4; left -= 4, y += 16, pa += 4 * aStep, pb += 4 * bStep) v128.store",
      "for (; left > 4; left -= 4, y += 16, pa += 4 * aStep, pb += 4 * bStep) v128.store",
    ],
  ),
  ...of(
    "minimum_f32",
    ["elementwise.ts", "return f32x4.min(a, b);", "return f32x4.pmin(a, b);"],
    ["elementwise.ts", "return f32x4.min(a, b);", "return f32x4.max(a, b);"],
    [
      "elementwise.ts",
      "walk(MINIMUM, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);",
      "walk(MINIMUM, y, a, b, d1, d0, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);",
    ],
  ),
  ...of(
    "maximum_f32",
    ["elementwise.ts", "return f32x4.max(a, b);", "return f32x4.pmax(a, b);"],
    ["elementwise.ts", "case MAXIMUM: plane<Maximum>", "case MAXIMUM: plane<Minimum>"],
    [
      "elementwise.ts",
      "walk(MAXIMUM, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);",
      "walk(MAXIMUM, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, 0, b3);",
    ],
  ),
  ...of(
    "equal_f32",
    ["elementwise.ts", "return v128.and(f32x4.eq(a, b), one);", "return v128.and(i32x4.eq(a, b), one);"],
    ["elementwise.ts", "return v128.and(f32x4.eq(a, b), one);", "return f32x4.eq(a, b);"],
    [
      "elementwise.ts",
      "const v = op.apply(v128.load32_splat(a), v128.load32_splat(b), one);",
      "const v = op.apply(v128.load32_splat(a), v128.load32_splat(a), one);",
    ],
  ),
  ...of(
    "not_equal_f32",
    ["elementwise.ts", "return v128.and(f32x4.ne(a, b), one);", "return v128.and(f32x4.eq(a, b), one);"],
    ["elementwise.ts", "return v128.and(f32x4.ne(a, b), one);", "return v128.and(v128.or(f32x4.lt(a, b), f32x4.gt(a, b)), one);"],
  ),
  ...binary("less_f32", "LESS", "Less", ["elementwise.ts", "return v128.and(f32x4.lt(a, b), one);", "return v128.and(f32x4.le(a, b), one);"]),
  ...binary("less_equal_f32", "LESS_EQUAL", "LessEqual", ["elementwise.ts", "return v128.and(f32x4.le(a, b), one);", "return v128.and(f32x4.lt(a, b), one);"]),
  ...of(
    "greater_f32",
    ["elementwise.ts", "walk(LESS, y, b, a, d0, d1, d2, d3, b0,", "walk(LESS_EQUAL, y, b, a, d0, d1, d2, d3, b0,"],
    [
      "elementwise.ts",
      "walk(LESS, y, b, a, d0, d1, d2, d3, b0, b1, b2, b3, a0, a1, a2, a3);",
      "walk(LESS, y, b, a, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);",
    ],
  ),
  ...of(
    "greater_equal_f32",
    ["elementwise.ts", "walk(LESS_EQUAL, y, b, a, d0, d1, d2, d3, b0,", "walk(LESS, y, b, a, d0, d1, d2, d3, b0,"],
    ["elementwise.ts", "walk(LESS_EQUAL, y, b, a,", "walk(LESS_EQUAL, y, a, b,"],
  ),
  ...of(
    "neg_f32",
    ["elementwise.ts", "return f32x4.neg(x);", "return f32x4.sub(ZERO, x);"],
    ["elementwise.ts", "map_wide<Neg>(y, x, n);", "map_wide<Neg>(y, x, n - (n & 1));"],
  ),
  ...of(
    "abs_f32",
    ["elementwise.ts", "map_wide<Abs>(y, x, n);", "map_wide<Neg>(y, x, n);"],
    [
      "elementwise.ts",
      "@inline apply(x: v128, _p: v128): v128 {\n    return f32x4.abs(x);",
      "@inline apply(x: v128, _p: v128): v128 {\n    return f32x4.pmax(x, f32x4.sub(ZERO, x));",
    ],
    ["simd/map.ts", "const last = end - ((n & 3) << 2);", "const last = end - ((n & 7) << 2);"],
  ),
  ...of(
    "sign_f32",
    ["elementwise.ts", "return v128.or(signed, f32x4.ne(x, x));", "return signed;"],
    ["elementwise.ts", "v128.and(f32x4.ne(x, ZERO), one)", "one"],
    ["elementwise.ts", "map_wide<Sign>(y, x, n, 1);", "map_wide<Sign>(y, x, n, 2);"],
  ),
  ...of(
    "sqrt_f32",
    ["elementwise.ts", "return f32x4.sqrt(x);", "return f32x4.sqrt(f32x4.abs(x));"],
    ["elementwise.ts", "map_wide<Sqrt>(y, x, n);", "map_wide<Sqrt>(y, x + 4, n);"],
  ),
  ...of(
    "exp_f32",
    ["simd/constants.ts", "put(EXP_MIN, -104);", "put(EXP_MIN, -87);"],
    ["simd/constants.ts", "put(EXP_MAX, 89);", "put(EXP_MAX, 88.5);"],
    ["simd/constants.ts", "put(LN2_LOW, 2.1219444e-4);", "put(LN2_LOW, 2.1229444e-4);"],
    ["simd/constants.ts", "put(EXP_4, 0.0013941124078091643);", "put(EXP_4, 0.0012941124078091643);"],
    ["simd/math.ts", "i32x4.shl(i32x4.sub(n, half), 23)", "i32x4.shl(half, 23)"],
    ["simd/math.ts", "f32x4.pmax(f32x4.pmin(x, v128.load(EXP_MAX)), v128.load(EXP_MIN))", "f32x4.pmax(f32x4.pmin(v128.load(EXP_MAX), x), v128.load(EXP_MIN))"],
    [
      "simd/f32x4.ts",
      "if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);",
      "if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);",
      "relaxed",
    ],
  ),
  ...of(
    "log_f32",
    ["simd/math.ts", "y = v128.bitselect(v128.load(MINUS_INFINITY), y, f32x4.eq(x, ZERO));", ""],
    ["simd/math.ts", "return v128.or(y, f32x4.lt(x, ZERO));", "return y;"],
    ["simd/math.ts", "y = v128.bitselect(y, x, f32x4.lt(x, v128.load(INFINITY)));", ""],
    ["simd/constants.ts", "put(EXPONENT_23, 23);", "put(EXPONENT_23, 22);"],
    ["simd/constants.ts", "put(LOG_4, 1.4249322787e-1);", "put(LOG_4, 1.4259322787e-1);"],
    ["simd/constants.ts", "put(MINUS_LN2_LOW, -2.1219444e-4);", "put(MINUS_LN2_LOW, 2.1219444e-4);"],
  ),
  ...of(
    "where_f32",
    [
      "elementwise.ts",
      "if (n & 3) store_tail(y, v128.bitselect(v128.load(b), v128.load(a),",
      "if (n & 3) store_tail(y, v128.bitselect(v128.load(a), v128.load(b),",
    ],
    [
      "elementwise.ts",
      "v128.store(y, v128.bitselect(v128.load(b), v128.load(a), f32x4.eq(v128.load(condition), ZERO)));",
      "v128.store(y, v128.bitselect(v128.load(b), v128.load(a), i32x4.eq(v128.load(condition), ZERO)));",
    ],
    ["elementwise.ts", "y += 16, condition += 16, a += 16, b += 16", "y += 16, condition += 16, a += 16, b += 4"],
  ),
  ...of(
    "fill_f32",
    ["elementwise.ts", "store_tail(y, v, n);\n}", "}"],
    ["elementwise.ts", "const v = f32x4.splat(value);", "const v = f32x4.splat(value + 1);"],
    ["elementwise.ts", "for (; y < last; y += 16) v128.store(y, v);\n  store_tail", "for (; y <= last; y += 16) v128.store(y, v);\n  store_tail"],
  ),
  ...of(
    "pad_images_f32",
    ["elementwise.ts", "i > 0; --i, x += row, run = between) {", "i > 0; --i, x += row) {"],
    ["elementwise.ts", "after = (OH - top - H) * OW * C + between - before;", "after = (OH - top - H) * OW * C + between;"],
    ["elementwise.ts", "let run = top * OW * C + before;", "let run = top * OW * C;"],
  ),
  ...of(
    "accumulate_f32",
    ["elementwise.ts", "else memory.copy(y, x, n << 2);", "else memory.copy(y, x, n);"],
    [
      "elementwise.ts",
      "if (beta) walk(ADD, y, x, y, 1, 1, 1, n, 0, 0, 0, 1, 0, 0, 0, 1);",
      "if (beta) walk(ADD, y, x, y, 1, 1, 1, n, 0, 0, 0, 1, 0, 0, 0, 0);",
    ],
    ["elementwise.ts", "if (beta) walk(ADD, y, x, y,", "if (!beta) walk(ADD, y, x, y,"],
  ),
  ...of(
    "scale_f32",
    ["elementwise.ts", "return f32x4.mul(x, factor);", "return f32x4.add(x, factor);"],
    ["elementwise.ts", "map_wide<Scale>(y, x, n, factor);", "map_wide<Scale>(y, x, n, factor * factor);"],
  ),
  ...of(
    "strided_copy_f32",
    ["elementwise.ts", "walk(beta ? ACCUMULATE : COPY, 0, y, x,", "walk(beta ? COPY : COPY, 0, y, x,"],
    ["elementwise.ts", "const columns = n & ~3;", "const columns = n & ~7;"],
    ["elementwise.ts", "copy_rows(y + done * yRow, x + done * xRow, rows - done,", "copy_rows(y + done * yRow, x + done * xRow, rows - done & ~1,"],
    [
      "elementwise.ts",
      "put(py + 2 * yRow, v128.shuffle<f32>(AB, CD, 0, 1, 4, 5), adding);",
      "put(py + 2 * yRow, v128.shuffle<f32>(AB, CD, 0, 1, 5, 4), adding);",
    ],
    ["elementwise.ts", "store<f32>(py, adding ? v + load<f32>(py) : v);", "store<f32>(py, v);"],
    ["elementwise.ts", "v128.store(y, adding ? f32x4.add(v, v128.load(y)) : v);", "v128.store(y, v);"],
  ),
  ...of(
    "cast_i32_f32",
    ["elementwise.ts", "return f32x4.convert_i32x4_s(x);", "return f32x4.convert_i32x4_u(x);"],
    ["elementwise.ts", "map_wide<ToFloat>(y, x, n);", "map_wide<ToInt>(y, x, n);"],
  ),
  ...of(
    "cast_f32_i32",
    ["elementwise.ts", "return i32x4.trunc_sat_f32x4_s(x);", "return i32x4.trunc_sat_f32x4_u(x);"],
    ["elementwise.ts", "return i32x4.trunc_sat_f32x4_s(x);", "return i32x4.trunc_sat_f32x4_s(f32x4.nearest(x));"],
  ),

  ...of(
    "gather_rows_u8",
    [
      "gather.ts",
      "return f32x4.div(f32x4.sub(f32x4.convert_i32x4_s(v), shift), scale);",
      "return f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(v), shift), f32x4.div(f32x4.splat(1), scale));",
    ],
    ["gather.ts", "high = i16x8.extend_high_i8x16_u(bytes)", "high = i16x8.extend_high_i8x16_s(bytes)"],
    ["gather.ts", "if (tail) store_tail(y, pixels(widen(x), shifts, scales), tail);", "if (tail) store_tail(y, pixels(widen(x), shifts, shifts), tail);"],
    ["gather.ts", "let x = data + <usize>load<u32>(indices) * width;", "let x = data + <usize>load<u32>(indices) * (width & ~3);"],
  ),
  ...of(
    "gather_rows_f32",
    ["gather.ts", "let p = x + ((<usize>load<u32>(indices) * width) << 2);", "let p = x + ((<usize>load<u16>(indices, 2) * width) << 2);"],
    ["gather.ts", "if (tail) store_tail(y, v128.load(p), tail);", "if (tail) v128.store(y, v128.load(p));"],
  ),
  ...of(
    "gather_rows_i32",
    [
      "gather.ts",
      "for (; y < last; y += 16, p += 16) v128.store(y, v128.load(p));",
      "for (; y < last; y += 16, p += 16) v128.store(y, f32x4.convert_i32x4_s(i32x4.trunc_sat_f32x4_s(v128.load(p))));",
    ],
    ["gather.ts", "export { gather_rows_f32 as gather_rows_i32 };", "export { scatter_add_rows_f32 as gather_rows_i32 };"],
  ),
  ...of(
    "scatter_add_rows_f32",
    ["gather.ts", "if (!beta) memory.fill(dx, 0, (rows * width) << 2);", "if (!beta) memory.fill(dx, 0, rows * width);"],
    ["gather.ts", "if (tail) store_tail(p, f32x4.add(v128.load(p), v128.load(dy)), tail);", "if (tail) store_tail(p, v128.load(dy), tail);"],
    ["gather.ts", "v128.store(p, f32x4.add(v128.load(p), v128.load(dy)));", "v128.store(p, f32x4.sub(v128.load(p), v128.load(dy)));"],
  ),

  ...of(
    "gemm_nn_f32",
    ["gemm.ts", "const accumulate = beta | i32(p > 0);", "const accumulate = beta;"],
    ["gemm.ts", "lda << 2, ldb << 2, ldc << 2, beta, scratch, false, false);", "lda << 2, ldb << 2, N << 2, beta, scratch, false, false);"],
    ["gemm.ts", "multiply_packed(c + i * ldc + (j << 2), block,", "multiply_packed(c + i * ldc, block,"],
    ["gemm.ts", "else pack_rows(packed, b + p * ldb + ((j + n) << 2), ldb,", "else pack_rows(packed, b + ((j + n) << 2), ldb,"],
    ["gemm.ts", "const nc = min(N - j, NC);", "const nc = min(N, NC);"],
    ["gemm.ts", "const kc = min(K - p, KC);", "const kc = min(K, KC);"],
    ["gemm.ts", "    } while (p < K);", "    } while (p + 1 < K);"],
    ["gemm.ts", "block += (rows * k) << 2;", "block += rows * k;"],
    ["generate/outer-tile.ts", "packed: `a += ${steps * rows * 4};", "packed: `a += ${(steps + 1 - (steps & 1)) * rows * 4};"],
    ["generate/text.ts", "if (${columns} == ${vectors * 4}) {", "if (${columns} >= ${vectors * 4 - 1}) {"],
  ),
  ...of(
    "gemm_nt_f32",
    ["gemm.ts", "if (tb) pack_columns(packed, b + (j + n) * ldb + (p << 2), ldb,", "if (tb) pack_columns(packed, b + n * ldb + (p << 2), ldb,"],
    ["gemm.ts", "v128.store(dst + 2 * step, v128.shuffle<f32>(AB, CD, 0, 1, 4, 5));", "v128.store(dst + 2 * step, v128.shuffle<f32>(AB, CD, 0, 1, 5, 4));"],
    ["gemm.ts", "p7 = min(src + 7 * ld, last);", "p7 = min(src + 6 * ld, last);"],
  ),
  ...of(
    "gemm_tn_f32",
    ["gemm.ts", "if (ta) pack_rows(packed, a + p * lda + ((i + m) << 2), lda,", "if (ta) pack_rows(packed, a + p * lda + (m << 2), lda,"],
    ["gemm.ts", "const mc = min(M - i, MC);", "const mc = min(M, MC);"],
    [
      "gemm.ts",
      "for (; batch > 0; --batch, c += strideC << 2, a += strideA << 2, b += strideB << 2) {\n    multiply_blocks(c, a, b, M, N, K, lda << 2, ldb << 2, ldc << 2, beta, scratch, true,",
      "for (; batch > 0; --batch, c += strideC << 2, a += strideA << 2) {\n    multiply_blocks(c, a, b, M, N, K, lda << 2, ldb << 2, ldc << 2, beta, scratch, true,",
    ],
  ),
  ...of(
    "gemm_small_nn_f32",
    [
      "gemm.ts",
      "nn_tile(rows, c + i * ldc + (j << 2), a + i * lda, b + (j << 2), ldc, lda, ldb, K, columns, beta);",
      "nn_tile(rows, c + i * ldc + (j << 2), a + i * lda, b + (j << 2), ldc, lda, ldb, K, columns, 0);",
    ],
    ["gemm.ts", "if (M > 2) return min(left, 8);", "if (M > 2) return min(left, 16);"],
    ["gemm.ts", "if (M == 2) return min(left, 16);", "if (M == 2) return 16;"],
    ["generate/outer-tile.ts", 'nn: "b += ldb;\\n"', 'nn: "b += lda;\\n"'],
    ["generate/outer-tile.ts", "const d${i + 1} = lda * ${i + 1};", "const d${i + 1} = lda * ${Math.min(i + 1, 4)};"],
    ["generate/text.ts", "if (n < ${4 * i + 4}) { store_tail(", "if (n <= ${4 * i + 4}) { store_tail("],
  ),
  ...of(
    "gemm_small_nt_f32",
    ["gemm.ts", "dot_tile(rows, c + i * ldc + (j << 2), a + i * lda, b + j * ldb,", "dot_tile(rows, c + i * ldc + (j << 2), a + i * lda, b + (j << 2),"],
    [
      "generate/dot-tile.ts",
      "const mask = i32x4.gt_s(i32x4.splat(<i32>k), i32x4(0, 1, 2, 3));",
      "const mask = i32x4.ge_s(i32x4.splat(<i32>k), i32x4(0, 1, 2, 3));",
    ],
    ["generate/dot-tile.ts", "const e${j + 1} = columns > ${j + 1} ? ldb * ${j + 1} : 0;", "const e${j + 1} = columns > ${j + 2} ? ldb * ${j + 1} : 0;"],
    ["generate/dot-tile.ts", "const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5),", "const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 0, 5),"],
    ["generate/dot-tile.ts", "if (accumulate) r = f32x4.add(r, ${old(2 * pair)});", "if (accumulate) r = ${old(2 * pair)};"],
  ),
  ...of(
    "gemm_small_tn_f32",
    ["gemm.ts", "tn_tile(rows, c + i * ldc + (j << 2), a + (i << 2), b + (j << 2),", "tn_tile(rows, c + i * ldc + (j << 2), a + i, b + (j << 2),"],
    ["generate/outer-tile.ts", 'tn: "a += lda;\\nb += ldb;\\n"', 'tn: "a += ldb;\\nb += ldb;\\n"'],
    ["generate/outer-tile.ts", "c${i}_${j} = v128.load(p${at(j * 16)});", "c${i}_${j} = v128.load(c${at(j * 16)});"],
  ),

  ...of(
    "sgd_update_f32",
    ["optimizer.ts", "put(p, fma(f32x4.neg(h0), v128.load(g), decayed(p, h1)), n);", "put(p, fma(h0, v128.load(g), decayed(p, h1)), n);"],
    ["optimizer.ts", "if (!load<i32>(ok)) return;", ""],
    ["optimizer.ts", "update<Sgd>(p, g, 0, 0, 0, n, hyper, ok);", "update<Sgd>(p, g, 0, 0, 0, n, hyper, hyper);"],
    ["optimizer.ts", "return fma(growth, weight, weight);", "return weight;"],
  ),
  ...of(
    "momentum_update_f32",
    [
      "optimizer.ts",
      "const velocity = flush(fma(h1, v128.load(m), f32x4.mul(f32x4.neg(h0), v128.load(g))));",
      "const velocity = fma(h1, v128.load(m), f32x4.mul(f32x4.neg(h0), v128.load(g)));",
    ],
    ["optimizer.ts", "put(p, fma(h2, velocity, decayed(p, h3)), n);", "put(p, fma(f32x4.neg(h2), velocity, decayed(p, h3)), n);"],
    ["optimizer.ts", "put(p, fma(h2, velocity, decayed(p, h3)), n);", "put(p, f32x4.add(velocity, decayed(p, h3)), n);"],
    ["optimizer.ts", "else store_tail(p, x, n);", "else v128.store(p, x);"],
  ),
  ...of(
    "nesterov_update_f32",
    ["optimizer.ts", "put(p, fma(h2, fma(h1, velocity, descent), decayed(p, h3)), n);", "put(p, fma(h2, velocity, decayed(p, h3)), n);"],
    ["optimizer.ts", "const velocity = flush(fma(h1, v128.load(m), descent));", "const velocity = fma(h1, v128.load(m), descent);"],
    ["optimizer.ts", "rule.step(p + 48, g + 48, a + 48,", "rule.step(p + 48, g + 48, a + 32,"],
  ),
  ...of(
    "adagrad_update_f32",
    ["optimizer.ts", "f32x4.add(f32x4.sqrt(f32x4.add(sum, h1)), h2));", "f32x4.add(f32x4.sqrt(f32x4.add(sum, h2)), h1));"],
    ["optimizer.ts", "    put(v, sum, n);", "    put(v, flush(sum), n);"],
    ["optimizer.ts", "const sum = fma(gradient, gradient, v128.load(v));", "const sum = fma(gradient, h0, v128.load(v));"],
    ["optimizer.ts", "put(p, f32x4.sub(decayed(p, h3), step), n);", "put(p, f32x4.sub(decayed(p, h2), step), n);"],
  ),
  ...of(
    "adadelta_update_f32",
    ["optimizer.ts", "put(u, toward(moved, squared(delta), h1), n);", "put(u, toward(moved, squared(gradient), h1), n);"],
    ["optimizer.ts", "f32x4.mul(f32x4.sqrt(f32x4.add(moved, h2)), gradient), f32x4.sqrt(", "f32x4.mul(f32x4.sqrt(f32x4.add(moved, h2)), gradient), ("],
    ["optimizer.ts", "put(p, fma(f32x4.neg(h0), delta, decayed(p, h3)), n);", "put(p, f32x4.sub(decayed(p, h3), delta), n);"],
    ["optimizer.ts", "return flush(fma(rate, f32x4.sub(to, x), x));", "return fma(rate, f32x4.sub(to, x), x);"],
  ),
  ...of(
    "rmsprop_update_f32",
    ["optimizer.ts", "if (a) update<CenteredRmsprop>(p, g, v, a, 0, n, hyper, ok);", "if (!a) update<CenteredRmsprop>(p, g, v, a, 0, n, hyper, ok);"],
    [
      "optimizer.ts",
      "if (a) update<CenteredMomentumRmsprop>(p, g, v, m, a, n, hyper, ok);",
      "if (a) update<CenteredMomentumRmsprop>(p, g, v, a, m, n, hyper, ok);",
    ],
    ["optimizer.ts", "put(a, flush(fma(h1, deviation, mean)), n);", "put(a, fma(h1, deviation, mean), n);"],
    ["optimizer.ts", "deviation = f32x4.sub(gradient, mean);", "deviation = f32x4.add(gradient, mean);"],
    ["optimizer.ts", "toward(v128.load(v), f32x4.mul(h2, squared(deviation)), h1);", "toward(v128.load(v), squared(deviation), h1);"],
    ["optimizer.ts", "f32x4.add(f32x4.sqrt(f32x4.add(square, h3)), h4));", "f32x4.add(f32x4.sqrt(f32x4.add(square, h4)), h3));"],
    [
      "optimizer.ts",
      "rmsprop_step(g, v, 0, false, h0, h1, h2, h3, h4, n)));\n    put(m, velocity, n);\n    put(p, fma(f32x4.neg(h6), velocity, decayed(p, h7)), n);",
      "rmsprop_step(g, v, 0, false, h0, h1, h2, h3, h4, n)));\n    put(m, velocity, n);\n    put(p, f32x4.sub(decayed(p, h7), velocity), n);",
    ],
  ),
  ...of(
    "adam_update_f32",
    [
      "optimizer.ts",
      "const step = f32x4.div(f32x4.mul(h0, mean), f32x4.add(f32x4.sqrt(square), h3));",
      "const step = f32x4.div(f32x4.mul(h0, mean), f32x4.sqrt(f32x4.add(square, h3)));",
    ],
    ["optimizer.ts", "f32x4.add(f32x4.sqrt(most), h3));", "f32x4.add(f32x4.sqrt(square), h3));"],
    ["optimizer.ts", "const most = f32x4.pmax(square, v128.load(largest));", "const most = f32x4.pmin(square, v128.load(largest));"],
    ["optimizer.ts", "    put(largest, most, n);", ""],
    ["optimizer.ts", "rule.step(p + 16, g + 16, a + 16, b + 16,", "rule.step(p + 16, g + 16, a + 16, b,"],
    ["optimizer.ts", "rule.step(p + 32, g + 32, a + 32, b + 32, c + 32,", "rule.step(p + 32, g + 32, a + 32, b + 32, c + 16,"],
    ["simd/constants.ts", "put(TINY, 1e-30);", "put(TINY, 1e-31);"],
  ),
  ...of(
    "adamax_update_f32",
    ["optimizer.ts", "f32x4.add(f32x4.abs(gradient), h3), fma(f32x4.neg(h2), old, old)", "f32x4.add(gradient, h3), fma(f32x4.neg(h2), old, old)"],
    ["optimizer.ts", "f32x4.add(f32x4.abs(gradient), h3), fma(f32x4.neg(h2), old, old)", "f32x4.add(f32x4.abs(gradient), h3), old"],
    ["optimizer.ts", "f32x4.div(f32x4.mul(h0, mean), f32x4.add(most, h4))", "f32x4.div(f32x4.mul(h0, mean), f32x4.add(most, h3))"],
    ["optimizer.ts", "const most = flush(f32x4.pmax(", "const most = (f32x4.pmax("],
  ),
  ...of(
    "nadam_update_f32",
    ["optimizer.ts", "fma(h0, mean, f32x4.mul(h4, gradient))", "fma(h4, mean, f32x4.mul(h0, gradient))"],
    ["optimizer.ts", "put(p, f32x4.sub(decayed(p, h5), step), n);", "put(p, f32x4.sub(decayed(p, h4), step), n);"],
  ),
  ...of(
    "lion_update_f32",
    ["optimizer.ts", "const direction = fma(h1, difference, mean);", "const direction = fma(h2, difference, mean);"],
    ["optimizer.ts", "put(m, flush(fma(h2, difference, mean)), n);", "put(m, fma(h2, difference, mean), n);"],
    ["optimizer.ts", "v128.or(v128.and(one, f32x4.ne(direction, ZERO)), f32x4.ne(direction, direction))", "one"],
    ["optimizer.ts", "v128.or(v128.and(one, f32x4.ne(direction, ZERO)), f32x4.ne(direction, direction))", "v128.and(one, f32x4.ne(direction, ZERO))"],
  ),

  ...of(
    "fill_uniform_f32",
    ["random.ts", "interleave(y, unit(x0), unit(x1), left);", "interleave(y, unit(x1), unit(x0), left);"],
    ["random.ts", "if (left >= 8) v128.store(y, high, 16);", "if (left >= 7) v128.store(y, high, 16);"],
    ["random.ts", "x1 = i32x4.add(i32x4.add(x1, k0), i32x4.splat(5));", "x1 = i32x4.add(i32x4.add(x1, k0), i32x4.splat(4));"],
    ["random.ts", "counter = i32x4.add(counter, i32x4.splat(4));", "counter = i32x4.add(counter, i32x4.splat(8));"],
    ["random.ts", "i32x4.shr_u(word, 8)), v128.load(TWO_M24)", "i32x4.shr_u(word, 9)), v128.load(TWO_M24)"],
  ),
  ...of(
    "fill_normal_f32",
    ["random.ts", "const cosine = pick(c, s, quadrant, i32x4.add(quadrant, i32x4.splat(1)));", "const cosine = pick(c, s, quadrant, quadrant);"],
    ["random.ts", "const whole = f32x4.floor(f32x4.add(turns, v128.load(HALF)));", "const whole = f32x4.floor(turns);"],
    ["simd/constants.ts", "put(COS_1, -1.388731625493765e-3);", "put(COS_1, -1.388631625493765e-3);"],
    ["random.ts", "p = horner(p, m, LOG_3);", "p = horner(p, m, LOG_4);"],
  ),

  ...of(
    "reduce_sum_f32",
    ["reduction.ts", "if (n & 3) s0 = f32x4.add(s0, v128.and(v128.load(x), first_lanes(n & 3)));", "if (n & 3) s0 = f32x4.add(s0, v128.load(x));"],
    ["reduction.ts", "store<f32>(y, beta ? sum + load<f32>(y) : sum);", "store<f32>(y, sum);"],
    ["reduction.ts", "put(p + 16, s1, B - j - 4, beta);", "put(p + 16, s1, 4, beta);"],
    ["reduction.ts", "for (; j + 4 < B; j += 8) {", "for (; j + 5 < B; j += 8) {"],
    ["reduction.ts", "if (beta) v = f32x4.add(v, v128.load(y));", "v = f32x4.add(v, v128.load(y));"],
    ["simd/f32x4.ts", "const pair = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));", "const pair = f32x4.add(v, v128.shuffle<f32>(v, v, 1, 0, 3, 2));"],
  ),
  ...of(
    "reduce_max_f32",
    ["reduction.ts", "store<f32>(y, max_row(x, R));", "store<f32>(y, max_row(x, R - 1));"],
    [
      "simd/f32x4.ts",
      "const v = v128.bitselect(v128.load(x), v128.load(MINUS_INFINITY), first_lanes(n & 3));",
      "const v = v128.and(v128.load(x), first_lanes(n & 3));",
    ],
    ["reduction.ts", "put(y + (j << 2), max_column(x + (j << 2), R, row), B - j, 0);", "put(y + (j << 2), max_column(x + (j << 2), R, row), 4, 0);"],
    ["simd/f32x4.ts", "return max_lanes(v128.or(m, nan));", "return max_lanes(m);"],
  ),
  ...of(
    "reduce_argmax_f32",
    ["reduction.ts", "const better = v128.or(f32x4.gt(v, largest), first_nan);", "const better = v128.or(f32x4.ge(v, largest), first_nan);"],
    ["reduction.ts", "const first_nan = v128.and(f32x4.ne(v, v), f32x4.eq(largest, largest));", "const first_nan = f32x4.ne(v, v);"],
    ["reduction.ts", "const none = i32x4.splat(m == m ? 0 : -1);", "const none = i32x4.splat(0);"],
    ["reduction.ts", "store<i32>(y, <i32>r + ctz(found));", "store<i32>(y, <i32>r + 31 - clz(found));"],
  ),
  ...of(
    "reduce_logsumexp_f32",
    ["reduction.ts", "return v128.and(m, f32x4.lt(f32x4.abs(m), v128.load(INFINITY)));", "return m;"],
    [
      "reduction.ts",
      "s = f32x4.add(s, v128.and(exp(f32x4.sub(v128.load(x), shift)), first_lanes(R & 3)));",
      "s = f32x4.add(s, exp(f32x4.sub(v128.load(x), shift)));",
    ],
    ["reduction.ts", "put(y + (j << 2), f32x4.add(log(s), shift), B - j, 0);", "put(y + (j << 2), f32x4.sub(log(s), shift), B - j, 0);"],
    ["reduction.ts", "const shift = finite_shift(max_column(p, R, row));", "const shift = ZERO;"],
  ),
  ...of(
    "sum_f64",
    ["reduction.ts", "f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1))", "f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 0, 1))"],
    ["reduction.ts", "for (; x < end; x += 4) sum += load<f32>(x);", ""],
    ["reduction.ts", "store<f64>(y, beta ? sum + load<f64>(y) : sum);", "store<f64>(y, beta ? sum : sum);"],
    [
      "reduction.ts",
      "let sum = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);",
      "let sum = <f64><f32>(f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1));",
    ],
  ),
  ...of(
    "finite_f64",
    ["reduction.ts", "store<i32>(ok, v - v == 0 ? 1 : 0);", "store<i32>(ok, v == v ? 1 : 0);"],
    ["reduction.ts", "const v = load<f64>(x);\n  store<i32>(ok,", "const v = <f32>load<f64>(x);\n  store<i32>(ok,"],
  ),

  ...of(
    "softmax_forward_f32",
    ["softmax.ts", "const total = f32x4.splat(rest + 1);", "const total = f32x4.splat(rest);"],
    [
      "softmax.ts",
      "for (; y < last; y += 16) v128.store(y, flush(f32x4.div(v128.load(y), total)));",
      "for (; y < last; y += 16) v128.store(y, f32x4.div(v128.load(y), total));",
    ],
    ["softmax.ts", "sum = f32x4.add(sum, v128.and(v128.andnot(e, one), lanes));", "sum = f32x4.add(sum, v128.andnot(e, one));"],
    [
      "softmax.ts",
      "for (; m > 0; --m, x += row, y += row) normalize(y, n, exponentials(y, x, n, f32x4.splat(max_row(x, n)), true));",
      "for (; m > 0; --m, x += row, y += row) normalize(y, n, exponentials(y, x, n, ZERO, true));",
    ],
  ),
  ...of(
    "softmax_backward_f32",
    [
      "softmax.ts",
      "if (tail) s = f32x4.add(s, v128.and(f32x4.mul(v128.load(dy + whole), v128.load(y + whole)), first_lanes(tail)));",
      "if (tail) s = f32x4.add(s, f32x4.mul(v128.load(dy + whole), v128.load(y + whole)));",
    ],
    [
      "softmax.ts",
      "for (let i: usize = 0; i < whole; i += 16) s = fma(v128.load(dy + i), v128.load(y + i), s);",
      "for (let i: usize = 0; i < whole; i += 16) s = fma(v128.load(dy + i), v128.load(dy + i), s);",
    ],
    [
      "softmax.ts",
      "const v = f32x4.mul(v128.load(y), f32x4.sub(v128.load(dy), s));\n      store_tail(dx, beta ? f32x4.add(v, v128.load(dx)) : v, tail);",
      "const v = f32x4.mul(v128.load(y), f32x4.sub(v128.load(dy), s));\n      store_tail(dx, v, tail);",
    ],
  ),
  ...of(
    "softmax_cross_entropy_forward_f32",
    ["softmax.ts", "return sum_lanes(f32x4.convert_i32x4_s(ones)) - 1 + sum_lanes(sum);", "return sum_lanes(f32x4.convert_i32x4_s(ones)) + sum_lanes(sum);"],
    ["softmax.ts", "+ (largest - load<f32>(x + (<usize>load<u32>(label) << 2)))", "+ (largest + load<f32>(x + (<usize>load<u32>(label) << 2)))"],
    ["simd/math.ts", "return f32x4.add(log_normal(w, ZERO), f32x4.div(f32x4.sub(u, f32x4.sub(w, one)), w));", "return log_normal(w, ZERO);"],
    ["softmax.ts", "for (; m > 0; --m, x += row, y += row, loss += 4, labels += 4) {", "for (; m > 0; --m, x += row, y += row, loss += 4) {"],
  ),
  ...of(
    "softmax_cross_entropy_backward_f32",
    ["softmax.ts", "const at_label = d * (y_label - 1) + (beta ? load<f32>(target) : 0);", "const at_label = d * (y_label - 1);"],
    ["softmax.ts", "const at_label = d * (y_label - 1)", "const at_label = d * (1 - y_label)"],
    ["softmax.ts", "for (; m > 0; --m, dloss += 4, labels += 4) {", "for (; m > 0; --m, labels += 4) {"],
  ),
  ...of(
    "cross_entropy_logits_f32",
    ["softmax.ts", "for (; m > 0; --m, x += row, loss += 4, labels += 4) {", "for (; m > 0; --m, x += row, loss += 4, labels += 8) {"],
    ["softmax.ts", "exponentials(0, x, n, f32x4.splat(largest), false)", "exponentials(0, x, n & ~3, f32x4.splat(largest), false)"],
    ["softmax.ts", "const one = v128.and(f32x4.eq(v, largest), lanes);", "const one = f32x4.eq(v, largest);"],
  ),

  ...of(
    "sparse_lists_u8",
    ["sparse.ts", "if (end - column < 64) bits &= (1 << <u64>(end - column)) - 1;", ""],
    ["sparse.ts", "if (end - column < 64) bits &= (1 << <u64>(end - column)) - 1;", "if (end - column < 64) bits &= (1 << (<u64>(end - column) - 1)) - 1;"],
    ["sparse.ts", "(nonzero(v128.load(p, 48)) << 48)", "(nonzero(v128.load(p, 48)) << 47)"],
    ["sparse.ts", "      column = end;\n", ""],
    ["sparse.ts", "const run = ((width + ranges - 1) / ranges + 15) & ~15;", "const run = (width / ranges + 15) & ~15;"],
    ["sparse.ts", "const columnOffset = r * columnStep;", "const columnOffset = r * rowStep;"],
    ["sparse.ts", "store<u32>(counter, <u32>entry + 8);", "store<u32>(counter, <u32>entry + 16);"],
    [
      "sparse.ts",
      "store<u32>(counter, (load<u32>(counter) - <u32>(columnEntries + i * capacity)) >> 3);",
      "store<u32>(counter, (load<u32>(counter) - <u32>columnEntries) >> 3);",
    ],
  ),
  ...of(
    "sparse_matmul_f32",
    ["sparse.ts", "const start = bias ? bias + offset : 0;", "const start = bias;"],
    ["generate/sparse-slice.ts", 'matmul(vectors, "range || beta")', 'matmul(vectors, "beta")'],
    [
      "generate/sparse-slice.ts",
      "for (let before: usize = 0; before < range; before += 4) e +=",
      "for (let before: usize = 4; before < range; before += 4) e +=",
    ],
    ["generate/sparse-slice.ts", "count += step;", "count += 4;"],
    ["generate/sparse-slice.ts", "if (range == 0 || e < end) {", "if (e < end) {"],
    [
      "sparse.ts",
      "matmul_slice_8(y + offset, entries, counts, source + offset, start, rows, n,",
      "matmul_slice_8(y + offset, entries, counts, source + offset, start, rows, width,",
    ],
    [
      "sparse.ts",
      "if (width == 48) matmul_slice_12(y + offset, entries, counts, source + offset,",
      "if (width == 48) matmul_slice_12(y + offset, entries, counts, source,",
    ],
  ),
  ...of(
    "sparse_matmul_sgd_f32",
    ["sparse.ts", "if (load<i32>(ok) == 0) return;", ""],
    ["generate/sparse-slice.ts", "const rate = f32x4.splat(-learningRate);", "const rate = f32x4.splat(learningRate);"],
    [
      "generate/sparse-slice.ts",
      "const end = e + (<usize>load<u32>(count) << 3);\nif (e < end) {",
      "const end = e + (<usize>load<u32>(count) << 2);\nif (e < end) {",
    ],
    ["sparse.ts", "sgd_slice_8(w + offset,", "sgd_slice_8(w,"],
  ),
  ...of(
    "random_shift_nhwc_f32",
    ["shift.ts", "if (from < 0 || from >= height) {", "if (from < 0 || from > height) {"],
    ["shift.ts", "if (inverse) a = -a, b = -b;", "if (inverse) a = -a;"],
    ["shift.ts", "clear(y, before);", "clear(y, after);"],
    ["simd/threefry.ts", "x = inject(mix(mix(mix(mix(x, 17), 29), 16), 24), k1, k2 + 4);", "x = inject(mix(mix(mix(mix(x, 17), 29), 16), 23), k1, k2 + 4);"],
  ),

  ...of(
    "conv_windows_f32",
    ["conv-window.ts", "v128.load(p + line)), v128.or(v128.load(q)", "v128.load(p)), v128.or(v128.load(q)"],
    ["conv-window.ts", "bits_of(p, KH + 1, (KW + 1) * C, line)", "bits_of(p, KH + 1, KW * C, line)"],
    ["conv-window.ts", "const lanes = first_lanes(rest);", "const lanes = first_lanes(4);"],
    ["conv-window.ts", "const wide = (KW + 1) * C >= 4;", "const wide = true;"],
    ["conv-window.ts", "return (n - k + 1) >> 1;", "return (n - k) >> 1;"],
  ),
  ...of(
    "conv_window_forward_f32",
    ["generate/conv-window.ts", "const row = f32x4.gt(below, above);", "const row = f32x4.ge(below, above);"],
    ["generate/conv-window.ts", "v128.bitselect(f32x4.gt(a3, a2), f32x4.gt(a1, a0), row)", "v128.bitselect(f32x4.gt(a1, a0), f32x4.gt(a3, a2), row)"],
    ["generate/conv-window.ts", "if (n == 3) v128.store8_lane(code, bytes, 2, 2);", "if (n == 3) v128.store8_lane(code, bytes, 1, 2);"],
    ["generate/conv-window.ts", "const back = line - (taps << 2);", "const back = line - ((taps & ~3) << 2);"],
    ["generate/conv-window.ts", "second, lowest, n - 4);", "second, lowest, n);"],
    ["conv-window.ts", "memory.fill(code, 0, count * OC);", "memory.fill(code, 0, (count - 1) * OC);"],
    ["conv-window.ts", "fill_gaps(y, list, end, windows, row, false, OC - j,", "fill_gaps(y, list, end, windows, row, false, 4,"],
  ),
  ...of(
    "conv_window_gradient_f32",
    ["conv-window.ts", "const gate = relu ? OC << 2 : 0;", "const gate = 0;"],
    ["conv-window.ts", "(<u64>(W * C + C) << 48)", "(<u64>(W * C) << 48)"],
    ["conv-window.ts", "KH == 5 || taps > 8;", "KH == 5 || taps > 12;"],
    ["conv-window.ts", "const keep = i32x4.bitmask(passes);", "const keep = 15;"],
    ["conv-window.ts", "o == 1 ? e1 : o == 2 ? e2 : e3", "o == 1 ? e1 : o == 2 ? e2 : e2"],
    ["conv-window.ts", "3, below + right)", "3, below)"],
    ["generate/conv-window.ts", 'v128.load(p${k ? ` + line${k}` : ""}${at(j * 16)})', 'v128.load(p${k ? ` + line${k}` : ""}${at(j * 12)})'],
    ["conv-window.ts", "      dw += OC * filter;\n", ""],
    ["generate/conv-window.ts", "if (n > ${c}) {", "if (n >= ${c}) {"],
  ),
  ...of(
    "sum_shards_f32",
    ["conv-window.ts", "const shards = (rows + SHARD - 1) / SHARD;", "const shards = rows / SHARD;"],
    ["conv-window.ts", "if (beta) s = f32x4.add(s, v128.load(y));", ""],
  ),
  ...of(
    "conv_block_lists_f32",
    ["conv-block.ts", "live &= valid;", ""],
    ["conv-block.ts", "i16x8.shl(codes, 7 - bit)", "i16x8.shl(codes, 7)"],
    ["conv-block.ts", "inBlock * H * line + ((py * line) << 1)", "(py * line) << 1"],
    ["conv-block.ts", "const firstFilter = <u32>(g * filter);", "const firstFilter: u32 = 0;"],
    ["conv-block.ts", "if (inBlock + 1 == block || sample + 1 == N) {", "if (inBlock + 1 == block) {"],
  ),
  ...of(
    "conv_block_backward_input_f32",
    ["conv-block.ts", "if (!beta) memory.fill(dx, 0, H * line);", "memory.fill(dx, 0, H * line);"],
    ["generate/sparse-slice.ts", "row += place == 1 ? line - pixel : pixel;", "row += place == 1 ? line : pixel;"],
    ["generate/sparse-slice.ts", "column += pixel << 1;", "column += pixel;"],
    [
      "conv-block.ts",
      "scatter_slice_8(d, windowEntries, windowCounts, f, PH, PW, pixel, line, n,",
      "scatter_slice_8(d, windowEntries, windowCounts, f, PH, PW, pixel, line, width,",
    ],
  ),
  ...of(
    "conv_block_backward_filter_f32",
    ["conv-block.ts", "const add = sample ? 1 : beta;", "const add = beta;"],
    ["conv-block.ts", "channelEntries += channels * capacity;", "channelEntries += OC * capacity;"],
    ["conv-block.ts", "if (!N && !beta) memory.fill(dw, 0, OC * filter);", ""],
  ),
  ...of(
    "winograd_filter_f32",
    ["winograd.ts", "v128.store(p, first_pairs(B01, B23), 80);", "v128.store(p, first_pairs(b01, b23), 80);"],
    ["winograd.ts", "if (!inside || left < 4) {", "if (!inside) {"],
    ["winograd.ts", "filter, 0, 0, inside ? r : 0, r,", "filter, 0, 0, r, r,"],
    ["generate/toom-cook.ts", "product * (points[j] - p)", "product * (p - points[j])"],
    ["generate/winograd.ts", "return `fma(${x}, f32x4.splat(${c}), ${text})`;", "return `fma(${x}, f32x4.splat(${Math.abs(c)}), ${text})`;"],
  ),
  ...of(
    "winograd_filter_transposed_f32",
    ["winograd.ts", "if (o >= OC || channel + 8 > C) {", "if (o >= OC) {"],
    ["winograd.ts", "let from = filter, pixel = ldw << 2;", "let from = filter, pixel = C << 2;"],
    ["winograd.ts", "filter += (r * r * ldw) << 2;", "filter += (r * r * C) << 2;"],
  ),
  ...of(
    "winograd_forward_f32",
    ["winograd.ts", "if (--big == 0) --rows;", "if (big == 0) --rows;"],
    ["winograd.ts", "v128.store(dst, v128.and(v128.load(q), mask));", "v128.store(dst, v128.load(q));"],
    ["winograd.ts", "const count = iy >= 0 && iy < <isize>H ? inside : 0;", "const count = iy < <isize>H ? inside : 0;"],
    ["winograd.ts", "const low = relu ? ZERO : f32x4.splat(-Infinity);", "const low = ZERO;"],
    ["winograd.ts", "run = zeros >= <u32>r ? run + 1 : 0;", "run = zeros > <u32>r ? run + 1 : 0;"],
    ["winograd.ts", "if (run < r) continue;", "if (run + 1 < r) continue;"],
    ["winograd.ts", "if (exact) clear_zeros(map, lists + i * listSize);", "if (exact) clear_zeros(map, lists);"],
    ["winograd.ts", "min(height * m, rows - top), columns, lanes, b0, b1, low);", "height * m, columns, lanes, b0, b1, low);"],
    ["winograd.ts", "else store_tail(p + 16, b, lanes - 4);", "else v128.store(p + 16, b);"],
    ["generate/winograd.ts", "names[k] = `d${j}`;", "names[k] = `s${j}`;"],
    ["generate/winograd.ts", "loop(1)", '""'],
    ["generate/winograd.ts", "(group * rows + i) * 16 + (index & 3) * 4", "(group * rows + i) * 16 + (index & 2) * 4"],
  ),
  ...of(
    "winograd_pool_forward_f32",
    ["winograd.ts", "if (pairs) bands += bands & 1;", ""],
    ["winograd.ts", "v128.bitselect(f32x4.gt(d, c), f32x4.gt(b, a), lower)", "v128.bitselect(f32x4.ge(d, c), f32x4.ge(b, a), lower)"],
    ["winograd.ts", "f32x4.gt(f32x4.pmax(c, d), f32x4.pmax(a, b))", "f32x4.gt(f32x4.pmax(a, b), f32x4.pmax(c, d))"],
    ["winograd.ts", "store<u8>(o + i, <u8>bytes);", "store<u16>(o + i, <u16>bytes);"],
    ["winograd.ts", "min(height * m, rows - top) >> 1, lanes,", "(height * m) >> 1, lanes,"],
  ),
  ...of(
    "winograd_backward_input_f32",
    ["winograd.ts", "if (!beta) memory.fill(dx, 0, (N * H * W * C) << 2);", ""],
    ["winograd.ts", "memory.fill(map, 0, rows * mapLine);", ""],
    ["winograd.ts", "if (iy < 0 || iy >= <isize>H) continue;", "if (iy >= <isize>H) continue;"],
    ["winograd.ts", "min<isize>(<isize>columns, <isize>W - left)", "<isize>columns"],
    ["generate/winograd.ts", "add ? `f32x4.add(v128.load(q), y${i})` : `y${i}`", "`y${i}`"],
  ),
  ...of(
    "winograd_backward_filter_f32",
    ["winograd.ts", "memory.fill(sums, 0, n * n * uSlab);", ""],
    ["winograd.ts", "min((line - column) >> 2, 8), 1);", "min((line - column) >> 2, 8), 0);"],
    ["winograd.ts", "images, top, 0, OH, OW, OC, ldy, height,", "images, top, 0, OH, OW, OC, OC, height,"],
    ["winograd.ts", "store_tail(dw, beta ? f32x4.add(v128.load(dw), v128.load(p)) : v128.load(p), C & 3);", "store_tail(dw, v128.load(p), C & 3);"],
    ["winograd.ts", "from += rows << 2;", "from += rows << 3;"],
  ),
  ...of(
    "conv2d_pack_nhwc_forward_f32",
    ["conv2d.ts", "o + i < OC ? load<f32>(p) : 0", "o + i <= OC ? load<f32>(p) : 0"],
    ["conv2d.ts", "for (let o: usize = 0; o < OC; o += 8, w += K << 5) {", "for (let o: usize = 0; o < OC; o += 8, w += K << 4) {"],
  ),
  ...of(
    "conv2d_pack_nhwc_backward_input_f32",
    ["conv2d.ts", "for (let a = phase; a < KH; a += strideH) {", "for (let a = phase; a < KH; a += 1) {"],
    ["conv2d.ts", "let from = w + (a * KW + b) * pixel + (c << 2);", "let from = w + (a * KW + b) * pixel;"],
    ["conv2d.ts", "store_tail(to + 16, v128.load(from, 16), n & 3);", "store_tail(to + 16, v128.load(from, 16), n & 1);"],
  ),
  ...of(
    "conv2d_nhwc_forward_f32",
    ["conv2d.ts", "memory.copy(to, from, row);", "memory.copy(to, from, row - 4);"],
    ["conv2d.ts", "if (bias || relu) add_bias(", "if (relu) add_bias("],
    ["conv2d.ts", "const low = relu ? ZERO : f32x4.splat(-Infinity);", "const low = ZERO;"],
    ["conv2d.ts", "bias ? v128.load(b) : ZERO), low), OC & 3);", "bias ? v128.load(b) : ZERO), low), 4);"],
    [
      "conv2d.ts",
      "tiles(y, scratch, OH * OW, inside ? x : bordered, w, (KH * KW * C) << 5, OC, KH, KW * C, pitch, 0);",
      "tiles(y, scratch, OH * OW, inside ? x : bordered, w, (KH * KW * C) << 5, OC, KH, KW * C, pitch, 1);",
    ],
    ["conv2d.ts", "store<u32>(table, <u32>(result + i * resultRow + j * resultStep), 4);", "store<u32>(table, <u32>(result + i * resultRow), 4);"],
    ["tile-rows.ts", "if (left < 6) return left;", "if (left < 5) return left;"],
    ["generate/conv-tile.ts", "x += pitch;", "x += run << 2;"],
  ),
  ...of(
    "conv2d_nhwc_backward_input_f32",
    ["conv2d.ts", "const first: usize = m < OH ? 0 : m - OH + 1, last", "const first: usize = 0, last"],
    ["conv2d.ts", "before += taps;", "before += 1;"],
    ["conv2d.ts", "if (!beta) memory.fill(dx, 0, N * H * row);", ""],
    ["conv2d.ts", "const pixels = dx + (from * strideW + b - padLeft) * pixel;", "const pixels = dx + (from * strideW + b) * pixel;"],
    ["conv2d.ts", "rows = min(OH - m,", "rows = min(OH - m + 1,"],
  ),
  ...of(
    "conv2d_nhwc_backward_filter_f32",
    ["conv2d.ts", "      beta = 1;\n", ""],
    ["conv2d.ts", "for (let i = n; i > 0; --i, p += ldy, packed += rows << 2) {", "for (let i = n; i > 0; --i, p += OC << 2, packed += rows << 2) {"],
    ["conv2d.ts", "if (!beta) memory.fill(dw, 0, (OC * KH * run) << 2);", ""],
    ["generate/conv-tile.ts", "dy += ${count * rows * 4};", "dy += ${count * 24};"],
  ),
  ...of(
    "maxpool2d_nhwc_forward_f32",
    ["pooling.ts", "f32x4.le(v, largest)", "f32x4.lt(v, largest)"],
    ["pooling.ts", "const wins = v128.andnot(f32x4.eq(largest, largest), f32x4.le(v, largest));", "const wins = f32x4.gt(v, largest);"],
    ["pooling.ts", "store_up_to(argmax + (c << 2), place, C - c);", "v128.store(argmax + (c << 2), place);"],
    ["pooling.ts", "return min<isize>(<isize>kernel, <isize>size - start);", "return <isize>kernel;"],
  ),
  ...of(
    "maxpool2d_nhwc_backward_f32",
    ["pooling.ts", "store_up_to(p, f32x4.add(v128.load(p), part), C - c);", "store_up_to(p, part, C - c);"],
    [
      "pooling.ts",
      "const part = v128.and(g, i32x4.eq(place, i32x4.splat(<i32>(a * <isize>KW + b))));",
      "const part = v128.and(g, i32x4.eq(place, i32x4.splat(<i32>(a * <isize>KH + b))));",
    ],
  ),
  ...of(
    "averagepool2d_nhwc_forward_f32",
    ["pooling.ts", "sum = f32x4.add(sum, v128.load(p));", "sum = f32x4.add(sum, v128.load(p, 16));"],
    [
      "pooling.ts",
      "store_up_to(y + (c << 2), f32x4.div(sum, count), C - c);",
      "store_up_to(y + (c << 2), f32x4.div(sum, f32x4.splat(<f32>(KH * KW))), C - c);",
    ],
    ["pooling.ts", "return max<isize>(0, -start);", "return 0;"],
  ),
  ...of(
    "averagepool2d_nhwc_backward_f32",
    ["pooling.ts", "store_up_to(p, f32x4.add(v128.load(p), g), C - c);", "store_up_to(p, g, C - c);"],
    ["pooling.ts", "const g = f32x4.div(v128.load(dy + (c << 2)), count);", "const g = f32x4.div(v128.load(dy), count);"],
  ),
];
