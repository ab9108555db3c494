/**
 * Register slices of a sparse product: `vectors` accumulators of one output row stay in registers while its list is read.
 * A slice passes over all rows, so that the slice of the dense factor it reads stays in the L1 cache.
 * @module
 */
import { at, exits, partialStores, REGISTERS, storeRow, times } from "./text.ts";

/** Adds the entries from `e` to `end` to the accumulators. */
function entries(vectors: number): string {
  const exit = exits("p");
  const block = REGISTERS - vectors - 1;
  return `while (e < end) {
const p = source + load<u32>(e);
const x = v128.load32_splat(e, 4);
e += 8;
${times(vectors, (i) => `${i && i % block === 0 ? exit() : ""}a${i} = fma(x, v128.load(p${at(i * 16)}), a${i});\n`)}}
`;
}

const accumulators = (vectors: number): string => `let ${times(vectors, (i) => `a${i} = ZERO`, ", ")};\n`;
const loadAll = (vectors: number, p: string): string => times(vectors, (i) => `a${i} = v128.load(${p}${at(i * 16)});\n`);

const matmul = (vectors: number): string => `
/** Up to ${vectors * 4} columns of sparse_matmul_f32. The slice of one range of the source is used by all rows before the next. */
export function matmul_slice_${vectors}(y: usize, entries: usize, counts: usize, source: usize, bias: usize, rows: usize, columns: usize, capacity: usize, ranges: usize, ldy: usize, beta: i32): void {
const step = ranges << 2;
for (let range: usize = 0; range < step; range += 4) {
let row = y, list = entries, count = counts;
for (let r = rows; r > 0; --r) {
let e = list;
for (let before: usize = 0; before < range; before += 4) e += <usize>load<u32>(count + before) << 3;
const end = e + (<usize>load<u32>(count + range) << 3);
if (range == 0 || e < end) {
${accumulators(vectors)}if (range || beta) {
${loadAll(vectors, "row")}} else if (bias) {
${loadAll(vectors, "bias")}}
${entries(vectors)}${storeRow("row", vectors, (i) => `a${i}`, "columns")}}
row += ldy;
list += capacity;
count += step;
}
}
}
`;

const sgd = (vectors: number): string => `
/** Up to ${vectors * 4} columns of sparse_matmul_sgd_f32; \`rate\` is minus the learning rate. */
export function sgd_slice_${vectors}(w: usize, entries: usize, counts: usize, source: usize, learningRate: f32, rows: usize, columns: usize, capacity: usize, ldw: usize): void {
const rate = f32x4.splat(-learningRate);
for (; rows > 0; --rows) {
const count = <usize>load<u32>(counts);
if (count) {
let e = entries;
const end = e + (count << 3);
${accumulators(vectors)}${entries(vectors)}${times(vectors, (i) => `a${i} = fma(rate, a${i}, v128.load(w${at(i * 16)}));\n`)}${storeRow("w", vectors, (i) => `a${i}`, "columns")}}
w += ldw;
entries += capacity;
counts += 4;
}
}
`;

/** Widths of a slice in vectors: 12 fill the registers, 8 still hide the latency of an FMA, 4 are for what is left. */
const WIDTHS = [12, 8, 4];

/** The module of all sparse slices. */
export function sparseSlices(): string {
  return `import { fma, store_tail, ZERO } from "../../assembly/simd/f32x4";
${partialStores(4)}${WIDTHS.map(matmul).join("")}${WIDTHS.map(sgd).join("")}`;
}
