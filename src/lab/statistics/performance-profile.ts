/** Performance profiles: competitors over several problems. @module */
import { ConfigError, NumericError, ShapeError } from "../../errors.ts";

/** One competitor's profile. */
export interface PerformanceProfile {
  /** Steps upward: from `ratio` on, so much of the problems is solved within that many times the best competitor's time. The first is at 1, the last at `within`. */
  readonly points: readonly { readonly ratio: number; readonly share: number }[];
  /** Area under the profile from 1 to `within`, over its width: 1 for who is always best. AlgoPerf's score. */
  readonly score: number;
}

/**
 * rho_c(tau): the share of problems that competitor c solves within tau times the best competitor's time (Dolan & Moré 2002; AlgoPerf: Dahl et al. 2023, arXiv
 * 2306.07179, section 4.2, integrates it to tau = 4). A profile speaks of these competitors: leave one out and the others' may change.
 * @param times `times[competitor][problem]`, greater than 0; null: not solved. A problem that nobody solves counts for nobody.
 * @param within up to which ratio, default 4
 * @throws ConfigError, ShapeError, NumericError
 */
export function performanceProfile(times: readonly (readonly (number | null)[])[], { within = 4 }: { readonly within?: number } = {}): PerformanceProfile[] {
  const where = "performanceProfile";
  if (times.length === 0 || times[0].length === 0) {
    throw new ConfigError({ where, got: `${times.length} competitors, ${times[0]?.length ?? 0} problems`, expected: "at least one of each" });
  }
  if (!(within > 1 && Number.isFinite(within))) throw new ConfigError({ where, got: `within ${within}`, expected: "a number above 1" });
  const problems = times[0].length;
  times.forEach((row, c) => {
    if (row.length !== problems) throw new ShapeError({ where: `${where}: competitor ${c}`, got: `${row.length} problems`, expected: `${problems}` });
    row.forEach((t, i) => {
      if (t !== null && !(t > 0 && Number.isFinite(t))) {
        throw new NumericError({ where: `${where}: competitor ${c}, problem ${i}`, got: String(t), expected: "a time above 0, or null for not solved" });
      }
    });
  });
  const best = Array.from({ length: problems }, (_, i) => Math.min(...times.map((row) => row[i] ?? Number.POSITIVE_INFINITY)));
  return times.map((row) => {
    const ratios = row.flatMap((t, i) => (t === null ? [] : [t / best[i]])).filter((ratio) => ratio <= within);
    const share = (tau: number): number => ratios.filter((ratio) => ratio <= tau).length / problems;
    const places = [...new Set([1, ...ratios, within])].sort((a, b) => a - b);
    const score = ratios.reduce((sum, ratio) => sum + (within - ratio), 0) / ((within - 1) * problems);
    return { points: places.map((ratio) => ({ ratio, share: share(ratio) })), score };
  });
}
