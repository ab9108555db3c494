/** Event files against those of TensorBoard's own writer, which its own reader took: test/golden/generate/tensorboard_events.py. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { crc32c } from "../../src/formats/crc32c.ts";
import { encodeRestart, encodeSummaries, encodeVersion, histogramOf, type Summary } from "../../src/formats/tensorboard.ts";

interface GoldenRecord {
  readonly wallTime: number;
  readonly version?: true;
  readonly restart?: true;
  readonly step?: number;
  readonly summaries?: Summary[];
}
const golden: { records: GoldenRecord[]; bytes: string } = JSON.parse(readFileSync(new URL("tensorboard.json", import.meta.url), "utf8"));

it("CRC-32C has the values of RFC 3720", () => {
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
});

it("every byte is TensorBoard's", () => {
  const encoded = golden.records.map(({ wallTime, version, restart, step = 0, summaries = [] }) => {
    if (version) return encodeVersion(wallTime);
    return restart ? encodeRestart(wallTime, step) : encodeSummaries(wallTime, step, summaries);
  });
  expect(Buffer.concat(encoded).toString("base64")).toBe(golden.bytes);
});

describe("histograms", () => {
  it("count every value in the bucket that ends above it", () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => ((i * 37) % 1000) / 100 - 4);
    const { min, max, num, sum, sumSquares, limits, counts } = histogramOf([values.subarray(0, 300), values.subarray(300)]);
    expect([min, max, num]).toEqual([Math.min(...values), Math.max(...values), 1000]);
    expect(sum).toBeCloseTo(
      values.reduce((a, b) => a + b, 0),
      6,
    );
    expect(sumSquares).toBeCloseTo(
      values.reduce((a, b) => a + b * b, 0),
      6,
    );
    expect(limits.every((limit, i) => i === 0 || limit > limits[i - 1])).toBe(true);
    limits.forEach((limit, i) => {
      const from = limits[i - 1] ?? Number.NEGATIVE_INFINITY;
      expect(values.filter((value) => value >= from && value < limit).length, `up to ${limit}`).toBe(counts[i]);
    });
  });

  it("hold extremes, and leave out what is no number", () => {
    const { num, counts, limits } = histogramOf([[0, -0, 1e-300, -1e300, Number.MAX_VALUE, Number.NaN, Number.POSITIVE_INFINITY]]);
    expect(num).toBe(5);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(5);
    expect(limits.at(-1)).toBe(Number.MAX_VALUE);
    expect(histogramOf([[]])).toEqual({ min: 0, max: 0, num: 0, sum: 0, sumSquares: 0, limits: [0], counts: [0] });
  });
});
