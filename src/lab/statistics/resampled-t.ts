/** The mean of scores whose training sets overlap. @module */
import { ConfigError } from "../../errors.ts";
import { checkSample, checkShare } from "./check.ts";
import { mean as meanOf, variance } from "./describe.ts";
import { studentCritical } from "./distributions.ts";

/** How the scores came about. */
export interface ResampledOptions {
  /** Samples that each score was trained and tested on; where they differ, their means. */
  readonly trainSize: number;
  readonly testSize: number;
  /** How often such intervals hold the truth. Default 0.95. */
  readonly confidence?: number;
}

/** A mean, and where it may be. */
export interface ResampledMean {
  readonly n: number;
  readonly mean: number;
  /** Standard deviation of the scores, with n - 1. */
  readonly sd: number;
  /** Of the mean, with the correction. */
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Mean of scores (or of paired differences of such) over folds: standard error sqrt((1/n + testSize/trainSize) s^2), Student's t with n - 1 degrees of freedom. The naive s/sqrt(n)
 * takes the scores for independent, but their training sets share most samples, and no number of repetitions mends that. Nadeau & Bengio 2003, "Inference for the generalization
 * error", Machine Learning 52, section 4 (the corrected resampled t test); over all r k scores of a repeated k-fold as Bouckaert & Frank 2004 (PAKDD, section 3.2) do. It is a
 * correction by rule of thumb: the correlation cannot be estimated without bias (Bengio & Grandvalet 2004).
 * @throws ConfigError for fewer than two scores or sizes that are not positive, NumericError for a score that is not finite
 */
export function correctedResampledT(scores: ArrayLike<number>, { trainSize, testSize, confidence = 0.95 }: ResampledOptions): ResampledMean {
  const where = "correctedResampledT";
  checkSample(where, scores, 2);
  checkShare(where, "confidence", confidence);
  for (const [name, size] of Object.entries({ trainSize, testSize }))
    if (!(size > 0 && Number.isFinite(size))) throw new ConfigError({ where, got: `${name} ${size}`, expected: "a positive number" });
  const n = scores.length;
  const mean = meanOf(scores);
  const spread = variance(scores);
  const standardError = Math.sqrt((1 / n + testSize / trainSize) * spread);
  const reach = standardError * studentCritical(1 - confidence, n - 1);
  return { n, mean, sd: Math.sqrt(spread), standardError, degreesOfFreedom: n - 1, low: mean - reach, high: mean + reach };
}
