/**
 * Rows of taps of depthwise convolutions: four positions whose windows begin where the taps of the one before are, so that what they see
 * of the image is loaded once for all of them.
 * @module
 */
import { times } from "./text.ts";

/** Taps of a row. */
const TAPS = [3, 5];

const step = (base: string, by: string, i: number): string => (i === 0 ? base : `${base} + ${by}${i === 1 ? "" : i}`);
const multiples = (name: string, from: string, count: number): string => times(count - 1, (i) => `const ${name}${i + 2} = ${from} * ${i + 2};\n`);

/** For each vector under the windows, in order: `of(position, tap)` for those that meet there. */
const meet = (taps: number, of: (position: number, tap: number) => string): string =>
  times(taps + 3, (k) => `v = v128.load(${step("p", "xStep", k)});\n${times(4, (i) => (k - i >= 0 && k - i < taps ? of(i, k - i) : ""))}`);

function forwardTile(taps: number): string {
  return `
function row_${taps}(y: usize, yStep: usize, x: usize, xStep: usize, w: usize, n: usize, rows: usize, xRow: usize, wRow: usize, wStep: usize, accumulate: i32): void {
${multiples("xStep", "xStep", taps + 2)}${multiples("wStep", "wStep", taps - 1)}${multiples("yStep", "yStep", 3)}let v: v128;
for (; n >= 4; n -= 4, y += 16, x += 16, w += 16) {
let c0 = ZERO, c1 = ZERO, c2 = ZERO, c3 = ZERO;
if (accumulate) {
${times(4, (i) => `c${i} = v128.load(${step("y", "yStep", i)});\n`)}}
let p = x, q = w;
for (let a = rows; a > 0; --a, p += xRow, q += wRow) {
const ${Array.from({ length: taps }, (_, b) => `w${b} = v128.load(${step("q", "wStep", b)})`).join(", ")};
${meet(taps, (i, b) => `c${i} = fma(v, w${b}, c${i});\n`)}}
${times(4, (i) => `v128.store(${step("y", "yStep", i)}, c${i});\n`)}}
}
`;
}

function filterTile(taps: number): string {
  return `
function filter_${taps}(dw: usize, wRow: usize, wStep: usize, dy: usize, yStep: usize, x: usize, xStep: usize, n: usize, rows: usize, xRow: usize): void {
${multiples("xStep", "xStep", taps + 2)}${multiples("wStep", "wStep", taps - 1)}${multiples("yStep", "yStep", 3)}let v: v128;
for (; n >= 4; n -= 4, dw += 16, dy += 16, x += 16) {
const ${Array.from({ length: 4 }, (_, i) => `g${i} = v128.load(${step("dy", "yStep", i)})`).join(", ")};
let p = x, q = dw;
for (let a = rows; a > 0; --a, p += xRow, q += wRow) {
let ${Array.from({ length: taps }, (_, b) => `c${b} = v128.load(${step("q", "wStep", b)})`).join(", ")};
${meet(taps, (i, b) => `c${b} = fma(v, g${i}, c${b});\n`)}${times(taps, (b) => `v128.store(${step("q", "wStep", b)}, c${b});\n`)}}
}
}
`;
}

const choose = (name: string, args: string): string => TAPS.map((taps) => `if (taps == ${taps}) ${name}_${taps}(${args});`).join("\nelse ");

/** The module of all rows of taps. */
export function depthwiseTiles(): string {
  return `import { fma, ZERO } from "../../assembly/simd/f32x4";
${TAPS.map(forwardTile).join("")}${TAPS.map(filterTile).join("")}
/** Whether there is a tile for rows of that many taps. */
export function has_row_tile(taps: usize): bool {
return ${TAPS.map((taps) => `taps == ${taps}`).join(" || ")};
}

/**
 * y [4 positions][n & ~3 channels] = (y +) the sum over rows x taps of x times w. Positions are yStep bytes apart; from one to the next, and from
 * tap to tap, x moves by xStep; w moves by wStep, from row to row they move by xRow and wRow.
 */
export function row_tile(taps: usize, y: usize, yStep: usize, x: usize, xStep: usize, w: usize, n: usize, rows: usize, xRow: usize, wRow: usize, wStep: usize, accumulate: i32): void {
${choose("row", "y, yStep, x, xStep, w, n, rows, xRow, wRow, wStep, accumulate")}
}

/** dw [rows x taps][n & ~3 channels] += the sum over four positions of dy times x; as above. */
export function filter_row_tile(taps: usize, dw: usize, wRow: usize, wStep: usize, dy: usize, yStep: usize, x: usize, xStep: usize, n: usize, rows: usize, xRow: usize): void {
${choose("filter", "dw, wRow, wStep, dy, yStep, x, xStep, n, rows, xRow")}
}
`;
}
