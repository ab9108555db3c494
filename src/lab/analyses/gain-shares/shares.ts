/** The share of a gain that each change has. @module */

import { type Range, seedInterval } from "../../findings/facts.ts";
import { mean, shapley } from "../../statistics/index.ts";
import type { Change } from "./path.ts";

/** What one change gives, in accuracy. */
export interface ChangeShare extends Change {
  /** Shapley value, mean over seeds. */
  readonly gain: number;
  /** Of the whole gain; null where there is none. */
  readonly share: number | null;
  /** Of the share, 95 %, over seeds; null for one seed. */
  readonly interval: Range | null;
  /** What it gives as the only change, and when all others are made. */
  readonly alone: number;
  readonly last: number;
}

/** The whole gain and its parts. */
export interface Shares {
  /** Mean accuracy before all changes, and after. */
  readonly from: number;
  readonly to: number;
  readonly changes: readonly ChangeShare[];
}

/** @param values `values[mask][seed]`: accuracy with the changes of the mask */
export function sharesOf(changes: readonly Change[], values: readonly (readonly number[])[]): Shares {
  const all = values.length - 1;
  const seeds = values[0].map((_, s) => shapley(values.map((bySeed) => bySeed[s])));
  const totals = values[0].map((start, s) => values[all][s] - start);
  const total = mean(totals);
  return {
    from: mean(values[0]),
    to: mean(values[all]),
    changes: changes.map((change, f) => {
      const gains = seeds.map((contributions) => contributions[f].value);
      const gain = mean(gains);
      const share = total > 0 ? gain / total : null;
      return {
        ...change,
        gain,
        share,
        interval: share === null ? null : ratioInterval(gains, totals, share, total),
        alone: mean(seeds.map((contributions) => contributions[f].first)),
        last: mean(seeds.map((contributions) => contributions[f].last)),
      };
    }),
  };
}

/** Of a ratio of means, by its first derivative: each seed counts as the share and its residual over the total. */
function ratioInterval(gains: readonly number[], totals: readonly number[], share: number, total: number): Range | null {
  return seedInterval(gains.map((gain, s) => share + (gain - share * totals[s]) / total));
}
