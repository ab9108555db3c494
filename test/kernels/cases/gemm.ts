import { type Case, type KernelCases, roundings } from "../harness.ts";

interface Layout {
  readonly transposedA?: boolean;
  readonly transposedB?: boolean;
}

/** Tight rows, or longer ones; several products, of which those with stride 0 share a factor. */
function product(
  { transposedA = false, transposedB = false }: Layout,
  M: number,
  N: number,
  K: number,
  more: { pad?: number; batch?: number; beta?: number; shift?: number; shared?: "a" | "b" } = {},
): Case {
  const { pad = 0, batch = 1, beta = 0, shift = 0, shared } = more;
  const lda = (transposedA ? M : K) + pad;
  const ldb = (transposedB ? K : N) + 2 * pad;
  const ldc = N + 3 * pad;
  const strideA = shared === "a" ? 0 : (transposedA ? K : M) * lda + pad;
  const strideB = shared === "b" ? 0 : (transposedB ? N : K) * ldb + pad;
  return { sizes: { batch, M, N, K, lda, ldb, ldc, strideA, strideB, strideC: M * ldc + pad, beta }, shift };
}

const MS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 19];
const NS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 15, 16, 17, 23];
const WIDE = [31, 32, 33, 47, 48, 49, 63, 64, 65, 79, 80, 81, 97];
const KS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 17];

function cases(layout: Layout, packed: boolean): Case[] {
  const tests: Case[] = [];
  // Small and with gaps first: what is wrong is mostly wrong here.
  for (const [M, N, K] of [
    [1, 1, 1],
    [5, 7, 3],
    [6, 8, 4],
    [7, 9, 11],
    [13, 33, 31],
    [2, 17, 6],
    [1, 65, 13],
    [3, 10, 29],
    [4, 4, 4],
  ] as const) {
    for (const beta of [0, 1]) {
      for (const pad of [0, 1, 4]) {
        tests.push(product(layout, M, N, K, { pad, beta, shift: (M + pad) % 4 }), product(layout, M, N, K, { pad, beta, batch: 3, shift: beta }));
        for (const shared of ["a", "b"] as const) tests.push(product(layout, M, N, K, { pad, beta, batch: 2, shared }));
      }
      tests.push(product(layout, M, N, K, { batch: 0, beta }));
    }
  }
  MS.forEach((M, i) => {
    NS.forEach((N, j) => {
      KS.forEach((K, k) => {
        if ((i + j + k) % 3 === 0) tests.push(product(layout, M, N, K, { pad: (i + j) & 1, beta: (j + k) & 1, shift: (i + k) % 4 }));
      });
    });
  });
  for (const M of [1, 2, 3, 6, 8])
    for (const [j, N] of WIDE.entries()) tests.push(product(layout, M, N, 5 + (j % 4), { beta: j & 1, pad: M & 1, shift: j % 4 }));
  for (const K of [15, 16, 17, 31, 32, 33, 37, 67]) for (const M of [1, 2, 4, 5, 6]) tests.push(product(layout, M, 11 + M, K, { beta: K & 1, shift: M % 4 }));
  if (packed) {
    // Around the blocks: 96 rows, 512 columns, a depth of 512; twice as many and one.
    for (const [M, N, K] of [
      [7, 9, 511],
      [6, 8, 512],
      [5, 9, 513],
      [3, 8, 1025],
      [95, 7, 5],
      [96, 5, 9],
      [97, 9, 3],
      [193, 3, 2],
      [5, 511, 3],
      [4, 512, 3],
      [7, 513, 3],
      [2, 1025, 2],
      [97, 513, 6],
      [98, 12, 514],
      [3, 514, 518],
    ] as const) {
      for (const beta of [0, 1]) tests.push(product(layout, M, N, K, { pad: 1, beta, shift: beta }));
    }
  } else {
    for (const [M, N, K] of [
      [13, 10, 301],
      [1, 130, 300],
      [2, 100, 257],
      [32, 40, 20],
    ] as const)
      for (const beta of [0, 1]) tests.push(product(layout, M, N, K, { pad: 1, beta, shift: 1 }));
  }
  return tests;
}

// K products and K sums in any order, fused or not, and one sum with C.
const tolerance = roundings(({ K }) => K + 8, ["a", "b", "c"]);
const kernel = (layout: Layout, packed: boolean): KernelCases => ({ tolerance, cases: cases(layout, packed) });

export const gemm = {
  gemm_nn_f32: kernel({}, true),
  gemm_nt_f32: kernel({ transposedB: true }, true),
  gemm_tn_f32: kernel({ transposedA: true }, true),
  gemm_small_nn_f32: kernel({}, false),
  gemm_small_nt_f32: kernel({ transposedB: true }, false),
  gemm_small_tn_f32: kernel({ transposedA: true }, false),
} satisfies Record<string, KernelCases>;
