/**
 * Register tiles of C += A B as a sum of outer products: `rows` x `4 * vectors` elements of C stay in registers while k runs.
 * One accumulator per element, in the order of k, in every tile: however a matrix is cut, its elements have the same bits.
 * @module
 */
import { at, exits, partialStores, REGISTERS, storeRow, times } from "./text.ts";

/**
 * Where the rows of A are. `nn`: rows of A at stride lda, k contiguous. `tn`: A transposed, rows contiguous, k at stride lda.
 * `packed`: blocks of `rows` x 1 and 1 x 8, k after k.
 */
export type Form = "nn" | "tn" | "packed";

/** Steps of k per iteration of the tiles that large matrices consist of; 1 step costs 10 to 20 % more. The others do with half, for size. */
const UNROLL: Record<Form, number> = { nn: 8, tn: 4, packed: 8 };

const splat = (form: Form, rows: number, row: number, step: number): string => {
  if (form === "nn") return `v128.load32_splat(${row ? `a + d${row}` : "a"}${at(step * 4)})`;
  return `v128.load32_splat(a${at((step * (form === "packed" ? rows : 0) + row) * 4)})`;
};

/** One step of k: the products of `rows` elements of A with `vectors` vectors of B. */
function step(form: Form, rows: number, vectors: number, index: number, exit: () => string): string {
  const free = REGISTERS - rows * vectors;
  const loadB = (j: number): string => `v128.load(b${at((form === "packed" ? index * vectors + j : j) * 16)})`;
  const add = (i: number, j: number, a: string, b: string): string => `c${i}_${j} = fma(${a}, ${b}, c${i}_${j});\n`;
  // The shorter side is loaded first and stays; the longer one passes by, as many elements per block as registers are free.
  if (vectors <= 2) {
    const block = Math.max(1, free - vectors);
    return (
      times(vectors, (j) => `u${j} = ${loadB(j)};\n`) +
      times(rows, (i) => `${i && i % block === 0 ? exit() : ""}v = ${splat(form, rows, i, index)};\n${times(vectors, (j) => add(i, j, "v", `u${j}`))}`)
    );
  }
  const block = Math.max(1, free - rows);
  return (
    times(rows, (i) => `u${i} = ${splat(form, rows, i, index)};\n`) +
    times(vectors, (j) => `${j && j % block === 0 ? exit() : ""}v = ${loadB(j)};\n${times(rows, (i) => add(i, j, `u${i}`, "v"))}`)
  );
}

/** The function `<form>_<rows>x<columns>`. */
export function outerTile(form: Form, rows: number, vectors: number): string {
  const unroll = UNROLL[form] / (rows >= 4 && vectors === 2 ? 1 : 2);
  const exit = exits("b");
  const perStep = { nn: "b += ldb;\n", tn: "a += lda;\nb += ldb;\n", packed: "" }[form];
  const perLoop = (steps: number): string =>
    ({ nn: `a += ${steps * 4};\n`, tn: "", packed: `a += ${steps * rows * 4};\nb += ${steps * vectors * 16};\n` })[form];
  const steps = (count: number): string => times(count, (i) => (i ? exit() : "") + step(form, rows, vectors, i, exit) + perStep) + perLoop(count);
  const loop = (count: number): string => `for (; k >= ${count}; k -= ${count}) {\n${steps(count)}}\n`;
  const stays = vectors <= 2 ? vectors : rows;
  const accumulators = (part: (i: number, j: number) => string): string => times(rows, (i) => times(vectors, (j) => part(i, j)));
  const strides = form === "packed" ? "" : "lda: usize, ldb: usize, ";
  return `
export function ${form}_${rows}x${vectors * 4}(c: usize, a: usize, b: usize, ldc: usize, ${strides}k: usize, columns: usize, accumulate: i32): void {
${form === "nn" ? times(rows - 1, (i) => `const d${i + 1} = lda * ${i + 1};\n`) : ""}${accumulators((i, j) => `let c${i}_${j} = ZERO;\n`)}if (accumulate) {
let p = c;
${times(rows, (i) => times(vectors, (j) => `c${i}_${j} = v128.load(p${at(j * 16)});\n`) + (i < rows - 1 ? "p += ldc;\n" : ""))}}
let v: v128${times(stays, (i) => `, u${i}: v128`)};
${loop(unroll)}${unroll > 1 ? loop(1) : ""}${times(rows, (i) => storeRow("c", vectors, (j) => `c${i}_${j}`, "columns") + (i < rows - 1 ? "c += ldc;\n" : ""))}}
`;
}

/** Tiles of up to 12 accumulators, at least 8 where that is possible: an FMA takes 4 cycles and two start in each. */
const DIRECT = [
  [6, 2],
  [5, 2],
  [4, 2],
  [3, 2],
  [2, 4],
  [1, 12],
  [1, 8],
  [1, 4],
  [6, 1],
  [5, 1],
  [4, 1],
] as const;

const ARGUMENTS = "c, a, b, ldc, lda, ldb, k, columns, accumulate";

/** Calls the tile of `rows` rows that is just wide enough for `columns`. */
function direct(form: "nn" | "tn"): string {
  const branch = (rows: number): string => {
    const widths = DIRECT.filter(([r]) => r === rows)
      .map(([, vectors]) => vectors * 4)
      .sort((x, y) => x - y);
    return `if (rows == ${rows}) {
${widths.map((width, i) => `${i < widths.length - 1 ? `if (columns <= ${width}) ` : ""}${form}_${rows}x${width}(${ARGUMENTS});`).join("\nelse ")}
}`;
  };
  return `
/** C [rows,columns] = op(A) B (+ C): the smallest tile that holds it. 1 to 6 rows of up to 8 columns, 2 rows of 16 or 1 of 48. Strides in bytes. */
export function ${form}_tile(rows: usize, c: usize, a: usize, b: usize, ldc: usize, lda: usize, ldb: usize, k: usize, columns: usize, accumulate: i32): void {
${[6, 5, 4, 3, 2, 1].map(branch).join(" else ")}
}
`;
}

/** A packed block of fewer than 6 rows is a transposed matrix of as many columns. */
function packed(): string {
  const branch = (rows: number): string => `if (rows == ${rows}) tn_${rows}x8(c, a, b, ldc, ${rows * 4}, 32, k, columns, accumulate);`;
  return `
/** C [rows,columns] = A B (+ C) of packed panels: A [k][rows], B [k][8]. 1 to 6 rows, 1 to 8 columns. */
export function packed_tile(rows: usize, c: usize, a: usize, b: usize, ldc: usize, k: usize, columns: usize, accumulate: i32): void {
if (rows == 6) packed_6x8(c, a, b, ldc, k, columns, accumulate);
else ${[5, 4, 3, 2, 1].map(branch).join("\nelse ")}
}
`;
}

/** The module of all outer-product tiles. */
export function outerTiles(): string {
  const tiles = (["nn", "tn"] as const).flatMap((form) => DIRECT.map(([rows, vectors]) => outerTile(form, rows, vectors)));
  return [
    'import { fma, store_tail, ZERO } from "../../assembly/simd/f32x4";\n',
    partialStores(1, 2, 4),
    ...tiles,
    outerTile("tn", 2, 2),
    outerTile("tn", 1, 2),
    outerTile("packed", 6, 2),
    direct("nn"),
    direct("tn"),
    packed(),
  ].join("");
}
