/**
 * Exponentials and logarithms of four f32 at once, inlined into the loops that use them. Constants come from the table of
 * constants.ts. Bounds are in units of the last place of the exact result (ulp), the largest of 10^7 samples and more of the whole range
 * (pow: 3 * 10^6).
 * Clamps read pmin(x, c) and pmax(x, c), in this order, because these keep a NaN in their first operand.
 */
import {
  CORE_MAX, CORE_MIN, EXP2_0, EXP2_1, EXP2_2, EXP2_3, EXP2_4, EXP2_5, EXP2_6, EXPONENT_23, EXP_0, EXP_1, EXP_2, EXP_3, EXP_4, EXP_MAX,
  EXP_MIN, GATE_1, GATE_11, GATE_13, GATE_3, GATE_5, GATE_7, GATE_9, GATE_D0, GATE_D2, GATE_D4, GATE_D6, GATE_END, INFINITY, LN2_HIGH, LN2_LOW, LOG1P_0, LOG1P_1, LOG1P_2, LOG1P_3, LOG2E, LOG2_0, LOG2_1, LOG2_2, LOG2_3, LOG2_4, LOG_0,
  LOG_1, LOG_2, LOG_3, LOG_4, LOG_5, LOG_6, LOG_7, LOG_8, MILLS_0, MILLS_1, MILLS_2, MILLS_3, MILLS_4, MILLS_5, MILLS_6, MILLS_7,
  MILLS_8, MILLS_SHIFT, MINUS_HALF, MINUS_INFINITY, MINUS_LN2_HIGH, MINUS_LN2_LOW, MIN_NORMAL, ONE, ROUND, ROUND_F64, SQRT_HALF,
  TANH_MAX, TINY, TWENTY, TWO, TWO_23, UPPER_BITS,
} from "./constants";
import { fma, ZERO } from "./f32x4";

/** x log2(e) rounded to an integer n, as the float 1.5 * 2^23 + n: shifted left by 23 its bits are n as an exponent. */
// @ts-ignore: decorator
@inline
function round_exponent(x: v128): v128 {
  return fma(x, v128.load(LOG2E), v128.load(ROUND));
}

/**
 * 2^n of integers in [-126, 127], or of what round_exponent gives. To multiply by it is as exact as to add n to an exponent, and keeps a NaN, whose last bits
 * the sum would carry into a number.
 */
// @ts-ignore: decorator
@inline
function power_of_two(n: v128): v128 {
  return i32x4.add(i32x4.shl(n, 23), v128.load(ONE));
}

/** r = x - n ln 2, |r| <= ln2/2. */
// @ts-ignore: decorator
@inline
function reduce(x: v128, rounded: v128): v128 {
  const n = f32x4.sub(rounded, v128.load(ROUND));
  return fma(n, v128.load(LN2_LOW), fma(n, v128.load(MINUS_LN2_HIGH), x));
}

/** P(r), of which e^r - 1 = r + r^2 P(r). */
// @ts-ignore: decorator
@inline
function curve(r: v128): v128 {
  let p = fma(v128.load(EXP_4), r, v128.load(EXP_3));
  p = fma(p, r, v128.load(EXP_2));
  p = fma(p, r, v128.load(EXP_1));
  return fma(p, r, v128.load(EXP_0));
}

/** e^r. */
// @ts-ignore: decorator
@inline
function exp_fraction(r: v128): v128 {
  const one = v128.load(ONE);
  return fma(r, fma(curve(r), r, one), one);
}

/**
 * e^x within 0.95 ulp (relaxed build) or 1.2 (plain). Overflows to Infinity above 88.72, underflows by denormals to 0 below -103.97; e^-Inf = 0, NaN stays NaN.
 * The power of two is applied in two steps: n may lie outside the exponents of an f32.
 */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const clamped = f32x4.pmax(f32x4.pmin(x, v128.load(EXP_MAX)), v128.load(EXP_MIN));
  const rounded = round_exponent(clamped);
  const p = exp_fraction(reduce(clamped, rounded));
  const n = i32x4.sub(rounded, v128.load(ROUND));
  const half = i32x4.shr_s(n, 1);
  return f32x4.mul(f32x4.mul(p, power_of_two(half)), power_of_two(i32x4.sub(n, half)));
}

