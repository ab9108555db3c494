/**
 * Register tiles of C = A B^T + beta C as dot products: k is contiguous in both factors, so an accumulator holds four partial sums
 * of one element (of k modulo 4), which are added at the end. The order depends on k only, as in the outer-product tiles.
 * @module
 */
import { at, exits, partialStores, REGISTERS, storeRow, times } from "./text.ts";

/** One step of 4 elements of k. `masked` takes only the first k of them; loads may reach past the row but garbage may not count. */
function step(rows: number, columns: number, index: number, masked: boolean, exit: () => string): string {
  const free = REGISTERS - rows * columns - (masked ? 1 : 0);
  const load = (p: string, stride: string, i: number): string => {
    const vector = `v128.load(${i ? `${p} + ${stride}${i}` : p}${at(index * 16)})`;
    return masked ? `v128.and(${vector}, mask)` : vector;
  };
  const add = (i: number, j: number, a: string, b: string): string => `c${i}_${j} = fma(${a}, ${b}, c${i}_${j});\n`;
  const side = (count: number, block: number, part: (i: number) => string): string =>
    times(count, (i) => (i && i % Math.max(1, block) === 0 ? exit() : "") + part(i));
  // The shorter side is loaded first and stays; the longer one passes by, as many vectors per block as registers are free.
  if (columns <= rows) {
    return (
      times(columns, (j) => `u${j} = ${load("b", "e", j)};\n`) +
      side(rows, free - columns, (i) => `v = ${load("a", "d", i)};\n${times(columns, (j) => add(i, j, "v", `u${j}`))}`)
    );
  }
  return (
    times(rows, (i) => `u${i} = ${load("a", "d", i)};\n`) +
    side(columns, free - rows, (j) => `v = ${load("b", "e", j)};\n${times(rows, (i) => add(i, j, `u${i}`, "v"))}`)
  );
}

/** Four sums of four lanes. */
const SUMS = `
/** [sum of a, sum of b, sum of c, sum of d], each as (lane 0 + lane 2) + (lane 1 + lane 3). */
// @ts-ignore: decorator
@inline
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}
`;

/** Adds the lanes up and stores them: whole vectors of a row, or pairs of two rows at a time. */
function finish(rows: number, columns: number): string {
  const next = (i: number): string => (i < rows - 1 ? "c += ldc;\n" : "");
  if (columns % 4 === 0) {
    const vector = (i: number, j: number): string => `sums(${times(4, (lane) => `c${i}_${j * 4 + lane}`, ", ")})`;
    return times(
      rows,
      (i) => `{
${times(columns / 4, (j) => `let r${j} = ${vector(i, j)};\n`)}if (accumulate) {
${times(columns / 4, (j) => `r${j} = f32x4.add(r${j}, v128.load(c${at(j * 16)}));\n`)}}
${storeRow("c", columns / 4, (j) => `r${j}`, "columns")}}
${next(i)}`,
    );
  }
  const name = (i: number, j: number): string => (i < rows ? `c${i}_${j}` : "ZERO");
  const store = (i: number, lane: number): string =>
    i < rows ? `if (columns == 2) v128.store64_lane(c, r, ${lane}); else v128.store32_lane(c, r, ${2 * lane});\n${next(i)}` : "";
  const old = (i: number): string => (i + 1 < rows ? "v128.load64_lane(c + ldc, v128.load64_zero(c), 1)" : "v128.load64_zero(c)");
  return times(
    Math.ceil(rows / 2),
    (pair) => `{
let r = sums(${name(2 * pair, 0)}, ${name(2 * pair, 1)}, ${name(2 * pair + 1, 0)}, ${name(2 * pair + 1, 1)});
if (accumulate) r = f32x4.add(r, ${old(2 * pair)});
${store(2 * pair, 0)}${store(2 * pair + 1, 1)}}
`,
  );
}

/** The function `dot_<rows>x<columns>`. */
function dotTile(rows: number, columns: number): string {
  const exit = exits("b");
  const stays = Math.min(rows, columns);
  const loop = (steps: number): string => `for (; k >= ${steps * 4}; k -= ${steps * 4}) {
${times(steps, (i) => (i ? exit() : "") + step(rows, columns, i, false, exit))}a += ${steps * 16};
b += ${steps * 16};
}
`;
  return `
export function dot_${rows}x${columns}(c: usize, a: usize, b: usize, ldc: usize, lda: usize, ldb: usize, k: usize, columns: usize, accumulate: i32): void {
${times(rows - 1, (i) => `const d${i + 1} = lda * ${i + 1};\n`)}${times(columns - 1, (j) => `const e${j + 1} = columns > ${j + 1} ? ldb * ${j + 1} : 0;\n`)}${times(rows, (i) => times(columns, (j) => `let c${i}_${j} = ZERO;\n`))}let v: v128${times(stays, (i) => `, u${i}: v128`)};
${loop(4)}${loop(1)}if (k) {
const mask = i32x4.gt_s(i32x4.splat(<i32>k), i32x4(0, 1, 2, 3));
for (; k > 0; k = 0) {
${step(rows, columns, 0, true, exit)}}
}
${finish(rows, columns)}}
`;
}

const TILES = [
  [6, 2],
  [5, 2],
  [4, 2],
  [3, 2],
  [2, 4],
  [1, 8],
] as const;

/** The module of all dot-product tiles. */
export function dotTiles(): string {
  const call = ([rows, columns]: readonly [number, number]): string =>
    `if (rows == ${rows}) dot_${rows}x${columns}(c, a, b, ldc, lda, ldb, k, columns, accumulate);`;
  return `import { fma, store_tail, ZERO } from "../../assembly/simd/f32x4";
${partialStores(1, 2)}${SUMS}${TILES.map(([rows, columns]) => dotTile(rows, columns)).join("")}
/** C [rows,columns] = A B^T (+ C). 1 to 6 rows of up to 2 columns, 2 rows of 4 or 1 of 8. Strides in bytes. */
export function dot_tile(rows: usize, c: usize, a: usize, b: usize, ldc: usize, lda: usize, ldb: usize, k: usize, columns: usize, accumulate: i32): void {
${TILES.map(call).join("\nelse ")}
}
`;
}
