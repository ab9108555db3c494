/** Scores in sentences. @module */

import type { Range } from "../../findings/facts.ts";
import { percent, percentRange, pointRange, points } from "../../findings/words.ts";
import { fixed, short } from "../../reports/numbers.ts";
import type { Goal } from "../objective.ts";

/** `98.02 %`, `0.0713` */
export const scoreText = ({ share }: Goal, score: number): string => (share ? percent(score) : short(score));

/** `97.95 to 98.10 %` */
export const rangeText = ({ share }: Goal, range: Range): string => (share ? percentRange(range) : `${short(range.low)} to ${short(range.high)}`);

/** `0.12 points`, `0.0031` */
export const differenceText = ({ share }: Goal, difference: number): string => (share ? `${points(difference)} points` : short(difference));

/** `-0.05 to 0.11` */
export const differenceRange = ({ share }: Goal, range: Range): string => (share ? pointRange(range) : `${short(range.low)} to ${short(range.high)}`);

/** What an axis or column of scores is called. */
export const goalTitle = ({ name }: Goal, where: "validation" | "test"): string => `${name}, ${where === "test" ? "test set" : "validation"}`;

/** A column of scores. */
export const scoreColumn = ({ share }: Goal): { readonly digits?: number; readonly percent?: boolean } => (share ? { percent: true } : { digits: 4 });

/** An interval in a table. */
export const intervalText = (goal: Goal, range: Range | null | undefined): string | null =>
  range === null || range === undefined ? null : goal.share ? `${fixed(100 * range.low, 2)} to ${fixed(100 * range.high, 2)}` : rangeText(goal, range);
