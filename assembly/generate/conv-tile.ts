/**
 * Register tiles of convolutions: 1 to 6 output positions (or filters) x 8 values stay in registers while the sum runs. One accumulator
 * per element, in one order whatever the tile, so that cuts do not show in the bits.
 * @module
 */
import { at, exits, partialStores, REGISTERS, splat, storeRow, times } from "./text.ts";

/** Steps per iteration; with fewer accumulators half of them do. */
const unrollOf = (rows: number): number => (rows >= 4 ? 8 : 4);

/** An exit before row i, if the rows since the last one and what they load fill the registers: two vectors stay, one value passes by per row. */
const exitBefore = (i: number, rows: number, exit: () => string): string => (i && i % Math.max(1, REGISTERS - 2 * rows - 2) === 0 ? exit() : "");

const row = (i: number): string => `c${i}_0 = fma(v, u0, c${i}_0);\nc${i}_1 = fma(v, u1, c${i}_1);\n`;
const zeros = (rows: number): string => times(rows, (i) => `let c${i}_0 = ZERO, c${i}_1 = ZERO;\n`);

/** One tap and channel: its values at all positions times eight filters. */
function forwardStep(rows: number, index: number, exit: () => string): string {
  return `u0 = v128.load(w${at(index * 32)});
u1 = v128.load(w${at(index * 32 + 16)});
${times(rows, (i) => `${exitBefore(i, rows, exit)}v = ${splat(i ? `p + d${i}` : "p", index * 4)};\n${row(i)}`)}`;
}

/** The function `conv_<rows>x8`. */
function forwardTile(rows: number): string {
  const unroll = unrollOf(rows);
  const exit = exits("w");
  const loop = (count: number): string => `for (; k >= ${count}; k -= ${count}) {
${times(count, (i) => (i ? exit() : "") + forwardStep(rows, i, exit))}p += ${count * 4};
w += ${count * 32};
}
`;
  return `
function conv_${rows}x8(y: usize, positions: usize, x: usize, w: usize, taps: usize, run: usize, pitch: usize, columns: usize, accumulate: i32): void {
const first = <usize>load<u32>(positions);
x += first;
${times(rows - 1, (i) => `const d${i + 1} = <usize>load<u32>(positions, ${8 * i + 8}) - first;\n`)}${zeros(rows)}if (accumulate) {
${times(rows, (i) => `const q${i} = y + <usize>load<u32>(positions, ${8 * i + 4});\nc${i}_0 = v128.load(q${i});\nc${i}_1 = v128.load(q${i}, 16);\n`)}}
let v: v128, u0: v128, u1: v128;
for (; taps > 0; --taps) {
let p = x, k = run;
${loop(unroll)}${loop(1)}x += pitch;
}
let c: usize;
${times(rows, (i) => `c = y + <usize>load<u32>(positions, ${8 * i + 4});\n${storeRow("c", 2, (j) => `c${i}_${j}`, "columns")}`)}}
`;
}

/** One position: the gradients of all filters there times eight values of the image. */
function filterStep(rows: number, index: number, exit: () => string): string {
  return `p = x + <usize>load<u32>(positions${at(index * 8)});
u0 = v128.load(p);
u1 = v128.load(p, 16);
${times(rows, (i) => `${exitBefore(i, rows, exit)}v = ${splat("dy", (index * rows + i) * 4)};\n${row(i)}`)}`;
}

/** The function `filter_<rows>x8`. */
function filterTile(rows: number): string {
  const unroll = unrollOf(rows);
  const exit = exits("dy");
  const loop = (count: number): string => `for (; n >= ${count}; n -= ${count}) {
${times(count, (i) => (i ? exit() : "") + filterStep(rows, i, exit))}positions += ${count * 8};
dy += ${count * rows * 4};
}
`;
  return `
function filter_${rows}x8(dw: usize, dy: usize, x: usize, positions: usize, n: usize, ldw: usize, columns: usize, accumulate: i32): void {
${zeros(rows)}if (accumulate) {
let c = dw;
${times(rows, (i) => `c${i}_0 = v128.load(c);\nc${i}_1 = v128.load(c, 16);\n${i < rows - 1 ? "c += ldw;\n" : ""}`)}}
let v: v128, u0: v128, u1: v128, p: usize;
${loop(unroll)}${loop(1)}${times(rows, (i) => storeRow("dw", 2, (j) => `c${i}_${j}`, "columns") + (i < rows - 1 ? "dw += ldw;\n" : ""))}}
`;
}

const SIZES = [6, 5, 4, 3, 2, 1];

const choose = (name: string, args: string): string => SIZES.map((rows) => `if (rows == ${rows}) ${name}_${rows}x8(${args});`).join("\nelse ");

/** The module of all tiles of convolutions. */
export function convTiles(): string {
  return `import { fma, store_tail, ZERO } from "../../assembly/simd/f32x4";
${partialStores(1, 2)}${SIZES.map(forwardTile).join("")}${SIZES.map(filterTile).join("")}
/**
 * y at 1 to 6 positions, 1 to 8 channels, = (y +) the sum over \`taps\` runs of \`run\` floats, \`pitch\` bytes apart, of x times the panel w.
 * A position is two words: the bytes from x to its window, and from y to its place.
 */
export function conv_tile(rows: usize, y: usize, positions: usize, x: usize, w: usize, taps: usize, run: usize, pitch: usize, columns: usize, accumulate: i32): void {
${choose("conv", "y, positions, x, w, taps, run, pitch, columns, accumulate")}
}

/** dw [1 to 6 filters][1 to 8 values] = (dw +) the sum over n positions of dy [n][filters] x [position][values]; ldw in bytes. */
export function filter_tile(rows: usize, dw: usize, dy: usize, x: usize, positions: usize, n: usize, ldw: usize, columns: usize, accumulate: i32): void {
${choose("filter", "dw, dy, x, positions, n, ldw, columns, accumulate")}
}
`;
}
