/** What came of a search, in figures. @module */

import { type Range, seedInterval } from "../../findings/facts.ts";
import { present } from "../../findings/present.ts";
import { type Description, describe, mean, twoLevelComparison } from "../../statistics/index.ts";
import { correctBits } from "../../trials/correct-bits.ts";
import type { TrialResult } from "../../trials/trial.ts";
import { type Goal, scoreFor } from "../objective.ts";
import type { Tried } from "../tried.ts";

/** A point that was trained anew and tested. */
export interface Tested {
  /** As the search knew it. */
  readonly tried: Tried;
  /** One for each reporting seed. */
  readonly results: readonly TrialResult[];
}

/** A measure over the reporting seeds that finished. */
export interface Estimate extends Description {
  /** Of the mean, 95 %; null where one seed leaves it open. */
  readonly interval: Range | null;
}

/** A mean with its interval. */
export interface Difference {
  readonly mean: number;
  readonly interval: Range | null;
}

/** A tested point in figures. */
export interface TestedFacts extends Tested {
  readonly failed: number;
  /** On the validation samples, anew. */
  readonly validation: Estimate | null;
  /** On the test set. */
  readonly test: Estimate | null;
  /**
   * How much better its score in the search was than with the reporting seeds: what of choosing the best of many scores was luck with seeds. Below 0: worse. The
   * validation samples are the same, so that luck with them is in both. Null where it was trained for fewer epochs in
   * the search: then epochs are in the difference too.
   */
  readonly optimism: Difference | null;
}

const estimate = (values: readonly number[], interval: Range | null): Estimate | null => (values.length === 0 ? null : { ...describe(values), interval });

/**
 * The tested points, in the order of their mean validation score with the reporting seeds: the test set chooses nothing.
 * @param epochs that the tests are trained; null: as many as in the search
 */
export function testedFacts(goal: Goal, top: readonly Tested[], testSamples: number, epochs: number | null): TestedFacts[] {
  const correct = top.map(({ results }) => results.map((result) => (result.correct === null ? null : correctBits(result.correct, testSamples))));
  // Of accuracies: over seeds and test samples.
  const together =
    goal.name === "accuracy" && correct.length > 0 && correct.flat().every((bits) => bits !== null) ? twoLevelComparison(correct.map(present)) : null;
  const sign = goal.lessIsBetter ? -1 : 1;
  const facts = top.map(({ tried, results }, i): TestedFacts => {
    const validation = present(results.map((result) => scoreFor(goal, result.validation)));
    const test = present(results.map((result) => scoreFor(goal, result.test)));
    const lost = validation.map((value) => sign * ((tried.score as number) - value));
    const interval = test.length === 0 ? null : seedInterval(test);
    return {
      tried,
      results,
      failed: results.length - test.length,
      validation: estimate(validation, validation.length === 0 ? null : seedInterval(validation)),
      test: estimate(test, together === null ? interval : within(together.accuracy(i))),
      optimism: lost.length === 0 || (epochs !== null && tried.epochs !== epochs) ? null : { mean: mean(lost), interval: seedInterval(lost) },
    };
  });
  // A point that failed with a seed comes behind those that did not.
  const rank = ({ failed, validation }: TestedFacts): number[] => [failed, validation === null ? Number.POSITIVE_INFINITY : -sign * validation.mean];
  return [...facts].sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1] || a.tried.id - b.tried.id);
}

const within = ({ low, high }: Range): Range => ({ low, high });

/** The first tested point less another, on the test set, over the seeds with which both finished; null where there are none. */
export function testDifference(goal: Goal, a: TestedFacts, b: TestedFacts, testSamples: number): Difference | null {
  const pairs = a.results.flatMap((one, s) => {
    const [first, second] = [scoreFor(goal, one.test), scoreFor(goal, b.results[s]?.test ?? null)];
    return first === null || second === null ? [] : [{ difference: first - second, one, other: b.results[s] }];
  });
  if (pairs.length === 0) return null;
  const differences = pairs.map(({ difference }) => difference);
  const bits = (result: TrialResult): Uint8Array | null => (result.correct === null ? null : correctBits(result.correct, testSamples));
  const [first, second] = [pairs.map(({ one }) => bits(one)), pairs.map(({ other }) => bits(other))];
  const whole = goal.name === "accuracy" && [...first, ...second].every((one) => one !== null);
  const interval = whole ? within(twoLevelComparison([present(first), present(second)]).difference(0, 1)) : seedInterval(differences);
  return { mean: mean(differences), interval };
}

/** The best score so far, behind each point that has one. */
export function bestSoFar(
  goal: Goal,
  tried: readonly Tried[],
  costOf: (tried: Tried) => number,
): { spent: number; score: number | null; best: number | null }[] {
  let [spent, best]: [number, number | null] = [0, null];
  return tried.map((one) => {
    spent += costOf(one);
    const { score } = one;
    if (score !== null && (best === null || (goal.lessIsBetter ? score < best : score > best))) best = score;
    return { spent, score, best };
  });
}

/** The candidates of a rung. */
export interface RungFacts {
  readonly bracket: number;
  readonly rung: number;
  /** Epochs in all. */
  readonly epochs: number;
  readonly tried: number;
  readonly failed: number;
  /** That were trained on. */
  readonly survivors: number;
  readonly best: number | null;
  /** Of those that were trained on. */
  readonly worstSurvivor: number | null;
}

/** Who survived, rung by rung. */
export function rungFacts(goal: Goal, tried: readonly Tried[]): RungFacts[] {
  const promoted = new Set(tried.map(({ from }) => from));
  const keys = [...new Set(tried.map(({ bracket, rung }) => `${bracket} ${rung}`))];
  const better = (a: number, b: number): number => (goal.lessIsBetter ? a - b : b - a);
  const rungs = keys.map((key): RungFacts => {
    const own = tried.filter(({ bracket, rung }) => `${bracket} ${rung}` === key);
    const survivors = own.filter(({ id }) => promoted.has(id));
    const [{ bracket, rung, epochs }] = own;
    const sorted = (some: readonly Tried[]): number[] => present(some.map(({ score }) => score)).sort(better);
    return {
      bracket,
      rung,
      epochs,
      tried: own.length,
      failed: own.filter(({ score }) => score === null).length,
      survivors: survivors.length,
      best: sorted(own)[0] ?? null,
      worstSurvivor: sorted(survivors).at(-1) ?? null,
    };
  });
  return rungs.sort((a, b) => b.bracket - a.bracket || a.rung - b.rung);
}

/** Points that failed for one reason. */
export interface FailureFacts {
  readonly reason: string;
  readonly points: number;
  /** The first of them. */
  readonly first: number;
}

export function failureFacts(tried: readonly Tried[]): FailureFacts[] {
  const found = new Map<string, { points: number; first: number }>();
  for (const { id, failure } of tried) {
    if (failure === null) continue;
    const known = found.get(failure);
    if (known === undefined) found.set(failure, { points: 1, first: id });
    else known.points++;
  }
  return [...found].map(([reason, { points, first }]) => ({ reason, points, first })).sort((a, b) => b.points - a.points || a.first - b.first);
}
