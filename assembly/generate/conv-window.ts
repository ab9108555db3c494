/**
 * Register tiles of a convolution that is pooled at once: the four results of a 2x2 window stay in registers while the filter runs over
 * their patch; only the largest and its place are stored.
 * @module
 */
import { at, exits, partialStores, REGISTERS, times } from "./text.ts";

/** The positions of a window: row and column of its results. */
const POSITIONS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

/** The function that every tile ends with. */
const POOL = `
/** Minus which of a window's four was largest, the first of equals, in each lane: masks are -1. */
// @ts-ignore: decorator
@inline
function steps_of(a0: v128, a1: v128, a2: v128, a3: v128): v128 {
  const row = f32x4.gt(f32x4.pmax(a2, a3), f32x4.pmax(a0, a1));
  const column = v128.bitselect(f32x4.gt(a3, a2), f32x4.gt(a1, a0), row);
  return i32x4.add(column, i32x4.add(row, row));
}

/**
 * The largest of a window + bias, and not below lowest. pmax keeps the NaN of a0 only: those of the others come by the bias, plus 0 times their sum (which
 * makes a NaN of an Infinity too).
 */
// @ts-ignore: decorator
@inline
function value_of(a0: v128, a1: v128, a2: v128, a3: v128, bias: v128, lowest: v128): v128 {
  const largest = f32x4.pmax(f32x4.pmax(a0, a1), f32x4.pmax(a2, a3));
  return f32x4.pmax(f32x4.add(largest, fma(f32x4.add(f32x4.add(a1, a2), a3), ZERO, bias)), lowest);
}

/** Stores the value of a window and its code, in up to four channels (n). */
// @ts-ignore: decorator
@inline
function store_window(y: usize, code: usize, a0: v128, a1: v128, a2: v128, a3: v128, bias: v128, lowest: v128, n: usize): void {
  const value = value_of(a0, a1, a2, a3, bias, lowest), steps = steps_of(a0, a1, a2, a3);
  const words = i16x8.narrow_i32x4_s(steps, steps);
  const bytes = i8x16.abs(i8x16.narrow_i16x8_s(words, words));
  if (n >= 4) {
    v128.store(y, value);
    v128.store32_lane(code, bytes, 0);
  } else {
    store_tail(y, value, n);
    if (n & 2) v128.store16_lane(code, bytes, 0);
    if (n == 3) v128.store8_lane(code, bytes, 2, 2);
    else if (n == 1) v128.store8_lane(code, bytes, 0);
  }
}
`;

/** Four output channels of a filter of size x size taps on one channel: the filter stays in registers. */
function filterInRegisters(size: number): string {
  const taps: string[] = [];
  for (let row = 0; row <= size; row++) {
    for (let column = 0; column <= size; column++) {
      taps.push(`v = v128.load32_splat(${row ? `p + line${row}` : "p"}${at(column * 4)});\n`);
      POSITIONS.forEach(([y, x], i) => {
        const [ky, kx] = [row - y, column - x];
        if (ky < 0 || kx < 0 || ky >= size || kx >= size) return;
        const w = `w${ky * size + kx}`;
        taps.push(`a${i} = fma(v, ${w}, a${i});\n`);
      });
    }
  }
  return `
/** Up to four output channels (n) of the listed windows of one image; filter of ${size}x${size} on one channel, w [${size * size},8] from the channel on. Strides in bytes. */
export function window_${size}x${size}(y: usize, code: usize, x: usize, w: usize, list: usize, end: usize, line: usize, channels: usize, n: usize, bias: usize, relu: i32): void {
const first = bias ? v128.load(bias) : ZERO;
const lowest = relu ? ZERO : v128.load(MINUS_INFINITY);
${times(size * size, (i) => `const w${i} = v128.load(w);\n${i < size * size - 1 ? "w += 32;\n" : ""}`)}${times(size, (i) => `const line${i + 1} = line * ${i + 1};\n`)}for (; list < end; list += 8) {
let ${times(4, (i) => `a${i} = ZERO`, ", ")}, v: v128;
const window = <usize>load<u32>(list) * channels;
const p = x + <usize>load<u32>(list, 4);
${taps.join("")}store_window(y + (window << 2), code + window, a0, a1, a2, a3, first, lowest, n);
}
}
`;
}

