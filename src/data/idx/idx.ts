/** IDX files, the format of MNIST: two zero bytes, element type, rank, one big-endian u32 per dimension, data. @module */
import { DataFormatError } from "../../errors.ts";
import { gunzip, isGzip } from "../../formats/gzip.ts";

/** An array of bytes, row-major. */
export interface IdxArray {
  readonly shape: number[];
  readonly data: Uint8Array;
}

const U8 = 0x08;
const LARGEST_RANK = 4;
const LARGEST = 2 ** 31;
const TYPES: Record<number, string> = { 8: "u8", 9: "i8", 11: "i16", 12: "i32", 13: "f32", 14: "f64" };

/**
 * Reads an IDX file of bytes, gzip or not, of rank 1 to 4. The data is a view of `bytes` unless it had to be unpacked.
 * @param where the file's name, for messages
 * @throws DataFormatError naming the byte if the file is not such a file, cut off, or goes on after its last element
 */
export function decodeIdx(bytes: Uint8Array, where: string): IdxArray {
  const raw = isGzip(bytes) ? gunzip(bytes, where, (head) => readHeader(head, where)?.total ?? null) : bytes;
  const header = readHeader(raw, where);
  if (header === null || raw.length < header.total) {
    throw new DataFormatError({
      where: `${where}, byte ${raw.length}`,
      got: "the end of the file",
      expected: header === null ? "a whole IDX header" : `${header.total} bytes for shape [${header.shape}]`,
      hint: "the file may be cut off; fetch it again",
    });
  }
  if (raw.length > header.total) {
    throw new DataFormatError({
      where: `${where}, byte ${header.total}`,
      got: `${raw.length - header.total} more bytes`,
      expected: `the end of the file after shape [${header.shape}]`,
    });
  }
  return { shape: header.shape, data: new Uint8Array(raw.buffer, raw.byteOffset + header.start, header.total - header.start) };
}

/** The header, or null where it takes more bytes. */
function readHeader(bytes: Uint8Array, where: string): { shape: number[]; start: number; total: number } | null {
  if (bytes.length < 4) return null;
  const rank = bytes[3];
  if (bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== U8 || rank < 1 || rank > LARGEST_RANK) {
    const known = bytes[0] === 0 && bytes[1] === 0 ? TYPES[bytes[2]] : undefined;
    const magic = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    throw new DataFormatError({
      where: `${where}, byte 0`,
      got: `magic 0x${magic}${known === undefined ? "" : ` (${known}, rank ${rank})`}`,
      expected: `0x000008RR: an IDX file of u8 with rank RR from 1 to ${LARGEST_RANK}`,
    });
  }
  const start = 4 + 4 * rank;
  if (bytes.length < start) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, start);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  // Four factors below 2^32: the product in f64 may round, but never to less than the limit.
  const total = start + shape.reduce((product, dim) => product * dim, 1);
  if (total > LARGEST) throw new DataFormatError({ where: `${where}, byte 4`, got: `shape [${shape}]`, expected: `at most ${LARGEST} bytes` });
  return { shape, start, total };
}
