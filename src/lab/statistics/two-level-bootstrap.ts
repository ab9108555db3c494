/**
 * Accuracy over training seeds and test images. Both are samples: another seed trains another network, and another test set holds other images.
 * @module
 */
import { ConfigError, ShapeError } from "../../errors.ts";
import { logGamma, studentTwoSided } from "./distributions.ts";
import { Draws } from "./draws.ts";
import { type BootstrapOptions, bootstrapOptions, type Interval, stretchedInterval } from "./interval.ts";

/** For each seed, one byte per test image: 1 right, 0 wrong. */
export type CorrectBySeed = readonly Uint8Array[];

/** Where the variance of a mean over seeds and images comes from: each single draw's share (an ANOVA of random effects without repetition). */
export interface VarianceComponents {
  /** Between seeds, on an unlimited test set: what Jordan 2023 (arXiv 2304.01910) calls distribution-wise. */
  readonly seeds: number;
  /** Between images, over all seeds: some are harder, for all networks. */
  readonly images: number;
  /** What is left: which images a seed happens to get right. */
  readonly rest: number;
}

/** An interval for an accuracy or a difference of two. */
export interface TwoLevelInterval extends Interval {
  readonly standardError: number;
  /** Satterthwaite's degrees of freedom of the standard error. */
  readonly degreesOfFreedom: number;
  /** Null for a single seed, which cannot tell them apart: its interval speaks of test images only, for this one trained network. */
  readonly components: VarianceComponents | null;
}

/** Competitors that were trained with the same seeds and tested on the same images, resampled together. */
export interface TwoLevelComparison {
  /** Mean accuracy of a competitor. */
  accuracy(competitor: number): TwoLevelInterval;
  /** Mean accuracy of `a` less that of `b`, paired over seeds and images. */
  difference(a: number, b: number): TwoLevelInterval;
}

/**
 * Mean accuracy of `a`, or with `b` the mean of the paired differences a - b, over the seeds and images that these are samples of. For many competitors
 * take {@link twoLevelComparison}, which resamples once.
 *
 * What it estimates: the expected accuracy (difference) when both a new seed and a new image are drawn. Seeds and images are resampled
 * independently of each other, each with replacement (the pigeonhole bootstrap: Owen 2007, Annals of Applied Statistics 1, 386-411), one resampling for
 * both competitors, so that what they share cancels. Bouthillier et al. 2021 (arXiv 2103.03098) say why both sources count.
 *
 * The pigeonhole bootstrap understates the seeds' part by 1 - 1/S and counts `rest` three times (Owen, theorem 2). So its quantiles give the shape of
 * the interval, and its width is that of the unbiased variance  V = (MSs + MSi - MSr) / (S N)  with mean squares of the two-way table, MSs and MSi at least MSr,
 * stretched by t / z with Satterthwaite's degrees of freedom of V.
 *
 * Coverage of 95 % intervals, measured on made-up networks of 91 to 93 % on 500 images (test/long/statistics.long.test.ts), over worlds where images scatter, both, or
 * mainly seeds: differences .93 to .97 with 3 seeds, .95 to .97 with 5, .94 to .96 with 10, .95 to .97 with 20; accuracies .95 to .96, but .92 to .94 where seeds scatter by 4 points, which skews them.
 * @throws ConfigError, ShapeError
 */
export function twoLevelBootstrap({ a, b }: { readonly a: CorrectBySeed; readonly b?: CorrectBySeed }, options: BootstrapOptions = {}): TwoLevelInterval {
  return b === undefined ? twoLevelComparison([a], options).accuracy(0) : twoLevelComparison([a, b], options).difference(0, 1);
}

