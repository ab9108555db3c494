import { describe, expect, it } from "vitest";
import { DataFormatError } from "../../../src/errors.ts";
import { correctBits } from "../../../src/lab/summary/correct-bits.ts";

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
