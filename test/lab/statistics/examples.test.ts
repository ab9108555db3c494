/** Worked examples that others published. */
import { expect, it } from "vitest";
import {
  friedman,
  holm,
  kendall,
  mcnemar,
  nemenyi,
  nemenyiCritical,
  noiseFloor,
  pairedT,
  signFlipTest,
  spearman,
  wilcoxonSignedRank,
} from "../../../src/lab/statistics/index.ts";

/** Demsar 2006, "Statistical comparisons of classifiers over multiple data sets", JMLR 7, table 6: AUC of C4.5, +m, +cf, +m+cf on 14 data sets. */
const C45 = [
  [0.763, 0.768, 0.771, 0.798],
  [0.599, 0.591, 0.59, 0.569],
  [0.954, 0.971, 0.968, 0.967],
  [0.628, 0.661, 0.654, 0.657],
  [0.882, 0.888, 0.886, 0.898],
  [0.936, 0.931, 0.916, 0.931],
  [0.661, 0.668, 0.609, 0.685],
  [0.583, 0.583, 0.563, 0.625],
  [0.775, 0.838, 0.866, 0.875],
  [1.0, 1.0, 1.0, 1.0],
  [0.94, 0.962, 0.965, 0.962],
  [0.619, 0.666, 0.614, 0.669],
  [0.972, 0.981, 0.9751, 0.975],
  [0.957, 0.978, 0.946, 0.97],
];

const minus = (x: number[], y: number[]): number[] => x.map((value, i) => Number((value - y[i]).toFixed(6)));

it("Friedman and Iman-Davenport: Demsar 2006, section 3.2.2", () => {
  const { averageRanks, chiSquared, tieCorrection, fP } = friedman(C45);
  expect(averageRanks.map((r) => r.toFixed(3))).toEqual(["3.143", "2.000", "2.893", "1.964"]);
  // He leaves the correction for ties out.
  const uncorrected = chiSquared * tieCorrection;
  expect(uncorrected.toFixed(2)).toBe("9.28");
  expect(((13 * uncorrected) / (14 * 3 - uncorrected)).toFixed(2)).toBe("3.69");
  expect(fP).toBeLessThan(0.05);
});

it("Nemenyi: Demsar 2006, table 5(a) and section 3.2.2", () => {
  const table = (alpha: number): string[] => Array.from({ length: 9 }, (_, i) => nemenyiCritical(i + 2, alpha).toFixed(3));
  expect(table(0.05)).toEqual(["1.960", "2.344", "2.569", "2.728", "2.850", "2.948", "3.031", "3.102", "3.164"]);
  expect(table(0.1)).toEqual(["1.645", "2.052", "2.291", "2.460", "2.589", "2.693", "2.780", "2.855", "2.920"]);
  expect(nemenyi(C45).criticalDifference.toFixed(2)).toBe("1.25");
  // "at p = .10 CD is 1.12; ... C4.5 is significantly worse than C4.5+m and C4.5+m+cf": the other pairs are not told apart.
  const { criticalDifference, groups } = nemenyi(C45, { alpha: 0.1 });
  expect(criticalDifference.toFixed(2)).toBe("1.12");
  expect(groups).toEqual([
    [3, 1, 2],
    [2, 0],
  ]);
});

it("Holm: Demsar 2006, section 3.2.2, three variants against C4.5", () => {
  const { averageRanks } = friedman(C45);
  const error = Math.sqrt((4 * 5) / (6 * 14));
  const ps = [3, 1, 2].map((i) => twoSided((averageRanks[0] - averageRanks[i]) / error));
  expect(ps.map((p) => p.toFixed(3))).toEqual(["0.016", "0.019", "0.608"]);
  // Rejected in turn at .05 / 3 and .05 / 2.
  const adjusted = holm(ps);
  expect(adjusted.map((p) => p <= 0.05)).toEqual([true, true, false]);
  expect(adjusted[0]).toBeCloseTo(3 * ps[0], 12);
  expect(adjusted[1]).toBe(adjusted[0]);
});

/** By the sign-flip test's friend, the large sample: two-sided p of a standard normal (Abramowitz & Stegun 7.1.26, to 1.5e-7). */
function twoSided(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  return t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-x * x);
}

it('Holm: the textbook case of four (Wikipedia, "Holm-Bonferroni method"): the first and the last are rejected at 5 %', () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((expected, i) => {
    expect(adjusted[i]).toBeCloseTo(expected, 12);
  });
});

it("McNemar: Fagerland, Lydersen & Laake 2013, table 1, airway hyper-responsiveness of 21 children", () => {
  // Before and after: 1 yes yes, 1 yes no, 7 no yes, 12 no no.
  const before = [1, 1, ...Array(7).fill(0), ...Array(12).fill(0)];
  const after = [1, 0, ...Array(7).fill(1), ...Array(12).fill(0)];
  const { onlyA, onlyB, exactP, midP } = mcnemar(before, after);
  expect([onlyA, onlyB]).toEqual([1, 7]);
  expect(exactP.toFixed(3)).toBe("0.070");
  expect(midP.toFixed(3)).toBe("0.039");
});

