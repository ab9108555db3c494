/**
 * Elementwise arithmetic. Any sizes including 0 and any pointers that are multiples of 4. Loads reach up to 12 bytes past the end of an
 * operand, stores never do.
 *
 * The binary kernels compute y [d0,d1,d2,d3] = a op b; a and b are read with strides in elements, of which 0 repeats a value, and y is
 * contiguous. y may equal an operand that has its shape. Neighbouring dimensions that every operand walks in one step are joined
 * first: equal shapes are one row, and short rows come from biases alone.
 */
import { ONE } from "./simd/constants";
import { store_tail, ZERO } from "./simd/f32x4";
import { Binary, map, map_wide, Unary } from "./simd/map";
import { exp, log, log_cosh, pow } from "./simd/math";

@final @unmanaged
class Add extends Binary {
  @inline apply(a: v128, b: v128, _p: v128): v128 {
    return f32x4.add(a, b);
  }
}

@final @unmanaged
class Sub extends Binary {
  @inline apply(a: v128, b: v128, _p: v128): v128 {
    return f32x4.sub(a, b);
  }
}

@final @unmanaged
class Mul extends Binary {
  @inline apply(a: v128, b: v128, _p: v128): v128 {
    return f32x4.mul(a, b);
  }
}

@final @unmanaged
class Div extends Binary {
  @inline apply(a: v128, b: v128, _p: v128): v128 {
    return f32x4.div(a, b);
  }
}

@final @unmanaged
class Pow extends Binary {
  @inline apply(a: v128, b: v128, _p: v128): v128 {
    return pow(a, b);
  }
}

@final @unmanaged
class Minimum extends Binary {
  @inline apply(a: v128, b: v128, _p: v128): v128 {
    return f32x4.min(a, b);
  }
}

@final @unmanaged
class Maximum extends Binary {
  @inline apply(a: v128, b: v128, _p: v128): v128 {
    return f32x4.max(a, b);
  }
}

@final @unmanaged
class Equal extends Binary {
  @inline apply(a: v128, b: v128, one: v128): v128 {
    return v128.and(f32x4.eq(a, b), one);
  }
}

@final @unmanaged
class NotEqual extends Binary {
  @inline apply(a: v128, b: v128, one: v128): v128 {
    return v128.and(f32x4.ne(a, b), one);
  }
}

@final @unmanaged
class Less extends Binary {
  @inline apply(a: v128, b: v128, one: v128): v128 {
    return v128.and(f32x4.lt(a, b), one);
  }
}

@final @unmanaged
class LessEqual extends Binary {
  @inline apply(a: v128, b: v128, one: v128): v128 {
    return v128.and(f32x4.le(a, b), one);
  }
}

/** What a walk over broadcast dimensions does with a plane of two of them. */
const ADD = 0, SUB = 1, MUL = 2, DIV = 3, POW = 4, MINIMUM = 5, MAXIMUM = 6, EQUAL = 7, NOT_EQUAL = 8, LESS = 9, LESS_EQUAL = 10, COPY = 11, ACCUMULATE = 12;

/** The next `n` elements (all four lanes if n >= 4) from p, `step` bytes apart. */
// @ts-ignore: decorator
@inline
function gather(p: usize, step: usize, n: usize): v128 {
  if (step == 4) return v128.load(p);
  let v = v128.load32_splat(p);
  if (step == 0) return v;
  // Steps to elements that do not exist stay on the spot: far from here there may be no memory.
  if (n > 1) v = v128.load32_lane(p + step, v, 1);
  if (n > 2) v = v128.load32_lane(p + 2 * step, v, 2);
  if (n > 3) v = v128.load32_lane(p + 3 * step, v, 3);
  return v;
}

