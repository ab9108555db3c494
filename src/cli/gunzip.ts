/** Files that may be compressed. @module */
import { gunzipSync } from "node:zlib";
import { DataFormatError } from "../errors.ts";

/** The bytes, unpacked if they are gzip. @throws DataFormatError */
export function gunzipIfNeeded(bytes: Uint8Array, path: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: 2 ** 31 - 1 });
  } catch (cause) {
    throw new DataFormatError({ where: path, got: (cause as Error).message, expected: "a whole gzip file" }, { cause });
  }
}
