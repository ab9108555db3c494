/**
 * PNG images as bytes, grey or colour. The pixels' size is checked against what the compressed data can hold before anything is allocated, and chunks are
 * never read past the file's end.
 * @module
 */
import { unzlibSync } from "fflate";
import { ConfigError, DataFormatError } from "../../errors.ts";
import { crc32 } from "../../formats/crc32.ts";
import { type PngFormat, readSamples, scanlineBytes } from "./png-scanlines.ts";

/** An image: rows of pixels, 0 black. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  /** Bytes of a pixel: 1 is grey, 3 are red, green and blue. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** Options of {@link decodePng}. */
export interface PngOptions {
  /** What is made of it: grey, colours, or grey where every pixel is and else colours. Default 1. */
  channels?: 1 | 3 | "auto";
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
 * Decodes a PNG of any colour type, depth and interlacing to luminance (Rec. 601: 0.299 R + 0.587 G + 0.114 B, rounded) or to RGB, 8 bits a channel,
 * transparency over black. Colour profiles and gamma are not applied.
 * @param where the file's name, for messages
 * @throws DataFormatError if it is no PNG, damaged, or has more than 64 megapixels; ConfigError for other channels
 */
export function decodePng(bytes: Uint8Array, where: string, options: PngOptions = {}): DecodedImage {
  const { channels = 1 } = options;
  if (channels !== 1 && channels !== 3 && channels !== "auto")
    throw new ConfigError({ where: "decodePng, channels", got: JSON.stringify(channels) ?? "nothing", expected: '1, 3 or "auto"' });
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
  const pixels: Pixels = { samples, format, palette, transparency: find("tRNS") };
  if (palette !== null && samples.some((index) => index * 3 >= palette.length))
    return fail(at, "a pixel outside the palette", `an index below ${palette.length / 3}`);
  const { width, height } = format;
  if (channels === 1 || (channels === "auto" && (format.colour === 0 || format.colour === 4))) return { width, height, channels: 1, data: toGrey(pixels) };
  const data = toColours(pixels);
  if (channels === 3 || hasColours(data)) return { width, height, channels: 3, data };
  return { width, height, channels: 1, data: data.filter((_, i) => i % 3 === 0) };
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

/** What a file's pixels are made of; indices lie within the palette. */
interface Pixels {
  readonly samples: Uint16Array;
  readonly format: PngFormat;
  readonly palette: Uint8Array | null;
  readonly transparency: Uint8Array | null;
}

function toGrey({ samples, format, palette, transparency }: Pixels): Uint8Array {
  const { depth, channels } = format;
  const grey = new Uint8Array(format.width * format.height);
  const scale = palette === null ? 255 / ((1 << depth) - 1) : 1;
  const source = palette ?? samples;
  const alpha = opacity({ samples, format, palette, transparency });
  const isColour = palette !== null || channels >= 3;
  for (let i = 0; i < grey.length; i++) {
    const s = palette === null ? i * channels : samples[i] * 3;
    const value = isColour ? luma(source[s], source[s + 1], source[s + 2]) : source[s];
    grey[i] = toByte(value * scale * (alpha === null ? 1 : alpha(i)));
  }
  return grey;
}

function toColours({ samples, format, palette, transparency }: Pixels): Uint8Array {
  const { depth, channels } = format;
  const count = format.width * format.height;
  const colours = new Uint8Array(count * 3);
  const scale = palette === null ? 255 / ((1 << depth) - 1) : 1;
  const source = palette ?? samples;
  const alpha = opacity({ samples, format, palette, transparency });
  const isColour = palette !== null || channels >= 3;
  for (let i = 0; i < count; i++) {
    const s = palette === null ? i * channels : samples[i] * 3;
    const visible = alpha === null ? 1 : alpha(i);
    for (let c = 0; c < 3; c++) colours[i * 3 + c] = toByte(source[isColour ? s + c : s] * scale * visible);
  }
  return colours;
}

/** The opacity of pixel i, 0 to 1; null where all are opaque. */
function opacity({ samples, format, palette, transparency }: Pixels): ((i: number) => number) | null {
  const { depth, colour, channels } = format;
  const most = (1 << depth) - 1;
  if (colour >= 4) return (i) => samples[(i + 1) * channels - 1] / most;
  if (transparency === null) return null;
  if (palette !== null) return (i) => (transparency[samples[i]] ?? 255) / 255;
  if (transparency.length !== 2 * channels) return null;
  const key = Array.from({ length: channels }, (_, c) => transparency[2 * c] * 256 + transparency[2 * c + 1]);
  return (i) => (key.every((value, c) => samples[i * channels + c] === value) ? 0 : 1);
}

function hasColours(data: Uint8Array): boolean {
  for (let i = 0; i < data.length; i += 3) if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return true;
  return false;
}

const toByte = (value: number): number => Math.floor(value + 0.5);
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