/** y [rows,n] = a op b for any steps, in one small loop. Steps are in bytes: between rows, then between elements. */
function plane_any<Op extends Binary>(y: usize, a: usize, b: usize, rows: usize, n: usize, aRow: usize, bRow: usize, aStep: usize, bStep: usize): void {
  const op = changetype<Op>(0);
  const one = v128.load(ONE);
  for (; rows > 0; --rows, a += aRow, b += bRow) {
    let pa = a, pb = b, left = n;
    for (; left >= 4; left -= 4, y += 16, pa += 4 * aStep, pb += 4 * bStep) v128.store(y, op.apply(gather(pa, aStep, 4), gather(pb, bStep, 4), one));
    if (left) store_tail(y, op.apply(gather(pa, aStep, left), gather(pb, bStep, left), one), left);
    y += left << 2;
  }
}

/** y [rows,n] = a op b, with a loop of its own for each pair of steps that is common. */
function plane<Op extends Binary>(y: usize, a: usize, b: usize, rows: usize, n: usize, aRow: usize, bRow: usize, aStep: usize, bStep: usize): void {
  const op = changetype<Op>(0);
  const one = v128.load(ONE);
  const whole = (n & ~3) << 2;
  const tail = n & 3;
  if (aStep == 4 && bStep == 4) {
    for (; rows > 0; --rows, a += aRow, b += bRow, y += tail << 2) {
      let pa = a, pb = b;
      const last = y + whole, wide = y + (whole & ~31);
      for (; y < wide; y += 32, pa += 32, pb += 32) {
        const v = op.apply(v128.load(pa, 16), v128.load(pb, 16), one);
        v128.store(y, op.apply(v128.load(pa), v128.load(pb), one));
        v128.store(y, v, 16);
      }
      for (; y < last; y += 16, pa += 16, pb += 16) v128.store(y, op.apply(v128.load(pa), v128.load(pb), one));
      if (tail) store_tail(y, op.apply(v128.load(pa), v128.load(pb), one), tail);
    }
  } else if (aStep == 4 && bStep == 0) {
    for (; rows > 0; --rows, a += aRow, b += bRow, y += tail << 2) {
      const vb = v128.load32_splat(b);
      let pa = a;
      const last = y + whole;
      for (; y < last; y += 16, pa += 16) v128.store(y, op.apply(v128.load(pa), vb, one));
      if (tail) store_tail(y, op.apply(v128.load(pa), vb, one), tail);
    }
  } else if (aStep == 0 && bStep == 4) {
    for (; rows > 0; --rows, a += aRow, b += bRow, y += tail << 2) {
      const va = v128.load32_splat(a);
      let pb = b;
      const last = y + whole;
      for (; y < last; y += 16, pb += 16) v128.store(y, op.apply(va, v128.load(pb), one));
      if (tail) store_tail(y, op.apply(va, v128.load(pb), one), tail);
    }
  } else if ((aStep | bStep) == 0) {
    for (; rows > 0; --rows, a += aRow, b += bRow, y += tail << 2) {
      const v = op.apply(v128.load32_splat(a), v128.load32_splat(b), one);
      const last = y + whole;
      for (; y < last; y += 16) v128.store(y, v);
      if (tail) store_tail(y, v, tail);
    }
  } else {
    plane_any<Op>(y, a, b, rows, n, aRow, bRow, aStep, bStep);
  }
}

/** y [rows,n] (steps yRow, 4) = x (steps xRow, xStep), plus y if `adding`. */
// @ts-ignore: decorator
@inline
function copy_rows(y: usize, x: usize, rows: usize, n: usize, yRow: usize, xRow: usize, xStep: usize, adding: bool): void {
  for (; rows > 0; --rows, y += yRow, x += xRow) {
    let py = y, px = x, left = n;
    for (; left >= 4; left -= 4, py += 16, px += 4 * xStep) {
      const v = gather(px, xStep, 4);
      v128.store(py, adding ? f32x4.add(v, v128.load(py)) : v);
    }
    if (left) {
      const v = gather(px, xStep, left);
      store_tail(py, adding ? f32x4.add(v, v128.load(py)) : v, left);
    }
  }
}

