/** TFRecord framing: what event files of TensorBoard are made of. @module */
import { crc32c } from "./crc32c.ts";

/** A checksum of data that hold checksums themselves, rotated and shifted as TensorFlow's record writer does. */
function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** A record: length as u64, its masked CRC-32C, the data, their masked CRC-32C; little-endian. */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(16 + data.length);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, masked(data), true);
  return record;
}
