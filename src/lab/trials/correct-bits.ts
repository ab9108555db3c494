/** Which test samples a trial had right: a bit each, the lowest of the first byte first, in base64. @module */
import { DataFormatError } from "../../errors.ts";

/** The bits of an accuracy per sample: set where it is 1. */
export function packBits(accuracies: ArrayLike<number>): string {
  const bytes = new Uint8Array(Math.ceil(accuracies.length / 8));
  for (let i = 0; i < accuracies.length; i++) if (accuracies[i] === 1) bytes[i >> 3] |= 1 << (i & 7);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** One byte for each of `n` samples, 1 for right. @throws DataFormatError for another number of bytes */
export function correctBits(base64: string, n: number): Uint8Array {
  const packed = atob(base64);
  const expected = Math.ceil(n / 8);
  if (packed.length !== expected)
    throw new DataFormatError({
      where: "which test samples were right",
      got: `${packed.length} bytes`,
      expected: `${expected}, a bit for each of ${n} samples`,
    });
  return Uint8Array.from({ length: n }, (_, i) => (packed.charCodeAt(i >> 3) >> (i & 7)) & 1);
}
