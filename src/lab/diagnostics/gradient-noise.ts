/** How large a batch must be for its gradient to say more than its noise. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import { ConfigError } from "../../errors.ts";
import type { Measure } from "./measure.ts";
import { dot, integer, type Recorded, recorded, someOf } from "./numbers.ts";
import { valuesOf } from "./probe.ts";

/** Options of {@link gradientNoise}. */
export interface GradientNoiseOptions {
  /** Samples of a small batch. Default 32. */
  batchSize?: number;
  /** Small batches; together they are the large one. Default 32. */
  batches?: number;
}

/** The estimates at an epoch. */
export interface NoiseScale {
  /** 0: the weights before the first step. */
  readonly epoch: number;
  /** Squared length of the gradient over all samples there are, |G|^2; unbiased, so that noise may make it negative. */
  readonly gradient: Recorded;
  /** Trace of the covariance of single samples' gradients, tr(S); unbiased. */
  readonly noise: Recorded;
  /** Simple noise scale tr(S) / |G|^2, in samples; null where the gradient was lost in noise. */
  readonly scale: Recorded;
  /**
   * Its 95 % interval, that of |G|^2 / tr(S) turned over, which is found by leaving out each small batch in turn (jackknife). `high` is null where it has no
   * upper end, both are where nothing can be said.
   */
  readonly low: Recorded;
  readonly high: Recorded;
}

/** The simple noise scale, about the batch size from which on larger batches stop to pay. */
export interface GradientNoise {
  readonly batchSize: number;
  readonly batches: number;
  readonly points: readonly NoiseScale[];
}

/** The two-batch-size estimates. @param small mean squared length of small batches' gradients @param large squared length of the large one's */
function estimate(small: number, large: number, smallSize: number, largeSize: number): { gradient: number; noise: number } {
  const gradient = (largeSize * large - smallSize * small) / (largeSize - smallSize);
  const noise = (small - large) / (1 / smallSize - 1 / largeSize);
  return { gradient, noise };
}

/** 97.5 % points of Student's t by degrees of freedom; between two of them the one of fewer, which makes intervals wider, not narrower. */
const STUDENT: readonly (readonly [number, number])[] = [
  [1, 12.706],
  [2, 4.303],
  [3, 3.182],
  [4, 2.776],
  [5, 2.571],
  [7, 2.365],
  [10, 2.228],
  [15, 2.131],
  [20, 2.086],
  [30, 2.042],
  [60, 2.0],
  [120, 1.98],
];

/**
 * The estimates from the gradients of equally large batches of independent samples.
 * McCandlish et al. 2018, "An empirical model of large-batch training" (arXiv 1812.06162), appendix A.1, where one small and one large batch serve; here
 * the large one is all small ones together, whose squared lengths are averaged.
 * @param gradients one for each small batch, at least 2
 */
export function noiseScale(gradients: readonly Float64Array[], batchSize: number): Omit<NoiseScale, "epoch"> {
  const m = gradients.length;
  const sum = new Float64Array(gradients[0].length);
  for (const gradient of gradients) for (let i = 0; i < sum.length; i++) sum[i] += gradient[i];
  const squares = gradients.map((gradient) => dot(gradient, gradient));
  const total = squares.reduce((a, b) => a + b, 0);
  const square = dot(sum, sum);
  const { gradient, noise } = estimate(total / m, square / m ** 2, batchSize, m * batchSize);
  // |sum - g|^2 = |sum|^2 - 2 sum.g + |g|^2
  const without = gradients.map((one, k) => {
    if (m < 3) return Number.NaN;
    const left = square - 2 * dot(sum, one) + squares[k];
    const part = estimate((total - squares[k]) / (m - 1), left / (m - 1) ** 2, batchSize, (m - 1) * batchSize);
    return part.gradient / part.noise;
  });
  const mean = without.reduce((a, b) => a + b, 0) / m;
  const error = Math.sqrt(((m - 1) / m) * without.reduce((a, b) => a + (b - mean) ** 2, 0));
  const reach = (STUDENT.findLast(([degrees]) => degrees <= m - 1) as readonly [number, number])[1] * error;
  const over = (inverse: number): Recorded => (inverse > 0 ? recorded(1 / inverse) : null);
  const inverse = gradient / noise;
  return { gradient: recorded(gradient), noise: recorded(noise), scale: over(inverse), low: over(inverse + reach), high: over(inverse - reach) };
}

/** Gradients without dropout and by moving statistics, so that samples are independent of each other; the same samples each time. */
export function gradientNoise({ batchSize = 32, batches = 32 }: GradientNoiseOptions = {}): Measure<GradientNoise> {
  integer("gradient-noise", "batchSize", batchSize, 1);
  integer("gradient-noise", "batches", batches, 2);
  let parts: readonly Dataset[] = [];
  let records: NoiseScale[] = [];
  return {
    begin({ context: { data }, seed }) {
      const count = Math.min(batches, Math.floor(data.length / batchSize));
      if (count < 2) {
        throw new ConfigError({
          where: "gradient-noise",
          got: `${data.length} training samples`,
          expected: `at least ${2 * batchSize}, two batches of ${batchSize}`,
          hint: "give it a smaller batchSize, or leave this measure out",
        });
      }
      const some = someOf(data, count * batchSize, seed);
      parts = Array.from({ length: count }, (_, k) => some.subset(Array.from({ length: batchSize }, (_row, i) => k * batchSize + i)));
    },
    async atEpoch(epoch, { context: { model }, probe }) {
      probe.write(valuesOf(model));
      const gradients: Float64Array[] = [];
      for (const part of parts) gradients.push(await probe.slope(part));
      records.push({ epoch, ...noiseScale(gradients, batchSize) });
    },
    finish: () => ({ batchSize, batches: parts.length, points: records }),
    records: () => records,
    restore(saved) {
      records = saved as NoiseScale[];
    },
  };
}
