/**
 * Counter-based random numbers, the twins of src/random.ts (Threefry-2x32 with 20 rounds; Salmon et al. 2011, "Parallel random numbers:
 * as easy as 1, 2, 3"), four counters at a time. Same bits in both builds and as there: products and sums are never fused here.
 * Any n; y any multiple of 4; stores end at n.
 */
import {
  COS_0, COS_1, COS_2, HALF, HALF_PI, LANE, LN2_HIGH, LOG_0, LOG_1, LOG_2, LOG_3, LOG_4, LOG_5, LOG_6, LOG_7, LOG_8, MINUS_LN2_LOW,
  MINUS_TWO, ONE, SIN_0, SIN_1, SIN_2, SQRT_HALF, TWO_M22, TWO_M24,
} from "./simd/constants";
import { store_tail, ZERO } from "./simd/f32x4";
import { threefry_2x32 } from "./simd/threefry";

// @ts-ignore: decorator
@inline
function rotate(x: v128, r: i32): v128 {
  return v128.or(i32x4.shl(x, r), i32x4.shr_u(x, 32 - r));
}

/** What becomes of the two words of four counters: elements at y, the first `left` of 8; p and q are parameters in all lanes. */
@unmanaged
abstract class Draw {
  abstract put(y: usize, x0: v128, x1: v128, left: usize, p: v128, q: v128): void;
}

/** y [n]: elements 2i and 2i + 1 are drawn from block i of the key, whose words k0 and k1 hold in all lanes. */
// @ts-ignore: decorator
@inline
function draw<D extends Draw>(y: usize, n: usize, k0: v128, k1: v128, p: v128, q: v128): void {
  const op = changetype<D>(0);
  const k2 = v128.xor(v128.xor(k0, k1), i32x4.splat(0x1bd11bda));
  let counter = i32x4.add(v128.load(LANE), k0);
  const end = y + (n << 2);
  for (; y < end; y += 32) {
    let x0 = counter, x1 = k1;
    counter = i32x4.add(counter, i32x4.splat(4));

    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 13), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 15), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 26), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 6), x0);
    x0 = i32x4.add(x0, k1); x1 = i32x4.add(i32x4.add(x1, k2), i32x4.splat(1));

    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 17), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 29), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 16), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 24), x0);
    x0 = i32x4.add(x0, k2); x1 = i32x4.add(i32x4.add(x1, k0), i32x4.splat(2));

    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 13), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 15), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 26), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 6), x0);
    x0 = i32x4.add(x0, k0); x1 = i32x4.add(i32x4.add(x1, k1), i32x4.splat(3));

    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 17), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 29), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 16), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 24), x0);
    x0 = i32x4.add(x0, k1); x1 = i32x4.add(i32x4.add(x1, k2), i32x4.splat(4));

    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 13), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 15), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 26), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 6), x0);
    x0 = i32x4.add(x0, k2); x1 = i32x4.add(i32x4.add(x1, k0), i32x4.splat(5));

    op.put(y, x0, x1, (end - y) >> 2, p, q);
  }
}

/** y [n, width]: each row by a key of its own, the block (positions[i], stream) of `key`. */
// @ts-ignore: decorator
@inline
function draw_rows<D extends Draw>(y: usize, key: usize, positions: usize, n: usize, width: usize, stream: usize, p: v128, q: v128): void {
  const k0 = load<u32>(key), k1 = load<u32>(key, 4);
  for (; n > 0; --n, positions += 4, y += width << 2) {
    const words = threefry_2x32(k0, k1, load<u32>(positions), <u32>stream);
    draw<D>(y, width, i32x4.splat(<i32>words), i32x4.splat(<i32>(words >> 32)), p, q);
  }
}

/** Stores even[0], odd[0], even[1], ...: the first `left` of 8. */
// @ts-ignore: decorator
@inline
function interleave(y: usize, even: v128, odd: v128, left: usize): void {
  const low = v128.shuffle<f32>(even, odd, 0, 4, 1, 5), high = v128.shuffle<f32>(even, odd, 2, 6, 3, 7);
  if (left >= 4) {
    v128.store(y, low);
    if (left >= 8) v128.store(y, high, 16);
    else store_tail(y + 16, high, left);
  } else {
    store_tail(y, low, left);
  }
}

/** The upper 24 bits of a word times 2^-24. */
// @ts-ignore: decorator
@inline
function unit(word: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(word, 8)), v128.load(TWO_M24));
}

@final @unmanaged
class Uniform extends Draw {
  @inline put(y: usize, x0: v128, x1: v128, left: usize, _p: v128, _q: v128): void {
    interleave(y, unit(x0), unit(x1), left);
  }
}

/** One step of Horner's rule, rounded twice. */
// @ts-ignore: decorator
@inline
function horner(p: v128, x: v128, c: usize): v128 {
  return f32x4.add(f32x4.mul(p, x), v128.load(c));
}

