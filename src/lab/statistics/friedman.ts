/** Friedman's test: several competitors over several blocks (seeds, data sets). @module */
import { checkMatrix } from "./check.ts";
import { chiSquaredAbove, fisherAbove } from "./distributions.ts";
import { ranks, tieSum } from "./ranks.ts";

/** What Friedman's test says. */
export interface FriedmanTest {
  /** Of each competitor; 1 is best. */
  readonly averageRanks: readonly number[];
  /** With k - 1 degrees of freedom, corrected for ties. */
  readonly chiSquared: number;
  /** What it was divided by for ties: 1 without. */
  readonly tieCorrection: number;
  readonly p: number;
  /** Iman & Davenport's, with k - 1 and (k - 1)(n - 1) degrees of freedom: less cautious than chi squared. Infinite when all blocks agree. */
  readonly f: number;
  readonly fP: number;
}

/** Average ranks of competitors (columns) over blocks (rows): the greatest value of a row has rank 1, ties share. @throws ConfigError, ShapeError, NumericError */
export function averageRanks(matrix: readonly ArrayLike<number>[]): number[] {
  checkMatrix("averageRanks", matrix, 1, 2);
  const sums = new Array<number>(matrix[0].length).fill(0);
  for (const row of matrix) {
    ranks(Array.from(row, (x) => -x)).forEach((rank, j) => {
      sums[j] += rank;
    });
  }
  return sums.map((sum) => sum / matrix.length);
}

/**
 * Whether k competitors (columns) rank alike over n blocks (rows), each value the greater the better (Friedman 1937; Demsar 2006, section 3.2.2):
 * chi² = 12 n / (k (k+1)) [sum R² - k (k+1)²/4] / C, with C = 1 - sum(t³ - t) / (n k (k² - 1)) for ties (Conover 1999; Demsar leaves C out),
 * F = (n - 1) chi² / (n (k - 1) - chi²) (Iman & Davenport 1980).
 * @throws ConfigError for fewer than two rows or columns, ShapeError for uneven rows, NumericError for a value that is not finite
 */
export function friedman(matrix: readonly ArrayLike<number>[]): FriedmanTest {
  checkMatrix("friedman", matrix, 2, 2);
  const [n, k] = [matrix.length, matrix[0].length];
  const average = averageRanks(matrix);
  const ties = matrix.reduce((sum, row) => sum + tieSum(row), 0);
  const tieCorrection = 1 - ties / (n * k * (k * k - 1));
  const spread = average.reduce((sum, rank) => sum + rank * rank, 0) - (k * (k + 1) ** 2) / 4;
  // Rows that are all ties say nothing.
  const chiSquared = tieCorrection === 0 ? 0 : Math.max(0, (12 * n * spread) / (k * (k + 1) * tieCorrection));
  const left = n * (k - 1) - chiSquared;
  const f = left <= 1e-9 * chiSquared ? Number.POSITIVE_INFINITY : ((n - 1) * chiSquared) / left;
  return { averageRanks: average, chiSquared, tieCorrection, p: chiSquaredAbove(chiSquared, k - 1), f, fP: fisherAbove(f, k - 1, (k - 1) * (n - 1)) };
}
