/** Which competitors may be the best. @module */

import type { ArmFacts, Range } from "../../findings/facts.ts";
import { present } from "../../findings/present.ts";
import { type TwoLevelInterval, twoLevelBootstrap, twoLevelComparison, twoLevelP } from "../../statistics/index.ts";

/** A competitor against the best one seen. */
export interface Standing {
  readonly index: number;
  readonly label: string;
  /** By mean accuracy, diverged seeds as 0; from 1. */
  readonly rank: number;
  /** Mean accuracy. */
  readonly score: number;
  readonly diverged: number;
  /** Mean accuracy less the best's, over the seeds that neither diverged in. Null without such seeds. */
  readonly difference: number | null;
  /** Of it, 95 %, over seeds and test images. */
  readonly interval: Range | null;
  /** One-sided p that it is not worse than the best. */
  readonly p: number | null;
  /** May be the best: p is above 5 % over the number of others. */
  readonly maybeBest: boolean;
}

/**
 * All competitors against the one with the highest mean. Those that may be the best are a set that holds the truly best one with 95 % (subset selection: Gupta 1965, Technometrics 7,
 * 225-245; Hsu 1984): each of the k - 1 others is tested one-sided at 5 % / (k - 1), so that having chosen the best by the same figures is paid for. A competitor of which a seed diverged, when none of
 * the best's did, may not.
 */
export function standings({ cells, correct }: ArmFacts, order: readonly number[]): Standing[] {
  const best = order[0];
  const whole = order.filter((c) => correct[c].length > 0 && correct[c].every((bits) => bits !== null));
  const together = whole.includes(best) ? twoLevelComparison(whole.map((c) => present(correct[c]))) : null;
  const against = (c: number): TwoLevelInterval | null => {
    if (together !== null && whole.includes(c)) return together.difference(whole.indexOf(c), whole.indexOf(best));
    const common = correct[c].flatMap((a, s) => {
      const b = correct[best][s];
      return a === null || b === null ? [] : [{ a, b }];
    });
    return common.length === 0 ? null : twoLevelBootstrap({ a: common.map(({ a }) => a), b: common.map(({ b }) => b) });
  };
  return order.map((c, place): Standing => {
    const found = c === best ? null : against(c);
    const p = found === null ? null : oneSided(found);
    return {
      index: c,
      label: cells[c].cell.label,
      rank: place + 1,
      score: cells[c].score,
      diverged: cells[c].diverged,
      difference: found?.mean ?? null,
      interval: found === null ? null : { low: found.low, high: found.high },
      p,
      maybeBest: c === best || (p !== null && p > 0.05 / (order.length - 1) && cells[c].diverged <= cells[best].diverged),
    };
  });
}

/** That the difference is not below 0. */
function oneSided(difference: TwoLevelInterval): number {
  const p = twoLevelP(difference) / 2;
  return difference.mean < 0 ? p : 1 - p;
}
