/**
 * Winograd's transforms X -> M X M^T and the product between them.
 *
 * A transform works on 4 channels at once, first down the columns into memory for one tile, then along the rows; rows and columns are loops, so
 * that a block of code is one vector of X and fits the registers. The product reads tiles in panels: [4 channels of each of up to 6 tiles], group
 * of channels after group, so that the places of the tiles are literals for any number of channels.
 * @module
 */
import { at, exits, REGISTERS, splat, times } from "./text.ts";
import { filterMatrix, inputMatrix, type Matrix, outputMatrix, transposed } from "./toom-cook.ts";

/** The tiles: outputs m and taps r of one dimension. */
const TILES = [
  [2, 3],
  [3, 3],
  [4, 3],
  [5, 3],
  [6, 3],
  [2, 5],
  [4, 5],
] as const;

/** A sum of coefficient * name; those with coefficient 1 first, so that it starts without a product. */
function sum(row: readonly number[], names: readonly string[]): string {
  const terms = row.map((c, i) => [c, names[i]] as const).filter(([c]) => c !== 0);
  const rank = (c: number): number => (c === 1 ? 0 : c === -1 ? 1 : 2);
  terms.sort(([a], [b]) => rank(a) - rank(b));
  return terms.reduce((text, [c, x]) => {
    if (text === "") return c === 1 ? x : c === -1 ? `f32x4.neg(${x})` : `f32x4.mul(${x}, f32x4.splat(${c}))`;
    if (c === 1) return `f32x4.add(${text}, ${x})`;
    if (c === -1) return `f32x4.sub(${text}, ${x})`;
    return `fma(${x}, f32x4.splat(${c}), ${text})`;
  }, "");
}

const nonZeros = (row: readonly number[]): number => row.filter((c) => c !== 0).length;

/**
 * y = M x for vectors named x0.. and y0... Columns of points p and -p differ by signs: their sum and difference replace them. Rows of p and -p
 * have an even and an odd part in common.
 */
export function product(M: Matrix): string {
  let text = "";
  const columns = transposed(M).map((column) => [...column]);
  const names = columns.map((_, j) => `x${j}`);
  columns.forEach((p, j) => {
    const k = columns.findIndex(
      (q, l) => l > j && q.every((x, i) => Math.abs(x) === Math.abs(p[i])) && q.some((x, i) => x !== p[i]) && q.some((x, i) => x !== -p[i]),
    );
    if (k < 0 || nonZeros(p) < 2 || names[j].startsWith("d")) return;
    text += `const s${j} = f32x4.add(x${j}, x${k}), d${j} = f32x4.sub(x${j}, x${k});\n`;
    const q = columns[k];
    names[j] = `s${j}`;
    names[k] = `d${j}`;
    columns[j] = p.map((x, i) => (x === q[i] ? x : 0));
    columns[k] = p.map((x, i) => (x === q[i] ? 0 : x));
  });
  const rows = transposed(columns);
  const done = new Set<number>();
  rows.forEach((row, i) => {
    if (done.has(i)) return;
    const halves = (k: number): [number[], number[]] => [row.map((x, j) => (x + rows[k][j]) / 2), row.map((x, j) => (x - rows[k][j]) / 2)];
    const partner = rows.findIndex((other, k) => {
      if (k <= i || done.has(k)) return false;
      const [even, odd] = halves(k).map(nonZeros);
      return even > 0 && odd > 0 && even + odd + 2 < nonZeros(row) + nonZeros(other);
    });
    if (partner < 0) {
      text += `const y${i} = ${sum(row, names)};\n`;
      return;
    }
    const [even, odd] = halves(partner);
    done.add(partner);
    text += `const e${i} = ${sum(even, names)}, o${i} = ${sum(odd, names)}, y${i} = f32x4.add(e${i}, o${i}), y${partner} = f32x4.sub(e${i}, o${i});\n`;
  });
  return text;
}

const PARAMETERS =
  "dst: usize, dstRow: usize, dstColumn: usize, dstStep: usize, src: usize, srcRow: usize, srcColumn: usize, srcStep: usize, count: usize, scratch: usize";
const ARGUMENTS = "dst, dstRow, dstColumn, dstStep, src, srcRow, srcColumn, srcStep, count, scratch";

/** The function `name`: M X M^T of `count` vectors of channels; `add` adds it to what dst holds. Steps in bytes. */
function transform(name: string, M: Matrix, add: boolean): string {
  const a = M.length;
  const b = M[0].length;
  const store = (i: number): string => `v128.store(q, ${add ? `f32x4.add(v128.load(q), y${i})` : `y${i}`});\n${i < a - 1 ? "q += dstColumn;\n" : ""}`;
  return `
function ${name}(${PARAMETERS}): void {
for (; count > 0; --count) {
let from = src, to = scratch;
for (const end = scratch + ${b * 16}; to < end; to += 16) {
let p = from;
${times(b, (i) => `const x${i} = v128.load(p);\n${i < b - 1 ? "p += srcRow;\n" : ""}`)}${product(M)}${times(a, (i) => `v128.store(to, y${i}${at(i * b * 16)});\n`)}from += srcColumn;
}
from = scratch, to = dst;
for (const end = scratch + ${a * b * 16}; from < end; from += ${b * 16}) {
let q = to;
${times(b, (j) => `const x${j} = v128.load(from${at(j * 16)});\n`)}${product(M)}${times(a, store)}to += dstRow;
}
dst += dstStep;
src += srcStep;
}
}
`;
}

