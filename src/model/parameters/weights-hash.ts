/** One hash for all weights. @module */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** SHA-256 over the arrays in order, little-endian f32, every NaN as 0x7fc00000. */
export function weightsSha256(arrays: readonly Float32Array[]): string {
  const hash = sha256.create();
  for (const data of arrays) {
    const view = new DataView(new ArrayBuffer(data.length * 4));
    for (let i = 0; i < data.length; i++) {
      if (Number.isNaN(data[i])) view.setUint32(i * 4, 0x7fc00000, true);
      else view.setFloat32(i * 4, data[i], true);
    }
    hash.update(new Uint8Array(view.buffer));
  }
  return bytesToHex(hash.digest());
}