/** Resamples seeds and images once for all competitors. Accuracies and differences are then read off: see {@link twoLevelBootstrap}. */
export function twoLevelComparison(competitors: readonly CorrectBySeed[], options: BootstrapOptions = {}): TwoLevelComparison {
  const { replicates, confidence, seed } = bootstrapOptions("twoLevelComparison", options);
  const [seeds, images] = checkTables(competitors);
  const means = competitors.map((table) => table.reduce((sum, row) => sum + ones(row), 0) / (seeds * images));
  const accuracies = resample(competitors, seeds, images, replicates, new Draws(seed, 2));
  const interval = (mean: number, resampled: Float64Array, squares: MeanSquares, limit: number): TwoLevelInterval => {
    const { variance, degreesOfFreedom, components } = decompose(squares, seeds, images);
    const { low, high } = stretchedInterval(mean, resampled, Math.sqrt(variance), degreesOfFreedom, confidence);
    return { mean, low: Math.max(limit, low), high: Math.min(1, high), standardError: Math.sqrt(variance), degreesOfFreedom, components };
  };
  const at = (i: number): number => {
    if (!(i in competitors)) throw new ConfigError({ where: "twoLevelComparison", got: `competitor ${i}`, expected: `0 to ${competitors.length - 1}` });
    return i;
  };
  return {
    accuracy: (i) => interval(means[at(i)], accuracies[i], meanSquares(competitors[i], null, seeds, images), 0),
    difference(a, b) {
      const resampled = accuracies[at(a)].map((value, r) => value - accuracies[at(b)][r]);
      return interval(means[a] - means[b], resampled, meanSquares(competitors[a], competitors[b], seeds, images), -1);
    },
  };
}

/** Two-sided p of no difference: t = mean / standard error with the interval's degrees of freedom. It agrees with the interval but for its shape. */
export function twoLevelP({ mean, standardError, degreesOfFreedom }: TwoLevelInterval): number {
  return mean === 0 ? 1 : studentTwoSided(mean / standardError, degreesOfFreedom);
}

function checkTables(competitors: readonly CorrectBySeed[]): [seeds: number, images: number] {
  const where = "twoLevelComparison";
  const seeds = competitors[0]?.length ?? 0;
  const images = competitors[0]?.[0]?.length ?? 0;
  if (seeds === 0 || images === 0)
    throw new ConfigError({ where, got: `${competitors.length} competitors, ${seeds} seeds, ${images} images`, expected: "at least one of each" });
  competitors.forEach((table, c) => {
    if (table.length !== seeds)
      throw new ShapeError({ where: `${where}: competitor ${c}`, got: `${table.length} seeds`, expected: `${seeds}, the same for all` });
    table.forEach((row, s) => {
      if (row.length !== images)
        throw new ShapeError({ where: `${where}: competitor ${c}, seed ${s}`, got: `${row.length} images`, expected: `${images}, the same for all` });
      const wrong = row.findIndex((bit) => bit > 1);
      if (wrong >= 0)
        throw new ConfigError({
          where: `${where}: competitor ${c}, seed ${s}, image ${wrong}`,
          got: String(row[wrong]),
          expected: "1 (right) or 0 (wrong)",
          hint: "unpack bits to a byte each",
        });
    });
  });
  return [seeds, images];
}

function ones(row: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i];
  return sum;
}

/**
 * Each competitor's accuracy in each replicate. Images that all get right with every seed add nothing to the errors: how many of the
 * draws fall on the others is binomial, and only those draws are made.
 */
function resample(competitors: readonly CorrectBySeed[], seeds: number, images: number, replicates: number, draws: Draws): Float64Array[] {
  const missed = new Uint8Array(images);
  for (const table of competitors) for (const row of table) for (let i = 0; i < images; i++) missed[i] |= 1 - row[i];
  const place = new Int32Array(images);
  let kinds = 0;
  for (let i = 0; i < images; i++) if (missed[i] === 1) place[i] = kinds++;
  const rows = competitors.map((table) => table.map((row) => rowOf(row, missed, place, kinds)));
  const drawn = binomialSampler(images, kinds / images, draws);
  const weights = new Uint16Array(kinds);
  const picked = new Uint16Array(seeds);
  const result = competitors.map(() => new Float64Array(replicates));
  for (let r = 0; r < replicates; r++) {
    picked.fill(0);
    for (let s = 0; s < seeds; s++) picked[draws.below(seeds)]++;
    weights.fill(0);
    const total = drawn();
    for (let left = total; left > 0; left--) weights[draws.below(kinds)]++;
    for (let c = 0; c < rows.length; c++) {
      let sum = 0;
      for (let s = 0; s < seeds; s++) {
        if (picked[s] === 0) continue;
        const { listed, areWrong } = rows[c][s];
        let weight = 0;
        for (let i = 0; i < listed.length; i++) weight += weights[listed[i]];
        sum += picked[s] * (areWrong ? weight : total - weight);
      }
      result[c][r] = 1 - sum / (seeds * images);
    }
  }
  return result;
}

