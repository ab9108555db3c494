/** The share of right answers to yes-or-no questions. @module */
import { checkThreshold, classRows, rightAnswers } from "./classes.ts";
import { metricMaker, type NamedOptions } from "./metric-maker.ts";
import { shareOf } from "./totals.ts";

/** Options of {@link binaryAccuracy}. */
export interface BinaryAccuracyOptions extends NamedOptions {
  /** An output above it says 1. Default 0.5. */
  threshold?: number;
}

/**
 * Share of the outputs that are right, each by itself: above the threshold against a target of 1, else of 0. For several labels of a sample.
 * @throws ConfigError for a threshold that is no number; when it starts, unless there is a target for every output; while it runs, for targets but 0 and 1
 */
export const binaryAccuracy = metricMaker("binaryAccuracy", ({ threshold = 0.5 }: BinaryAccuracyOptions) => {
  checkThreshold("binaryAccuracy", threshold, 1);
  return ({ shape, targetShape }) => {
    const rows = classRows("binaryAccuracy", { shape: [...shape, 1], targetShape }, threshold);
    return shareOf(rows.perSample, rightAnswers(rows));
  };
});
