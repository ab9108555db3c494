/** How long runs take to reach a goal. @module */
import { ConfigError } from "../../errors.ts";
import { checkSample } from "./check.ts";
import { quantileOfSorted } from "./describe.ts";

/** A measurement on the way: steps or seconds, and what was reached by then. */
export interface Progress {
  readonly at: number;
  readonly value: number;
}

/** Times to a target over runs. */
export interface TimeToTarget {
  /** Of each run, in order; null: never reached. */
  readonly times: readonly (number | null)[];
  /** Runs that reached it. */
  readonly reached: number;
  /** A run that never reached it counts as longer than any; null when the middle is such a run. */
  readonly median: number | null;
}

/**
 * The first measurement of each run at which the value is at least `target` (time to result of AlgoPerf: Dahl et al. 2023, arXiv 2306.07179, section 4.1: the median over seeds).
 * Nothing is interpolated: a run has reached what was measured. `at` may be steps or seconds.
 * @throws ConfigError for no runs or measurements out of order, NumericError for what is not finite
 */
export function timeToTarget(runs: readonly (readonly Progress[])[], target: number): TimeToTarget {
  const where = "timeToTarget";
  if (runs.length === 0) throw new ConfigError({ where, got: "no runs", expected: "at least one" });
  checkSample(`${where}: target`, [target]);
  const times = runs.map((run, r) => {
    checkSample(
      `${where}: run ${r}`,
      run.map(({ at }) => at),
      0,
    );
    run.forEach(({ at }, i) => {
      if (i > 0 && at < run[i - 1].at)
        throw new ConfigError({ where: `${where}: run ${r}`, got: `${at} after ${run[i - 1].at}`, expected: "measurements in order of time" });
    });
    return run.find(({ value }) => value >= target)?.at ?? null;
  });
  const sorted = times.map((t) => t ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1];
  return { times, reached: times.filter((t) => t !== null).length, median: Number.isFinite(middle) ? quantileOfSorted(sorted, 0.5) : null };
}
