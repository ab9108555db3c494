/** Worked examples that others published. */
import { expect, it } from "vitest";
import { friedman } from "../../../src/lab/statistics/index.ts";

// Demsar 2006, "Statistical comparisons of classifiers over multiple data sets", JMLR 7, table 6: AUC of C4.5, +m, +cf, +m+cf on 14 data sets.
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

it("Demsar 2006, table 6: ranks, Friedman, Iman-Davenport, Nemenyi", () => {
  const { averageRanks, chiSquared, tieCorrection, fP } = friedman(C45);
  expect(averageRanks.map((r) => r.toFixed(3))).toEqual(["3.143", "2.000", "2.893", "1.964"]);
  // He leaves the correction for ties out.
  const uncorrected = chiSquared * tieCorrection;
  expect(uncorrected.toFixed(2)).toBe("9.28");
  expect(((13 * uncorrected) / (14 * 3 - uncorrected)).toFixed(2)).toBe("3.69");
  expect(fP).toBeLessThan(0.05);
});
