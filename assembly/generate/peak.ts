/** The loop that every measurement is a share of. @module */
import { exits, times } from "./text.ts";

/** Pairs of accumulators: 12 are more than an FMA's latency (4) times those started per cycle (2), and fit the registers. */
const PAIRS = 6;
const REPEATS = 4;

/**
 * The module of the peak loop: the arithmetic of a 6x8 tile without its memory. x is loaded for each pair of terms (from one cache
 * line), since the plain build would otherwise multiply once for all terms and count additions only.
 */
export function peakLoop(): string {
  const exit = exits("p");
  const pair = (i: number, repeat: number): string => `${i + repeat ? exit() : ""}x = v128.load(p, ${192 + 4 * i + 24 * repeat});
a${2 * i} = fma(x, y, a${2 * i});
a${2 * i + 1} = fma(x, z, a${2 * i + 1});
`;
  const accumulators = (part: (i: number) => string): string => times(2 * PAIRS, part);
  return `import { fma } from "../../assembly/simd/f32x4";

/**
 * iterations x 48 multiply-adds of 4 lanes (384 floating-point operations) on 12 accumulators: as fast as any tile can be.
 * @param p 76 floats: 48 of accumulators, read and written, and 28 of factors; small ones, such as 0.001, keep the sums finite
 */
export function peak_f32(p: usize, iterations: usize): void {
const y = v128.load(p, 192), z = v128.load(p, 208);
let x: v128;
${accumulators((i) => `let a${i} = v128.load(p, ${i * 16});\n`)}for (; iterations > 0; --iterations) {
${times(REPEATS, (repeat) => times(PAIRS, (i) => pair(i, repeat)))}}
${accumulators((i) => `v128.store(p, a${i}, ${i * 16});\n`)}}
`;
}
