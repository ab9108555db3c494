/** Random numbers of the statistics: the same on every run. @module */
import { deriveKey, type Key, Purpose, threefry } from "../../random.ts";

/** A stream of random numbers from a seed. Words tell streams of one seed apart. */
export class Draws {
  readonly #key: Key;
  readonly #block = new Int32Array(2);
  #next = 0;

  constructor(seed: number, ...words: number[]) {
    this.#key = deriveKey(seed, Purpose.statistics, ...words);
  }

  /** 32 random bits, as a number from 0. */
  word(): number {
    const place = this.#next++;
    if ((place & 1) === 0) threefry(this.#block, this.#key[0], this.#key[1], (place / 2) | 0, Math.floor(place / 2 ** 33));
    return this.#block[place & 1] >>> 0;
  }

  /** Uniform in [0,1), a multiple of 2^-53. */
  uniform(): number {
    return ((this.word() >>> 5) * 2 ** 26 + (this.word() >>> 6)) * 2 ** -53;
  }

  /** Uniform in 0..n-1, for n far below 2^32. */
  below(n: number): number {
    return Math.floor((this.word() / 2 ** 32) * n);
  }
}
