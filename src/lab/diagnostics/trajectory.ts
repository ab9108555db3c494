/** The way of the weights through their space, seen in its principal directions. @module */
import type { Measure, Run } from "./measure.ts";
import { dot, integer, type Recorded, recorded } from "./numbers.ts";
import { valuesOf } from "./probe.ts";
import { eigenOf } from "./symmetric.ts";

/** Options of {@link trajectory}. */
export interface TrajectoryOptions {
  /** Copies of the weights that are kept until the end, at most; evenly spread over training, the first and last included. Default 41. */
  snapshots?: number;
}

/** Principal components of the trained weights on their way. */
export interface Trajectory {
  /** Steps done at each snapshot. */
  readonly steps: readonly number[];
  /** The share of the snapshots' variance along each of the first components, in falling order; at most 5. */
  readonly explained: readonly Recorded[];
  /** Where each snapshot is along the first two components, from the mean of all, in the unit of the weights. */
  readonly coordinates: readonly (readonly Recorded[])[];
  /** From each snapshot to the first. */
  readonly distance: readonly Recorded[];
}

const SHOWN = 5;
const DRAWN = 2;

/**
 * Principal component analysis of points in many dimensions by their Gram matrix: its eigenvalues are those of the covariance, times the number of points.
 * @param products `products[i][j]` = x_i . x_j
 */
export function principalComponents(products: readonly (readonly number[])[]): { explained: number[]; coordinates: number[][] } {
  const n = products.length;
  const mean = products.map((row) => row.reduce((a, b) => a + b, 0) / n);
  const all = mean.reduce((a, b) => a + b, 0) / n;
  // (x_i - m) . (x_j - m)
  const { values, vectors } = eigenOf(products.map((row, i) => row.map((x, j) => x - mean[i] - mean[j] + all)));
  const lengths = values.map((value) => Math.max(0, value));
  const total = lengths.reduce((a, b) => a + b, 0);
  return { explained: lengths.map((value) => value / total), coordinates: vectors.map((vector, k) => vector.map((x) => x * Math.sqrt(lengths[k]))) };
}

/** The products of all pairs of points, from the first of them on: the differences are what is small. */
function productsOf(points: readonly Float32Array[]): number[][] {
  const ways = points.map((point) => Float64Array.from(point, (x, i) => x - points[0][i]));
  const products = ways.map(() => ways.map(() => 0));
  for (let i = 0; i < ways.length; i++) {
    for (let j = 0; j <= i; j++) {
      products[i][j] = dot(ways[i], ways[j]);
      products[j][i] = products[i][j];
    }
  }
  return products;
}

export function trajectory({ snapshots = 41 }: TrajectoryOptions = {}): Measure<Trajectory> {
  integer("trajectory", "snapshots", snapshots, 3);
  let every = 1;
  let records: { steps: number[]; weights: Float32Array[] } = { steps: [], weights: [] };
  /** The weights after so many steps. */
  const keep = (steps: number, { context: { model }, probe }: Run): void => {
    if (steps <= (records.steps.at(-1) ?? -1)) return;
    const parts = probe.trainedOf(valuesOf(model));
    const whole = new Float32Array(probe.size);
    let from = 0;
    for (const part of parts) {
      whole.set(part, from);
      from += part.length;
    }
    records.steps.push(steps);
    records.weights.push(whole);
  };
  return {
    begin({ context: { epochs, stepsPerEpoch } }) {
      every = Math.ceil((epochs * stepsPerEpoch) / (snapshots - 1));
    },
    wants: (step) => step % every === 0,
    beforeStep: keep,
    finish(run) {
      keep(run.steps, run);
      const { steps, weights } = records;
      const products = productsOf(weights);
      const { explained, coordinates } = principalComponents(products);
      return {
        steps,
        explained: explained.slice(0, SHOWN).map(recorded),
        coordinates: coordinates.slice(0, DRAWN).map((along) => along.map(recorded)),
        distance: products.map((row, i) => recorded(Math.sqrt(row[i]))),
      };
    },
    records: () => records,
    restore(saved) {
      records = saved as typeof records;
    },
  };
}
