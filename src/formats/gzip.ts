/** Reading gzip files of a size that is known from their first bytes. @module */
import { Inflate } from "fflate";
import { DataFormatError } from "../errors.ts";
import { crc32 } from "./crc32.ts";

/** Compressed bytes per turn: bounds what one turn can produce. */
const SLICE = 1 << 16;
/** More than deflate can pack: 258 bytes in 2 bits. */
const LARGEST_RATIO = 1032;
const TRAILER = 8;

/** True for bytes that start as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks a gzip file of one member.
 * @param sizeOf the size of the whole output from its first bytes, or null if that takes more of them. Memory is bounded by it, and it by what so
 *   many compressed bytes can hold.
 * @throws DataFormatError if the file is damaged, cut off, or unpacks to more or less than that
 */
export function gunzip(bytes: Uint8Array, where: string, sizeOf: (head: Uint8Array) => number | null): Uint8Array {
  const body = headerSize(bytes, where);
  let result: Uint8Array | null = null;
  let head = new Uint8Array(0);
  let filled = 0;
  const take = (chunk: Uint8Array): void => {
    if (result === null) {
      const joined = new Uint8Array(head.length + chunk.length);
      joined.set(head);
      joined.set(chunk, head.length);
      head = joined;
      const size = sizeOf(head);
      if (size === null) return;
      if (size > bytes.length * LARGEST_RATIO) throw damaged(where, `${bytes.length} bytes for an array of ${size}`, "a whole gzip file");
      result = new Uint8Array(size);
      chunk = head;
    }
    if (filled + chunk.length > result.length) throw damaged(where, `more than ${result.length} bytes unpacked`, `${result.length}, from the array's header`);
    result.set(chunk, filled);
    filled += chunk.length;
  };
  const inflate = new Inflate(take);
  const end = bytes.length - TRAILER;
  try {
    for (let at = body; at < end; at += SLICE) inflate.push(bytes.subarray(at, Math.min(at + SLICE, end)), at + SLICE >= end);
  } catch (cause) {
    if (cause instanceof DataFormatError) throw cause;
    throw damaged(where, "compressed data that cannot be read", "a whole gzip file", cause);
  }
  // TypeScript does not see the assignment in the callback.
  const output = result as Uint8Array | null;
  if (output === null || filled !== output.length)
    throw damaged(where, `${output === null ? head.length : filled} bytes unpacked`, output === null ? "at least the array's header" : `${output.length}`);
  const stored = new DataView(bytes.buffer, bytes.byteOffset + end, TRAILER).getUint32(0, true);
  if (crc32(output) !== stored) throw damaged(`${where}, byte ${end}`, "another checksum than the data has", "a gzip file of one member, undamaged");
  return output;
}

function damaged(where: string, got: string, expected: string, cause?: unknown): DataFormatError {
  return new DataFormatError({ where, got, expected, hint: "the file may be cut off or damaged; fetch it again" }, { cause });
}

function headerSize(bytes: Uint8Array, where: string): number {
  const flags = bytes[3];
  let at = 10;
  if (isGzip(bytes) && bytes[2] === 8) {
    if (flags & 4) at += 2 + bytes[at] + bytes[at + 1] * 256;
    for (const flag of [8, 16]) if (flags & flag) while (at < bytes.length && bytes[at++] !== 0);
    if (flags & 2) at += 2;
    if (at + TRAILER < bytes.length) return at;
  }
  throw damaged(`${where}, byte 0`, "no whole gzip header", "a gzip file");
}
