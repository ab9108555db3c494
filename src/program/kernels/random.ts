/**
 * Counter-based random numbers: element i depends only on the key and i (src/random.ts states the generator; both builds and the
 * reference give the same bits).
 * @module
 */
import { float, input, kernel, out, type Sizes, type Split, size } from "./kernel.ts";

const n = (s: Sizes): number => s.n;

/** Uniform in [0,1), multiples of 2^-24; key = two 32-bit words. */
export const fill_uniform_f32 = kernel({ y: out("f32", n), n: size, key: input("i32", () => 2) }, n);
/** Standard normal (Box-Muller); key = two 32-bit words. */
export const fill_normal_f32 = kernel({ y: out("f32", n), n: size, key: input("i32", () => 2) }, n);

const rows = (s: Sizes): number => s.n * s.width;
const draws = { y: out("f32", rows), key: input("i32", () => 2), positions: input("i32", n), n: size, width: size };
const bySample: Split = { along: "n", shift: { y: (s) => s.width, positions: () => 1 } };

/**
 * y[i,j] = value, or 0 with probability threshold / 2^24: by word j of the key that block (positions[i], stream) of `key` is (src/random.ts), whose
 * upper 24 bits must reach the threshold.
 */
export const dropout_mask_f32 = kernel({ ...draws, threshold: size, value: float, stream: size }, () => 0, bySample);
/** y[i,j] normal of this mean and standard deviation (Box-Muller), each row by a key of its own as above. */
export const normal_rows_f32 = kernel({ ...draws, mean: float, stddev: float, stream: size }, () => 0, bySample);
