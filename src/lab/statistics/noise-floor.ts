/** What a test set of n images can tell apart. @module */
import { ConfigError } from "../../errors.ts";
import { checkCount, checkShare } from "./check.ts";
import { normalCritical } from "./distributions.ts";

/** The binomial noise of one accuracy. */
export interface NoiseFloor {
  /** sqrt(p (1 - p) / n). */
  readonly sd: number;
  /** How far the accuracy seen is from that on unlimited images, at the confidence: z sd. */
  readonly halfWidth: number;
  /** Two single runs whose accuracies are closer than z sqrt(2) sd may differ by chance alone, if they err on images of their own. */
  readonly leastDifference: number;
}

/**
 * The noise of an accuracy p that was measured on n test images. Runs of one setting with different seeds scatter about as if each drew its images anew
 * (Jordan 2023, arXiv 2304.01910), so it is also about what a change of seed does.
 * @throws ConfigError for an accuracy outside 0 to 1, no images, or a bad confidence
 */
export function noiseFloor(accuracy: number, n: number, { confidence = 0.95 }: { readonly confidence?: number } = {}): NoiseFloor {
  if (!(accuracy >= 0 && accuracy <= 1)) throw new ConfigError({ where: "noiseFloor", got: `accuracy ${accuracy}`, expected: "a number from 0 to 1" });
  checkCount("noiseFloor", "images", n);
  checkShare("noiseFloor", "confidence", confidence);
  const sd = Math.sqrt((accuracy * (1 - accuracy)) / n);
  const z = normalCritical(1 - confidence);
  return { sd, halfWidth: z * sd, leastDifference: z * Math.SQRT2 * sd };
}
