/** The learning-rate range test. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import { ConfigError, ShapeError } from "../../errors.ts";
import type { FitOptions } from "../../model/fit/fit-options.ts";
import type { Model } from "../../model/model.ts";
import { quantile } from "../statistics/describe.ts";
import { type Judgement, judge, type Suggestion, suggest, type Verdict } from "./judge.ts";
import { Rehearsal } from "./rehearsal.ts";
import { type Sweep, sweep } from "./sweep.ts";

export type { Verdict };

/** What {@link findLearningRate} takes. */
export interface LearningRateOptions {
  /** The first rate. Default 1e-5. */
  readonly from?: number;
  /** The last rate. Default 10. */
  readonly to?: number;
  /** Steps of each seed, a rate each, 20 or more. Default 200. */
  readonly steps?: number;
  /** How often it is done, each time with other batches and other draws of random layers. Default 3. */
  readonly seeds?: number;
  /** Of the orders. Default 0. */
  readonly seed?: number;
  /** Samples per step, or `"full"`. The suggestion holds for this size. Default the model's, or 32. */
  readonly batchSize?: number | "full";
  /** Weight of the neighbouring step in the smoothed curve, 0 to below 1. Default 0.95. */
  readonly smoothing?: number;
  /** How the model will be trained besides. */
  readonly fit?: Pick<FitOptions, "classWeight" | "accumulationSteps" | "microBatch">;
  /** Ends it with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called as it goes. */
  readonly onProgress?: (progress: LearningRateProgress) => void;
}

/** How far it is. */
export interface LearningRateProgress {
  /** From 1. */
  readonly seed: number;
  readonly seeds: number;
  /** Steps of this seed that are done, and of each seed at most. */
  readonly step: number;
  readonly steps: number;
  readonly learningRate: number;
  readonly loss: number;
}

/** A point of the curve. */
export interface LearningRatePoint {
  readonly learningRate: number;
  /** Median over the seeds of the smoothed loss. */
  readonly loss: number;
  /** The smallest and the largest. */
  readonly low: number;
  readonly high: number;
  /** Seeds that came so far. */
  readonly seeds: number;
}

/** What {@link findLearningRate} resolves to. */
export interface LearningRateResult extends Suggestion {
  readonly curve: readonly LearningRatePoint[];
  readonly runs: readonly (Sweep & Judgement)[];
}

/**
 * The learning-rate range test (Smith 2017, "Cyclical learning rates for training neural networks", WACV, section 3.3): steps with exponentially growing rates, and the loss
 * of each step's batch. It is done on a copy of the model, from its weights, layer states and optimizer as they are: the model itself keeps every bit.
 * Several seeds, which differ in batches and in the draws of random layers, tell how far chance goes. A curve ends where the loss diverges; it is smoothed to both
 * sides ({@link smooth}).
 *
 * Each seed suggests the rate at which the smoothed loss falls fastest by the logarithm of the rate, but no less than a tenth and no more than a third of the rate at which it is smallest; the
 * suggestion is their geometric mean. There is none (null, with the reason) where more than half of the seeds diverge within the first tenth of the steps (within the first quarter, if the loss did not fall before), or show no fall of 2 %
 * and four standard errors, or still fall at the last rate, or have nothing left of the loss there; or where the seeds suggest rates more than a factor of ten apart.
 * The loss is that of `fit`: of several outputs the weighted sum, without penalties on weights.
 * @throws ConfigError for options out of range or a model that is not compiled, ShapeError and NumericError as `fit`, the signal's reason
 * @example
 * const { suggestion, reason } = await findLearningRate(model, train);
 * if (suggestion !== null) await model.fit(train, { learningRate: suggestion });
 */
export async function findLearningRate(model: Model, data: Dataset, options: LearningRateOptions = {}): Promise<LearningRateResult> {
  const { from, to, steps, seeds, seed, batchSize, smoothing, signal, onProgress, fit = {} } = settingsOf(options);
  if (data.length === 0) throw new ShapeError({ where, got: "an empty dataset", expected: "at least one sample" });
  const rates = Array.from({ length: steps }, (_, i) => from * (to / from) ** (i / (steps - 1)));
  const batch = Math.min(batchSize === "full" ? data.length : (batchSize ?? model.architecture.batchSize ?? 32), data.length);
  const rowsPerStep = batch * (fit.accumulationSteps ?? 1);
  const rehearsal = new Rehearsal(where, model);
  const runs: (Sweep & Judgement)[] = [];
  try {
    for (let k = 0; k < seeds; k++) {
      const fitOptions: FitOptions = {
        ...fit,
        batchSize: batch,
        signal,
        onSlice: ({ step, learningRate, loss }) => onProgress?.({ seed: k + 1, seeds, step: step + 1, steps, learningRate, loss }),
      };
      const run = await sweep((rows, options) => rehearsal.fit(rows, options, k), { data, rates, seed: seed + k, rowsPerStep, smoothing, options: fitOptions });
      signal?.throwIfAborted();
      runs.push({ ...run, ...judge(run, rates, smoothing) });
    }
  } finally {
    rehearsal.dispose();
  }
  return { ...suggest(runs, rates), curve: curveOf(runs, rates), runs };
}

const where = "findLearningRate";
const LEAST_STEPS = 20;

function settingsOf(options: LearningRateOptions) {
  const { from = 1e-5, to = 10, steps = 200, seeds = 3, seed = 0, batchSize, smoothing = 0.95, ...rest } = options;
  const check = (name: string, value: unknown, holds: boolean, expected: string): void => {
    if (!holds) throw new ConfigError({ where, got: `${name} = ${value}`, expected });
  };
  check("from", from, from > 0 && Number.isFinite(from), "a finite number, more than 0");
  check("to", to, to > from && Number.isFinite(to), `a finite number, more than from (${from})`);
  check("steps", steps, Number.isSafeInteger(steps) && steps >= LEAST_STEPS, `an integer, ${LEAST_STEPS} or more`);
  check("seeds", seeds, Number.isSafeInteger(seeds) && seeds >= 1, "a positive integer");
  check("seed", seed, Number.isSafeInteger(seed), "an integer");
  check(
    "batchSize",
    batchSize,
    batchSize === undefined || batchSize === "full" || (Number.isSafeInteger(batchSize) && batchSize >= 1),
    'a positive integer or "full"',
  );
  check("smoothing", smoothing, smoothing >= 0 && smoothing < 1, "0 or more, below 1");
  return { from, to, steps, seeds, seed, batchSize, smoothing, ...rest };
}

function curveOf(runs: readonly Sweep[], rates: readonly number[]): LearningRatePoint[] {
  const length = Math.max(...runs.map(({ smoothed }) => smoothed.length));
  return Array.from({ length }, (_, i) => {
    const losses = runs.flatMap(({ smoothed }) => (i < smoothed.length ? [smoothed[i]] : []));
    return { learningRate: rates[i], loss: quantile(losses, 0.5), low: Math.min(...losses), high: Math.max(...losses), seeds: losses.length };
  });
}
