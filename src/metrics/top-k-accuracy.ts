/** Whether the truth is among the likeliest. @module */
import { ConfigError } from "../errors.ts";
import { classRows } from "./classes.ts";
import { metricMaker, type NamedOptions } from "./metric-maker.ts";
import { shareOf } from "./totals.ts";

/** Options of {@link topKAccuracy}. */
export interface TopKAccuracyOptions extends NamedOptions {
  /** How many answers a sample has. Default 5. */
  k?: number;
}

/**
 * Share of the rows whose class is among the k with the largest outputs. Of equal outputs the later class comes first, as in scikit-learn.
 * @throws ConfigError unless k is a positive integer; when it starts, for fewer than two outputs, or fewer than k
 */
export const topKAccuracy = metricMaker("topKAccuracy", ({ k = 5 }: TopKAccuracyOptions) => {
  const where = "topKAccuracy";
  if (!(Number.isInteger(k) && k >= 1)) throw new ConfigError({ where, got: `k = ${String(k)}`, expected: "a positive integer" });
  return (inputs) => {
    const { width, perSample, truth, said } = classRows(where, inputs);
    if (width < Math.max(2, k))
      throw new ConfigError({ where, got: `k = ${k} of ${width} outputs`, expected: "an output for each of several classes, k or more" });
    return shareOf(perSample, (targets, predictions, row) => {
      const label = truth(targets, row);
      const first = said(predictions, row);
      if (Number.isNaN(first)) return first;
      const score = predictions[row * width + label];
      let ahead = 0;
      for (let c = 0; c < width; c++) {
        const other = predictions[row * width + c];
        if (c !== label && (other > score || (other === score && c > label))) ahead++;
      }
      return Number(ahead < k);
    });
  };
});
