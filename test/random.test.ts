import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deriveKey, fillNormal, fillUniform, Purpose, permutation, threefry } from "../src/random.ts";

const block = (k0: number, k1: number, c0: number, c1: number): string[] => {
  const out = new Int32Array(2);
  threefry(out, k0, k1, c0, c1);
  return [...out].map((word) => (word >>> 0).toString(16).padStart(8, "0"));
};
const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const key = fc.tuple(word, word);

describe("threefry", () => {
  // Random123's kat_vectors for threefry2x32-20.
  test.each([
    [0, 0, 0, 0, "6b200159", "99ba4efe"],
    [-1, -1, -1, -1, "1cb996fc", "bb002be7"],
    [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, "c4923a9c", "483df7a0"],
  ])("known answer for key %i %i, counter %i %i", (k0, k1, c0, c1, first, second) => {
    expect(block(k0, k1, c0, c1)).toEqual([first, second]);
  });

  test("is one to one in the counter", () => {
    fc.assert(
      fc.property(key, fc.uniqueArray(word, { maxLength: 50 }), ([k0, k1], counters) => {
        expect(new Set(counters.map((c) => block(k0, k1, c, 0).join())).size).toBe(counters.length);
      }),
    );
  });
});

describe("deriveKey", () => {
  test("differs by seed, purpose, word and number of words", () => {
    const keys = [
      deriveKey(0),
      deriveKey(1),
      deriveKey(2 ** 32),
      deriveKey(0, Purpose.split),
      deriveKey(0, Purpose.shuffle),
      deriveKey(0, Purpose.split, 0),
      deriveKey(0, Purpose.split, 1),
    ];
    expect(new Set(keys.map(String)).size).toBe(keys.length);
  });
});

describe("fillUniform", () => {
  test("multiples of 2^-24 in [0,1), the same for a prefix", () => {
    fc.assert(
      fc.property(key, fc.integer({ min: 0, max: 65 }), (k, n) => {
        const y = new Float32Array(66);
        fillUniform(y, 66, k);
        expect(y.every((u) => u >= 0 && u < 1 && Number.isInteger(u * 2 ** 24))).toBe(true);
        const prefix = new Float32Array(n);
        fillUniform(prefix, n, k);
        expect(prefix).toEqual(y.slice(0, n));
      }),
    );
  });

  test("has mean 1/2, variance 1/12 and no correlation of neighbours", () => {
    const n = 1e5;
    const y = new Float64Array(n);
    fillUniform(y, n, [3, 4]);
    let [mean, square, product] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      mean += y[i] / n;
      square += (y[i] - 0.5) ** 2 / n;
      product += ((y[i] - 0.5) * (y[(i + 1) % n] - 0.5)) / n;
    }
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(square - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / n));
    expect(Math.abs(product)).toBeLessThan(4 / 12 / Math.sqrt(n));
  });
});

describe("fillNormal", () => {
  test("is Box-Muller of the block's words, within a few f32 roundings", () => {
    const n = 20_001;
    const y = new Float32Array(n);
    const k = [7, -9] as const;
    fillNormal(y, n, k);
    const out = new Int32Array(2);
    for (let i = 0; i < n; i++) {
      threefry(out, k[0], k[1], i >> 1, 0);
      const radius = Math.sqrt(-2 * Math.log(((out[0] >>> 8) + 1) * 2 ** -24));
      const angle = 2 * Math.PI * (out[1] >>> 8) * 2 ** -24;
      expect(Math.abs(y[i] - radius * (i & 1 ? Math.sin(angle) : Math.cos(angle)))).toBeLessThan(2e-6);
    }
  });

  test("has the moments of a normal distribution", () => {
    const n = 2e5;
    const y = new Float64Array(n);
    fillNormal(y, n, [1, 2]);
    const moment = (p: number) => y.reduce((sum, z) => sum + z ** p, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
  });
});

describe("permutation", () => {
  test("is a permutation", () => {
    fc.assert(
      fc.property(key, fc.integer({ min: 0, max: 300 }), (k, n) => {
        expect([...permutation(n, k)].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  test("gives every order of three about equally often", () => {
    const counts = new Map<string, number>();
    const runs = 6000;
    for (let i = 0; i < runs; i++) {
      const order = permutation(3, deriveKey(i)).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - runs / 6)).toBeLessThan(5 * Math.sqrt(runs / 6));
  });
});
