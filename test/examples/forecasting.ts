/** What the example of forecasts must reach. */
import type { expect as Expect } from "vitest";

const RULES = [
  "MASE by naive",
  "MASE by seasonal naive",
  "of naive's error on the same steps:",
  "of seasonal naive's:",
  "of the season's, moved by its last change:",
] as const;

/** Means and intervals of each forecast behind a text, in the order of the example. */
const figures = (text: string, what: string): number[][] =>
  [...text.matchAll(new RegExp(`^ {2}${what} ([\\d.]+), 95 % interval ([\\d.]+) to ([\\d.]+)$`, "gm"))].map(([, ...three]) => three.map(Number));

/** MASE, and the error next to that of the naive rules on the same steps, is below 0.9 on both series, one step and one season ahead; returns all figures. */
export function expectBetter(text: string, expect: typeof Expect): Record<(typeof RULES)[number], number[][]> {
  expect(text).toMatch(
    /^carbon dioxide, 1 step ahead, 150 forecasts.*[\s\S]*^carbon dioxide, 12 steps ahead.*[\s\S]*^temperature, 1 step ahead, 1752 forecasts.*[\s\S]*^temperature, 24/m,
  );
  const found = Object.fromEntries(RULES.map((what) => [what, figures(text, what)])) as Record<(typeof RULES)[number], number[][]>;
  for (const what of RULES.slice(0, 4)) {
    expect(found[what]).toHaveLength(4);
    for (const [mean] of found[what]) {
      expect(mean).toBeGreaterThan(0);
      expect(mean).toBeLessThan(0.9);
    }
  }
  return found;
}
