/** Points of a search as trials, and what came of them. @module */

import { completeSettings, type Factor, type SettingKind, type Settings, settingKinds } from "../definition/settings.ts";
import { FIRST_TUNING } from "../runners/seeds.ts";
import { mean } from "../statistics/index.ts";
import type { Role, Trial, TrialResult } from "../trials/trial.ts";
import { canonicalJson } from "../written/canonical.ts";
import type { Search } from "./definition.ts";
import type { Candidate } from "./method.ts";
import { type Goal, metricsOf, scoreFor } from "./objective.ts";
import type { Point } from "./space.ts";

/** A candidate that was evaluated. */
export interface Tried extends Candidate {
  /** Epochs that its trials were trained in all. */
  readonly epochs: number;
  /** One for each seed. */
  readonly results: readonly TrialResult[];
  /** Mean of the validation scores; null: it failed. */
  readonly score: number | null;
  /** Why it failed; null: it did not. */
  readonly failure: string | null;
}

/** The settings of a point. @param epochs null: as they are set */
export const settingsOf = ({ base }: Search, point: Point, epochs: number | null): Settings =>
  completeSettings({ ...base, ...(point as Partial<Settings>), ...(epochs !== null && { epochs }) });

/** What the trials of one search have in common. */
const shared = (search: Search, goal: Goal, role: Role) => ({
  role,
  data: {
    name: search.data,
    limit: search.limit,
    validation: search.validation,
    ...(search.target !== null && { target: search.target }),
    ...(search.table?.time !== undefined && { ordered: true }),
  },
  start: null,
  keepsWeights: false,
  validations: 0,
  measures: [],
  ...(metricsOf(goal, role) !== undefined && { metrics: metricsOf(goal, role) }),
});

/** The trials of a candidate: the seeds are the same for all. */
export function trialsOf(search: Search, goal: Goal, { point, resource }: Pick<Candidate, "point" | "resource">): Trial[] {
  const settings = settingsOf(search, point, search.epochs === null ? null : resource);
  return Array.from({ length: search.seeds }, (_, i) => ({ settings, seed: FIRST_TUNING + i, ...shared(search, goal, "tune") }));
}

/** The trials that report on a point: with seeds that no trial of the search had, on the test set. */
export function reportTrials(search: Search, goal: Goal, point: Point): Trial[] {
  const settings = settingsOf(search, point, search.epochs?.most ?? null);
  return Array.from({ length: search.report.seeds }, (_, i) => ({ settings, seed: i + 1, ...shared(search, goal, "report") }));
}

/** Why a trial has no score; null: it has one. */
export function failureOf(goal: Goal, { failure, divergedAt, validation }: TrialResult): string | null {
  if (failure !== undefined) return failure;
  if (divergedAt !== null) return "diverged";
  return scoreFor(goal, validation) === null ? `no ${goal.name} that is a number` : null;
}

/** A candidate with its results. */
export function triedOf(search: Search, goal: Goal, candidate: Candidate, results: readonly TrialResult[]): Tried {
  const failure = results.map((result) => failureOf(goal, result)).find((reason) => reason !== null) ?? null;
  const score = failure === null ? mean(results.map(({ validation }) => scoreFor(goal, validation) as number)) : null;
  const { epochs } = settingsOf(search, candidate.point, search.epochs === null ? null : candidate.resource);
  return { ...candidate, epochs, results, score, failure };
}

/** What a method is told: less is better. */
export const valueFor = ({ lessIsBetter }: Goal, { score }: Pick<Tried, "score">): number | null => (score === null ? null : lessIsBetter ? score : -score);

/** Those that have a score, the best first: of those that were trained the longest, then of the others; of equals the first. Each point once. */
export function ranked(search: Search, goal: Goal, tried: readonly Tried[]): Tried[] {
  const resource = ({ resource, epochs }: Tried): number => (search.epochs === null ? 0 : Math.max(resource, epochs));
  const value = (one: Tried): number => valueFor(goal, one) as number;
  const sorted = tried.filter(({ score }) => score !== null).sort((a, b) => resource(b) - resource(a) || value(a) - value(b) || a.id - b.id);
  const seen = new Set<string>();
  return sorted.filter(({ point }) => {
    const key = canonicalJson(point);
    return !seen.has(key) && seen.add(key);
  });
}

/** `rate 0.00316, hidden 64` */
export function pointText(point: Point): string {
  return Object.entries(point)
    .map(([name, value]) => `${settingKinds[name as Factor].prefix ?? ""}${levelText(name, value)}`)
    .join(", ");
}

/** A value of a setting, numbers with three digits. */
export function levelText(name: string, value: unknown): string {
  const rounded = typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(3)) : value;
  return (settingKinds[name as Factor] as SettingKind<unknown>).level(rounded);
}
