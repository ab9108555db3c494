/**
 * Exponential and natural logarithm after FreeBSD's e_exp.c and e_log.c (fdlibm, Sun Microsystems 1993), within one unit in the last place. Only + - * / and
 * bits: Math.exp and Math.log differ between engines, and a value of a point reaches weights.
 * @module
 */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const bits = new DataView(new ArrayBuffer(8));

/** 2^k, k from -1022 to 1023. */
function powerOfTwo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** e^x: 0 below -745.2, Infinity above 709.8. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019412) return 0;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r - t * (0.16666666666666602 + t * (-0.0027777777777015593 + t * (0.00006613756321437934 + t * (-0.0000016533902205465252 + t * 4.1381367970572385e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  // In two steps: 2^1024 and 2^-1074 are no normal numbers.
  const half = k >> 1;
  return y * powerOfTwo(half) * powerOfTwo(k - half);
}

/** ln x: -Infinity of 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN;
  const subnormal = x < 2.2250738585072014e-308;
  bits.setFloat64(0, subnormal ? x * 2 ** 54 : x);
  const word = bits.getUint32(0);
  let k = (word >>> 20) - 1023 - (subnormal ? 54 : 0);
  bits.setUint32(0, (word & 0xfffff) | 0x3ff00000);
  let m = bits.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    k++;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const half = 0.5 * f * f;
  const t = s * s;
  const tail = t * (0.22222198432149784 + t * (0.1818357216161805 + t * (0.15313837699209373 + t * 0.14798198605116586)));
  const rest = t * (0.6666666666666735 + t * (0.3999999999940942 + t * (0.2857142874366239 + tail)));
  return k * LN2_HIGH - (half - (s * (half + rest) + k * LN2_LOW) - f);
}