/** The images that a seed got wrong, or right: whichever are fewer. */
interface Row {
  readonly listed: Int32Array;
  readonly areWrong: boolean;
}

function rowOf(row: Uint8Array, missed: Uint8Array, place: Int32Array, kinds: number): Row {
  const wrong = row.length - ones(row);
  const areWrong = 2 * wrong <= kinds;
  const found: number[] = [];
  for (let i = 0; i < row.length; i++) if (missed[i] === 1 && row[i] === (areWrong ? 0 : 1)) found.push(place[i]);
  return { listed: Int32Array.from(found), areWrong };
}

/** Draws from Binomial(n, p) by looking a uniform number up in the distribution function. */
function binomialSampler(n: number, p: number, draws: Draws): () => number {
  if (p === 0 || p === 1) return () => n * p;
  const cdf = new Float64Array(n + 1);
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    sum += Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) + k * Math.log(p) + (n - k) * Math.log(1 - p));
    cdf[k] = sum;
  }
  return () => {
    const u = draws.uniform() * sum;
    let [low, high] = [0, n];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cdf[middle] > u) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

interface MeanSquares {
  readonly seeds: number;
  readonly images: number;
  readonly rest: number;
}

/** Of the table of a, or a - b: seeds in rows, images in columns. */
function meanSquares(a: CorrectBySeed, b: CorrectBySeed | null, seeds: number, images: number): MeanSquares {
  const byImage = new Int32Array(images);
  const bySeed = new Float64Array(seeds);
  let squares = 0;
  for (let s = 0; s < seeds; s++) {
    const mine = a[s];
    const other = b?.[s];
    let sum = 0;
    for (let i = 0; i < images; i++) {
      const d = other === undefined ? mine[i] : mine[i] - other[i];
      byImage[i] += d;
      sum += d;
      squares += d * d;
    }
    bySeed[s] = sum;
  }
  const total = bySeed.reduce((sum, x) => sum + x, 0);
  const correction = total ** 2 / (seeds * images);
  const between = (sums: ArrayLike<number>, each: number): number => {
    let sum = 0;
    for (let i = 0; i < sums.length; i++) sum += sums[i] ** 2;
    return Math.max(0, sum / each - correction);
  };
  const ofSeeds = between(bySeed, images);
  const ofImages = between(byImage, seeds);
  const rest = Math.max(0, squares - correction - ofSeeds - ofImages);
  return { seeds: ofSeeds / (seeds - 1), images: ofImages / (images - 1), rest: rest / ((seeds - 1) * (images - 1)) };
}

function decompose(squares: MeanSquares, seeds: number, images: number): { variance: number; degreesOfFreedom: number; components: VarianceComponents | null } {
  if (images === 1) throw new ConfigError({ where: "twoLevelComparison", got: "one image", expected: "at least two" });
  if (seeds === 1) return { variance: squares.images / images, degreesOfFreedom: images - 1, components: null };
  const { rest } = squares;
  const extraSeeds = Math.max(0, squares.seeds - rest);
  const extraImages = Math.max(0, squares.images - rest);
  const sum = extraSeeds + extraImages + rest;
  // Each mean square that counts has its own degrees of freedom; where the truncation took its place, the rest's.
  const parts: readonly (readonly [weight: number, df: number])[] = [
    [extraSeeds > 0 ? squares.seeds : 0, seeds - 1],
    [extraImages > 0 ? squares.images : 0, images - 1],
    [(extraSeeds > 0 ? 0 : rest) + (extraImages > 0 ? 0 : rest) - rest, (seeds - 1) * (images - 1)],
  ];
  const uncertainty = parts.reduce((total, [weight, df]) => total + weight ** 2 / df, 0);
  return {
    variance: sum / (seeds * images),
    degreesOfFreedom: uncertainty > 0 ? sum ** 2 / uncertainty : seeds - 1,
    components: { seeds: extraSeeds / images, images: extraImages / seeds, rest },
  };
}
