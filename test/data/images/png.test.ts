import fc from "fast-check";
import { zlibSync } from "fflate";
import { describe, expect, test } from "vitest";
import { decodePng } from "../../../src/data/index.ts";
import { ConfigError, DataFormatError } from "../../../src/errors.ts";
import { encodePng, pngChunk } from "./png-encode.ts";

const decode = (bytes: Uint8Array) => decodePng(bytes, "a.png");
const luma = (r: number, g: number, b: number) => (299 * r + 587 * g + 114 * b) / 1000;

/** The grey value of a pixel, written out per colour type. */
function grey(colour: number, depth: number, [p, q, r, s]: number[], palette: number[]): number {
  const unit = 255 / (2 ** depth - 1);
  if (colour === 0) return p * unit;
  if (colour === 2) return luma(p, q, r) * unit;
  if (colour === 3) return luma(palette[3 * p], palette[3 * p + 1], palette[3 * p + 2]);
  if (colour === 4) return (p * unit * q) / (2 ** depth - 1);
  return (luma(p, q, r) * unit * s) / (2 ** depth - 1);
}

const kinds = [
  [0, 1],
  [0, 2],
  [0, 4],
  [0, 8],
  [0, 16],
  [2, 8],
  [2, 16],
  [3, 1],
  [3, 2],
  [3, 4],
  [3, 8],
  [4, 8],
  [4, 16],
  [6, 8],
  [6, 16],
];

