/** How what layers with an activation give is distributed, epoch by epoch. @module */
import type { Measure } from "./measure.ts";
import { integer, type Recorded, recorded, someOf } from "./numbers.ts";
import { Watch } from "./watch.ts";

/** Options of {@link activations}. */
export interface ActivationsOptions {
  /** Default 256. */
  samples?: number;
  /** Default 24. */
  bins?: number;
}

/** A layer's output at an epoch. */
export interface Distribution {
  /** 0: the weights before the first step. */
  readonly epoch: number;
  readonly mean: Recorded;
  readonly sd: Recorded;
  /** The least and greatest finite value. */
  readonly low: Recorded;
  readonly high: Recorded;
  /** The share of the finite values in each of the equal bins from low to high; none where all are equal or none is finite. */
  readonly shares: readonly number[];
  /** The share of the values that are NaN or infinite. */
  readonly notFinite: number;
}

/** Histograms of what layers give in inference, for the same training samples each time. */
export interface Activations {
  readonly samples: number;
  readonly layers: readonly { readonly name: string; readonly activation: string; readonly epochs: readonly Distribution[] }[];
}

/** A distribution in the making: two passes over the values. */
class Tally {
  private values = 0;
  private finite = 0;
  private sum = 0;
  private low = Number.POSITIVE_INFINITY;
  private high = Number.NEGATIVE_INFINITY;
  private squares = 0;
  private readonly counts: Float64Array;

  constructor(bins: number) {
    this.counts = new Float64Array(bins);
  }

  measure(values: Float32Array): void {
    for (const value of values) {
      this.values++;
      if (!Number.isFinite(value)) continue;
      this.finite++;
      this.sum += value;
      if (value < this.low) this.low = value;
      if (value > this.high) this.high = value;
    }
  }

  count(values: Float32Array): void {
    const { low, high, counts } = this;
    const mean = this.sum / this.finite;
    const perBin = counts.length / (high - low);
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      this.squares += (value - mean) ** 2;
      if (high > low) counts[Math.min(counts.length - 1, Math.floor((value - low) * perBin))]++;
    }
  }

  distribution(epoch: number): Distribution {
    const { values, finite, sum, low, high, squares, counts } = this;
    return {
      epoch,
      mean: recorded(sum / finite),
      sd: recorded(Math.sqrt(squares / finite)),
      low: recorded(low),
      high: recorded(high),
      shares: high > low ? Array.from(counts, (n) => recorded(n / finite) as number) : [],
      notFinite: recorded((values - finite) / values) as number,
    };
  }
}

export function activations({ samples = 256, bins = 24 }: ActivationsOptions = {}): Measure<Activations> {
  integer("activations", "samples", samples, 1);
  integer("activations", "bins", bins, 2);
  let watch: Watch;
  let taken = 0;
  let records: Distribution[][] = [];
  return {
    begin({ context: { model, data }, seed }) {
      const some = someOf(data, samples, seed);
      taken = some.length;
      watch = new Watch(model, some, () => true);
    },
    async atEpoch(epoch, { context: { model } }) {
      const tallies = watch.layers.map(() => new Tally(bins));
      await watch.run(model, (k, values) => tallies[k].measure(values));
      await watch.run(model, (k, values) => tallies[k].count(values));
      records.push(tallies.map((tally) => tally.distribution(epoch)));
    },
    finish() {
      watch.dispose();
      return { samples: taken, layers: watch.layers.map(({ name, activation }, k) => ({ name, activation, epochs: records.map((epoch) => epoch[k]) })) };
    },
    records: () => records,
    restore(saved) {
      records = saved as Distribution[][];
    },
  };
}
