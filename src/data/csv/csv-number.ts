/** Numbers of CSV fields, read from their bytes. @module */

const TENS = Array.from({ length: 16 }, (_, k) => Number(`1e${k}`));
/** Digits that f64 always holds exactly. */
const EXACT_DIGITS = 15;
/** No number needs more bytes; what is longer is a word. */
const LONGEST = 1024;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The decimal number that bytes `from` to `to` are, correctly rounded; NaN if they are none, an infinity if it is beyond f64. A number is digits with an
 * optional sign, point and exponent, and nothing else: no hexadecimals, no words, no separators of thousands.
 */
export function parseNumber(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  const sign = bytes[i];
  if (sign === 0x2d || sign === 0x2b) i++;
  const first = i;
  let digits = 0;
  let point = -1;
  for (; i < to; i++) {
    const c = bytes[i] - 0x30;
    if (c >= 0 && c <= 9) digits = digits * 10 + c;
    else if (c === -2 && point < 0) point = i;
    else break;
  }
  const count = i - first - (point < 0 ? 0 : 1);
  if (count === 0) return Number.NaN;
  // Both operands of the division are exact, so that its one rounding is that of the number.
  if (i === to && count <= EXACT_DIGITS) {
    const value = point < 0 ? digits : digits / TENS[i - point - 1];
    return sign === 0x2d ? -value : value;
  }
  // Only an exponent, or more digits, may still be a number.
  if ((i < to && (bytes[i] | 0x20) !== 0x65) || to - from > LONGEST) return Number.NaN;
  let text = "";
  for (let k = from; k < to; k++) text += String.fromCharCode(bytes[k]);
  return NUMBER.test(text) ? Number(text) : Number.NaN;
}
