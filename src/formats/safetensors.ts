/**
 * Safetensors: named arrays in one file, behind a JSON header. Layout: header length (u64, little-endian), header, data.
 * A file is checked in full before anything of it is used, and nothing is allocated by a size that was not checked first.
 * @module
 */
import { CheckpointError } from "../errors.ts";
import { checkJsonKeys, quote } from "./json-keys.ts";

const arrays = {
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
  F8_E4M3: Uint8Array,
  F8_E5M2: Uint8Array,
} as const;

/** Element types, by their names in the file. */
export type SafetensorsType = keyof typeof arrays;

/** The values of a tensor; 8 and 16-bit floats are given as their bits. */
export type SafetensorsArray =
  | Float64Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** One tensor, row-major. */
export interface SafetensorsTensor {
  readonly dtype: SafetensorsType;
  readonly shape: readonly number[];
  readonly data: SafetensorsArray;
}

/** What a file holds. */
export interface SafetensorsFile {
  /** Strings that came with the tensors; an object without prototype. */
  readonly metadata: Record<string, string>;
  /** In the order of their data. */
  readonly tensors: Map<string, SafetensorsTensor>;
}

const LENGTH_BYTES = 8;
const ALIGNMENT = 8;
/** The limit of the format's own library. */
const LONGEST_HEADER = 100_000_000;
/** What engines copy, hash and read back as one array. */
const LONGEST_FILE = 2 ** 31 - 1;
/** header > tensor > shape. */
const DEEPEST = 3;
const RESERVED = new Set(["__metadata__", "__proto__"]);

/**
 * The bytes of a file. Data is contiguous, larger element types first, so that every array is aligned to its elements.
 * @throws CheckpointError if a name is taken or reserved, a shape does not fit its data, or the file would reach 2 GiB
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, SafetensorsTensor> | Iterable<readonly [string, SafetensorsTensor]>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const entries = [...tensors];
  const seen = new Set<string>();
  for (const [name, { dtype, shape, data }] of entries) {
    const where = `safetensors, tensor ${quote(name)}`;
    if (seen.has(name) || RESERVED.has(name))
      throw new CheckpointError({ where, got: seen.has(name) ? "a name used twice" : "a reserved name", expected: "a name of its own" });
    seen.add(name);
    if (!Object.hasOwn(arrays, dtype) || !(data instanceof arrays[dtype])) {
      throw new CheckpointError({
        where,
        got: `${data?.constructor?.name} for ${quote(dtype)}`,
        expected: arrays[dtype]?.name ?? Object.keys(arrays).join(", "),
      });
    }
    const size = elements(shape);
    if (size !== data.length)
      throw new CheckpointError({
        where,
        got: `${data.length} values for shape [${shape}]`,
        expected: size === null ? "a shape of non-negative integers" : `${size}`,
      });
  }
  const bySize = entries.map((entry, i) => ({ entry, i })).sort((a, b) => itemSize(b.entry[1].dtype) - itemSize(a.entry[1].dtype) || a.i - b.i);

  let length = 0;
  const parts: string[] = [];
  if (metadata !== undefined) parts.push(`"__metadata__":${encodeMetadata(metadata)}`);
  for (const { entry } of bySize) {
    const [name, { dtype, shape, data }] = entry;
    parts.push(`${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${length},${length + data.byteLength}]}`);
    length += data.byteLength;
  }
  const header = new TextEncoder().encode(`{${parts.join(",")}}`);
  const padded = Math.ceil(header.length / ALIGNMENT) * ALIGNMENT;
  if (padded > LONGEST_HEADER)
    throw new CheckpointError({
      where: "safetensors",
      got: `a header of ${padded} bytes`,
      expected: `at most ${LONGEST_HEADER}`,
      hint: "shorten the metadata",
    });
  checkLength(LENGTH_BYTES + padded + length);
  const bytes = new Uint8Array(LENGTH_BYTES + padded + length);
  new DataView(bytes.buffer).setUint32(0, padded, true);
  bytes.set(header, LENGTH_BYTES);
  bytes.fill(0x20, LENGTH_BYTES + header.length, LENGTH_BYTES + padded);
  let at = LENGTH_BYTES + padded;
  for (const { entry } of bySize) {
    const { data } = entry[1];
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** @param bytes of a file, or of the data in it @throws CheckpointError for one that cannot be written and read as a whole */
export function checkLength(bytes: number, where = "safetensors", hint?: string): void {
  if (bytes > LONGEST_FILE) throw new CheckpointError({ where, got: `${bytes} bytes in one file`, expected: `at most ${LONGEST_FILE}`, hint });
}

