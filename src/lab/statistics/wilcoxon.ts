/** Wilcoxon's signed-rank test. @module */
import { checkSample } from "./check.ts";
import { normalTwoSided } from "./distributions.ts";
import { ranks, tieSum } from "./ranks.ts";

/** What Wilcoxon's test says. */
export interface WilcoxonTest {
  /** Differences that are not zero: those that are are left out. */
  readonly n: number;
  /** The smaller of the sums of ranks with either sign. */
  readonly statistic: number;
  /** Two-sided. */
  readonly p: number;
  /** 2 / 2^n. */
  readonly smallestP: number;
  /** From the distribution itself, ties included; otherwise from the normal that it approaches. */
  readonly exact: boolean;
}

/** Beyond, the normal approximation. */
const EXACT_UP_TO = 50;

/**
 * Whether paired differences are symmetric around zero, by the ranks of their sizes (Wilcoxon 1945; recommended by Demsar 2006, JMLR 7, for two classifiers over
 * data sets). W+ and W- are the sums of ranks of positive and negative differences, equal sizes sharing their mean rank, zeros left out. Exact up to 50 differences, ties or
 * not: the 2^n signs are counted by dynamic programming. Beyond: z = (W - n(n+1)/4) / sqrt(n(n+1)(2n+1)/24 - sum(t^3 - t)/48), without correction for continuity.
 * @throws ConfigError for no differences, NumericError for one that is not finite
 */
export function wilcoxonSignedRank(differences: ArrayLike<number>): WilcoxonTest {
  checkSample("wilcoxonSignedRank", differences);
  const kept = Array.from(differences).filter((d) => d !== 0);
  const n = kept.length;
  if (n === 0) return { n, statistic: 0, p: 1, smallestP: 1, exact: true };
  const sizes = kept.map(Math.abs);
  const rank = ranks(sizes);
  const plus = rank.reduce((sum, r, i) => (kept[i] > 0 ? sum + r : sum), 0);
  const statistic = Math.min(plus, (n * (n + 1)) / 2 - plus);
  const exact = n <= EXACT_UP_TO;
  return { n, statistic, p: exact ? exactP(rank, statistic) : normalP(statistic, n, tieSum(sizes)), smallestP: 2 / 2 ** n, exact };
}

/** Twice the share of sign patterns whose sum of ranks is at most `statistic`. Twice a rank is a whole number, ties or not. */
function exactP(rank: readonly number[], statistic: number): number {
  const total = rank.length * (rank.length + 1);
  const share = new Float64Array(total + 1);
  share[0] = 1;
  for (const r of rank) {
    for (let sum = total; sum >= 0; sum--) share[sum] = (share[sum] + (sum >= 2 * r ? share[sum - 2 * r] : 0)) / 2;
  }
  let below = 0;
  for (let sum = 0; sum <= 2 * statistic; sum++) below += share[sum];
  return Math.min(1, 2 * below);
}

function normalP(statistic: number, n: number, ties: number): number {
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - ties / 48;
  return normalTwoSided((statistic - (n * (n + 1)) / 4) / Math.sqrt(variance));
}