/** e^x with x clamped to [-87, 87], as accurate as exp, for use inside of other functions: always normal; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function exp_core(x: v128): v128 {
  const clamped = f32x4.pmax(f32x4.pmin(x, v128.load(CORE_MAX)), v128.load(CORE_MIN));
  const rounded = round_exponent(clamped);
  return f32x4.mul(exp_fraction(reduce(clamped, rounded)), power_of_two(rounded));
}

/** e^x - 1 for x in [-87, 87] within 1.2 ulp, also near 0; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function expm1_core(x: v128): v128 {
  const rounded = round_exponent(x);
  const power = power_of_two(rounded);
  const r = reduce(x, rounded);
  return fma(power, fma(r, f32x4.mul(curve(r), r), r), f32x4.sub(power, v128.load(ONE)));
}

/** 1 / (1 + e^-x) within 2.5 ulp down to -87. Ends at 1 and 1.6e-38 (a normal number, reached at -87); NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const one = v128.load(ONE);
  return f32x4.div(one, f32x4.add(one, exp_core(f32x4.neg(x))));
}

/** tanh x = m / (m + 2), m = e^(2|x|) - 1, with the sign of x, within 2.6 ulp: accurate near 0, keeps -0 and denormals; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const m = expm1_core(f32x4.pmin(f32x4.add(magnitude, magnitude), v128.load(TANH_MAX)));
  return v128.or(f32x4.div(m, f32x4.add(m, v128.load(TWO))), v128.xor(x, magnitude));
}

/**
 * tanh x by a rational function, a third faster than tanh, for what is multiplied and added up: within 3.5e-7 absolutely (5 ulp where it is normal), 0 at 0, from GATE_END up the
 * number below 1. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function tanh_gate(x: v128): v128 {
  const end = v128.load(GATE_END);
  const y = f32x4.pmax(f32x4.pmin(x, end), f32x4.neg(end));
  const z = f32x4.mul(y, y);
  let p = fma(z, v128.load(GATE_13), v128.load(GATE_11));
  p = fma(z, p, v128.load(GATE_9));
  p = fma(z, p, v128.load(GATE_7));
  p = fma(z, p, v128.load(GATE_5));
  p = fma(z, p, v128.load(GATE_3));
  p = fma(z, p, v128.load(GATE_1));
  let q = fma(z, v128.load(GATE_D6), v128.load(GATE_D4));
  q = fma(z, q, v128.load(GATE_D2));
  q = fma(z, q, v128.load(GATE_D0));
  return f32x4.div(f32x4.mul(y, p), q);
}

/**
 * log(1 + e^x) = max(x, 0) + log1p(e^-|x|), where log1p u = 2 atanh(u / (u + 2)), within 2.7 ulp down to -87.
 * Ends at x and 1.6e-38 (reached at -87); NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function softplus(x: v128): v128 {
  const u = exp_core(f32x4.neg(f32x4.abs(x)));
  const q = f32x4.div(u, f32x4.add(u, v128.load(TWO)));
  const z = f32x4.mul(q, q);
  let p = fma(v128.load(LOG1P_3), z, v128.load(LOG1P_2));
  p = fma(p, z, v128.load(LOG1P_1));
  p = fma(p, z, v128.load(LOG1P_0));
  return f32x4.add(f32x4.pmax(x, ZERO), fma(f32x4.mul(q, z), p, f32x4.add(q, q)));
}

/** log x of positive normal numbers. x = 2^e m with m in [sqrt(1/2), sqrt(2)); `shift` is subtracted from e. */
// @ts-ignore: decorator
@inline
function log_normal(x: v128, shift: v128): v128 {
  const bits = i32x4.sub(x, v128.load(SQRT_HALF));
  const exponent = i32x4.shr_s(bits, 23);
  const e = f32x4.sub(f32x4.convert_i32x4_s(exponent), shift);
  const m = f32x4.sub(i32x4.sub(x, i32x4.shl(exponent, 23)), v128.load(ONE));
  const z = f32x4.mul(m, m);
  let p = fma(v128.load(LOG_8), m, v128.load(LOG_7));
  p = fma(p, m, v128.load(LOG_6));
  p = fma(p, m, v128.load(LOG_5));
  p = fma(p, m, v128.load(LOG_4));
  p = fma(p, m, v128.load(LOG_3));
  p = fma(p, m, v128.load(LOG_2));
  p = fma(p, m, v128.load(LOG_1));
  p = fma(p, m, v128.load(LOG_0));
  p = fma(e, v128.load(MINUS_LN2_LOW), f32x4.mul(f32x4.mul(p, m), z));
  p = f32x4.add(m, fma(z, v128.load(MINUS_HALF), p));
  return fma(e, v128.load(LN2_HIGH), p);
}

