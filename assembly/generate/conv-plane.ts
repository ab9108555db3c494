/**
 * Convolutions of images of one channel with 3x3 filters: nine taps are too few for tiles that read filters from memory. Forwards the filter stays in registers, of
 * four output channels at a time; of its gradient the sums do.
 * @module
 */
import { at, exits, splat, times } from "./text.ts";

const SIZE = 3;
const TAPS = SIZE * SIZE;
/** Positions side by side that are computed together. */
const ACROSS = 4;

const line = (row: number, p = "p"): string => (row ? `${p} + line${row}` : p);
const lines = times(SIZE - 1, (i) => `const line${i + 1} = pitch * ${i + 1};\n`);
const pixel = (row: number, column: number, p = "p"): string => `v = ${splat(line(row, p), 4 * column)};\n`;

function forward(): string {
  const exit = exits("p");
  const values = times(SIZE, (row) =>
    times(
      ACROSS + SIZE - 1,
      (column) =>
        `${row + column && column % 2 === 0 ? exit() : ""}${pixel(row, column)}${times(SIZE, (i) => {
          const position = column - (SIZE - 1 - i);
          return position < 0 || position >= ACROSS ? "" : `a${position} = fma(v, w${row * SIZE + SIZE - 1 - i}, a${position});\n`;
        })}`,
    ),
  );
  return `
/**
 * Up to four channels (n) of a row of ${ACROSS} or more positions (count): y = x * w + bias, not below 0 if relu is 1, w [${TAPS}][8] from the channel on, bias may be 0: none. ld: bytes from position to position, pitch: from
 * row to row of x.
 */
export function plane_forward(y: usize, x: usize, w: usize, bias: usize, relu: i32, count: usize, ld: usize, pitch: usize, n: usize): void {
const b = bias ? v128.load(bias) : ZERO, low = relu ? ZERO : v128.load(MINUS_INFINITY);
${lines}${times(TAPS, (i) => `const w${i} = v128.load(w${at(i * 32)});\n`)}const last = x + ((count - ${ACROSS}) << 2);
let q = y, p = x, v: v128;
for (;;) {
let ${times(ACROSS, (i) => `a${i} = ZERO`, ", ")};
do {
${values}} while (0);
${times(ACROSS, (i) => `a${i} = f32x4.pmax(f32x4.add(a${i}, b), low);\n`)}let to = q;
if (n >= 4) {
${times(ACROSS, (i) => `v128.store(to, a${i});\n${i < ACROSS - 1 ? "to += ld;\n" : ""}`)}} else {
${times(ACROSS, (i) => `store_tail(to, a${i}, n);\n${i < ACROSS - 1 ? "to += ld;\n" : ""}`)}}
if (p >= last) break;
// The last positions are computed again where a row does not divide.
const next = min(p + ${4 * ACROSS}, last);
q += ((next - p) >> 2) * ld;
p = next;
}
}
`;
}

function gradient(): string {
  const exit = exits("p");
  const names = Array.from({ length: TAPS }, (_, i) => `a${i}`);
  const step = (positions: number, p: string): string =>
    times(positions, (i) => `g${i} = v128.load(${i ? "q + ld" : "q"});\n`) +
    times(SIZE, (row) =>
      times(
        SIZE + positions - 1,
        (column) =>
          (row + column && column % 2 === 0 ? exit() : "") +
          pixel(row, column, p) +
          times(positions, (i) => (column < i || column >= i + SIZE ? "" : `a${row * SIZE + column - i} = fma(v, g${i}, a${row * SIZE + column - i});\n`)),
      ),
    );
  return `
/** sums [${TAPS}][4] += a row of count positions: gradients of four channels at dy, ld bytes from position to position, times what is under them. pitch: bytes from row to row of x. */
export function plane_gradient(sums: usize, dy: usize, x: usize, count: usize, ld: usize, pitch: usize): void {
${lines}let ${names.map((name, i) => `${name} = v128.load(sums${at(i * 16)})`).join(", ")};
let p = x, q = dy, v: v128, g0: v128, g1: v128;
for (const pairs = x + ((count & ~1) << 2); p < pairs; p += 8, q += 2 * ld) {
${step(2, "p")}}
if (count & 1) {
// Another pointer: the engine would keep all sums of p from the loop for here.
const r = x + ((count - 1) << 2);
do {
${step(1, "r")}} while (0);
}
${names.map((name, i) => `v128.store(sums, ${name}${at(i * 16)});\n`).join("")}}
`;
}

/** The module of what reads images of one channel. */
export function convPlanes(): string {
  return `import { MINUS_INFINITY } from "../../assembly/simd/constants";
import { fma, store_tail, ZERO } from "../../assembly/simd/f32x4";
${forward()}${gradient()}`;
}
