import { gzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { DataFormatError } from "../../src/errors.ts";
import { crc32 } from "../../src/formats/crc32.ts";
import { gunzip } from "../../src/formats/gzip.ts";

const text = new Uint8Array(200_000).map((_, i) => (i * i) % 251);
const exactly = (size: number) => (head: Uint8Array) => (head.length < 4 ? null : size);

describe("gunzip", () => {
  test.each([0, 6, 9] as const)("level %i, with and without a name", (level) => {
    for (const filename of [undefined, "a.bin"])
      expect(Buffer.compare(gunzip(gzipSync(text, { level, filename }), "f.gz", exactly(text.length)), text)).toBe(0);
  });

  test("a bomb is stopped at the size its header tells, and a lie about the size before it allocates", () => {
    const bomb = gzipSync(new Uint8Array(20_000_000));
    expect(() => gunzip(bomb, "f.gz", exactly(1000))).toThrow(/more than 1000 bytes unpacked/);
    expect(() => gunzip(gzipSync(text.subarray(0, 99)), "f.gz", exactly(2 ** 31))).toThrow(/for an array of 2147483648/);
  });

  test("cut off, damaged, too short, with another checksum", () => {
    const good = gzipSync(text);
    for (let cut = 0; cut < good.length; cut += 1 + (good.length >> 6))
      expect(() => gunzip(good.slice(0, cut), "f.gz", exactly(text.length))).toThrow(DataFormatError);
    for (let at = 20; at < good.length - 4; at += 1 + (good.length >> 6)) {
      const bad = good.slice();
      bad[at] ^= 0x10;
      expect(() => gunzip(bad, "f.gz", exactly(text.length))).toThrow(DataFormatError);
    }
    expect(() => gunzip(good, "f.gz", exactly(text.length + 1))).toThrow(/200000 bytes unpacked, expected 200001/);
    const checksum = good.slice();
    checksum[good.length - 8] ^= 1;
    expect(() => gunzip(checksum, "f.gz", exactly(text.length))).toThrow(/checksum/);
    expect(() => gunzip(gzipSync(text.subarray(0, 3)), "f.gz", exactly(9))).toThrow(/3 bytes unpacked, expected at least/);
  });
});

test("crc32 of the standard check string", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});