/** log x within 0.8 ulp, denormals included. log 0 = -Infinity, log Infinity = Infinity; negative numbers and NaN give NaN. */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  const denormal = f32x4.lt(x, v128.load(MIN_NORMAL));
  const scaled = v128.bitselect(f32x4.mul(x, v128.load(TWO_23)), x, denormal);
  let y = log_normal(scaled, v128.and(denormal, v128.load(EXPONENT_23)));
  y = v128.bitselect(y, x, f32x4.lt(x, v128.load(INFINITY)));
  y = v128.bitselect(v128.load(MINUS_INFINITY), y, f32x4.eq(x, ZERO));
  // A mask of all ones is a NaN.
  return v128.or(y, f32x4.lt(x, ZERO));
}

/** log(1 + u) of u in [0, 2^126]: what rounding took from 1 + u is put back, so small u lose nothing. NaN gives NaN, Infinity too. */
// @ts-ignore: decorator
@inline
export function log1p(u: v128): v128 {
  const one = v128.load(ONE);
  const w = f32x4.add(u, one);
  return f32x4.add(log_normal(w, ZERO), f32x4.div(f32x4.sub(u, f32x4.sub(w, one)), w));
}

/**
 * e^(-a^2/2) for a in [0, 12], as accurate as exp: the square is taken in two parts, as what rounding took from it would be multiplied by it.
 */
// @ts-ignore: decorator
@inline
export function bell(a: v128): v128 {
  const minus_half = v128.load(MINUS_HALF);
  const upper = v128.and(a, v128.load(UPPER_BITS));
  const high = f32x4.mul(f32x4.mul(upper, upper), minus_half);
  const low = f32x4.mul(f32x4.mul(f32x4.sub(a, upper), f32x4.add(a, upper)), minus_half);
  const rounded = round_exponent(f32x4.add(high, low));
  return f32x4.mul(exp_fraction(f32x4.add(reduce(high, rounded), low)), power_of_two(rounded));
}

/** Mills' ratio of the normal distribution: e^(a^2/2) Phi(-a) for a in [0, 12]; Phi(-a) = bell(a) mills(a) = erfc(a / sqrt 2) / 2 within 6 ulp. */
// @ts-ignore: decorator
@inline
export function mills(a: v128): v128 {
  const shift = v128.load(MILLS_SHIFT);
  const t = f32x4.div(f32x4.sub(a, shift), f32x4.add(a, shift));
  let p = fma(v128.load(MILLS_8), t, v128.load(MILLS_7));
  p = fma(p, t, v128.load(MILLS_6));
  p = fma(p, t, v128.load(MILLS_5));
  p = fma(p, t, v128.load(MILLS_4));
  p = fma(p, t, v128.load(MILLS_3));
  p = fma(p, t, v128.load(MILLS_2));
  p = fma(p, t, v128.load(MILLS_1));
  return fma(p, t, v128.load(MILLS_0));
}

