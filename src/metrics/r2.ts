/** Coefficient of determination. @module */
import { metricMaker, type NamedOptions } from "./metric-maker.ts";
import { numbersPerSample } from "./regression.ts";
import { totals } from "./totals.ts";

/** Numbers kept for each output: the mean of its targets less the first, the sum of their squared distances from it, of the squared errors, the first target. */
const KEPT = 4;

/**
 * R2 = 1 - sum (yTrue - yPred)^2 / sum (yTrue - mean of yTrue)^2, the mean over outputs where a sample has several. 1 is perfect, 0 no better than the
 * mean of these targets, below 0 worse. Constant targets give 1 if all predictions are right, else 0; fewer than two samples NaN; all as scikit-learn
 * does. The mean is followed as it grows (Welford 1962, Technometrics 4), from the first target: one pass, without cancellation.
 * @throws ConfigError, when it starts, unless there is a target for every number that is predicted
 */
export const r2 = metricMaker("r2", (_: NamedOptions) => (inputs) => {
  const width = numbersPerSample("r2", inputs);
  return totals(
    1 + KEPT * width,
    (kept, targets, predictions, n) => {
      for (let i = 0; i < n; i++) {
        const count = ++kept[0];
        for (let j = 0; j < width; j++) {
          const at = 1 + KEPT * j;
          const y = targets[i * width + j];
          const error = y - predictions[i * width + j];
          if (count === 1) kept[at + 3] = y;
          const moved = y - kept[at + 3];
          const before = moved - kept[at];
          kept[at] += before / count;
          kept[at + 1] += before * (moved - kept[at]);
          kept[at + 2] += error * error;
        }
      }
    },
    (kept) => {
      if (kept[0] < 2) return Number.NaN;
      let sum = 0;
      for (let j = 0; j < width; j++) {
        const [spread, errors] = kept.subarray(2 + KEPT * j);
        if (spread === 0) sum += errors === 0 ? 1 : errors > 0 ? 0 : Number.NaN;
        else sum += 1 - errors / spread;
      }
      return sum / width;
    },
  );
});