/** Eight output channels of any filter: the filter passes by, and of the image the four positions of a tap. */
function filterInMemory(): string {
  const exit = exits("w");
  const positions = ["p", "p + pixel", "q", "q + pixel"];
  const tap = (index: number): string => `u0 = v128.load(b);
u1 = v128.load(b, 16);
b += 32;
${times(4, (i) => `v = v128.load32_splat(${positions[i]}${at(index * 4)});\na${2 * i} = fma(v, u0, a${2 * i});\na${2 * i + 1} = fma(v, u1, a${2 * i + 1});\n`)}`;
  const loop = (steps: number): string => `for (; k >= ${steps}; k -= ${steps}) {
${times(steps, (i) => (i ? exit() : "") + tap(i))}p += ${steps * 4};
q += ${steps * 4};
}
`;
  return `
/** Up to eight output channels (n) of the listed windows of one image; rows x taps (columns x input channels) of any number. w [rows,taps,8]; strides in bytes, w a multiple of 4. */
export function window_any(y: usize, code: usize, x: usize, w: usize, list: usize, end: usize, rows: usize, taps: usize, pixel: usize, line: usize, channels: usize, n: usize, bias: usize, relu: i32): void {
const first = bias ? v128.load(bias) : ZERO, second = bias ? v128.load(bias, 16) : ZERO;
const lowest = relu ? ZERO : v128.load(MINUS_INFINITY);
const back = line - (taps << 2);
for (; list < end; list += 8) {
const window = <usize>load<u32>(list) * channels;
let p = x + <usize>load<u32>(list, 4), q = p + line, b = w;
let ${times(8, (i) => `a${i} = ZERO`, ", ")}, v: v128, u0: v128, u1: v128;
for (let row = rows; row > 0; --row) {
let k = taps;
${loop(4)}${loop(1)}p += back;
q += back;
}
store_window(y + (window << 2), code + window, a0, a2, a4, a6, first, lowest, n);
if (n > 4) store_window(y + (window << 2) + 16, code + window + 4, a1, a3, a5, a7, second, lowest, n - 4);
}
}
`;
}

/** Windows whose products are computed together. */
const TOGETHER = 3;
/** Bytes of one column of their products, summed over the rows to two lines of eight channels. */
const COLUMN = TOGETHER * 64;

/**
 * One column of the products of three windows with eight output channels, F(2,3) over its rows: accumulators c2i and c2i+1 hold rows 1 and 2 of window i, then
 * their sum and difference, onto which rows 0 and 3 are added. The input channels are written out, as a loop of so few rounds would cost as much again.
 */
function windowProducts(C: number): string {
  const exit = exits("b");
  const half = (rows: readonly [number, number], first: boolean): string => {
    const term = (name: string, j: number): string => `${name} = fma(v, u${j}, ${name});\n`;
    const row = (c: number, k: number): string =>
      times(2, (j) => `u${j} = v128.load(b${at((((first ? 0 : C) + c) * 2 + k) * 32 + j * 16)});\n`) +
      times(TOGETHER, (i) => {
        const splat = `v = v128.load32_splat(patches + ${i * 64 + rows[k] * 16}${at(c * 4)});\n`;
        return (i ? exit() : "") + splat + times(2, (j) => term(`c${2 * i + k}_${j}`, j));
      });
    return `do {\n${times(C, (c) => times(2, (k) => (c + k ? exit() : "") + row(c, k)))}} while (0);\n`;
  };
  const all = (part: (i: number, j: number) => string): string => times(TOGETHER, (i) => times(2, (j) => part(i, j)));
  return `
function window_products_${C}(m: usize, patches: usize, slab: usize, b: usize): void {
let v: v128, u0: v128, u1: v128;
for (const end = m + ${4 * COLUMN}; m < end; m += ${COLUMN}, patches += slab, b += ${C * 128}) {
let ${times(2 * TOGETHER, (i) => `c${i}_0 = ZERO, c${i}_1 = ZERO`, ", ")};
${half([1, 2], true)}${all((i, j) => `v = c${2 * i}_${j};\nc${2 * i}_${j} = f32x4.add(v, c${2 * i + 1}_${j});\nc${2 * i + 1}_${j} = f32x4.sub(v, c${2 * i + 1}_${j});\n`)}${half([0, 3], false)}${all((i, j) => times(2, (k) => `v128.store(m, c${2 * i + k}_${j}${at(i * 64 + k * 32 + j * 16)});\n`))}}
}
`;
}

