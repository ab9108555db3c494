/** What the trials of an arm amount to, cell by cell: figures only, on which all sections build. @module */

import type { Arm, CellRun } from "../protocols/protocol.ts";
import { bootstrapMean, type Description, describe, mean, predictionInterval, twoLevelBootstrap, twoLevelComparison } from "../statistics/index.ts";
import { correctBits } from "../trials/correct-bits.ts";
import { present } from "./present.ts";

/** Both ends of an interval. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** A measure over the seeds that did not diverge. */
export interface Estimate extends Description {
  /** Of the mean, 95 %; null where one seed leaves it open. */
  readonly interval: Range | null;
  /** Where one more seed would lie, 95 %; null for a single seed. */
  readonly prediction: Range | null;
}

/** A competitor's runs. */
export interface CellFacts extends CellRun {
  /** Of each seed; null where it diverged. */
  readonly accuracies: readonly (number | null)[];
  readonly diverged: number;
  /** Mean accuracy with diverged seeds as 0: what competitors are ordered by. */
  readonly score: number;
  /** On the test set; null if all diverged. */
  readonly accuracy: Estimate | null;
  readonly loss: Estimate | null;
  readonly trainAccuracy: Description | null;
  readonly valAccuracy: Description | null;
}

/** One competitor less another, over the seeds that neither diverged in. */
export interface Difference {
  /** Of each such seed. */
  readonly values: readonly number[];
  readonly mean: number;
  /** 95 %, over seeds and test samples; of a single seed: over test samples. Null where neither is known. */
  readonly interval: Range | null;
}

/** An arm in figures. */
export interface ArmFacts {
  readonly arm: Arm;
  readonly cells: readonly CellFacts[];
  /** Test accuracy of cell `a` less that of `b`; null without a common seed. */
  difference(a: number, b: number): Difference | null;
  /** Which test samples cell `c` had right with each seed; null where it diverged or nothing was kept. */
  readonly correct: readonly (readonly (Uint8Array | null)[])[];
}

const described = (values: readonly number[]): Description | null => (values.length === 0 ? null : describe(values));

/** The interval of a mean over seeds only; null of one seed. */
export function seedInterval(values: readonly number[]): Range | null {
  const { low, high } = bootstrapMean(values);
  return low === null ? null : { low, high };
}

function estimate(values: readonly number[], interval: Range | null): Estimate | null {
  if (values.length === 0) return null;
  return { ...describe(values), interval, prediction: values.length < 2 ? null : predictionInterval(values) };
}

/** The intervals of accuracies and differences. Competitors that finished with all seeds are resampled together, the others by themselves. */
class Intervals {
  readonly #correct: readonly (readonly (Uint8Array | null)[])[];
  /** Place of each cell among those that are resampled together. */
  readonly #place: ReadonlyMap<number, number>;
  readonly #together: ReturnType<typeof twoLevelComparison> | null;

  constructor(correct: readonly (readonly (Uint8Array | null)[])[]) {
    this.#correct = correct;
    const whole = correct.flatMap((bits, c) => (bits.length > 0 && bits.every((seed) => seed !== null) ? [c] : []));
    this.#place = new Map(whole.map((c, i) => [c, i]));
    this.#together = whole.length === 0 ? null : twoLevelComparison(whole.map((c) => present(correct[c])));
  }

  accuracy(c: number): Range | null {
    const place = this.#place.get(c);
    if (place !== undefined && this.#together !== null) return range(this.#together.accuracy(place));
    const a = present(this.#correct[c]);
    return a.length === 0 ? null : range(twoLevelBootstrap({ a }));
  }

  difference(a: number, b: number): Range | null {
    const [first, second] = [this.#place.get(a), this.#place.get(b)];
    if (first !== undefined && second !== undefined && this.#together !== null) return range(this.#together.difference(first, second));
    const common = this.#correct[a].flatMap((bits, s) => {
      const other = this.#correct[b][s];
      return bits === null || other === null ? [] : [{ bits, other }];
    });
    return common.length === 0 ? null : range(twoLevelBootstrap({ a: common.map(({ bits }) => bits), b: common.map(({ other }) => other) }));
  }
}

const range = ({ low, high }: Range): Range => ({ low, high });

/** The figures of an arm. @param testSamples that every reporting trial was tested on */
export function factsOf(arm: Arm, testSamples: number): ArmFacts {
  const correct = arm.runs.map(({ results }) =>
    results.map((result) => (result.correct === null || result.divergedAt !== null ? null : correctBits(result.correct, testSamples))),
  );
  const intervals = new Intervals(correct);
  const cells = arm.runs.map((run, c): CellFacts => {
    const accuracies = run.results.map(({ divergedAt, test }) => (divergedAt === null ? (test?.accuracy ?? null) : null));
    const finished = run.results.filter(({ divergedAt }) => divergedAt === null);
    const values = present(accuracies);
    const losses = present(finished.map(({ test }) => test?.loss));
    return {
      ...run,
      accuracies,
      diverged: run.results.length - finished.length,
      score: accuracies.reduce<number>((sum, accuracy) => sum + (accuracy ?? 0), 0) / accuracies.length,
      accuracy: estimate(values, values.length === 0 ? null : (intervals.accuracy(c) ?? seedInterval(values))),
      loss: estimate(losses, losses.length === 0 ? null : seedInterval(losses)),
      trainAccuracy: described(present(finished.map(({ training }) => training?.accuracy))),
      valAccuracy: described(present(finished.map(({ validation }) => validation?.accuracy))),
    };
  });
  return {
    arm,
    cells,
    correct,
    difference(a, b) {
      const values = cells[a].accuracies.flatMap((mine, s) => {
        const other = cells[b].accuracies[s];
        return mine === null || other === null ? [] : [mine - other];
      });
      if (values.length === 0) return null;
      return { values, mean: mean(values), interval: intervals.difference(a, b) ?? seedInterval(values) };
    },
  };
}

/** Cells from the best to the worst; of equals the first in the study first. */
export const byScore = (cells: readonly CellFacts[]): number[] => cells.map((_, i) => i).sort((a, b) => cells[b].score - cells[a].score || a - b);

/** The arm from which conclusions about competitors come: the one that compares them fairly, if there is one, else the main one. */
export const judgedArm = (facts: readonly ArmFacts[]): ArmFacts => facts.find(({ arm }) => arm.name === "fair") ?? facts[0];