it("Wilcoxon: Hollander & Wolfe 1973, page 29, depression of nine patients; p as R's wilcox.test prints it", () => {
  const first = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
  const second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
  const { n, statistic, p, exact } = wilcoxonSignedRank(minus(first, second));
  expect([n, statistic, exact]).toEqual([9, 5, true]);
  expect(p.toFixed(5)).toBe("0.03906");
});

it("Wilcoxon with ties and zeros: Demsar 2006, table 2, C4.5 and C4.5+m", () => {
  const { n, statistic, p } = wilcoxonSignedRank(
    minus(
      C45.map((row) => row[1]),
      C45.map((row) => row[0]),
    ),
  );
  // He keeps the two zeros at rank 1.5, one on each side: that lifts the two negative ranks by 2 each.
  expect(n).toBe(12);
  expect(statistic + 2 * 2 + 1.5).toBe(12);
  expect(p).toBeLessThan(0.05);
});

it("paired t: Student 1908, the sleep of ten patients; digits as R's t.test prints them", () => {
  const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
  const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
  const { t, degreesOfFreedom, p, low, high, mean } = pairedT(minus(first, second));
  expect(t.toFixed(4)).toBe("-4.0621");
  expect(degreesOfFreedom).toBe(9);
  expect(p.toFixed(6)).toBe("0.002833");
  expect([mean, low, high].map((x) => x.toFixed(7))).toEqual(["-1.5800000", "-2.4598858", "-0.7001142"]);
});

it("paired t of random splits: the factor by which Nadeau and Bengio 2003 widen intervals", () => {
  const differences = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
  const [plain, corrected] = [pairedT(differences), pairedT(differences, { testPerTraining: 1 / 9 })];
  // With 9 times as many training as test samples the corrected variance of 10 splits is (1/10 + 1/9) / (1/10) times as large.
  expect((corrected.standardError / plain.standardError) ** 2).toBeCloseTo(19 / 9, 12);
  expect((corrected.high - corrected.low) / (plain.high - plain.low)).toBeCloseTo(Math.sqrt(19 / 9), 12);
  expect(corrected.p).toBeGreaterThan(plain.p);
});

it('sign flips: Fisher 1935, "The design of experiments", section 21, Darwin\'s fifteen pairs of maize', () => {
  // Of 32,768 sums 835 are above 314 and 28 equal it, and as many on the other side.
  const { p, smallestP, exact } = signFlipTest([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]);
  expect(exact).toBe(true);
  expect(p * 32768).toBeCloseTo(2 * 863, 9);
  expect(smallestP).toBe(2 / 32768);
});

it("Friedman with ties: Hollander & Wolfe 1973, page 140, ways to round first base; digits as R's friedman.test prints them", () => {
  const times = [
    [5.4, 5.5, 5.55],
    [5.85, 5.7, 5.75],
    [5.2, 5.6, 5.5],
    [5.55, 5.5, 5.4],
    [5.9, 5.85, 5.7],
    [5.45, 5.55, 5.6],
    [5.4, 5.4, 5.35],
    [5.45, 5.5, 5.35],
    [5.25, 5.15, 5.0],
    [5.85, 5.8, 5.7],
    [5.25, 5.2, 5.1],
    [5.65, 5.55, 5.45],
    [5.6, 5.35, 5.45],
    [5.05, 5.0, 4.95],
    [5.5, 5.5, 5.4],
    [5.45, 5.55, 5.5],
    [5.55, 5.55, 5.35],
    [5.45, 5.5, 5.55],
    [5.5, 5.45, 5.25],
    [5.65, 5.6, 5.4],
    [5.7, 5.65, 5.55],
    [6.3, 6.3, 6.25],
  ];
  const { chiSquared, p } = friedman(times);
  expect(chiSquared.toFixed(3)).toBe("11.143");
  expect(p.toFixed(6)).toBe("0.003805");
});

it('Spearman: the textbook case of intelligence and television (Wikipedia, "Spearman\'s rank correlation coefficient")', () => {
  const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
  const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
  expect(spearman(iq, hours).value).toBeCloseTo(-29 / 165, 12);
});

it("Kendall: Hollander & Wolfe 1973, page 185, tuna; p as R's cor.test prints it", () => {
  const lightness = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1];
  const quality = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8];
  const { value, p } = kendall(lightness, quality);
  expect(value).toBeCloseTo(4 / 9, 12);
  expect(p?.toFixed(4)).toBe("0.1194");
});

it("the noise of 98 % on MNIST's 10,000 test images is .14 points", () => {
  const { sd, halfWidth, leastDifference } = noiseFloor(0.98, 10_000);
  expect(sd).toBeCloseTo(0.0014, 12);
  expect(halfWidth / sd).toBeCloseTo(1.959964, 6);
  expect(leastDifference / halfWidth).toBeCloseTo(Math.SQRT2, 12);
});
