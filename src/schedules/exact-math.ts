/**
 * exp, pow and cos from plain arithmetic: within 1e-15 relative, and with the same bits on every engine, which Math.exp, Math.pow and
 * Math.cos do not promise.
 *
 * pow needs y log(x) to more digits than a double holds. Such numbers are kept as the unevaluated sum of a high and a low part ("double
 * double"): Dekker 1971, "A floating-point technique for extending the available precision".
 * @module
 */

/** The low part of the last result: the functions below return the high part, and allocate nothing. */
let low = 0;

/** a + b exactly. Knuth, The Art of Computer Programming 2, 4.2.2, theorem B. */
function sum(a: number, b: number): number {
  const high = a + b;
  const part = high - a;
  low = a - (high - part) + (b - part);
  return high;
}

/** 2^27 + 1 splits a double into halves whose products are exact. */
const SPLITTER = 134217729;

/** a b exactly, for products that neither overflow nor underflow. */
function product(a: number, b: number): number {
  const high = a * b;
  const ta = SPLITTER * a;
  const a1 = ta - (ta - a);
  const a2 = a - a1;
  const tb = SPLITTER * b;
  const b1 = tb - (tb - b);
  const b2 = b - b1;
  low = a1 * b1 - high + a1 * b2 + a2 * b1 + a2 * b2;
  return high;
}

/** (a + aLow) (b + bLow). */
function multiply(a: number, aLow: number, b: number, bLow: number): number {
  const high = product(a, b);
  return sum(high, low + (a * bLow + aLow * b));
}

/** (a + aLow) + (b + bLow). */
function add(a: number, aLow: number, b: number, bLow: number): number {
  const high = sum(a, b);
  return sum(high, low + (aLow + bLow));
}

/** ln 2 in two parts, the high one of 33 bits, so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** What is left of ln 2 after both. */
const LN2_REST = 1.1612227229362532e-26;

/** 2^n for -1074 <= n <= 1023, exactly. */
function powerOfTwo(n: number): number {
  let result = 1;
  let base = n < 0 ? 0.5 : 2;
  for (let k = Math.abs(n); k > 0; k = Math.floor(k / 2)) {
    if (k % 2 === 1) result *= base;
    base *= base;
  }
  return result;
}

/** e^(x + xLow). */
export function exp(x: number, xLow = 0): number {
  if (!(x < 710)) return x - x === 0 ? Number.POSITIVE_INFINITY : x;
  if (x < -746) return 0;
  const k = Math.floor(x / Math.LN2 + 0.5);
  const r = x - k * LN2_HIGH;
  const head = r - k * LN2_LOW;
  const tail = r - head - k * LN2_LOW + xLow;
  // Taylor to the 14th power: the next term is below 1e-17 for |head| <= 0.35.
  let p = 1;
  for (let i = 14; i >= 2; i--) p = 1 + (p * head) / i;
  const rise = head * p;
  const value = 1 + (rise + tail * (1 + rise));
  // In two factors: 2^k itself may be out of range where the result is not.
  const half = Math.floor(k / 2);
  return value * powerOfTwo(half) * powerOfTwo(k - half);
}

/** 1/3 in two parts. */
const THIRD = 1 / 3;
const THIRD_LOW = 1.850371707708594e-17;

/** ln x for finite x > 0, its low part left in `low`. */
function log(x: number): number {
  let m = x;
  let exponent = 0;
  // To [sqrt(1/2), sqrt(2)), exactly.
  for (let n = 512; n >= 1; n /= 2) {
    while (m >= powerOfTwo(n)) {
      m *= powerOfTwo(-n);
      exponent += n;
    }
    while (m < powerOfTwo(-n)) {
      m *= powerOfTwo(n);
      exponent -= n;
    }
  }
  if (m >= Math.SQRT2) {
    m /= 2;
    exponent++;
  } else if (m < Math.SQRT1_2) {
    m *= 2;
    exponent--;
  }
  // ln m = 2 (s + s^3/3 + s^5/5 + ...) with s = (m - 1) / (m + 1), |s| < 0.172.
  const below = sum(m, 1);
  const belowLow = low;
  const s = (m - 1) / below;
  const back = product(s, below);
  const sLow = (m - 1 - back - low - s * belowLow) / below;
  const z = multiply(s, sLow, s, sLow);
  const zLow = low;
  // From s^5/5 on a double is enough.
  let tail = 0;
  for (let i = 25; i >= 5; i -= 2) tail = tail * z + 1 / i;
  let p = multiply(z, zLow, THIRD, THIRD_LOW);
  p = add(p, low, tail * z * z, 0);
  p = add(1, 0, p, low);
  p = multiply(p, low, 2 * s, 2 * sLow);
  const pLow = low;
  const whole = add(exponent * LN2_HIGH, 0, exponent * LN2_LOW, exponent * LN2_REST);
  return add(whole, low, p, pLow);
}

/** x^y for x >= 0. */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (Number.isNaN(y) || !(x >= 0)) return Number.NaN;
  if (x === 0 || x === Number.POSITIVE_INFINITY) return (x === 0) === y > 0 ? 0 : Number.POSITIVE_INFINITY;
  const high = log(x);
  const highLow = low;
  // Where even a rough product is out of range, or would lose its low part.
  const rough = high * y;
  if (!(Math.abs(rough) < 800)) return rough > 0 ? Number.POSITIVE_INFINITY : 0;
  if (Math.abs(rough) < 1e-18) return 1;
  const e = multiply(high, highLow, y, 0);
  return exp(e, low);
}

/** Taylor coefficients of sin(x)/x in x^2, highest first: 1/21!, ... 1/3!, 1 with alternating signs. */
const SINE = Array.from({ length: 11 }, (_, i) => {
  let factorial = 1;
  for (let k = 2; k <= 2 * (10 - i) + 1; k++) factorial *= k;
  return (i % 2 === 0 ? 1 : -1) / factorial;
});

/** cos(pi t). Reduced exactly: any finite t. */
export function cosPi(t: number): number {
  const turn = Math.abs(t) % 2;
  // sin(pi/2 - pi t): exact at the zeros and the ends.
  const x = Math.PI * (0.5 - (turn > 1 ? 2 - turn : turn));
  const z = x * x;
  let p = 0;
  for (const c of SINE) p = p * z + c;
  return p * x;
}