/** Reads a file; every array is a copy. @param where its name, for messages. @throws CheckpointError for anything that is not a whole, sound file */
export function decodeSafetensors(bytes: Uint8Array, where: string): SafetensorsFile {
  const { header, start } = readHeader(bytes, where);
  const available = bytes.length - start;
  const metadata: Record<string, string> = Object.create(null);
  const found: { name: string; dtype: SafetensorsType; shape: number[]; begin: number; end: number }[] = [];
  for (const [name, value] of Object.entries(header)) {
    const place = `${where}, header, ${quote(name)}`;
    if (!isObject(value)) throw new CheckpointError({ where: place, got: quote(value), expected: "an object" });
    if (name === "__metadata__") {
      for (const [key, text] of Object.entries(value)) {
        if (typeof text !== "string") throw new CheckpointError({ where: `${place}, ${quote(key)}`, got: quote(text), expected: "a string" });
        metadata[key] = text;
      }
      continue;
    }
    const { dtype, shape, data_offsets: offsets, ...rest } = value;
    if (Object.keys(rest).length > 0)
      throw new CheckpointError({ where: place, got: `a key ${quote(Object.keys(rest)[0])}`, expected: '"dtype", "shape" and "data_offsets" only' });
    if (typeof dtype !== "string" || !Object.hasOwn(arrays, dtype))
      throw new CheckpointError({ where: `${place}, dtype`, got: quote(dtype), expected: Object.keys(arrays).join(", ") });
    const size = Array.isArray(shape) ? elements(shape) : null;
    if (size === null)
      throw new CheckpointError({ where: `${place}, shape`, got: quote(shape), expected: "non-negative integers whose product is below 2^53" });
    if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount) || offsets[0] > offsets[1] || offsets[1] > available) {
      throw new CheckpointError({
        where: `${place}, data_offsets`,
        got: quote(offsets),
        expected: `[begin, end] within the ${available} bytes of data`,
        hint: "the file may be cut off",
      });
    }
    const [begin, end] = offsets as number[];
    const type = dtype as SafetensorsType;
    if (size * itemSize(type) !== end - begin) {
      throw new CheckpointError({
        where: `${place}, data_offsets`,
        got: `${end - begin} bytes`,
        expected: `${size * itemSize(type)} for ${type} ${quote(shape)}`,
      });
    }
    found.push({ name, dtype: type, shape: shape as number[], begin, end });
  }
  found.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const { name, begin, end } of found) {
    if (begin !== at) {
      throw new CheckpointError({
        where: `${where}, byte ${start + (begin < at ? begin : at)}`,
        got: begin < at ? `${quote(name)} over another tensor` : `a hole before ${quote(name)}`,
        expected: "tensors side by side",
      });
    }
    at = end;
  }
  if (at !== available)
    throw new CheckpointError({ where: `${where}, byte ${start + at}`, got: `${available - at} bytes after the last tensor`, expected: "the end of the file" });

  const tensors = new Map<string, SafetensorsTensor>();
  for (const { name, dtype, shape, begin, end } of found) {
    const copy = new Uint8Array(end - begin);
    copy.set(bytes.subarray(start + begin, start + end));
    tensors.set(name, { dtype, shape, data: new arrays[dtype](copy.buffer) });
  }
  return { metadata, tensors };
}

function readHeader(bytes: Uint8Array, where: string): { header: Record<string, unknown>; start: number } {
  if (bytes.length < LENGTH_BYTES)
    throw new CheckpointError({ where, got: `${bytes.length} bytes`, expected: "a safetensors file, at least 8", hint: "the file may be empty or cut off" });
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  const most = Math.min(bytes.length - LENGTH_BYTES, LONGEST_HEADER);
  if (length > most) {
    throw new CheckpointError({
      where: `${where}, byte 0`,
      got: `a header of ${length} bytes`,
      expected: `at most ${most}`,
      hint: "this is no safetensors file, or it is cut off",
    });
  }
  const start = LENGTH_BYTES + length;
  let header: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(LENGTH_BYTES, start));
    checkJsonKeys(text, `${where}, header`, DEEPEST);
    header = JSON.parse(text);
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw new CheckpointError(
      {
        where: `${where}, byte ${LENGTH_BYTES}`,
        got: "a header that is not JSON in UTF-8",
        expected: "a JSON object",
        hint: "this is no safetensors file, or it is damaged",
      },
      { cause },
    );
  }
  if (!isObject(header)) throw new CheckpointError({ where: `${where}, byte ${LENGTH_BYTES}`, got: quote(header), expected: "a JSON object" });
  return { header, start };
}

function encodeMetadata(metadata: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(metadata).map(([key, text]) => {
    if (typeof text !== "string" || key === "__proto__")
      throw new CheckpointError({ where: `safetensors metadata, ${quote(key)}`, got: quote(text), expected: "a string under a name that is not reserved" });
    return `${JSON.stringify(key)}:${JSON.stringify(text)}`;
  });
  return `{${pairs.join(",")}}`;
}

const itemSize = (dtype: SafetensorsType): number => arrays[dtype].BYTES_PER_ELEMENT;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);

/** The product of a shape, or null where it is no shape or too large to count. */
function elements(shape: readonly unknown[]): number | null {
  let product = 1;
  for (const dim of shape) {
    if (!isCount(dim)) return null;
    product *= dim;
    if (!Number.isSafeInteger(product * 8)) return null;
  }
  return product;
}
