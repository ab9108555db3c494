/** What every generator needs: repetition, exits that keep registers few, and stores of part of a tile row. @module */

/** The text of `part(0)` to `part(count - 1)`, one after another. */
export function times(count: number, part: (index: number) => string, separator = ""): string {
  return Array.from({ length: count }, (_, index) => part(index)).join(separator);
}

/** An immediate offset argument; nothing for 0. */
export const at = (offset: number): string => (offset === 0 ? "" : `, ${offset}`);

/**
 * The float at `address` + `offset` bytes in every lane. The sum is written out: V8 keeps memory's start + an immediate offset of such a load for
 * the whole loop, runs out of registers for dozens of them and fills them anew at each entry, which costs loops of few rounds a quarter of their time.
 */
export const splat = (address: string, offset: number): string => `v128.load32_splat(${address}${offset === 0 ? "" : ` + ${offset}`})`;

/** Vector registers an engine can use on x86-64 (16, one of them its own scratch). */
export const REGISTERS = 15;

/**
 * Tests that are never true, to be put between the parts of a loop body.
 *
 * V8 moves all loads of a basic block to its start and spills accumulators to make room for them. A test ends the block, so with
 * `accumulators + loads of a part <= REGISTERS` nothing is spilled. The exit has to leave the loop the normal way (the accumulators
 * are read there), `pointer` is a multiple of 4, and each test compares with another odd number, because equal tests are merged.
 */
export function exits(pointer: string): () => string {
  let odd = -1;
  return () => `if (${pointer} == ${(odd += 2)}) break;\n`;
}

/** The name of the function that stores the first lanes of the last vectors of a row; see `partialStores`. */
const PARTIAL = ["", "store_first_4", "store_first_8", "store_first_12", "store_first_16"];

/**
 * Stores the vectors `name(0..vectors-1)` at `p`, of which only the first `columns` lanes belong to the matrix. All but the last
 * four vectors are known to be full.
 */
export function storeRow(p: string, vectors: number, name: (vector: number) => string, columns: string): string {
  const partial = Math.min(vectors, 4);
  const full = vectors - partial;
  const store = (vector: number): string => `v128.store(${p}, ${name(vector)}${at(vector * 16)});\n`;
  const rest = times(partial, (i) => `, ${name(full + i)}`);
  return `${times(full, store)}if (${columns} == ${vectors * 4}) {
${times(partial, (i) => store(full + i))}} else ${PARTIAL[partial]}(${p}${full ? ` + ${full * 16}` : ""}, ${columns}${full ? ` - ${full * 4}` : ""}${rest});
`;
}

/** The functions that `storeRow` uses for rows that end in these numbers of vectors. Inlined: a call would have the engine spill what lives across it. */
export function partialStores(...sizes: number[]): string {
  const one = (vectors: number): string => `
/** Stores the first n lanes (1 to ${vectors * 4}) of the row ${times(vectors, (i) => `v${i}`, ", ")} at p. */
// @ts-ignore: decorator
@inline
function ${PARTIAL[vectors]}(p: usize, n: usize${times(vectors, (i) => `, v${i}: v128`)}): void {
${times(vectors, (i) => `  if (n < ${4 * i + 4}) { store_tail(p${i ? ` + ${i * 16}` : ""}, v${i}, n${i ? ` - ${i * 4}` : ""}); return; }\n  v128.store(p, v${i}${at(i * 16)});\n`)}}
`;
  return sizes.map(one).join("");
}
