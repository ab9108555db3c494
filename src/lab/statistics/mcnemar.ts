/** McNemar's test: two classifiers on the same test images. @module */
import { ShapeError } from "../../errors.ts";
import { checkSample } from "./check.ts";
import { logGamma } from "./distributions.ts";

/** What McNemar's test says of two single runs. */
export interface McNemar {
  /** Images that only the first gets right, and only the second. */
  readonly onlyA: number;
  readonly onlyB: number;
  /** Two-sided, exact binomial: keeps its level always, and is cautious. */
  readonly exactP: number;
  /** Two-sided mid-p: nearer to its level, a trifle above it at worst. Recommended by Fagerland. */
  readonly midP: number;
}

/**
 * Whether two trained networks differ on the images that this test set samples (McNemar 1947, Psychometrika 12, 153-157). Of the n = onlyA + onlyB
 * images that just one gets right, each is as likely the first's as the second's: exact p = 2 P(X <= min) with X ~ Binomial(n, 1/2), at most 1; mid-p counts P(X = min) once, not twice
 * (Fagerland, Lydersen & Laake 2013, BMC Medical Research Methodology 13:91). It speaks of two networks, not of two ways to train: for those take seeds.
 * @param a one byte per image: 1 right, 0 wrong
 * @throws ConfigError for no images, ShapeError for unequal numbers
 */
export function mcnemar(a: ArrayLike<number>, b: ArrayLike<number>): McNemar {
  checkSample("mcnemar", a);
  if (a.length !== b.length) throw new ShapeError({ where: "mcnemar", got: `${a.length} and ${b.length} images`, expected: "the same images for both" });
  let [onlyA, onlyB] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (a[i] > b[i]) onlyA++;
    else if (a[i] < b[i]) onlyB++;
  }
  return { onlyA, onlyB, ...signTest(onlyA, onlyB) };
}

/** Two-sided p of `a` against `b` fair coin throws, exact and mid-p. */
export function signTest(a: number, b: number): { exactP: number; midP: number } {
  const n = a + b;
  if (n === 0) return { exactP: 1, midP: 1 };
  const least = Math.min(a, b);
  const chance = (k: number): number => Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) - n * Math.LN2);
  let below = 0;
  for (let k = 0; k < least; k++) below += chance(k);
  const here = chance(least);
  return { exactP: Math.min(1, 2 * (below + here)), midP: a === b ? 1 - here / 2 : 2 * below + here };
}
