/**
 * Quasi-random search: Sobol' points (Sobol' 1967, with the direction numbers of Joe & Kuo 2008) fill the space more evenly than random ones (Bergstra & Bengio
 * 2012, section 4). Each dimension is scrambled by the seed after Owen 1995, as hashed by Burley 2020, "Practical hash-based Owen scrambling", JCGT 9(4):
 * points keep their evenness, and every seed has its own.
 * @module
 */
import { ConfigError } from "../../../errors.ts";
import { axesOf, pointAt } from "../axes.ts";
import type { Method } from "../method.ts";
import type { Space } from "../space.ts";
import { drawsFor } from "../streams.ts";
import { JOE_KUO } from "./joe-kuo.ts";
import { oneRound } from "./one-round.ts";
import { Options, USUAL_TRIALS } from "./options.ts";

export interface SobolOptions {
  /** Points; powers of two are the most even. Default 60. */
  readonly trials?: number;
  /** Of the scrambling. Default 0. */
  readonly seed?: number;
}

const BITS = 32;
const MOST_DIMENSIONS = JOE_KUO.length + 1;

/** Points of a scrambled Sobol' sequence, in its order. */
export function sobol(space: Space, given: unknown): Method {
  const options = new Options("sobol", given, ["trials", "seed"]);
  const [axes, seed] = [axesOf(space), options.seed()];
  if (axes.length > MOST_DIMENSIONS)
    throw new ConfigError({ where: "method sobol", got: `${axes.length} dimensions`, expected: `at most ${MOST_DIMENSIONS}`, hint: "use random" });
  const directions = axes.map((_, d) => directionsOf(d));
  const seeds = axes.map((_, d) => drawsFor(seed, "scramble", d).word());
  return oneRound("sobol", options.count("trials", USUAL_TRIALS), (id) =>
    pointAt(
      axes,
      directions.map((numbers, d) => scrambled(sobolWord(numbers, id), seeds[d]) / 2 ** BITS),
    ),
  );
}

/** The direction numbers of a dimension, from 0, as 32-bit words. */
export function directionsOf(dimension: number): number[] {
  const [polynomial, ...m] = dimension === 0 ? [1] : JOE_KUO[dimension - 1];
  const degree = 31 - Math.clz32(polynomial);
  for (let k = m.length; k < BITS; k++) {
    if (degree === 0) m[k] = 1;
    else {
      m[k] = m[k - degree] ^ (m[k - degree] << degree);
      for (let j = 1; j < degree; j++) if ((polynomial >>> (degree - j)) & 1) m[k] ^= m[k - j] << j;
    }
  }
  return m.map((number, k) => (number << (BITS - 1 - k)) >>> 0);
}

/** A coordinate of the point with this number, as a fraction of 2^32. Points are in the order of Gray codes (Antonov & Saleev 1979). */
export function sobolWord(directions: readonly number[], point: number): number {
  const gray = (point ^ (point >>> 1)) >>> 0;
  let word = 0;
  for (let k = 0; k < BITS; k++) if ((gray >>> k) & 1) word ^= directions[k];
  return word >>> 0;
}

/** Permutes the halves, quarters, eighths ... of [0,1), each by a bit that depends on those before it. */
function scrambled(word: number, seed: number): number {
  let x = (reversed(word) + seed) | 0;
  for (const factor of [0x6c50b47c, 0xb82f1e52, 0xc7afe638, 0x8d22f6e6]) x ^= Math.imul(x, factor);
  return reversed(x);
}

function reversed(word: number): number {
  let x = word;
  for (const [shift, mask] of [
    [1, 0x55555555],
    [2, 0x33333333],
    [4, 0x0f0f0f0f],
    [8, 0x00ff00ff],
    [16, 0x0000ffff],
  ])
    x = ((x >>> shift) & mask) | ((x & mask) << shift);
  return x >>> 0;
}
