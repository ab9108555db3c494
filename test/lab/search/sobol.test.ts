import { expect, it } from "vitest";
import { methodOf, type Space } from "../../../src/lab/search/index.ts";
import { directionsOf, sobolWord } from "../../../src/lab/search/methods/sobol.ts";

/** The first points in ten dimensions with the direction numbers of Joe & Kuo, as their sobol.cc and SciPy 1.17's qmc.Sobol(10, scramble=False) give them. */
const FIRST = [
  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
  [0.75, 0.25, 0.25, 0.25, 0.75, 0.75, 0.25, 0.75, 0.75, 0.75],
  [0.25, 0.75, 0.75, 0.75, 0.25, 0.25, 0.75, 0.25, 0.25, 0.25],
  [0.375, 0.375, 0.625, 0.875, 0.375, 0.125, 0.375, 0.875, 0.875, 0.625],
  [0.875, 0.875, 0.125, 0.375, 0.875, 0.625, 0.875, 0.375, 0.375, 0.125],
  [0.625, 0.125, 0.875, 0.625, 0.625, 0.875, 0.125, 0.125, 0.125, 0.375],
  [0.125, 0.625, 0.375, 0.125, 0.125, 0.375, 0.625, 0.625, 0.625, 0.875],
];

/** Of 64 points in each of 100 dimensions: the sum of the n-th, from 1, times n; SciPy 1.17. */
const SUMS = [
  1031.75, 1047.75, 1039.75, 1039.75, 1047.75, 1031.75, 1039.75, 1031.75, 1031.75, 1039.75, 1039.75, 1039.75, 1039.75, 1031.75, 1031.75, 1031.75, 1039.75,
  1039.75, 1039.75, 1055.75, 1039.75, 1039.75, 1031.75, 1039.75, 1039.75, 1031.75, 1039.75, 1039.75, 1047.75, 1031.75, 1031.75, 1047.75, 1031.75, 1031.75,
  1031.75, 1031.75, 1047.75, 1047.75, 1055.75, 1039.75, 1039.75, 1047.75, 1039.75, 1039.75, 1039.75, 1031.75, 1039.75, 1047.75, 1047.75, 1047.75, 1031.75,
  1047.75, 1039.75, 1031.75, 1031.75, 1039.75, 1039.75, 1031.75, 1031.75, 1039.75, 1047.75, 1055.75, 1047.75, 1039.75, 1031.75, 1047.75, 1031.75, 1047.75,
  1039.75, 1039.75, 1039.75, 1039.75, 1055.75, 1031.75, 1031.75, 1031.75, 1047.75, 1039.75, 1039.75, 1039.75, 1031.75, 1047.75, 1047.75, 1031.75, 1039.75,
  1039.75, 1047.75, 1031.75, 1047.75, 1031.75, 1047.75, 1039.75, 1039.75, 1047.75, 1031.75, 1047.75, 1039.75, 1039.75, 1047.75, 1039.75,
];

const unit = (dimensions: number): Space => Object.fromEntries(Array.from({ length: dimensions }, (_, d) => [`x${d}`, { low: 0, high: 1 }]));
const points = (dimensions: number, trials: number, seed: number): number[][] =>
  methodOf("sobol", unit(dimensions), { trials, seed })
    .next([], 1)
    .map(({ point }) => Object.values(point) as number[]);

it("before they are scrambled, points are the published ones", () => {
  const directions = Array.from({ length: 100 }, (_, d) => directionsOf(d));
  const point = (n: number): number[] => directions.map((numbers) => sobolWord(numbers, n) / 2 ** 32);
  expect(FIRST.map((_, n) => point(n).slice(0, 10))).toEqual(FIRST);
  const sums = SUMS.map(() => 0);
  for (let n = 0; n < 64; n++) point(n).forEach((value, d) => (sums[d] += (n + 1) * value));
  expect(sums).toEqual(SUMS);
});

it("scrambled, each dimension still has one point in each of 2^m parts, and the first two in each part of every shape", () => {
  for (const seed of [0, 1, 2]) {
    const all = points(20, 64, seed);
    for (let d = 0; d < 20; d++) expect(new Set(all.map((point) => Math.floor(point[d] * 64))).size).toBe(64);
    for (let bits = 0; bits <= 6; bits++) {
      const parts = all.map(([x, y]) => Math.floor(x * 2 ** bits) * 2 ** (6 - bits) + Math.floor(y * 2 ** (6 - bits)));
      expect(new Set(parts).size).toBe(64);
    }
  }
});

it("seeds give other points, the same seed the same", () => {
  expect(points(3, 10, 5)).toEqual(points(3, 10, 5));
  expect(points(3, 10, 5)).not.toEqual(points(3, 10, 6));
  expect(points(3, 20, 5).slice(0, 10)).toEqual(points(3, 10, 5));
  // No dimension is scrambled as another is.
  const [[a, b]] = points(2, 1, 5);
  expect(a).not.toBe(b);
});

it("takes 100 dimensions, and says so", () => {
  expect(points(100, 2, 0)[1]).toHaveLength(100);
  expect(() => methodOf("sobol", unit(101))).toThrow("method sobol: got 101 dimensions, expected at most 100\nHint: use random");
});