/** sqrt(-2 log u), u = (upper 24 bits + 1) 2^-24. */
// @ts-ignore: decorator
@inline
function radius(word: v128): v128 {
  const one = v128.load(ONE);
  const u = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(word, 8)), one), v128.load(TWO_M24));
  const bits = i32x4.sub(u, v128.load(SQRT_HALF));
  const exponent = i32x4.shr_s(bits, 23);
  const e = f32x4.convert_i32x4_s(exponent);
  const m = f32x4.sub(i32x4.sub(u, i32x4.shl(exponent, 23)), one);
  const z = f32x4.mul(m, m);
  let p = horner(v128.load(LOG_8), m, LOG_7);
  p = horner(p, m, LOG_6);
  p = horner(p, m, LOG_5);
  p = horner(p, m, LOG_4);
  p = horner(p, m, LOG_3);
  p = horner(p, m, LOG_2);
  p = horner(p, m, LOG_1);
  p = horner(p, m, LOG_0);
  p = f32x4.mul(f32x4.mul(p, m), z);
  p = f32x4.add(p, f32x4.mul(e, v128.load(MINUS_LN2_LOW)));
  p = f32x4.sub(p, f32x4.mul(v128.load(HALF), z));
  const log = f32x4.add(f32x4.add(m, p), f32x4.mul(e, v128.load(LN2_HIGH)));
  return f32x4.sqrt(f32x4.mul(v128.load(MINUS_TWO), log));
}

/** Lane by lane: a where the lowest bit of the quadrant is 0, else b; negated if bit 1 of `sign` is set. */
// @ts-ignore: decorator
@inline
function pick(a: v128, b: v128, quadrant: v128, sign: v128): v128 {
  const odd = i32x4.shr_s(i32x4.shl(quadrant, 31), 31);
  return v128.xor(v128.bitselect(b, a, odd), i32x4.shl(i32x4.shr_u(sign, 1), 31));
}

/** Box-Muller. The angle is a number of quarter turns plus one in [-pi/4, pi/4], for which Cephes has sine and cosine. */
@final @unmanaged
class Normal extends Draw {
  @inline put(y: usize, x0: v128, x1: v128, left: usize, mean: v128, stddev: v128): void {
    const turns = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(x1, 8)), v128.load(TWO_M22));
    const whole = f32x4.floor(f32x4.add(turns, v128.load(HALF)));
    const a = f32x4.mul(f32x4.sub(turns, whole), v128.load(HALF_PI));
    const z = f32x4.mul(a, a);
    let s = horner(horner(v128.load(SIN_2), z, SIN_1), z, SIN_0);
    s = f32x4.add(f32x4.mul(f32x4.mul(s, z), a), a);
    let c = horner(horner(v128.load(COS_2), z, COS_1), z, COS_0);
    c = f32x4.add(f32x4.sub(f32x4.mul(f32x4.mul(c, z), z), f32x4.mul(v128.load(HALF), z)), v128.load(ONE));
    const quadrant = i32x4.trunc_sat_f32x4_s(whole);
    const r = radius(x0);
    const cosine = pick(c, s, quadrant, i32x4.add(quadrant, i32x4.splat(1)));
    const first = f32x4.mul(r, cosine), second = f32x4.mul(r, pick(s, c, quadrant, quadrant));
    interleave(y, f32x4.add(f32x4.mul(first, stddev), mean), f32x4.add(f32x4.mul(second, stddev), mean), left);
  }
}

/** `value` where the upper 24 bits of the word reach the threshold, else 0. */
@final @unmanaged
class Keep extends Draw {
  @inline put(y: usize, x0: v128, x1: v128, left: usize, threshold: v128, value: v128): void {
    const first = i32x4.ge_s(i32x4.shr_u(x0, 8), threshold), second = i32x4.ge_s(i32x4.shr_u(x1, 8), threshold);
    interleave(y, v128.and(value, first), v128.and(value, second), left);
  }
}

/** y [n] uniform in [0,1), multiples of 2^-24; key: two words. */
export function fill_uniform_f32(y: usize, n: usize, key: usize): void {
  draw<Uniform>(y, n, v128.load32_splat(key), v128.load32_splat(key, 4), ZERO, ZERO);
}

/** y [n] standard normal by Box-Muller, cosine at even places and sine at odd ones; key: two words. The mean is -0, which changes no number. */
export function fill_normal_f32(y: usize, n: usize, key: usize): void {
  draw<Normal>(y, n, v128.load32_splat(key), v128.load32_splat(key, 4), i32x4.splat(0x80000000), v128.load(ONE));
}

/**
 * y [n,width] = value or, with probability threshold / 2^24, 0: the mask of a dropout. Row i is drawn by a key of its own, the block
 * (positions[i], stream) of `key` (two words), element j by the word j of it.
 */
export function dropout_mask_f32(y: usize, key: usize, positions: usize, n: usize, width: usize, threshold: usize, value: f32, stream: usize): void {
  draw_rows<Keep>(y, key, positions, n, width, stream, i32x4.splat(<i32>threshold), f32x4.splat(value));
}

/** y [n,width] normal of this mean and standard deviation; rows are drawn as those of dropout_mask_f32. */
export function normal_rows_f32(y: usize, key: usize, positions: usize, n: usize, width: usize, mean: f32, stddev: f32, stream: usize): void {
  draw_rows<Normal>(y, key, positions, n, width, stream, f32x4.splat(mean), f32x4.splat(stddev));
}
