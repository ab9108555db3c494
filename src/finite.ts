/** Looks for what is not a finite number. @module */

const EXPONENT = 0x7f800000;
const LOWEST = 0x00800000;

/** Index of the first NaN or infinity, or -1. A quick pass over the bits comes first: looking shall cost little beside the use of the values. */
export function firstNonFinite(values: Float32Array): number {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const whole = bits.length & ~3;
  // An exponent of ones carries into the sign.
  let carry = 0;
  for (let i = 0; i < whole; i += 4) {
    carry |= ((bits[i] & EXPONENT) + LOWEST) | ((bits[i + 1] & EXPONENT) + LOWEST) | ((bits[i + 2] & EXPONENT) + LOWEST) | ((bits[i + 3] & EXPONENT) + LOWEST);
  }
  for (let i = whole; i < bits.length; i++) carry |= (bits[i] & EXPONENT) + LOWEST;
  return carry >= 0 ? -1 : values.findIndex((value) => !Number.isFinite(value));
}
