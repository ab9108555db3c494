/** The paired permutation test: signs of differences flipped. @module */
import { checkCount, checkSample } from "./check.ts";
import { mean as meanOf } from "./describe.ts";
import { Draws } from "./draws.ts";

/** What the sign-flip test says. */
export interface SignFlipTest {
  readonly n: number;
  readonly mean: number;
  /** Two-sided. */
  readonly p: number;
  /** 2 / 2^n: no n differences can give a smaller one. With 5 seeds .0625, so five cannot be significant at 5 %. */
  readonly smallestP: number;
  /** All 2^n flips were counted; otherwise a sample. */
  readonly exact: boolean;
}

/** All flips up to so many differences (2^20). */
const EXACT_UP_TO = 20;

/**
 * Whether paired differences (same seed, two competitors) centre on zero: if the two are alike, each difference may as well have the other sign
 * (Fisher 1935; Efron & Tibshirani 1993, chapter 15). p is the share of the 2^n flips whose sum is at least as far from zero as the one seen. Exact up to 20
 * differences; beyond, p = (1 + hits) / (1 + flips) over drawn flips (Phipson & Smyth 2010).
 * @param options.flips drawn beyond 20 differences, default 100,000
 * @throws ConfigError for no differences, NumericError for one that is not finite
 */
export function signFlipTest(differences: ArrayLike<number>, options: { readonly flips?: number; readonly seed?: number } = {}): SignFlipTest {
  checkSample("signFlipTest", differences);
  const { flips = 100_000, seed = 0 } = options;
  checkCount("signFlipTest", "flips", flips);
  const n = differences.length;
  const sizes = Float64Array.from(differences, Math.abs);
  const mean = meanOf(differences);
  // Sums that are equal on paper may part in the last digits.
  const reached = Math.abs(mean * n) - 1e-10 * sizes.reduce((sum, size) => sum + size, 0);
  const exact = n <= EXACT_UP_TO;
  return { n, mean, p: exact ? exactP(sizes, reached) : drawnP(sizes, reached, flips, new Draws(seed, 3)), smallestP: 2 / 2 ** n, exact };
}

/** The first sign stays: the other half of the flips mirrors this one. */
function exactP(sizes: Float64Array, reached: number): number {
  const half = 2 ** (sizes.length - 1);
  const signs = new Int8Array(sizes.length).fill(1);
  let sum = sizes.reduce((total, size) => total + size, 0);
  let hits = 0;
  for (let i = 1; ; i++) {
    if (Math.abs(sum) >= reached) hits++;
    if (i === half) return hits / half;
    // Gray code: from one flip to the next a single sign changes, that of i's lowest set bit.
    const at = 1 + 31 - Math.clz32(i & -i);
    signs[at] = -signs[at] as 1 | -1;
    sum += 2 * signs[at] * sizes[at];
  }
}

function drawnP(sizes: Float64Array, reached: number, flips: number, draws: Draws): number {
  let hits = 0;
  for (let f = 0; f < flips; f++) {
    let sum = 0;
    let bits = 0;
    for (let i = 0; i < sizes.length; i++) {
      if ((i & 31) === 0) bits = draws.word();
      sum += (bits >>> (i & 31)) & 1 ? sizes[i] : -sizes[i];
    }
    if (Math.abs(sum) >= reached) hits++;
  }
  return (1 + hits) / (1 + flips);
}
