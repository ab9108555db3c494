import fc from "fast-check";
import { expect, it } from "vitest";
import { leastSquares } from "../../../src/lab/statistics/index.ts";

/** NIST StRD, linear regression, "Longley": y, x1 to x6. Certified coefficients to 15 digits. https://www.itl.nist.gov/div898/strd/lls/data/Longley.shtml */
const LONGLEY = [
  [60323, 83.0, 234289, 2356, 1590, 107608, 1947],
  [61122, 88.5, 259426, 2325, 1456, 108632, 1948],
  [60171, 88.2, 258054, 3682, 1616, 109773, 1949],
  [61187, 89.5, 284599, 3351, 1650, 110929, 1950],
  [63221, 96.2, 328975, 2099, 3099, 112075, 1951],
  [63639, 98.1, 346999, 1932, 3594, 113270, 1952],
  [64989, 99.0, 365385, 1870, 3547, 115094, 1953],
  [63761, 100.0, 363112, 3578, 3350, 116219, 1954],
  [66019, 101.2, 397469, 2904, 3048, 117388, 1955],
  [67857, 104.6, 419180, 2822, 2857, 118734, 1956],
  [68169, 108.4, 442769, 2936, 2798, 120445, 1957],
  [66513, 110.8, 444546, 4681, 2637, 121950, 1958],
  [68655, 112.6, 482704, 3813, 2552, 123366, 1959],
  [69564, 114.2, 502601, 3931, 2514, 125368, 1960],
  [69331, 115.7, 518173, 4806, 2572, 127852, 1961],
  [70551, 116.9, 554894, 4007, 2827, 130081, 1962],
];
const CERTIFIED = [-3482258.63459582, 15.0618722713733, -0.035819179292591, -2.02022980381683, -1.03322686717359, -0.0511041056535807, 1829.15146461355];

it("Longley's data: NIST's certified coefficients", () => {
  const { intercept, coefficients, rank } = leastSquares(
    LONGLEY.flatMap(([, ...x]) => x),
    LONGLEY.map(([y]) => y),
  );
  expect(rank).toBe(6);
  for (const [k, value] of [intercept, ...coefficients].entries()) expect(Math.abs(value / CERTIFIED[k] - 1)).toBeLessThan(1e-10);
});

it("says nothing of features that the others say already, and predicts the same", () => {
  const [x, y] = [
    [1, 2, 4, 7, 11],
    [2, 3, 3, 6, 9],
  ];
  const alone = leastSquares(x, y);
  // A constant, twice the first, and one column for each of two categories: their sum is constant.
  const { intercept, coefficients, rank } = leastSquares(
    x.flatMap((value, i) => [value, 0.1, 2 * value + 1, i % 2, 1 - (i % 2)]),
    y,
  );
  expect(rank).toBe(2);
  expect(coefficients.filter((value) => value === 0)).toHaveLength(3);
  const two = leastSquares(
    x.flatMap((value, i) => [value, i % 2]),
    y,
  );
  for (const [i, value] of x.entries()) {
    const said = intercept + [value, 0.1, 2 * value + 1, i % 2, 1 - (i % 2)].reduce((sum, feature, j) => sum + feature * coefficients[j], 0);
    expect(said).toBeCloseTo(two.intercept + two.coefficients[0] * value + two.coefficients[1] * (i % 2), 9);
  }
  expect(alone.rank).toBe(1);
});

it("leaves residuals that no feature explains", () => {
  const value = fc.double({ min: -100, max: 100, noNaN: true });
  const rows = fc.array(fc.tuple(value, value, value, value), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(rows, (samples) => {
      const x = samples.flatMap(([, ...features]) => features);
      const { intercept, coefficients } = leastSquares(
        x,
        samples.map(([y]) => y),
      );
      const left = samples.map(([y, ...features]) => y - intercept - features.reduce((sum, one, j) => sum + one * coefficients[j], 0));
      const size = 1e-6 * samples.length * (1 + Math.max(...coefficients.map(Math.abs)));
      for (const feature of [() => 1, ...[1, 2, 3].map((j) => (row: number[]) => row[j])]) {
        expect(Math.abs(samples.reduce((sum, row, i) => sum + left[i] * feature(row), 0))).toBeLessThan(100 * size);
      }
    }),
  );
});

it("refuses what is no sample", () => {
  expect(() => leastSquares([1, 2, 3], [1, 2])).toThrow("leastSquares, x: got 3 values, expected a multiple of 2");
  expect(() => leastSquares([], [])).toThrow("leastSquares, y: got 0 values");
  expect(() => leastSquares([1, Number.NaN], [1, 2])).toThrow("leastSquares, x: value 1: got NaN");
});