/** As copy_rows with xRow = 4: a transpose, in blocks of 4 x 4 so that cache lines are used whole. Returns how many rows it did. */
// @ts-ignore: decorator
@inline
function transpose_blocks(y: usize, x: usize, rows: usize, n: usize, yRow: usize, xStep: usize, adding: bool): usize {
  const whole = rows & ~3;
  for (let i: usize = 0; i < whole; i += 4, y += 4 * yRow, x += 16) {
    let px = x;
    const last = y + ((n & ~3) << 2);
    for (let py = y; py < last; py += 16, px += 4 * xStep) {
      const a = v128.load(px), b = v128.load(px + xStep), c = v128.load(px + 2 * xStep), d = v128.load(px + 3 * xStep);
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5), CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      put(py, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), adding);
      put(py + yRow, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), adding);
      put(py + 2 * yRow, v128.shuffle<f32>(AB, CD, 0, 1, 4, 5), adding);
      put(py + 3 * yRow, v128.shuffle<f32>(AB, CD, 2, 3, 6, 7), adding);
    }
  }
  return whole;
}

// @ts-ignore: decorator
@inline
function put(y: usize, v: v128, adding: bool): void {
  v128.store(y, adding ? f32x4.add(v, v128.load(y)) : v);
}

/** y [rows,n] = x (+ y) for any steps of both. */
function plane_copy(y: usize, x: usize, rows: usize, n: usize, yRow: usize, xRow: usize, yStep: usize, xStep: usize, adding: bool): void {
  if (yStep != 4 && yRow == 4) {
    let t = rows;
    rows = n;
    n = t;
    t = yRow;
    yRow = yStep;
    yStep = t;
    t = xRow;
    xRow = xStep;
    xStep = t;
  }
  if (yStep == 4) {
    let done: usize = 0;
    if (xRow == 4 && xStep > 4 && n >= 4) {
      done = transpose_blocks(y, x, rows, n, yRow, xStep, adding);
      // The columns that make no block.
      const columns = n & ~3;
      if (n & 3) copy_rows(y + (columns << 2), x + columns * xStep, done, n & 3, yRow, xRow, xStep, adding);
    }
    copy_rows(y + done * yRow, x + done * xRow, rows - done, n, yRow, xRow, xStep, adding);
    return;
  }
  for (; rows > 0; --rows, y += yRow, x += xRow) {
    let py = y, px = x;
    for (let i: usize = 0; i < n; ++i, py += yStep, px += xStep) {
      const v = load<f32>(px);
      store<f32>(py, adding ? v + load<f32>(py) : v);
    }
  }
}

/**
 * Walks [d0,d1,d2,d3] and gives planes of two dimensions to `operation`. The binary kernels write at y, contiguous, from a and b; a copy
 * writes at a from b. Strides of a and b are in elements.
 */
function walk(
  operation: i32, y: usize, a: usize, b: usize, d0: usize, d1: usize, d2: usize, d3: usize,
  a0: usize, a1: usize, a2: usize, a3: usize, b0: usize, b1: usize, b2: usize, b3: usize,
): void {
  if (d0 * d1 * d2 * d3 == 0) return;
  // Join d2 to d3 where both operands go on as one row, or where one of the two is 1; then d1 to d2.
  for (let i = 0; i < 3; ++i) {
    if (d2 != 1) {
      if (d3 == 1) {
        a3 = a2;
        b3 = b2;
      } else if (a2 != d3 * a3 || b2 != d3 * b3) break;
      d3 *= d2;
    }
    d2 = d1;
    a2 = a1;
    b2 = b1;
    d1 = d0;
    a1 = a0;
    b1 = b0;
    d0 = 1;
  }
  for (let i = 0; i < 2; ++i) {
    if (d1 != 1) {
      if (a1 != d2 * a2 || b1 != d2 * b2) break;
      d2 *= d1;
    }
    d1 = d0;
    a1 = a0;
    b1 = b0;
    d0 = 1;
  }
  const step = (d2 * d3) << 2;
  a0 <<= 2;
  a1 <<= 2;
  a2 <<= 2;
  a3 <<= 2;
  b0 <<= 2;
  b1 <<= 2;
  b2 <<= 2;
  b3 <<= 2;
  for (; d0 > 0; --d0, a += a0, b += b0) {
    let pa = a, pb = b;
    for (let i = d1; i > 0; --i, y += step, pa += a1, pb += b1) {
      switch (operation) {
        case ADD: plane<Add>(y, pa, pb, d2, d3, a2, b2, a3, b3); break;
        case SUB: plane<Sub>(y, pa, pb, d2, d3, a2, b2, a3, b3); break;
        case MUL: plane<Mul>(y, pa, pb, d2, d3, a2, b2, a3, b3); break;
        case DIV: plane<Div>(y, pa, pb, d2, d3, a2, b2, a3, b3); break;
        case POW: plane_any<Pow>(y, pa, pb, d2, d3, a2, b2, a3, b3); break;
        case MINIMUM: plane<Minimum>(y, pa, pb, d2, d3, a2, b2, a3, b3); break;
        case MAXIMUM: plane<Maximum>(y, pa, pb, d2, d3, a2, b2, a3, b3); break;
        case EQUAL: plane<Equal>(y, pa, pb, d2, d3, a2, b2, a3, b3); break;
        case NOT_EQUAL: plane<NotEqual>(y, pa, pb, d2, d3, a2, b2, a3, b3); break;
        case LESS: plane<Less>(y, pa, pb, d2, d3, a2, b2, a3, b3); break;
        case LESS_EQUAL: plane<LessEqual>(y, pa, pb, d2, d3, a2, b2, a3, b3); break;
        default: plane_copy(pa, pb, d2, d3, a2, b2, a3, b3, operation == ACCUMULATE);
      }
    }
  }
}