/** log(cosh(x)) = log1p(m^2 / (2 (m + 1))), m = e^|x| - 1, within 4.4 ulp also near 0, |x| - ln 2 from 20 up; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function log_cosh(x: v128): v128 {
  const a = f32x4.abs(x);
  const inner = f32x4.pmin(a, v128.load(TWENTY));
  const m = expm1_core(inner);
  return f32x4.add(log1p(f32x4.div(f32x4.mul(m, m), fma(m, v128.load(TWO), v128.load(TWO)))), f32x4.sub(a, inner));
}

/** x where its magnitude exceeds 1e-30, else 0; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function flush(x: v128): v128 {
  return v128.andnot(x, f32x4.le(f32x4.abs(x), v128.load(TINY)));
}

/** |x|^y in f64, two lanes: x >= 0 and y are f32 values. */
// @ts-ignore: decorator
@inline
function pow_f64(x: v128, y: v128): v128 {
  const bits = i64x2.sub(x, i64x2.splat(0x3fe6a09e667f3bcd)); // sqrt(1/2)
  const one = f64x2.splat(1);
  // The exponent as the f64 2^52 + 1023 + e.
  const biased = v128.or(i64x2.shr_u(i64x2.add(bits, one), 52), f64x2.splat(4503599627370496));
  const e = f64x2.sub(biased, f64x2.splat(4503599627371519));
  const m = i64x2.sub(x, v128.and(bits, i64x2.splat(0xfff0000000000000)));
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const z = f64x2.mul(s, s);
  let p = f64x2.add(f64x2.mul(v128.load(LOG2_4), z), v128.load(LOG2_3));
  p = f64x2.add(f64x2.mul(p, z), v128.load(LOG2_2));
  p = f64x2.add(f64x2.mul(p, z), v128.load(LOG2_1));
  p = f64x2.add(f64x2.mul(p, z), v128.load(LOG2_0));
  let log2 = f64x2.add(e, f64x2.mul(s, p));
  const infinity = f64x2.splat(f64.MAX_VALUE * 2);
  log2 = v128.bitselect(log2, x, f64x2.lt(x, infinity));
  log2 = v128.bitselect(f64x2.splat(-f64.MAX_VALUE * 2), log2, f64x2.eq(x, f64x2.splat(0)));
  const w = f64x2.pmax(f64x2.pmin(f64x2.mul(y, log2), f64x2.splat(200)), f64x2.splat(-200));
  const round = v128.load(ROUND_F64);
  const rounded = f64x2.add(w, round);
  const r = f64x2.sub(w, f64x2.sub(rounded, round));
  p = f64x2.add(f64x2.mul(v128.load(EXP2_6), r), v128.load(EXP2_5));
  p = f64x2.add(f64x2.mul(p, r), v128.load(EXP2_4));
  p = f64x2.add(f64x2.mul(p, r), v128.load(EXP2_3));
  p = f64x2.add(f64x2.mul(p, r), v128.load(EXP2_2));
  p = f64x2.add(f64x2.mul(p, r), v128.load(EXP2_1));
  p = f64x2.add(f64x2.mul(p, r), v128.load(EXP2_0));
  return i64x2.add(p, i64x2.shl(rounded, 52));
}

/**
 * x^y by f64 within 0.55 ulp, denormal results included, with the special cases of Math.pow: y = 0 gives 1, even for NaN; a negative x
 * needs an integer y (else NaN), an odd one gives its sign to the result, also of -0 and -Infinity; 1 and -1 to the power of an
 * infinity give NaN (C gives 1).
 */
// @ts-ignore: decorator
@inline
export function pow(x: v128, y: v128): v128 {
  const magnitude = f32x4.abs(x);
  const low = pow_f64(f64x2.promote_low_f32x4(magnitude), f64x2.promote_low_f32x4(y));
  const high = pow_f64(
    f64x2.promote_low_f32x4(v128.shuffle<i64>(magnitude, magnitude, 1, 1)),
    f64x2.promote_low_f32x4(v128.shuffle<i64>(y, y, 1, 1)),
  );
  let power = v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
  const fraction = f32x4.ne(f32x4.trunc(y), y);
  const half = f32x4.mul(y, v128.load(MINUS_HALF));
  const odd = v128.andnot(f32x4.ne(f32x4.trunc(half), half), fraction);
  power = v128.or(power, v128.and(v128.and(x, odd), i32x4.splat(0x80000000)));
  const negative = v128.and(f32x4.lt(x, ZERO), f32x4.gt(x, v128.load(MINUS_INFINITY)));
  power = v128.or(power, v128.and(negative, fraction));
  return v128.bitselect(v128.load(ONE), power, f32x4.eq(y, ZERO));
}
