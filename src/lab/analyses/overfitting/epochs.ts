/** How training and validation go apart over the epochs. @module */

import type { CellFacts, Range } from "../../findings/facts.ts";
import { present } from "../../findings/present.ts";
import { bootstrapMean, describe } from "../../statistics/index.ts";
import type { Score, TrialResult } from "../../trials/trial.ts";

/** A mean over seeds. */
export interface Estimated {
  readonly mean: number;
  /** 95 %; null for one seed. */
  readonly interval: Range | null;
}

/** A measure after each epoch. */
export type ByEpoch = readonly Estimated[];

/** What is known of one competitor. Epochs count from 1. */
export interface Overfitting {
  readonly label: string;
  readonly seeds: number;
  readonly diverged: number;
  readonly epochs: number;
  readonly loss: ByEpoch;
  readonly valLoss: ByEpoch;
  readonly valAccuracy: ByEpoch;
  /** The epoch of least validation loss: of the mean, and of the seeds. */
  readonly best: number;
  readonly bestOfSeeds: { readonly median: number; readonly min: number; readonly max: number };
  /** From the epoch that is best for the other seeds to the last: what training on did. Chosen without the seed, so the choice does not flatter it. Null for one seed. */
  readonly trainingOn: { readonly valLoss: Estimated; readonly valAccuracy: Estimated; readonly loss: Estimated } | null;
  /** What a seed's own least validation loss would have kept, against the last epoch. */
  readonly stopping: {
    readonly valLoss: Estimated;
    readonly valAccuracy: Estimated;
    /** Gained against the last epoch; above 0 is better. The validation samples chose it themselves: a little too good. */
    readonly accuracyKept: Estimated;
  };
  /** At the end: accuracy on the training samples less that on the validation samples, and the losses the other way round. */
  readonly gap: { readonly accuracy: Estimated; readonly loss: Estimated } | null;
  /** Of the last weights. */
  readonly final: { readonly trainLoss: number; readonly trainAccuracy: number; readonly valLoss: number; readonly valAccuracy: number } | null;
}

interface Run {
  readonly loss: readonly number[];
  readonly valLoss: readonly number[];
  readonly valAccuracy: readonly number[];
  readonly result: TrialResult;
}

/** Null where no seed was validated after each of at least two epochs. */
export function overfittingOf({ cell, results, diverged }: CellFacts): Overfitting | null {
  const runs = results.flatMap((result): Run[] => {
    if (result.divergedAt !== null) return [];
    const valLoss = present(result.epochs.map((epoch) => epoch.valLoss));
    const valAccuracy = present(result.epochs.map((epoch) => epoch.valAccuracy));
    const whole = valLoss.length === result.epochs.length && valAccuracy.length === result.epochs.length && valLoss.length > 1;
    return whole ? [{ loss: result.epochs.map(({ loss }) => loss), valLoss, valAccuracy, result }] : [];
  });
  if (runs.length === 0) return null;
  const epochs = Math.min(...runs.map(({ valLoss }) => valLoss.length));
  const over = (value: (run: Run, index: number) => number): Estimated => estimated(runs.map(value));
  const byEpoch = (value: (run: Run) => readonly number[]): ByEpoch => Array.from({ length: epochs }, (_, e) => over((run) => value(run)[e]));
  const end = epochs - 1;
  const own = runs.map(({ valLoss }) => leastAt([valLoss], epochs));
  const ofOthers = runs.map((run) =>
    leastAt(
      runs.filter((other) => other !== run).map(({ valLoss }) => valLoss),
      epochs,
    ),
  );
  const { median, min, max } = describe(own.map((e) => e + 1));
  return {
    label: cell.label,
    seeds: runs.length,
    diverged,
    epochs,
    loss: byEpoch(({ loss }) => loss),
    valLoss: byEpoch(({ valLoss }) => valLoss),
    valAccuracy: byEpoch(({ valAccuracy }) => valAccuracy),
    best:
      leastAt(
        runs.map(({ valLoss }) => valLoss),
        epochs,
      ) + 1,
    bestOfSeeds: { median, min, max },
    trainingOn:
      runs.length === 1
        ? null
        : {
            valLoss: over(({ valLoss }, r) => valLoss[end] - valLoss[ofOthers[r]]),
            valAccuracy: over(({ valAccuracy }, r) => valAccuracy[end] - valAccuracy[ofOthers[r]]),
            loss: over(({ loss }, r) => loss[end] - loss[ofOthers[r]]),
          },
    stopping: {
      valLoss: over(({ valLoss }, r) => valLoss[own[r]]),
      valAccuracy: over(({ valAccuracy }, r) => valAccuracy[own[r]]),
      accuracyKept: over(({ valAccuracy }, r) => valAccuracy[own[r]] - valAccuracy[end]),
    },
    ...finalOf(runs),
  };
}

/** Competitors of a study are classifiers, but for studies of somebody's own. */
const accuracyOf = ({ accuracy }: Score): number => accuracy ?? 0;

function finalOf(runs: readonly Run[]): Pick<Overfitting, "gap" | "final"> {
  const scored = runs.flatMap(({ result: { training, validation } }) => (training === null || validation === null ? [] : [{ training, validation }]));
  if (scored.length === 0) return { gap: null, final: null };
  const mean = (value: (scores: (typeof scored)[number]) => number): number => estimated(scored.map(value)).mean;
  return {
    gap: {
      accuracy: estimated(scored.map(({ training, validation }) => accuracyOf(training) - accuracyOf(validation))),
      loss: estimated(scored.map(({ training, validation }) => validation.loss - training.loss)),
    },
    final: {
      trainLoss: mean(({ training }) => training.loss),
      trainAccuracy: mean(({ training }) => accuracyOf(training)),
      valLoss: mean(({ validation }) => validation.loss),
      valAccuracy: mean(({ validation }) => accuracyOf(validation)),
    },
  };
}

/** The epoch, from 0, at which the sum of the curves is least; the first of equals. */
function leastAt(curves: readonly (readonly number[])[], epochs: number): number {
  const sums = Array.from({ length: epochs }, (_, e) => curves.reduce((sum, curve) => sum + curve[e], 0));
  return sums.indexOf(Math.min(...sums));
}

function estimated(values: readonly number[]): Estimated {
  const { mean, low, high } = bootstrapMean(values);
  return { mean, interval: low === null ? null : { low, high } };
}
