/** Performance profiles over combinations of factors. @module */
import type { LineFigure } from "../reports/report.ts";
import { performanceProfile } from "../statistics/index.ts";

/** Up to how many times the least error. */
const WITHIN = 2;

/**
 * The share of tasks in which each competitor's test error is within tau times the least.
 * @param errors `errors[competitor][task]`, null where it failed
 * @returns null for fewer than three tasks or where an error is 0
 */
export function profileFigure(
  names: readonly string[],
  errors: readonly (readonly (number | null)[])[],
  factor: string,
): { figure: LineFigure; data: unknown } | null {
  if (names.length < 2 || errors[0].length < 3 || errors.some((row) => row.some((error) => error === 0))) return null;
  const profiles = performanceProfile(errors, { within: WITHIN });
  // All lines are level from there on.
  const last = Math.max(...profiles.flatMap(({ points }) => points.map(({ ratio }) => ratio).filter((ratio) => ratio < WITHIN)));
  const end = last > 1 ? Math.min(WITHIN, 1 + 1.1 * (last - 1)) : WITHIN;
  return {
    data: names.map((name, i) => ({ name, ...profiles[i] })),
    figure: {
      kind: "lines",
      title: `How often each ${factor} comes near the least error`,
      caption: `Share of combinations in which the test error is within so many times that of the best ${factor} there (a performance profile). Higher is better; at 1 it is the share of wins.`,
      x: { label: "test error, times the least" },
      y: { label: "share of combinations", percent: true },
      series: names.map((name, i) => ({ name, points: profiles[i].points.map(({ ratio, share }) => ({ x: Math.min(ratio, end), y: share })), steps: true })),
    },
  };
}