/** y = a + b. */
export function add_f32(y: usize, a: usize, b: usize, d0: usize, d1: usize, d2: usize, d3: usize, a0: usize, a1: usize, a2: usize, a3: usize, b0: usize, b1: usize, b2: usize, b3: usize): void {
  walk(ADD, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
}

/** y = a - b. */
export function sub_f32(y: usize, a: usize, b: usize, d0: usize, d1: usize, d2: usize, d3: usize, a0: usize, a1: usize, a2: usize, a3: usize, b0: usize, b1: usize, b2: usize, b3: usize): void {
  walk(SUB, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
}

/** y = a b. */
export function mul_f32(y: usize, a: usize, b: usize, d0: usize, d1: usize, d2: usize, d3: usize, a0: usize, a1: usize, a2: usize, a3: usize, b0: usize, b1: usize, b2: usize, b3: usize): void {
  walk(MUL, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
}

/** y = a / b, rounded correctly. */
export function div_f32(y: usize, a: usize, b: usize, d0: usize, d1: usize, d2: usize, d3: usize, a0: usize, a1: usize, a2: usize, a3: usize, b0: usize, b1: usize, b2: usize, b3: usize): void {
  walk(DIV, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
}

/** y = a^b with the special cases of Math.pow: b = 0 gives 1 even for NaN, a < 0 needs an integer b. Within 0.55 ulp. */
export function pow_f32(y: usize, a: usize, b: usize, d0: usize, d1: usize, d2: usize, d3: usize, a0: usize, a1: usize, a2: usize, a3: usize, b0: usize, b1: usize, b2: usize, b3: usize): void {
  walk(POW, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
}

/** y = min(a, b); NaN if either is NaN; -0 is less than 0. */
export function minimum_f32(y: usize, a: usize, b: usize, d0: usize, d1: usize, d2: usize, d3: usize, a0: usize, a1: usize, a2: usize, a3: usize, b0: usize, b1: usize, b2: usize, b3: usize): void {
  walk(MINIMUM, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
}

/** y = max(a, b); NaN if either is NaN; -0 is less than 0. */
export function maximum_f32(y: usize, a: usize, b: usize, d0: usize, d1: usize, d2: usize, d3: usize, a0: usize, a1: usize, a2: usize, a3: usize, b0: usize, b1: usize, b2: usize, b3: usize): void {
  walk(MAXIMUM, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
}

/** y = a == b ? 1 : 0; NaN equals nothing. */
export function equal_f32(y: usize, a: usize, b: usize, d0: usize, d1: usize, d2: usize, d3: usize, a0: usize, a1: usize, a2: usize, a3: usize, b0: usize, b1: usize, b2: usize, b3: usize): void {
  walk(EQUAL, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
}

/** y = a != b ? 1 : 0; NaN differs from all. */
export function not_equal_f32(y: usize, a: usize, b: usize, d0: usize, d1: usize, d2: usize, d3: usize, a0: usize, a1: usize, a2: usize, a3: usize, b0: usize, b1: usize, b2: usize, b3: usize): void {
  walk(NOT_EQUAL, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
}

/** y = a < b ? 1 : 0; NaN gives 0. */
export function less_f32(y: usize, a: usize, b: usize, d0: usize, d1: usize, d2: usize, d3: usize, a0: usize, a1: usize, a2: usize, a3: usize, b0: usize, b1: usize, b2: usize, b3: usize): void {
  walk(LESS, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
}

/** y = a <= b ? 1 : 0; NaN gives 0. */
export function less_equal_f32(y: usize, a: usize, b: usize, d0: usize, d1: usize, d2: usize, d3: usize, a0: usize, a1: usize, a2: usize, a3: usize, b0: usize, b1: usize, b2: usize, b3: usize): void {
  walk(LESS_EQUAL, y, a, b, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
}

/** y = a > b ? 1 : 0; NaN gives 0. */
export function greater_f32(y: usize, a: usize, b: usize, d0: usize, d1: usize, d2: usize, d3: usize, a0: usize, a1: usize, a2: usize, a3: usize, b0: usize, b1: usize, b2: usize, b3: usize): void {
  walk(LESS, y, b, a, d0, d1, d2, d3, b0, b1, b2, b3, a0, a1, a2, a3);
}

/** y = a >= b ? 1 : 0; NaN gives 0. */
export function greater_equal_f32(y: usize, a: usize, b: usize, d0: usize, d1: usize, d2: usize, d3: usize, a0: usize, a1: usize, a2: usize, a3: usize, b0: usize, b1: usize, b2: usize, b3: usize): void {
  walk(LESS_EQUAL, y, b, a, d0, d1, d2, d3, b0, b1, b2, b3, a0, a1, a2, a3);
}

@final @unmanaged
class Neg extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    return f32x4.neg(x);
  }
}

@final @unmanaged
class Abs extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    return f32x4.abs(x);
  }
}

@final @unmanaged
class Sign extends Unary {
  @inline apply(x: v128, one: v128): v128 {
    const signed = v128.or(v128.and(f32x4.ne(x, ZERO), one), v128.xor(x, f32x4.abs(x)));
    // A mask of all ones is a NaN.
    return v128.or(signed, f32x4.ne(x, x));
  }
}

@final @unmanaged
class LogCosh extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    return log_cosh(x);
  }
}

@final @unmanaged
class Sqrt extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    return f32x4.sqrt(x);
  }
}

@final @unmanaged
class Exp extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    return exp(x);
  }
}

@final @unmanaged
class Log extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    return log(x);
  }
}

