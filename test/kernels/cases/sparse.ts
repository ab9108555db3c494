import { type Case, exact, type KernelCases, random, roundings } from "../harness.ts";
import { between, draw, integers } from "./common.ts";

const WIDTHS = [0, 1, 3, 4, 5, 8, 12, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 79, 80, 81, 95, 96, 97, 112, 113, 130];

const ROWS = 5;
/** Bytes of which a share is not 0; runs of zeros and of others. */
const bytes = (density: number) => draw((u) => (u + 1 < 2 * density ? 1 + Math.floor(((u + 1) / (2 * density)) * 254.9) : 0));
const table = (i: number): number => (i === 0 ? 0 : i / 255 - 0.3);

function lists(rows: number, width: number, more: { ranges?: number; density?: number; spare?: number; steps?: [number, number] } = {}): Case {
  const { ranges = 1, density = 0.3, spare = 0, steps = [1, 1] } = more;
  return {
    sizes: { rows, width, ranges, capacity: rows + spare, rowStep: steps[0], columnStep: steps[1] },
    lengths: { data: ROWS * width },
    data: { data: bytes(density), indices: integers(ROWS), table },
    shift: (rows + width + ranges) % 4,
  };
}

const listCases: Case[] = [];
for (const width of WIDTHS)
  listCases.push(
    lists(4, width),
    lists(3, width, { ranges: 2, density: 1, spare: 2, steps: [17, 3] }),
    lists(2, width, { ranges: 3, density: 0.05, steps: [5, 1000] }),
  );
for (const rows of [0, 1, 2, 9])
  for (const ranges of [1, 2, 4, 7])
    listCases.push(
      lists(rows, 100, { ranges, spare: ranges, steps: [rows + 1, 8] }),
      lists(rows, 37, { ranges, density: 0 }),
      lists(rows, 37, { ranges, density: 1 }),
    );

/** A matrix or its transpose, half of whose values are not 0. */
function listsOf(rows: number, columns: number, transposed: boolean, more: { density?: number; spare?: number; step?: number } = {}): Case {
  const { density = 0.5, spare = 0, step = 1 } = more;
  const [rowStride, columnStride] = transposed ? [1, rows + spare] : [columns + spare, 1];
  return {
    sizes: { rows, columns, rowStride, columnStride, capacity: columns + spare, step },
    data: { x: draw((u) => (u + 1 < 2 * density ? u : 0)) },
    shift: (rows + columns) % 4,
  };
}

const matrixCases: Case[] = [];
for (const [rows, columns] of [[0, 3], [1, 1], [3, 0], [5, 64], [33, 4], ...[4, 5, 8, 15, 16, 17, 33].map((columns) => [2, columns])]) {
  for (const transposed of [false, true])
    matrixCases.push(
      listsOf(rows, columns, transposed, { spare: 3, step: 70 }),
      { ...listsOf(rows, columns, transposed, { density: 0 }), shift: 0 },
      listsOf(rows, columns, transposed, { density: 1, step: 5 }),
    );
}

const SOURCE = 11;

/**
 * Lists of random rows of a dense factor. Row r has `counts[r][range]` entries; those of the last row that has any name the last row of the
 * source, which ends where its memory does.
 */
function product(
  rows: number,
  columns: number,
  more: { ranges?: number; pad?: number; beta?: number; bias?: boolean; capacity?: number; most?: number; shift?: number } = {},
): Case {
  const { ranges = 1, pad = 0, beta, bias, most = 6, shift = (rows + columns) % 4 } = more;
  const capacity = more.capacity ?? most * ranges;
  const ld = columns + pad;
  const counts: number[] = [];
  const offset = new Int32Array(rows * capacity).fill(0x7ffffff0);
  const value = new Float32Array(rows * capacity).fill(NaN);
  for (let r = 0; r < rows; r++) {
    let e = r * capacity;
    for (let range = 0; range < ranges; range++) {
      // Every third list is empty, every fifth full.
      const k = r * ranges + range;
      const count = k % 3 === 2 ? 0 : k % 5 === 3 ? most : Math.floor(((random(7, k) + 1) / 2) * most);
      counts.push(count);
      for (let i = 0; i < count; i++, e++) {
        offset[e] = 4 * ld * (i === 0 ? SOURCE - 1 : Math.floor(((random(8, e) + 1) / 2) * SOURCE));
        value[e] = random(9, e);
      }
    }
  }
  return {
    sizes: { rows, columns, capacity, ...(beta === undefined ? { ldw: ld } : { ranges, ldy: ld, beta }) },
    lengths: { source: (SOURCE - 1) * ld + columns },
    data: { entries: { offset, value }, counts, ...(bias === false && { bias: null }) },
    shift,
  };
}

const matmulCases: Case[] = [];
for (const columns of WIDTHS) {
  for (const beta of [0, 1]) {
    for (const bias of [true, false]) matmulCases.push(product(5, columns, { beta, bias }), product(3, columns, { beta, bias, ranges: 3, pad: 5 }));
  }
}
for (const rows of [0, 1, 2, 17])
  for (const ranges of [1, 2, 5])
    for (const beta of [0, 1])
      matmulCases.push(product(rows, 10, { beta, ranges, capacity: 40, bias: ranges > 1 }), product(rows, 10, { beta, ranges, most: 1, bias: ranges > 1 }));

const sgdCases: Case[] = [];
const rate = { hyper: [0.37] };
for (const columns of WIDTHS) {
  for (const pad of [0, 5]) {
    const c = product(6, columns, { pad });
    for (const ok of [1, 0]) sgdCases.push({ ...c, data: { ...c.data, ...rate, ok: [ok] } });
  }
}
for (const rows of [0, 1, 2, 17]) {
  for (const hyper of [0, -1.5, 1e-3]) {
    const c = product(rows, 10, { capacity: 9 });
    sgdCases.push({ ...c, data: { ...c.data, hyper: [hyper], ok: [1], w: between(-3, 3) } });
  }
}

export const sparse = {
  sparse_lists_u8: { tolerance: exact, cases: listCases },
  sparse_lists_f32: { tolerance: exact, cases: matrixCases },
  // A product and a sum for each entry, and one sum with what was there.
  sparse_matmul_f32: { tolerance: roundings(({ capacity }) => capacity + 8, ["y", "entries", "source", "bias"]), cases: matmulCases },
  sparse_matmul_sgd_f32: { tolerance: roundings(({ capacity }) => capacity + 8, ["w", "entries", "source"], ["hyper"]), cases: sgdCases },
} satisfies Record<string, KernelCases>;
