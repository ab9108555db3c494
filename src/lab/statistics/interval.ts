/** What bootstraps have in common. @module */
import { checkCount, checkShare } from "./check.ts";
import { mean as meanOf, quantileOfSorted, variance } from "./describe.ts";
import { normalCritical, studentCritical } from "./distributions.ts";

/** An estimate and where it may be. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** How a bootstrap is drawn. */
export interface BootstrapOptions {
  /** Times that it is resampled. Default 2000. */
  readonly replicates?: number;
  /** How often such intervals hold the truth. Default 0.95. */
  readonly confidence?: number;
  /** Of the resampling: equal seeds, equal intervals. Default 0. */
  readonly seed?: number;
}

/** Options with their defaults, checked. @throws ConfigError */
export function bootstrapOptions(where: string, { replicates = 2000, confidence = 0.95, seed = 0 }: BootstrapOptions): Required<BootstrapOptions> {
  checkCount(where, "replicates", replicates, 2);
  checkShare(where, "confidence", confidence);
  return { replicates, confidence, seed };
}

/**
 * The interval between quantiles of bootstrap replicates, stretched around the estimate: so that their standard deviation becomes
 * `standardError`, which is unbiased where the bootstrap's own is too small by the degrees of freedom, and by t / z for not knowing it exactly.
 * The replicates give the shape only. Hesterberg 2015 ("What teachers should know about the bootstrap", section 4) widens percentile intervals
 * by the same factors sqrt(n / (n - 1)) and t / z, through more extreme quantiles, which three seeds do not have.
 */
export function stretchedInterval(mean: number, replicates: Float64Array, standardError: number, df: number, confidence: number): Interval {
  const spread = Math.sqrt(variance(replicates));
  if (!(spread > 0) || !(standardError > 0)) return { mean, low: mean, high: mean };
  const tail = 1 - confidence;
  const stretch = ((standardError / spread) * studentCritical(tail, df)) / normalCritical(tail);
  const sorted = replicates.slice().sort();
  const middle = meanOf(replicates);
  const reach = (p: number): number => (quantileOfSorted(sorted, p) - middle) * stretch;
  return { mean, low: mean + reach(tail / 2), high: mean + reach(1 - tail / 2) };
}
