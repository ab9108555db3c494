/** Which average ranks differ: Nemenyi's test. @module */
import { checkMatrix, checkShare } from "./check.ts";
import { rangeCritical } from "./distributions.ts";
import { averageRanks } from "./friedman.ts";

/** Average ranks and how far apart they must be. */
export interface Nemenyi {
  /** Of each competitor; 1 is best. */
  readonly averageRanks: readonly number[];
  /** Two competitors whose average ranks are at least so far apart differ. */
  readonly criticalDifference: number;
  /** Greatest sets of competitors, best first, of which no two differ; sets of one are left out. */
  readonly groups: readonly (readonly number[])[];
}

/**
 * Nemenyi's critical difference CD = q sqrt(k (k+1) / (6 n)) for k competitors (columns) over n blocks (rows), q the studentized range with infinitely many degrees of
 * freedom over sqrt(2) (Nemenyi 1963; Demsar 2006, section 3.2.2 and table 5). It speaks of blocks like these: with seeds for blocks, of
 * retraining on this one data set, not of other data sets. To be read after {@link friedman} has rejected.
 * @throws ConfigError for fewer than two rows or columns, ShapeError for uneven rows, NumericError for a value that is not finite
 */
export function nemenyi(matrix: readonly ArrayLike<number>[], { alpha = 0.05 }: { readonly alpha?: number } = {}): Nemenyi {
  checkMatrix("nemenyi", matrix, 2, 2);
  checkShare("nemenyi", "alpha", alpha);
  const [n, k] = [matrix.length, matrix[0].length];
  const average = averageRanks(matrix);
  const criticalDifference = nemenyiCritical(k, alpha) * Math.sqrt((k * (k + 1)) / (6 * n));
  return { averageRanks: average, criticalDifference, groups: groupsWithin(average, criticalDifference) };
}

/** q of Demsar's table 5(a). */
export function nemenyiCritical(competitors: number, alpha: number): number {
  return rangeCritical(alpha, competitors) / Math.SQRT2;
}

function groupsWithin(rank: readonly number[], difference: number): number[][] {
  const order = rank.map((_, i) => i).sort((i, j) => rank[i] - rank[j]);
  const groups: number[][] = [];
  let reached = 0;
  order.forEach((first, from) => {
    let to = from + 1;
    while (to < order.length && rank[order[to]] - rank[first] < difference) to++;
    // A set that ends where an earlier one did is a part of it.
    if (to > reached && to - from > 1) groups.push(order.slice(from, to));
    reached = Math.max(reached, to);
  });
  return groups;
}
