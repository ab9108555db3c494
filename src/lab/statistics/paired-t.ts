/** Student's paired t test. @module */
import { ConfigError } from "../../errors.ts";
import { checkSample, checkShare } from "./check.ts";
import { mean as meanOf, variance } from "./describe.ts";
import { studentCritical, studentTwoSided } from "./distributions.ts";

/** What the t test says. */
export interface PairedT {
  readonly n: number;
  readonly mean: number;
  /** Of the mean. */
  readonly standardError: number;
  /** Infinite when all differences are the same and not zero. */
  readonly t: number;
  readonly degreesOfFreedom: number;
  /** Two-sided. */
  readonly p: number;
  readonly low: number;
  readonly high: number;
}

/** Options of {@link pairedT}. */
export interface PairedTOptions {
  /** How often such intervals hold the truth. Default 0.95. */
  readonly confidence?: number;
  /**
   * Test samples per training sample, where the differences are those of random splits of the same data: these share most of their training samples, and the
   * variance of the mean is then about s^2 (1/n + this), not s^2 / n (Nadeau & Bengio 2003, "Inference for the generalization error", section 4.2). Default 0.
   */
  readonly testPerTraining?: number;
}

/**
 * Whether paired differences have mean zero, if they are about normal: t = mean / (sd / sqrt(n)), n - 1 degrees of freedom (Student 1908), with the interval mean ± t s/sqrt(n).
 * @throws ConfigError for fewer than two differences or an option out of range, NumericError for one that is not finite
 */
export function pairedT(differences: ArrayLike<number>, { confidence = 0.95, testPerTraining = 0 }: PairedTOptions = {}): PairedT {
  checkSample("pairedT", differences, 2);
  checkShare("pairedT", "confidence", confidence);
  if (!(testPerTraining >= 0 && Number.isFinite(testPerTraining)))
    throw new ConfigError({ where: "pairedT", got: `testPerTraining ${testPerTraining}`, expected: "a number, 0 or more" });
  const n = differences.length;
  const mean = meanOf(differences);
  const standardError = Math.sqrt(variance(differences) / n + variance(differences) * testPerTraining);
  const t = mean === 0 ? 0 : mean / standardError;
  const reach = standardError * studentCritical(1 - confidence, n - 1);
  return { n, mean, standardError, t, degreesOfFreedom: n - 1, p: studentTwoSided(t, n - 1), low: mean - reach, high: mean + reach };
}
