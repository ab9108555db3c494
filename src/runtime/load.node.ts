/** Reading the kernels from disk. @module */
import { readFileSync } from "node:fs";

/** The bytes of a file URL. */
export function readBytes(url: URL): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(url));
}
