/**
 * Counter-based random numbers: element i depends only on the key and i (src/random.ts states the generator; both builds and the
 * reference give the same bits).
 * @module
 */
import { input, kernel, out, type Sizes, size } from "./kernel.ts";

const n = (s: Sizes): number => s.n;

/** Uniform in [0,1), multiples of 2^-24; key = two 32-bit words. */
export const fill_uniform_f32 = kernel({ y: out("f32", n), n: size, key: input("i32", () => 2) }, n);
/** Standard normal (Box-Muller); key = two 32-bit words. */
export const fill_normal_f32 = kernel({ y: out("f32", n), n: size, key: input("i32", () => 2) }, n);
