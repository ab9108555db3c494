/** One pass over growing learning rates. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import type { Callback } from "../../model/fit/callback.ts";
import type { FitOptions } from "../../model/fit/fit-options.ts";
import { deriveKey, Purpose, permutation } from "../../random.ts";
import { smooth } from "./smoothing.ts";

/** Losses over growing rates, of one seed. */
export interface Sweep {
  readonly seed: number;
  /** Of each step's batch, before its update with that step's rate. They end where the loss diverged. */
  readonly losses: readonly number[];
  /** The same, smoothed; none counts as more than the largest of the first tenth, so that a loss that leaps up does not hide the fall before it. */
  readonly smoothed: readonly number[];
  /** The rate at whose step the loss was too large or not finite; null: it held to the last rate. */
  readonly divergedAt: number | null;
}

/** So many times the fall so far above the loss at the beginning is divergence, and so many times that loss. */
const FALLS = 2;
const TIMES = 2;
/** Steps before which nothing is called divergence, unless it is not finite. */
const GRACE = 3;

/** Looks at a fit over growing rates, and ends it where the loss diverges. */
export class Watch implements Callback {
  readonly name = "learning rate finder";
  readonly losses: number[] = [];
  diverged = false;
  private readonly smoothing: number;
  private average = 0;
  private weight = 0;
  private first = 0;
  private best = Number.POSITIVE_INFINITY;

  constructor(smoothing: number) {
    this.smoothing = smoothing;
  }

  onStepEnd({ loss }: { readonly loss: number }, context: { stop(reason: string): void }): void {
    this.losses.push(loss);
    this.average = this.smoothing * this.average + loss;
    this.weight = this.smoothing * this.weight + 1;
    const now = this.average / this.weight;
    if (this.losses.length === GRACE) this.first = now;
    this.best = Math.min(this.best, now);
    if (this.losses.length <= GRACE) return;
    const limit = this.first + Math.max(FALLS * (this.first - this.best), (TIMES - 1) * Math.abs(this.first));
    if (now > limit) this.end(context);
  }

  onNonFinite(_: unknown, context: { stop(reason: string): void }): void {
    this.end(context);
  }

  private end(context: { stop(reason: string): void }): void {
    this.diverged = true;
    context.stop("the loss diverged");
  }
}

/** Losses at rates that change nothing yet: the first tenth. */
export const beginning = (losses: readonly number[]): readonly number[] => losses.slice(0, Math.max(5, Math.round(losses.length / 10)));

/** Row positions of so many samples: passes over the data, each in an order of its own. */
export function rowsOfSweep(samples: number, wanted: number, seed: number): Int32Array {
  const rows = new Int32Array(wanted);
  for (let from = 0, pass = 0; from < wanted; from += samples, pass++) {
    const order = permutation(samples, deriveKey(seed, Purpose.shuffle, pass));
    rows.set(order.subarray(0, Math.min(samples, wanted - from)), from);
  }
  return rows;
}

/** What runs the steps. */
export type Fit = (data: Dataset, options: FitOptions) => Promise<unknown>;

/** Takes the steps. */
export async function sweep(
  fit: Fit,
  {
    data,
    rates,
    seed,
    rowsPerStep,
    smoothing,
    options,
  }: { data: Dataset; rates: readonly number[]; seed: number; rowsPerStep: number; smoothing: number; options: FitOptions },
): Promise<Sweep> {
  const watch = new Watch(smoothing);
  await fit(data.subset(rowsOfSweep(data.length, rowsPerStep * rates.length, seed)), {
    ...options,
    epochs: 1,
    shuffle: false,
    schedule: (step: number) => rates[step],
    callbacks: [watch],
  });
  const { losses, diverged } = watch;
  const ceiling = Math.max(...beginning(losses));
  const capped = losses.map((loss) => Math.min(loss, ceiling));
  return { seed, losses, smoothed: [...smooth(capped, smoothing)], divergedAt: diverged ? rates[Math.min(losses.length, rates.length - 1)] : null };
}