@final @unmanaged
class Scale extends Unary {
  @inline apply(x: v128, factor: v128): v128 {
    return f32x4.mul(x, factor);
  }
}

@final @unmanaged
class ToFloat extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    return f32x4.convert_i32x4_s(x);
  }
}

@final @unmanaged
class ToInt extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    return i32x4.trunc_sat_f32x4_s(x);
  }
}

/** y [n] = -x. y may equal x. */
export function neg_f32(y: usize, x: usize, n: usize): void {
  map_wide<Neg>(y, x, n);
}

/** y [n] = |x|. y may equal x. */
export function abs_f32(y: usize, x: usize, n: usize): void {
  map_wide<Abs>(y, x, n);
}

/** y [n] = -1, 0 or 1, the sign of x; zeros keep their sign, NaN stays NaN. y may equal x. */
export function sign_f32(y: usize, x: usize, n: usize): void {
  map_wide<Sign>(y, x, n, 1);
}

/** y [n] = square root of x, rounded correctly; NaN below 0. y may equal x. */
export function sqrt_f32(y: usize, x: usize, n: usize): void {
  map_wide<Sqrt>(y, x, n);
}

/** y [n] = log(cosh(x)), within 4.4 ulp, also near 0 (squares of less than 1e-19 are lost). NaN stays NaN. y may equal x. */
export function log_cosh_f32(y: usize, x: usize, n: usize): void {
  map<LogCosh>(y, x, n);
}

