/**
 * Densities from points of the unit cube: a mixture of one kernel at each point and of the prior, which covers everything (Bergstra et al. 2011, section 4; a
 * kernel is the product of one for each dimension, as in Watanabe 2023, "Tree-structured Parzen estimator", arXiv:2304.11127, section 3).
 * @module
 */
import type { Draws } from "../../statistics/draws.ts";
import type { Axis } from "../axes.ts";
import { exp, log } from "../exp-log.ts";

/** The normal distribution, cut to [0,1], that the prior has on the axis of a range. */
const PRIOR = { mean: 0.5, bandwidth: 1 };
/** Of a kernel where there is one point, as Optuna has it; Scott's rule narrows it. */
const BANDWIDTH = 0.2;
/** The narrowest, as a part of the axis. */
const NARROWEST = 0.01;
/** Kernels whose logarithm lies this far below the largest add nothing that f64 can hold. */
const NEGLIGIBLE = -40;

/** Kernels: numbers are normal, cut to [0,1], whole ones at their places (not integrated over the step around each, as Watanabe 2023 has it); a choice keeps most of its weight for itself (Aitchison & Aitken 1976). */
export class Parzen {
  readonly #axes: readonly Axis[];
  readonly #n: number;
  readonly #priorWeight: number;
  /** Of the kernels one after another, the prior last. */
  readonly #centers: Float64Array;
  readonly #bandwidths: readonly number[];
  /** Logarithms of a kernel at its own choice, and at each other. */
  readonly #own: readonly number[];
  readonly #other: readonly number[];
  /** Of each kernel: the logarithm of its weight and of all that does not depend on the place. */
  readonly #scales: Float64Array;

  /** @param places of the points, each in the order of the axes */
  constructor(axes: readonly Axis[], places: readonly ArrayLike<number>[], priorWeight: number) {
    const n = places.length;
    this.#axes = axes;
    this.#n = n;
    this.#priorWeight = priorWeight;
    this.#centers = new Float64Array((n + 1) * axes.length).fill(PRIOR.mean);
    places.forEach((place, k) => this.#centers.set(place, k * axes.length));
    this.#bandwidths = axes.map(({ count }) => bandwidth(count, n, axes.length));
    const others = axes.map(({ count }) => (count - 1) / (n + count));
    this.#own = others.map((share) => log(1 - share));
    this.#other = others.map((share, d) => log(share / (axes[d].count - 1)));
    this.#scales = new Float64Array(n + 1).fill(-log(n + priorWeight));
    this.#scales[n] += log(priorWeight);
    axes.forEach(({ ordered, count }, d) => {
      for (let k = 0; k <= n; k++) {
        if (ordered) this.#scales[k] -= log(massWithin(this.#centers[k * axes.length + d], k < n ? this.#bandwidths[d] : PRIOR.bandwidth));
        else if (k === n) this.#scales[k] -= log(count);
      }
    });
  }

  /** A place drawn from the mixture. */
  sample(draws: Draws): number[] {
    const k = Math.min(Math.floor(draws.uniform() * (this.#n + this.#priorWeight)), this.#n);
    return this.#axes.map(({ ordered, count }, d) => {
      const center = this.#centers[k * this.#axes.length + d];
      if (ordered) return normalWithin(draws, center, k < this.#n ? this.#bandwidths[d] : PRIOR.bandwidth);
      if (k === this.#n) return (draws.below(count) + 0.5) / count;
      if (count === 1 || draws.uniform() < exp(this.#own[d])) return center;
      const other = draws.below(count - 1);
      return (other + (other >= Math.floor(center * count) ? 1 : 0) + 0.5) / count;
    });
  }

  /** The logarithm of the density at a place, whose choices are at their middles. */
  logDensity(place: ArrayLike<number>): number {
    const [n, dimensions] = [this.#n, this.#axes.length];
    const terms = this.#scales.slice();
    for (let d = 0; d < dimensions; d++) {
      const at = place[d];
      if (this.#axes[d].ordered) {
        const factor = 0.5 / this.#bandwidths[d] ** 2;
        for (let k = 0; k < n; k++) {
          const distance = at - this.#centers[k * dimensions + d];
          terms[k] -= factor * distance * distance;
        }
        terms[n] -= (0.5 / PRIOR.bandwidth ** 2) * (at - PRIOR.mean) ** 2;
      } else {
        const [own, other] = [this.#own[d], this.#other[d]];
        for (let k = 0; k < n; k++) terms[k] += this.#centers[k * dimensions + d] === at ? own : other;
      }
    }
    let most = terms[n];
    for (let k = 0; k < n; k++) if (terms[k] > most) most = terms[k];
    let sum = 0;
    for (let k = 0; k <= n; k++) if (terms[k] - most > NEGLIGIBLE) sum += exp(terms[k] - most);
    return most + log(sum);
  }
}

/** Narrower the more points there are: n^(-1/(d+4)) (Scott 1992), yet no less than 1/(n+1) of the axis, and half the distance of whole numbers. */
function bandwidth(count: number, n: number, dimensions: number): number {
  const scott = BANDWIDTH * exp(-log(Math.max(n, 1)) / (dimensions + 4));
  return Math.max(scott, 1 / (n + 1), NARROWEST, 0.5 / count);
}

/** The integral of exp(-((x - mean) / width)^2 / 2) over [0,1], divided by sqrt(2 pi). */
const massWithin = (mean: number, width: number): number => width * (normalCdf((1 - mean) / width) - normalCdf(-mean / width));

/** Marsaglia's polar method, until a number is in [0,1]: at least every third is. */
function normalWithin(draws: Draws, mean: number, width: number): number {
  for (;;) {
    const [u, v] = [2 * draws.uniform() - 1, 2 * draws.uniform() - 1];
    const s = u * u + v * v;
    if (s === 0 || s >= 1) continue;
    const value = mean + width * u * Math.sqrt((-2 * log(s)) / s);
    if (value >= 0 && value <= 1) return value;
  }
}

/** P(Z <= z) to 7 digits (Abramowitz & Stegun 1964, 26.2.17): quick, and the same on every engine. */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = 0.3989422804014327 * exp(-0.5 * z * z) * series;
  return z > 0 ? 1 - tail : tail;
}
