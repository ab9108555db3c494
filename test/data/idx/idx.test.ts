import fc from "fast-check";
import { gzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { decodeIdx } from "../../../src/data/idx/idx.ts";
import { idxDataset } from "../../../src/data/idx/idx-dataset.ts";
import { DataFormatError } from "../../../src/errors.ts";
import { idx } from "./idx-files.ts";

const decode = (bytes: Uint8Array) => decodeIdx(bytes, "images");

describe("decodeIdx", () => {
  test("reads ranks 1 to 4, plain and gzip", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }), fc.boolean(), (shape, packed) => {
        const data = new Uint8Array(shape.reduce((a, b) => a * b, 1)).map((_, i) => i * 3);
        const bytes = idx(shape, data);
        const got = decode(packed ? gzipSync(bytes) : bytes);
        expect(got).toEqual({ shape, data });
      }),
    );
  });

  test("plain data is a view, not a copy", () => {
    const bytes = idx([2], [1, 2]);
    expect(decode(bytes).data.buffer).toBe(bytes.buffer);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["empty", new Uint8Array(0), /^images, byte 0: got the end of the file, expected a whole IDX header/],
    ["half a header", idx([2, 3], []).slice(0, 9), /byte 9: got the end of the file/],
    ["cut data", idx([2, 3], [1, 2, 3]), /byte 15: got the end of the file, expected 18 bytes for shape \[2,3\]/],
    ["trailing bytes", idx([2], [1, 2, 3]), /byte 10: got 1 more bytes/],
    ["floats", Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 0), /magic 0x00000d01 \(f32, rank 1\)/],
    ["rank 0", Uint8Array.of(0, 0, 8, 0), /magic 0x00000800/],
    ["rank 5", idx([1, 1, 1, 1, 1], [1]), /magic 0x00000805/],
    ["something else", new TextEncoder().encode("<html>"), /magic 0x3c68746d, /],
    ["an overflowing header", idx([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], []), /byte 4: got shape/],
    ["a header of 4 GB", idx([0xffffffff], []), /at most 2147483648/],
    ["gzip that unpacks to more", gzipSync(idx([2], [1, 2, 3])), /more than 10 bytes unpacked/],
    ["gzip that unpacks to less", gzipSync(idx([4], [1, 2, 3])), /11 bytes unpacked, expected 12/],
    ["gzip whose header claims 2 GB", gzipSync(idx([0x7ffffff0], [])), /for an array of 2147483640/],
    ["gzip of something else", gzipSync(new TextEncoder().encode("hello hello")), /magic 0x68656c6c/],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => decode(bytes)).toThrow(DataFormatError);
    expect(() => decode(bytes)).toThrow(message);
  });

  test("any mutation gives an array or a DataFormatError", () => {
    const plain = idx([3, 2], [1, 2, 3, 4, 5, 6]);
    for (const good of [plain, gzipSync(plain)]) {
      fc.assert(
        fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 3 }), fc.nat(good.length), (edits, cut) => {
          const bytes = good.slice(0, cut);
          for (const [at, value] of edits) if (at < cut) bytes[at] = value;
          try {
            const { shape, data } = decode(bytes);
            expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
          } catch (error) {
            expect(error).toBeInstanceOf(DataFormatError);
          }
        }),
        { numRuns: 1000 },
      );
    }
  });
});

describe("idxDataset", () => {
  const samples = { name: "i", bytes: idx([2, 1, 3], [0, 51, 255, 1, 2, 3]) };
  const labels = { name: "l", bytes: idx([2], [4, 1]) };

  test("images get a channel, labels their classes", () => {
    const data = idxDataset(samples, labels);
    expect([data.length, data.sampleShape, data.classes, data.label(0)]).toEqual([2, [1, 3, 1], 5, 4]);
    expect([...data.sample(0)]).toEqual([0, Math.fround(0.2), 1]);
    expect(idxDataset({ name: "i", bytes: idx([2, 1, 1, 3], [0, 1, 2, 3, 4, 5]) }, labels).sampleShape).toEqual([1, 1, 3]);
    expect(idxDataset({ name: "i", bytes: idx([2, 3], [0, 1, 2, 3, 4, 5]) }, labels).sampleShape).toEqual([3]);
  });

  test("files that do not belong together", () => {
    expect(() => idxDataset(samples, { name: "l", bytes: idx([3], [1, 2, 3]) })).toThrow(/^l, byte 4: got shape \[3\], expected \[2\]/);
    expect(() => idxDataset(samples, { name: "l", bytes: idx([2, 1], [1, 2]) })).toThrow(DataFormatError);
    expect(() => idxDataset(labels, labels)).toThrow(/expected samples/);
    expect(() => idxDataset(samples, labels, { classes: 4 })).toThrow(/^l, label 0: got 4, expected less than 4/);
  });
});