/** Eight output channels of a 3x3 filter by F(2x2,3x3): the columns of products go to memory, from where they are added up and pooled. */
function filterByTiles(): string {
  const results = (vector: number): string =>
    times(2, (line) => {
      const columns = times(4, (k) => `const m${k} = v128.load(m${at(k * COLUMN + line * 32 + vector * 16)});\n`);
      return `{\n${columns}a${2 * line} = f32x4.add(f32x4.add(m0, m1), m2);\na${2 * line + 1} = f32x4.add(f32x4.sub(m1, m2), m3);\n}\n`;
    });
  return `${[2, 3, 4].map(windowProducts).join("")}
/**
 * m [4 columns][${TOGETHER} windows][2 lines][8] = sums over rows and channels of transformed patches [4 columns][slab of [window][4 rows][4]] times filters
 * b [4 columns][2][C][2][8], of a column rows 1 and 2, then 0 and 3. C is 2, 3 or 4.
 */
export function window_products_tile(m: usize, patches: usize, slab: usize, b: usize, C: usize): void {
if (C == 3) window_products_3(m, patches, slab, b);
else if (C == 2) window_products_2(m, patches, slab, b);
else window_products_4(m, patches, slab, b);
}

/** Pools the products m of up to ${TOGETHER} listed windows, up to eight channels (n); of all eight the masks are narrowed first, as they are chosen from at once then. */
export function window_results(y: usize, code: usize, m: usize, list: usize, end: usize, channels: usize, n: usize, bias: usize, relu: i32): void {
const first = bias ? v128.load(bias) : ZERO, second = bias ? v128.load(bias, 16) : ZERO;
const lowest = relu ? ZERO : v128.load(MINUS_INFINITY);
let ${times(4, (i) => `a${i}: v128`, ", ")};
if (n >= 8) {
for (; list < end; list += 8, m += 64) {
const window = <usize>load<u32>(list) * channels;
${results(0)}const lower = f32x4.gt(f32x4.pmax(a2, a3), f32x4.pmax(a0, a1)), right0 = f32x4.gt(a1, a0), right1 = f32x4.gt(a3, a2);
v128.store(y + (window << 2), value_of(a0, a1, a2, a3, first, lowest));
${results(1)}const row = i16x8.narrow_i32x4_s(lower, f32x4.gt(f32x4.pmax(a2, a3), f32x4.pmax(a0, a1)));
const column = v128.bitselect(i16x8.narrow_i32x4_s(right1, f32x4.gt(a3, a2)), i16x8.narrow_i32x4_s(right0, f32x4.gt(a1, a0)), row);
const steps = i16x8.add(column, i16x8.add(row, row));
v128.store64_lane(code + window, i8x16.abs(i8x16.narrow_i16x8_s(steps, steps)), 0);
v128.store(y + (window << 2), value_of(a0, a1, a2, a3, second, lowest), 16);
}
return;
}
for (; list < end; list += 8, m += 64) {
const window = <usize>load<u32>(list) * channels;
${results(0)}store_window(y + (window << 2), code + window, a0, a1, a2, a3, first, lowest, n);
if (n > 4) {
${results(1)}store_window(y + (window << 2) + 16, code + window + 4, a0, a1, a2, a3, second, lowest, n - 4);
}
}
}
`;
}

/** Shapes of {@link filterGradient}: rows of the filter, vectors of a row, output channels. */
const GRADIENTS = [
  [3, 1, 4],
  [3, 2, 2],
] as const;

/** Shapes of {@link listedGradient}: rows of the filter, vectors of a row. */
const LISTED = [
  [3, 3],
  [5, 2],
] as const;

/**
 * The gradient of the filters of a few output channels in registers: each listed window adds its gradient times the patch at the place
 * that won.
 */