/**
 * y [n] = e^x, within 0.95 ulp (relaxed build) or 1.2 (plain). Overflow gives Infinity, underflow goes down through denormals to 0, NaN
 * stays NaN. y may equal x.
 */
export function exp_f32(y: usize, x: usize, n: usize): void {
  map<Exp>(y, x, n);
}

/** y [n] = log x; within 0.8 ulp, denormals included. -Infinity at 0, NaN below. y may equal x. */
export function log_f32(y: usize, x: usize, n: usize): void {
  map<Log>(y, x, n);
}

/** y [n] = condition != 0 ? a : b; NaN is not 0. y may equal any of them. */
export function where_f32(y: usize, condition: usize, a: usize, b: usize, n: usize): void {
  const last = y + ((n & ~3) << 2);
  for (; y < last; y += 16, condition += 16, a += 16, b += 16) {
    v128.store(y, v128.bitselect(v128.load(b), v128.load(a), f32x4.eq(v128.load(condition), ZERO)));
  }
  if (n & 3) store_tail(y, v128.bitselect(v128.load(b), v128.load(a), f32x4.eq(v128.load(condition), ZERO)), n);
}

/** y [n] = value. */
export function fill_f32(y: usize, n: usize, value: f32): void {
  const v = f32x4.splat(value);
  const last = y + ((n & ~3) << 2);
  for (; y < last; y += 16) v128.store(y, v);
  store_tail(y, v, n);
}

/** y [N,OH,OW,C] = the images x [N,H,W,C], their first pixel at (top, left), in a border of `value`. */
export function pad_images_f32(y: usize, x: usize, N: usize, H: usize, W: usize, C: usize, OH: usize, OW: usize, top: usize, left: usize, value: f32): void {
  const row = (W * C) << 2, before = left * C, between = (OW - W) * C, after = (OH - top - H) * OW * C + between - before;
  for (; N > 0; --N) {
    // The border between two rows is one run.
    let run = top * OW * C + before;
    for (let i = H; i > 0; --i, x += row, run = between) {
      fill_f32(y, run, value);
      y += run << 2;
      memory.copy(y, x, row);
      y += row;
    }
    fill_f32(y, after, value);
    y += after << 2;
  }
}

/** y [n] = x + beta y. */
export function accumulate_f32(y: usize, x: usize, n: usize, beta: i32): void {
  if (beta) walk(ADD, y, x, y, 1, 1, 1, n, 0, 0, 0, 1, 0, 0, 0, 1);
  else memory.copy(y, x, n << 2);
}

/** y [n] = factor x. y may equal x. */
export function scale_f32(y: usize, x: usize, n: usize, factor: f32): void {
  map_wide<Scale>(y, x, n, factor);
}

/**
 * y[i0,i1,i2,i3] = x[...] + beta y over [d0,d1,d2,d3], with strides of both in elements: transposes, slices, pads, concatenates and
 * (x strides of 0) broadcasts. The elements of y must be distinct; x and y must not overlap.
 */
export function strided_copy_f32(y: usize, x: usize, d0: usize, d1: usize, d2: usize, d3: usize, y0: usize, y1: usize, y2: usize, y3: usize, x0: usize, x1: usize, x2: usize, x3: usize, beta: i32): void {
  walk(beta ? ACCUMULATE : COPY, 0, y, x, d0, d1, d2, d3, y0, y1, y2, y3, x0, x1, x2, x3);
}

/** y [n] f32 = x [n] i32, rounded to nearest. y may equal x. */
export function cast_i32_f32(y: usize, x: usize, n: usize): void {
  map_wide<ToFloat>(y, x, n);
}

/** y [n] i32 = x [n] f32 towards zero; NaN gives 0, what is too large the nearest i32. y may equal x. */
export function cast_f32_i32(y: usize, x: usize, n: usize): void {
  map_wide<ToInt>(y, x, n);
}
