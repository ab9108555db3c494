/** Expected calibration error. @module */
import { ConfigError } from "../errors.ts";
import { classRows } from "./classes.ts";
import { metricMaker, type NamedOptions } from "./metric-maker.ts";
import { totals } from "./totals.ts";

/** Options of {@link calibrationError}. */
export interface CalibrationErrorOptions extends NamedOptions {
  /** Into how many bins of equal width confidences are sorted. Default 15. */
  bins?: number;
}

/** Numbers kept of each bin: rows, those that are right, the sum of confidences. */
const KEPT = 3;
const MOST_BINS = 2 ** 16;
/** What rounding may add to a probability of 1. */
const SLACK = 1e-6;

/**
 * Expected calibration error (Guo et al. 2017, equation 3): sum over bins of (rows in it / all rows) |share that is right - mean confidence|. The confidence
 * is the probability of the answer: the largest of several outputs, p or 1 - p of a single one. Bin m of M holds ((m - 1) / M, m / M].
 * @throws ConfigError unless bins is an integer from 1 to 65536; when it starts, for shapes that are no classes; while it runs, for targets that are none and
 * predictions that are no probabilities
 */
export const calibrationError = metricMaker("calibrationError", ({ bins = 15 }: CalibrationErrorOptions) => {
  const where = "calibrationError";
  if (!(Number.isInteger(bins) && bins >= 1 && bins <= MOST_BINS))
    throw new ConfigError({ where, got: `bins = ${String(bins)}`, expected: `an integer from 1 to ${MOST_BINS}` });
  return (inputs) => {
    const { width, perSample, truth, said } = classRows(where, inputs);
    return totals(
      KEPT * bins,
      (kept, targets, predictions, n) => {
        for (let row = 0; row < n * perSample; row++) {
          const label = truth(targets, row);
          const answer = said(predictions, row);
          if (Number.isNaN(answer)) {
            kept.fill(answer);
            continue;
          }
          const score = predictions[width === 1 ? row : row * width + answer];
          if (score < 0 || score > 1 + SLACK) {
            throw new ConfigError({
              where,
              got: `a prediction of ${score}`,
              expected: "probabilities, from 0 to 1",
              hint: "end the model in a softmax or sigmoid",
            });
          }
          const confidence = width === 1 && answer === 0 ? 1 - score : score;
          const bin = Math.min(bins, Math.max(1, Math.ceil(confidence * bins))) - 1;
          kept[KEPT * bin]++;
          if (label === answer) kept[KEPT * bin + 1]++;
          kept[KEPT * bin + 2] += confidence;
        }
      },
      (kept) => {
        let rows = 0;
        let apart = 0;
        for (let at = 0; at < kept.length; at += KEPT) {
          rows += kept[at];
          apart += Math.abs(kept[at + 1] - kept[at + 2]);
        }
        return apart / rows;
      },
    );
  };
});
