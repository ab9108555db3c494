/** Which test samples a trial had right. @module */
import { DataFormatError } from "../../errors.ts";

/** One byte for each of `n` samples, 1 for right, from a bit each, the lowest of the first byte first, in base64. @throws DataFormatError for another number of bytes */
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
