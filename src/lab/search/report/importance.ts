/** How much of the scores' differences a setting explains. @module */

import { Draws } from "../../statistics/draws.ts";
import { holm } from "../../statistics/index.ts";
import { ranks } from "../../statistics/ranks.ts";
import { canonicalJson } from "../../written/canonical.ts";
import type { Search } from "../definition.ts";
import type { Goal } from "../objective.ts";
import type { Dimension, Value } from "../space.ts";
import { type Tried, valueFor } from "../tried.ts";

/** Methods whose points know nothing of scores, so that a permutation of these is as likely. */
const BLIND: readonly string[] = ["random", "sobol", "successiveHalving", "hyperband"];
/** Fewer points say nothing. */
const LEAST = 20;
/** Ranges are cut into so many parts with as many points. */
const PARTS = 4;
const PERMUTATIONS = 2000;

/** One setting. */
export interface Importance {
  readonly name: string;
  /** Share of the variance of the scores' ranks between parts of its values, less what chance gives (epsilon squared: Kelley 1935); at least 0. */
  readonly share: number;
  /** By permutation of the scores, corrected by Holm. */
  readonly p: number;
}

/**
 * The importance of each setting for itself, over points that were drawn blindly and trained equally long; null where there are too few of them, or where points were chosen by scores:
 * then settings and scores go together through the choice. Points that failed have the worst rank.
 */
export function importanceOf(search: Search, goal: Goal, tried: readonly Tried[]): Importance[] | null {
  if (!BLIND.includes(search.method.name)) return null;
  const blind = tried.filter(({ from }) => from === null);
  const resources = [...new Set(blind.map(({ resource }) => resource))];
  const groups = resources.map((resource) => blind.filter((one) => one.resource === resource));
  const points = groups.reduce((most, group) => (group.length > most.length ? group : most), []);
  if (points.length < LEAST) return null;
  const scores = ranks(points.map((one) => valueFor(goal, one) ?? Number.MAX_VALUE));
  const names = Object.keys(search.space);
  const parts = names.map((name) =>
    partsOf(
      search.space[name],
      points.map(({ point }) => point[name]),
    ),
  );
  const shares = parts.map((part) => epsilonSquared(part, scores));
  const hits = names.map(() => 0);
  const draws = new Draws(0, 8);
  const order = [...scores];
  for (let r = 0; r < PERMUTATIONS; r++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = draws.below(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    parts.forEach((part, d) => {
      if (epsilonSquared(part, order) >= shares[d] - 1e-12) hits[d]++;
    });
  }
  const ps = holm(hits.map((count) => (1 + count) / (1 + PERMUTATIONS)));
  return names.map((name, d) => ({ name, share: Math.max(0, shares[d]), p: ps[d] })).sort((a, b) => b.share - a.share);
}

/** The part that each value belongs to: each of a list for itself, those of a range by their ranks. */
function partsOf(dimension: Dimension, values: readonly Value[]): number[] {
  if ("low" in dimension) {
    const order = ranks(values as number[]);
    return order.map((rank) => Math.min(PARTS - 1, Math.floor(((rank - 0.5) / values.length) * PARTS)));
  }
  const keys = dimension.map(canonicalJson);
  return values.map((value) => keys.indexOf(canonicalJson(value)));
}

/** (SSB - (k - 1) MSW) / SST of a one-way analysis of variance; 0 where nothing varies. */
function epsilonSquared(parts: readonly number[], scores: readonly number[]): number {
  const n = scores.length;
  const sums = new Map<number, { sum: number; count: number }>();
  let total = 0;
  scores.forEach((score, i) => {
    const part = sums.get(parts[i]) ?? { sum: 0, count: 0 };
    part.sum += score;
    part.count++;
    sums.set(parts[i], part);
    total += score;
  });
  const middle = total / n;
  const all = scores.reduce((sum, score) => sum + (score - middle) ** 2, 0);
  const between = [...sums.values()].reduce((sum, part) => sum + part.count * (part.sum / part.count - middle) ** 2, 0);
  const k = sums.size;
  if (all === 0 || n <= k) return 0;
  return (between - ((k - 1) * (all - between)) / (n - k)) / all;
}
