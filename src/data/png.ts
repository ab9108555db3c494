/**
 * PNG images as grey bytes. The pixels' size is checked against what the compressed data can hold before anything is allocated, and chunks are
 * never read past the file's end.
 * @module
 */
import { unzlibSync } from "fflate";
import { DataFormatError } from "../errors.ts";
import { crc32 } from "../formats/crc32.ts";
import { type PngFormat, readSamples, scanlineBytes } from "./png-scanlines.ts";

/** A grey image, row-major, 0 black. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

interface Chunk {
  readonly type: string;
  readonly from: number;
  readonly to: number;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const MOST_PIXELS = 2 ** 26;
/** Larger than any output of deflate per byte of input. */
const LARGEST_RATIO = 1032;
/** Channels by colour type: grey, RGB, palette, grey + alpha, RGB + alpha. */
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Record<number, readonly number[]> = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };

/**
 * Decodes a PNG of any colour type, depth and interlacing to luminance (Rec. 601: 0.299 R + 0.587 G + 0.114 B, rounded), transparency over
 * black. Colour profiles and gamma are not applied.
 * @param where the file's name, for messages
 * @throws DataFormatError if it is no PNG, damaged, or has more than 64 megapixels
 */
export function decodePng(bytes: Uint8Array, where: string): GreyImage {
  const fail = (at: number, got: string, expected: string, cause?: unknown): never => {
    throw new DataFormatError({ where: `${where}, byte ${at}`, got, expected, hint: "the file may be damaged or no PNG" }, { cause });
  };
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) fail(0, "another signature", "a PNG file");
  const chunks = readChunks(bytes, fail);
  const header = chunks[0];
  if (header?.type !== "IHDR" || header.to - header.from !== 13) return fail(8, header?.type ?? "nothing", "an IHDR chunk of 13 bytes");
  const format = readFormat(bytes, header.from, fail);

  const find = (type: string): Uint8Array | null => {
    const chunk = chunks.find((c) => c.type === type);
    return chunk === undefined ? null : bytes.subarray(chunk.from, chunk.to);
  };
  const parts = chunks.filter(({ type }) => type === "IDAT").map(({ from, to }) => bytes.subarray(from, to));
  const packed = concat(parts);
  const size = scanlineBytes(format);
  const at = chunks.find(({ type }) => type === "IDAT")?.from ?? bytes.length;
  if (size > packed.length * LARGEST_RATIO) fail(at, `${packed.length} bytes of image data`, `enough for ${format.width} x ${format.height} pixels`);
  let raw = new Uint8Array(0);
  try {
    // A byte more than needed shows data that goes on.
    raw = unzlibSync(packed, { out: new Uint8Array(size + 1) });
  } catch (cause) {
    fail(at, "image data that cannot be unpacked", "zlib data", cause);
  }
  if (raw.length !== size)
    fail(at, `${raw.length > size ? "more" : "fewer"} than ${size} bytes of pixels (${raw.length})`, `${size} for ${format.width} x ${format.height} pixels`);
  const samples = readSamples(raw, format);
  if (samples === null) return fail(at, "an unknown scanline filter", "0 to 4");
  const palette = format.colour === 3 ? find("PLTE") : null;
  if (format.colour === 3 && (palette === null || palette.length === 0 || palette.length % 3 !== 0 || palette.length > 768))
    fail(header.to + 4, "a palette image without a sound palette", "a PLTE chunk");
  const data = toGrey(samples, format, palette, find("tRNS"));
  if (data === null) return fail(at, "a pixel outside the palette", `an index below ${(palette?.length ?? 0) / 3}`);
  return { width: format.width, height: format.height, data };
}

type Fail = (at: number, got: string, expected: string, cause?: unknown) => never;

/** All chunks up to IEND, their checksums checked. */
function readChunks(bytes: Uint8Array, fail: Fail): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const chunks: Chunk[] = [];
  let at = SIGNATURE.length;
  for (;;) {
    if (at + 12 > bytes.length) fail(bytes.length, "the end of the file", "an IEND chunk");
    const from = at + 8;
    const to = from + view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, from));
    if (to + 4 > bytes.length) fail(at, `a chunk of ${to - from} bytes`, `at most ${bytes.length - from - 4}, to the end of the file`);
    if (crc32(bytes, at + 4, to) !== view.getUint32(to)) fail(to, `another checksum than the ${JSON.stringify(type)} chunk has`, "an undamaged file");
    if (type === "IEND") return chunks;
    // A capital first letter marks what a reader must understand.
    if (type[0] < "a" && !["IHDR", "PLTE", "IDAT"].includes(type)) fail(at, `a critical chunk ${JSON.stringify(type)}`, "IHDR, PLTE, IDAT or IEND");
    chunks.push({ type, from, to });
    at = to + 4;
  }
}

function readFormat(bytes: Uint8Array, at: number, fail: Fail): PngFormat {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colour, compression, filter, interlace] = bytes.subarray(at + 8, at + 13);
  if (width === 0 || height === 0 || width * height > MOST_PIXELS) fail(at, `${width} x ${height} pixels`, `1 to ${MOST_PIXELS} pixels`);
  if (!DEPTHS[colour]?.includes(depth)) fail(at + 8, `${depth} bits of colour type ${colour}`, "a combination that PNG has");
  if (compression !== 0 || filter !== 0 || interlace > 1)
    fail(at + 10, `compression ${compression}, filter ${filter}, interlacing ${interlace}`, "0, 0, and 0 or 1");
  return { width, height, depth, colour, channels: CHANNELS[colour], interlaced: interlace === 1 };
}

/** Luminance of samples, or null if one lies outside the palette. */
function toGrey(samples: Uint16Array, format: PngFormat, palette: Uint8Array | null, transparency: Uint8Array | null): Uint8Array | null {
  const { width, height, depth, colour, channels } = format;
  const grey = new Uint8Array(width * height);
  const most = (1 << depth) - 1;
  const keyed = palette === null && transparency !== null && transparency.length === 2 * channels && colour <= 2;
  const key = keyed ? Array.from({ length: channels }, (_, c) => transparency[2 * c] * 256 + transparency[2 * c + 1]) : null;
  for (let i = 0; i < grey.length; i++) {
    const s = i * channels;
    let luminance: number;
    let alpha = 1;
    if (palette !== null) {
      const p = samples[s] * 3;
      if (p >= palette.length) return null;
      luminance = luma(palette[p], palette[p + 1], palette[p + 2]);
      alpha = (transparency?.[samples[s]] ?? 255) / 255;
    } else {
      const value = channels < 3 ? samples[s] : luma(samples[s], samples[s + 1], samples[s + 2]);
      luminance = (value * 255) / most;
      if (colour >= 4) alpha = samples[s + channels - 1] / most;
      if (key?.every((value, c) => samples[s + c] === value)) alpha = 0;
    }
    grey[i] = Math.floor(luminance * alpha + 0.5);
  }
  return grey;
}

const luma = (r: number, g: number, b: number): number => (299 * r + 587 * g + 114 * b) / 1000;

function concat(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
