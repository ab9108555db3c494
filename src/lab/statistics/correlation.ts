/** Rank correlations. @module */
import { checkPairs } from "./check.ts";
import { mean as meanOf } from "./describe.ts";
import { normalTwoSided, studentTwoSided } from "./distributions.ts";
import { ranks } from "./ranks.ts";

/** A correlation from -1 to 1. */
export interface Correlation {
  /** Null when one side is constant. */
  readonly value: number | null;
  /** Two-sided, of no association. Over all n! orders up to 9 pairs, ties or not; beyond by approximation. */
  readonly p: number | null;
}

/** All orders up to so many pairs (362,880). */
const EXACT_UP_TO = 9;

/**
 * Spearman's rho: Pearson's correlation of the ranks, ties sharing theirs (Spearman 1904). p beyond 9 pairs: t = rho sqrt((n - 2) / (1 - rho²)), n - 2 degrees of freedom.
 * @throws ConfigError for fewer than two pairs, ShapeError for unequal lengths, NumericError for a value that is not finite
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): Correlation {
  checkPairs("spearman", a, b, 2);
  const n = a.length;
  const [x, y] = [centred(ranks(a)), centred(ranks(b))];
  const scale = Math.sqrt(dot(x, x) * dot(y, y));
  if (scale === 0) return { value: null, p: null };
  const value = Math.max(-1, Math.min(1, dot(x, y) / scale));
  if (n <= EXACT_UP_TO) return { value, p: shareOfOrders(y, (order) => dot(x, order) / scale, value) };
  return { value, p: studentTwoSided(value * Math.sqrt((n - 2) / (1 - value * value)), n - 2) };
}

/**
 * Kendall's tau-b: (concordant - discordant pairs) / sqrt((n0 - ties in a)(n0 - ties in b)), n0 = n (n - 1) / 2 (Kendall 1945). p beyond 9 pairs: normal, with the variance for
 * ties (Kendall 1970, "Rank correlation methods", section 4).
 * @throws ConfigError for fewer than two pairs, ShapeError for unequal lengths, NumericError for a value that is not finite
 */
export function kendall(a: ArrayLike<number>, b: ArrayLike<number>): Correlation {
  checkPairs("kendall", a, b, 2);
  const n = a.length;
  const [x, y] = [Array.from(a), Array.from(b)];
  const scale = Math.sqrt(ordered(x, x) * ordered(y, y));
  if (scale === 0) return { value: null, p: null };
  const score = ordered(x, y);
  if (n <= EXACT_UP_TO) return { value: score / scale, p: shareOfOrders(y, (order) => ordered(x, order), score) };
  return { value: score / scale, p: normalTwoSided(score / Math.sqrt(kendallVariance(x, y))) };
}

/** Concordant less discordant pairs. */
function ordered(x: readonly number[], y: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) for (let j = 0; j < i; j++) sum += Math.sign(x[i] - x[j]) * Math.sign(y[i] - y[j]);
  return sum;
}

function kendallVariance(x: readonly number[], y: readonly number[]): number {
  const n = x.length;
  const over = (values: readonly number[], term: (t: number) => number): number => {
    const counts = new Map<number, number>();
    for (const v of values) counts.set(v, (counts.get(v) ?? 0) + 1);
    return [...counts.values()].reduce((sum, t) => sum + term(t), 0);
  };
  const squares = (t: number): number => t * (t - 1) * (2 * t + 5);
  const pairs = (t: number): number => t * (t - 1);
  const triples = (t: number): number => t * (t - 1) * (t - 2);
  return (
    (squares(n) - over(x, squares) - over(y, squares)) / 18 +
    (over(x, triples) * over(y, triples)) / (9 * triples(n)) +
    (over(x, pairs) * over(y, pairs)) / (2 * pairs(n))
  );
}

/** The share of orders of y in which the statistic is at least as far from zero. */
function shareOfOrders(y: readonly number[], statistic: (order: readonly number[]) => number, seen: number): number {
  const order = [...y];
  const reached = Math.abs(seen) - 1e-9;
  let [hits, all] = [0, 0];
  const swap = (i: number, j: number): void => {
    [order[i], order[j]] = [order[j], order[i]];
  };
  const permute = (from: number): void => {
    if (from === order.length) {
      all++;
      if (Math.abs(statistic(order)) >= reached) hits++;
      return;
    }
    for (let i = from; i < order.length; i++) {
      swap(from, i);
      permute(from + 1);
      swap(from, i);
    }
  };
  permute(0);
  return hits / all;
}

function centred(values: readonly number[]): number[] {
  const middle = meanOf(values);
  return values.map((v) => v - middle);
}

function dot(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, value, i) => sum + value * y[i], 0);
}
