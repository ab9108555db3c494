/**
 * Register slices of a sparse product: `vectors` accumulators of one output row stay in registers while its list is read.
 * A slice passes over all rows, so that the slice of the dense factor it reads stays in the L1 cache.
 * @module
 */
import { at, exits, partialStores, REGISTERS, storeRow, times } from "./text.ts";

/** Widths of a slice in vectors: 12 fill the registers, 8 still hide the latency of an FMA, 4 are for what is left. */
const WIDTHS = [12, 8, 4];

const loadAll = (vectors: number, p: string): string => times(vectors, (i) => `a${i} = v128.load(${p}${at(i * 16)});\n`);

/** One row of a slice: `start` gives the accumulators values, the entries from `e` to `end` are added, `finish` comes before the store at `row`. */
function slice(vectors: number, start: string, finish: string): string {
  const exit = exits("p");
  const block = REGISTERS - vectors - 1;
  return `let ${times(vectors, (i) => `a${i} = ZERO`, ", ")};
${start}while (e < end) {
const p = source + load<u32>(e);
const x = v128.load32_splat(e, 4);
e += 8;
${times(vectors, (i) => `${i && i % block === 0 ? exit() : ""}a${i} = fma(x, v128.load(p${at(i * 16)}), a${i});\n`)}}
${finish}${storeRow("row", vectors, (i) => `a${i}`, "columns")}`;
}

const matmul = (vectors: number, add: string): string =>
  slice(vectors, `if (${add}) {\n${loadAll(vectors, "row")}} else if (bias) {\n${loadAll(vectors, "bias")}}\n`, "");
const sgd = (vectors: number): string =>
  slice(
    vectors,
    "",
    times(vectors, (i) => `a${i} = fma(rate, a${i}, v128.load(row${at(i * 16)}));\n`),
  );

const matmulSlice = (vectors: number): string => `
/** ${vectors * 4 - 15} to ${vectors * 4} columns of sparse_matmul_f32. All rows use the slice of one range of the source before the next. Capacity and ldy in bytes. */
export function matmul_slice_${vectors}(y: usize, entries: usize, counts: usize, source: usize, bias: usize, rows: usize, columns: usize, capacity: usize, ranges: usize, ldy: usize, beta: i32): void {
const step = ranges << 2;
for (let range: usize = 0; range < step; range += 4) {
let row = y, list = entries, count = counts;
for (let r = rows; r > 0; --r) {
let e = list;
for (let before: usize = 0; before < range; before += 4) e += <usize>load<u32>(count + before) << 3;
const end = e + (<usize>load<u32>(count + range) << 3);
if (range == 0 || e < end) {
${matmul(vectors, "range || beta")}}
row += ldy;
list += capacity;
count += step;
}
}
}
`;

const sgdSlice = (vectors: number): string => `
/** ${vectors * 4 - 15} to ${vectors * 4} columns of sparse_matmul_sgd_f32. Capacity and ldw in bytes. */
export function sgd_slice_${vectors}(row: usize, list: usize, count: usize, source: usize, learningRate: f32, rows: usize, columns: usize, capacity: usize, ldw: usize): void {
const rate = f32x4.splat(-learningRate);
for (; rows > 0; --rows) {
let e = list;
const end = e + (<usize>load<u32>(count) << 3);
if (e < end) {
${sgd(vectors)}}
row += ldw;
list += capacity;
count += 4;
}
}
`;

const scatterSlice = (vectors: number): string => `
/** ${vectors * 4 - 15} to ${vectors * 4} columns of one filter row of conv_block_backward_input_f32: to the places in dx of the table's rows { bytes to it, start, end of its list } the filters that their lists name. */
export function scatter_slice_${vectors}(dx: usize, table: usize, last: usize, source: usize, columns: usize): void {
for (; table < last; table += 12) {
const row = dx + <usize>load<u32>(table);
let e = <usize>load<u32>(table, 4);
const end = <usize>load<u32>(table, 8);
${slice(vectors, loadAll(vectors, "row"), "")}}
}
`;

/** The module of the slices that scatter. */
export function convSlices(): string {
  return `import { fma, store_tail, ZERO } from "../../assembly/simd/f32x4";
${partialStores(4)}${WIDTHS.map(scatterSlice).join("")}`;
}

/** The module of all sparse slices. */
export function sparseSlices(): string {
  return `import { fma, store_tail, ZERO } from "../../assembly/simd/f32x4";
${partialStores(4)}${WIDTHS.map(matmulSlice).join("")}${WIDTHS.map(sgdSlice).join("")}`;
}