function filterGradient(rows: number, vectors: number, channels: number): string {
  const name = (c: number, k: number, j: number): string => `a${(c * rows + k) * vectors + j}`;
  /** Rows of each channel; those of the first n only, as memory may end behind them. */
  const each = (part: (c: number, k: number) => string): string =>
    times(channels, (c) => `${c ? `if (n > ${c}) {\n` : ""}${times(rows, (k) => `${part(c, k)}d += row;\n`)}`) + "}\n".repeat(channels - 1);
  const exit = exits("list");
  const free = Math.max(1, REGISTERS - rows * vectors * channels - 1);
  const row = (k: number): string => (k ? `p + line${k}` : "p");
  const products = (c: number, g: string): string => {
    let count = 0;
    return times(rows, (k) =>
      times(
        vectors,
        (j) => `${count++ % free === 0 && count > 1 ? exit() : ""}${name(c, k, j)} = fma(${g}, v128.load(${row(k)}${at(j * 16)}), ${name(c, k, j)});\n`,
      ),
    );
  };
  const body =
    channels === 4
      ? `const g4 = v128.load(gradients + (window << 2));
const codes = <u64>load<u32>(code + window) << 4;
${times(4, (c) => `p = patch + <usize>(places >> ((codes${c ? ` >> ${8 * c}` : ""}) & 48) & 0xffff) * 4;\ng = v128.shuffle<f32>(g4, g4, ${c}, ${c}, ${c}, ${c});\n${products(c, "g")}${c < 3 ? exit() : ""}`)}`
      : times(
          channels,
          (c) => `p = patch + <usize>(places >> ((<u64>load<u8>(code + window${at(c)}) & 3) << 4) & 0xffff) * 4;
g = v128.load32_splat(gradients + (window << 2)${at(c * 4)});
${products(c, "g")}${c < channels - 1 ? exit() : ""}`,
        );
  return `
/** The filters of up to ${channels} output channels (n), ${rows} rows of ${vectors * 4 - 3} to ${vectors * 4} taps (columns): dw (+)= what the gradients of the listed windows of one image give. places: four floats from a patch's start to that of each position, 16 bits each. Strides in bytes. */
export function gradient_${rows}x${vectors}x${channels}(dw: usize, x: usize, gradients: usize, code: usize, list: usize, end: usize, places: u64, line: usize, channels: usize, columns: usize, n: usize, add: i32): void {
const row = columns << 2;
${times(rows - 1, (i) => `const line${i + 1} = line * ${i + 1};\n`)}let ${times(rows * vectors * channels, (i) => `a${i} = ZERO`, ", ")}, g: v128;
let d = dw, p: usize;
if (add) {
${each((c, k) => times(vectors, (j) => `${name(c, k, j)} = v128.load(d${at(j * 16)});\n`))}d = dw;
}
while (list < end) {
const window = <usize>load<u32>(list) * channels;
const patch = x + <usize>load<u32>(list, 4);
list += 8;
${body}}
${each((c, k) => `store_first_${vectors * 4}(d, columns${times(vectors, (j) => `, ${name(c, k, j)}`)});\n`)}}
`;
}

/**
 * The gradient of one output channel's filter in registers: it fills them, so that a window has too few products to pay for finding its
 * gradient and its place. They come from a list.
 */
function listedGradient(rows: number, vectors: number): string {
  const name = (k: number, j: number): string => `a${k * vectors + j}`;
  const all = (part: (k: number, j: number) => string): string => times(rows, (k) => times(vectors, (j) => part(k, j)));
  const products = all((k, j) => `${name(k, j)} = fma(g, v128.load(p${k ? ` + line${k}` : ""}${at(j * 16)}), ${name(k, j)});\n`);
  return `
/** The filter of one output channel, ${rows} rows of ${vectors * 4 - 3} to ${vectors * 4} taps (columns): dw (+)= what the entries { address in x, gradient } from e to end give. line in bytes. */
export function gradient_${rows}x${vectors}(dw: usize, e: usize, end: usize, line: usize, columns: usize, add: i32): void {
const row = columns << 2;
${times(rows - 1, (i) => `const line${i + 1} = line * ${i + 1};\n`)}let ${times(rows * vectors, (i) => `a${i} = ZERO`, ", ")};
if (add) {
${times(rows, (k) => `${k ? `const d${k} = dw + row * ${k};\n` : ""}${times(vectors, (j) => `${name(k, j)} = v128.load(${k ? `d${k}` : "dw"}${at(j * 16)});\n`)}`)}}
while (e < end) {
const p = <usize>load<u32>(e);
const g = v128.load32_splat(e, 4);
e += 8;
${products}}
${times(rows, (k) => `${k ? "dw += row;\n" : ""}store_first_${vectors * 4}(dw, columns${times(vectors, (j) => `, ${name(k, j)}`)});\n`)}}
`;
}

/** The module of all window tiles. */
export function convWindows(): string {
  return `import { MINUS_INFINITY } from "../../assembly/simd/constants";
import { fma, store_tail, ZERO } from "../../assembly/simd/f32x4";
${POOL}${filterInRegisters(3)}${filterInMemory()}${filterByTiles()}${partialStores(1, 2, 3)}${GRADIENTS.map(([rows, vectors, channels]) => filterGradient(rows, vectors, channels)).join("")}${LISTED.map(([rows, vectors]) => listedGradient(rows, vectors)).join("")}`;
}
