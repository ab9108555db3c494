import { describe, expect, it } from "vitest";
import { DataFormatError } from "../../../src/errors.ts";
import { correctBits, packBits } from "../../../src/lab/trials/correct-bits.ts";

const packed = (...bytes: number[]): string => Buffer.from(bytes).toString("base64");

describe("correctBits", () => {
  it("reads the lowest bit of the first byte first", () => {
    expect([...correctBits(packed(0b00000101, 0b10), 10)]).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
  });

  it("refuses another number of bytes", () => {
    expect(() => correctBits(packed(1), 9)).toThrow(DataFormatError);
    expect(() => correctBits(packed(1, 2), 8)).toThrow(/got 2 bytes, expected 1, a bit for each of 8 samples/);
  });
});

describe("packBits", () => {
  it("is undone by correctBits, for test sets of any size", () => {
    for (const n of [0, 1, 8, 9, 2_000_003]) {
      const right = Uint8Array.from({ length: n }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 31) & 1);
      expect(Buffer.compare(correctBits(packBits(right), n), right)).toBe(0);
    }
  });

  it("sets no bit for a part of a sample", () => {
    expect([...correctBits(packBits([1, 0.5, 0]), 3)]).toEqual([1, 0, 0]);
  });
});
