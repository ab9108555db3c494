import { zlibSync } from "fflate";
import { crc32 } from "../../../src/formats/crc32.ts";

/** What to encode. */
export interface PngSource {
  width: number;
  height: number;
  depth: number;
  colour: number;
  /** [height, width, channels], each below 2^depth. */
  samples: ArrayLike<number>;
  interlaced?: boolean;
  palette?: number[];
  transparency?: number[];
  /** Filter of line i. Default 0. */
  filter?: (line: number) => number;
  /** Bytes per IDAT chunk. */
  chunk?: number;
}

const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** One chunk with length and checksum. */
export function pngChunk(type: string, data: ArrayLike<number>): number[] {
  const body = [...[...type].map((c) => c.charCodeAt(0)), ...Array.from(data)];
  const word = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
  return [...word(data.length), ...body, ...word(crc32(Uint8Array.from(body)))];
}

/** The bytes of a PNG file, for any valid source; written for tests, by the specification and apart from the decoder. */
export function encodePng(source: PngSource): Uint8Array {
  const { width, height, depth, colour, samples, interlaced = false, palette, transparency, filter = () => 0, chunk = 1 << 20 } = source;
  const channelCount = [1, 0, 3, 1, 2, 0, 4][colour];
  const bpp = Math.max(1, (depth * channelCount) / 8);
  const raw: number[] = [];
  let lineNumber = 0;
  for (const [x0, y0, dx, dy] of interlaced ? ADAM7 : [[0, 0, 1, 1]]) {
    if (x0 >= width) continue;
    let previous: number[] | null = null;
    for (let y = y0; y < height; y += dy) {
      let bits = "";
      for (let x = x0; x < width; x += dx) {
        for (let c = 0; c < channelCount; c++) bits += samples[(y * width + x) * channelCount + c].toString(2).padStart(depth, "0");
      }
      const line: number[] = (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2));
      const type = filter(lineNumber++);
      raw.push(type);
      line.forEach((value, i) => {
        const a = i >= bpp ? line[i - bpp] : 0;
        const b = previous?.[i] ?? 0;
        const c = i >= bpp ? (previous?.[i - bpp] ?? 0) : 0;
        const p = a + b - c;
        const nearest = [a, b, c].reduce((best, v) => (Math.abs(p - v) < Math.abs(p - best) ? v : best));
        raw.push((value - [0, a, b, Math.floor((a + b) / 2), nearest][type]) & 255);
      });
      previous = line;
    }
  }
  const packed = zlibSync(Uint8Array.from(raw));
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8);
  const parts = [...pngChunk("IHDR", header), ...pngChunk("tEXt", [65, 0, 66])];
  if (palette !== undefined) parts.push(...pngChunk("PLTE", palette));
  if (transparency !== undefined) parts.push(...pngChunk("tRNS", transparency));
  for (let at = 0; at < packed.length; at += chunk) parts.push(...pngChunk("IDAT", packed.subarray(at, at + chunk)));
  return Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...parts, ...pngChunk("IEND", [])]);
}