describe("decodePng", () => {
  test.each(kinds)("colour type %i of %i bits: any size, filter, interlacing and chunking", (colour, depth) => {
    const channels = [1, 0, 3, 1, 2, 0, 4][colour];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 19 }),
        fc.integer({ min: 1, max: 19 }),
        fc.boolean(),
        fc.infiniteStream(fc.nat(65_535)),
        fc.array(fc.nat(4), { minLength: 3, maxLength: 7 }),
        fc.integer({ min: 1, max: 999 }),
        (width, height, interlaced, stream, filters, chunk) => {
          const samples = Array.from({ length: width * height * channels }, () => (stream.next().value as number) % 2 ** depth);
          const palette = Array.from({ length: 3 * 2 ** Math.min(depth, 8) }, (_, i) => (i * 37) & 255);
          const image = decode(
            encodePng({
              width,
              height,
              depth,
              colour,
              samples,
              interlaced,
              palette: colour === 3 ? palette : undefined,
              filter: (line) => filters[line % filters.length],
              chunk,
            }),
          );
          expect([image.width, image.height, image.data.length]).toEqual([width, height, width * height]);
          for (let i = 0; i < image.data.length; i++) {
            expect(Math.abs(image.data[i] - grey(colour, depth, samples.slice(i * channels, (i + 1) * channels), palette))).toBeLessThan(0.5 + 1e-9);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test.each(kinds)("colour type %i of %i bits as colours, and as what it is", (colour, depth) => {
    const channels = [1, 0, 3, 1, 2, 0, 4][colour];
    const [width, height] = [7, 5];
    const most = 2 ** depth - 1;
    const samples = Array.from({ length: width * height * channels }, (_, i) => (i * 7919 + 13) % (most + 1));
    const palette = Array.from({ length: 3 * 2 ** Math.min(depth, 8) }, (_, i) => (i * 37) & 255);
    const bytes = encodePng({ width, height, depth, colour, samples, palette: colour === 3 ? palette : undefined });
    const image = decodePng(bytes, "a.png", { channels: 3 });
    expect([image.width, image.height, image.channels, image.data.length]).toEqual([width, height, 3, width * height * 3]);
    for (let i = 0; i < width * height; i++) {
      const pixel = samples.slice(i * channels, (i + 1) * channels);
      const alpha = colour >= 4 ? pixel[channels - 1] / most : 1;
      for (let c = 0; c < 3; c++) {
        const value = colour === 3 ? palette[3 * pixel[0] + c] : (pixel[channels >= 3 ? c : 0] * 255) / most;
        expect(Math.abs(image.data[3 * i + c] - value * alpha)).toBeLessThan(0.5 + 1e-9);
      }
    }
    const isColour = colour === 2 || colour === 3 || colour === 6;
    expect(decodePng(bytes, "a.png", { channels: "auto" })).toEqual(isColour ? image : decode(bytes));
  });

  test("colours that are all grey are grey", () => {
    const samples = Array.from({ length: 75 }, (_, i) => Math.floor(i / 3) * 10);
    const source = { width: 5, height: 5, depth: 8, colour: 2, samples };
    const grey = decodePng(encodePng(source), "a.png", { channels: "auto" });
    expect([grey.channels, ...grey.data]).toEqual([1, ...Array.from({ length: 25 }, (_, i) => i * 10)]);
    samples[74]++;
    expect(decodePng(encodePng(source), "a.png", { channels: "auto" }).channels).toBe(3);
    const indexed = encodePng({ width: 2, height: 1, depth: 1, colour: 3, samples: [1, 0], palette: [0, 0, 0, 255, 255, 255] });
    expect(decodePng(indexed, "a.png", { channels: "auto" })).toEqual({ width: 2, height: 1, channels: 1, data: Uint8Array.of(255, 0) });
  });

  test("other channels are refused", () => {
    expect(() => decodePng(encodePng({ width: 1, height: 1, depth: 8, colour: 0, samples: [1] }), "a.png", { channels: 4 as 3 })).toThrow(ConfigError);
  });

  test("an 8-bit grey image keeps its values", () => {
    const samples = Array.from({ length: 784 }, (_, i) => (i * 11) & 255);
    expect([...decode(encodePng({ width: 28, height: 28, depth: 8, colour: 0, samples })).data]).toEqual(samples);
  });

  test("transparent colours and palette entries are black", () => {
    expect([...decode(encodePng({ width: 3, height: 1, depth: 8, colour: 0, samples: [9, 200, 9], transparency: [0, 9] })).data]).toEqual([0, 200, 0]);
    expect([...decode(encodePng({ width: 2, height: 1, depth: 8, colour: 2, samples: [1, 2, 3, 1, 2, 4], transparency: [0, 1, 0, 2, 0, 3] })).data]).toEqual([
      0, 2,
    ]);
    expect([
      ...decode(
        encodePng({ width: 3, height: 1, depth: 8, colour: 3, samples: [0, 1, 2], palette: [200, 200, 200, 100, 100, 100, 50, 50, 50], transparency: [0, 51] }),
      ).data,
    ]).toEqual([0, 20, 50]);
  });

  // Written by Python's zlib, not by this project's test encoder.
  test("a file from elsewhere", () => {
    const bytes = Uint8Array.from(
      Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAFUlEQVR42mNgYGD4D8UM/4GgoaEBADTiB3uGy7+OAAAAAElFTkSuQmCC", "base64"),
    );
    expect(decode(bytes)).toEqual({ width: 3, height: 2, channels: 1, data: Uint8Array.of(0, 76, 150, 29, 255, 128) });
  });
});

describe("hostile images", () => {
  const good = encodePng({
    width: 5,
    height: 4,
    depth: 8,
    colour: 6,
    samples: new Uint8Array(80).map((_, i) => i),
    interlaced: true,
    filter: (l) => l % 5,
    chunk: 30,
  });
  const signature = [...good.subarray(0, 8)];
  const header = (width: number, height: number, ...rest: number[]) =>
    pngChunk("IHDR", [
      width >>> 24,
      (width >> 16) & 255,
      (width >> 8) & 255,
      width & 255,
      height >>> 24,
      (height >> 16) & 255,
      (height >> 8) & 255,
      height & 255,
      ...rest,
    ]);
  const png = (...chunks: number[][]) => Uint8Array.from([...signature, ...chunks.flat(), ...pngChunk("IEND", [])]);
  const grey8 = [8, 0, 0, 0, 0];

  test.each<[string, Uint8Array, RegExp]>([
    ["empty", new Uint8Array(0), /a\.png, byte 0: got another signature/],
    ["a JPEG", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), /signature/],
    ["nothing but a signature", Uint8Array.from(signature), /byte 8: got the end of the file/],
    ["no header", png(pngChunk("IDAT", [])), /byte 8: got IDAT, expected an IHDR/],
    ["no chunks", png(), /byte 8: got nothing/],
    ["a chunk past the end", Uint8Array.from([...signature, 255, 255, 255, 255, 73, 72, 68, 82, 0, 0, 0, 0]), /a chunk of 4294967295 bytes/],
    ["4 gigapixels", png(header(65_536, 65_536, ...grey8)), /byte 16: got 65536 x 65536 pixels/],
    ["2^32 - 1 squared", png(header(-1, -1, ...grey8)), /4294967295 x 4294967295/],
    ["no pixels", png(header(0, 1, ...grey8)), /0 x 1 pixels/],
    ["64 megapixels in 20 bytes", png(header(8192, 8192, ...grey8), pngChunk("IDAT", zlibSync(new Uint8Array(9)))), /bytes of image data/],
    ["no image data", png(header(1, 1, ...grey8)), /got 0 bytes of image data/],
    ["3 bits", png(header(1, 1, 3, 0, 0, 0, 0)), /3 bits of colour type 0/],
    ["colour type 5", png(header(1, 1, 8, 5, 0, 0, 0)), /colour type 5/],
    ["filter method 64", png(header(1, 1, 8, 0, 0, 64, 0)), /filter 64/],
    ["interlacing 2", png(header(1, 1, 8, 0, 0, 0, 2)), /interlacing 2/],
    ["a filter of 5", png(header(1, 1, ...grey8), pngChunk("IDAT", zlibSync(Uint8Array.of(5, 0)))), /unknown scanline filter/],
    ["too few pixels", png(header(2, 1, ...grey8), pngChunk("IDAT", zlibSync(Uint8Array.of(0, 0)))), /fewer than 3 bytes/],
    ["a bomb", png(header(1, 1, ...grey8), pngChunk("IDAT", zlibSync(new Uint8Array(1e5)))), /more than 2 bytes/],
    ["a stored bomb", png(header(1, 1, ...grey8), pngChunk("IDAT", zlibSync(new Uint8Array(100), { level: 0 }))), /unpacked/],
    ["no zlib", png(header(1, 1, ...grey8), pngChunk("IDAT", [1, 2, 3, 4, 5, 6, 7])), /cannot be unpacked/],
    ["no palette", png(header(1, 1, 8, 3, 0, 0, 0), pngChunk("IDAT", zlibSync(Uint8Array.of(0, 0)))), /palette/],
    [
      "an index outside the palette",
      encodePng({ width: 1, height: 1, depth: 8, colour: 3, samples: [2], palette: [1, 2, 3] }),
      /a pixel outside the palette, expected an index below 1/,
    ],
    ["an unknown critical chunk", png(header(1, 1, ...grey8), pngChunk("ABCD", [])), /critical chunk "ABCD"/],
  ])("%s", (_, bytes, message) => {
    expect(() => decode(bytes)).toThrow(DataFormatError);
    expect(() => decode(bytes)).toThrow(message);
  });

  test("every flipped byte and every cut is an error: chunks carry checksums", () => {
    for (let at = 0; at < good.length; at++) {
      const bad = good.slice();
      bad[at] ^= 0x21;
      expect(() => decode(bad)).toThrow(DataFormatError);
      expect(() => decode(good.slice(0, at))).toThrow(DataFormatError);
    }
  });

  test("mutations under a right checksum give an image or a DataFormatError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 13, maxLength: 13 }), fc.uint8Array({ maxLength: 60 }), fc.boolean(), (head, data, zip) => {
        head.set([0, 0, 0, head[3] & 31, 0, 0, 0, head[7] & 31]);
        head.set([[1, 2, 4, 8, 16][head[8] % 5], [0, 2, 3, 4, 6][head[9] % 5], 0, 0, head[12] & 1], 8);
        const bytes = png(
          pngChunk("IHDR", head),
          pngChunk("PLTE", data.slice(0, 6)),
          pngChunk("tRNS", data.slice(0, 3)),
          pngChunk("IDAT", zip ? zlibSync(data) : data),
        );
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DataFormatError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