/** Steps of 4 channels per iteration. */
const UNROLL = 2;

/** The function \`multiply_<rows>\`: panels of as many tiles. */
function multiply(rows: number): string {
  const exit = exits("p");
  const block = Math.max(1, REGISTERS - 2 * rows - 2);
  const channel = (index: number): string => {
    const group = index >> 2;
    const place = (i: number): number => (group * rows + i) * 16 + (index & 3) * 4;
    return (
      times(2, (j) => `u${j} = v128.load(p${at((index * 2 + j) * 16)});\n`) +
      times(rows, (i) => `${i && i % block === 0 ? exit() : ""}v = ${splat("a", place(i))};\n${times(2, (j) => `c${i}_${j} = fma(v, u${j}, c${i}_${j});\n`)}`)
    );
  };
  const loop = (groups: number): string => `for (; left >= ${groups}; left -= ${groups}) {
${times(4 * groups, (i) => (i ? exit() : "") + channel(i))}a += ${groups * rows * 16};
p += ${groups * 128};
}
`;
  return `
function multiply_${rows}(c: usize, a: usize, b: usize, groups: usize, panels: usize): void {
let v: v128, u0: v128, u1: v128;
for (; panels > 0; --panels) {
let ${times(rows, (i) => `c${i}_0 = ZERO, c${i}_1 = ZERO`, ", ")};
let p = b, left = groups;
${loop(UNROLL)}${loop(1)}${times(rows, (i) => times(2, (j) => `v128.store(c, c${i}_${j}${at(i * 32 + j * 16)});\n`))}c += ${rows * 32};
}
}
`;
}

const chosen = (tests: readonly string[], calls: readonly string[]): string =>
  tests.map((test, i) => `${i ? "else " : ""}if (${test}) ${calls[i]};\n`).join("");

/** A transform of each tile, and the function that chooses. */
function ofTile(name: string, doc: string, matrix: (m: number, r: number) => Matrix): string {
  const each = TILES.map(([m, r]) => transform(`${name}_${m}_${r}`, matrix(m, r), false)).join("");
  return `${each}
/** ${doc} */
export function ${name}(m: usize, r: usize, ${PARAMETERS}): void {
${chosen(
  TILES.map(([m, r]) => `m == ${m} && r == ${r}`),
  TILES.map(([m, r]) => `${name}_${m}_${r}(${ARGUMENTS})`),
)}}
`;
}

/** A transform for each n. */
function ofSize(name: string, doc: string, matrix: (n: number) => Matrix, add: boolean): string {
  const sizes = [4, 5, 6, 7, 8];
  const each = sizes.map((n) => transform(`${name}_${n}`, matrix(n), add)).join("");
  return `${each}
/** ${doc} */
export function ${name}(n: usize, ${PARAMETERS}): void {
${chosen(
  sizes.map((n) => `n == ${n}`),
  sizes.map((n) => `${name}_${n}(${ARGUMENTS})`),
)}}
`;
}

/** The module of all transforms and products. */
export function winograd(): string {
  const rows = [6, 5, 4, 3, 2, 1];
  return `import { fma, ZERO } from "../../assembly/simd/f32x4";
${ofSize("transform_input", "B^T d B [n][n] of d [n][n].", inputMatrix, false)}${ofSize("adjoint_input", "dst += B M B^T [n][n] of M [n][n].", (n) => transposed(inputMatrix(n)), true)}${ofTile("transform_filter", "G g G^T [n][n] of g [r][r].", filterMatrix)}${ofTile("adjoint_filter", "G^T dU G [r][r] of dU [n][n].", (m, r) => transposed(filterMatrix(m, r)))}${ofTile("transform_output", "A^T M A [m][m] of M [n][n].", outputMatrix)}${ofTile("adjoint_output", "A dy A^T [n][n] of dy [m][m].", (m, r) => transposed(outputMatrix(m, r)))}${rows.map(multiply).join("")}
/** c [panels][rows][8] = a b: a [panels][groups][rows][4], b [4 groups][8]; 1 to 6 rows. */
export function multiply(rows: usize, c: usize, a: usize, b: usize, groups: usize, panels: usize): void {
${chosen(
  rows.map((r) => `rows == ${r}`),
  rows.map((r) => `multiply_${r}(c, a, b, groups, panels)`),
)}}
`;
}
