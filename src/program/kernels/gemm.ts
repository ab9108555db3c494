/** Dense matrix products C = op(A) op(B) + beta C, row-major, in batches of equal matrices. @module */
import { flag, inout, input, kernel, type Sizes, type Split, scratch, size } from "./kernel.ts";

/** Floats of scratch that a packed product needs (one packed panel of B and one block of A), for any size. */
export const GEMM_SCRATCH = 512 * (96 + 512) + 32;

const matrix = (batch: number, stride: number, rows: number, columns: number, ld: number): number =>
  batch === 0 || rows === 0 || columns === 0 ? 0 : (batch - 1) * stride + (rows - 1) * ld + columns;
const flops = ({ batch, M, N, K }: Sizes): number => 2 * batch * M * N * K;
const sizes = { batch: size, M: size, N: size, K: size, lda: size, ldb: size, ldc: size, strideA: size, strideB: size, strideC: size, beta: flag };
const c = inout("f32", (s) => matrix(s.batch, s.strideC, s.M, s.N, s.ldc));
const a = input("f32", (s) => matrix(s.batch, s.strideA, s.M, s.K, s.lda));
const at = input("f32", (s) => matrix(s.batch, s.strideA, s.K, s.M, s.lda));
const b = input("f32", (s) => matrix(s.batch, s.strideB, s.K, s.N, s.ldb));
const bt = input("f32", (s) => matrix(s.batch, s.strideB, s.N, s.K, s.ldb));
/** By products, by rows of C, by columns of C (whole tiles of them). `row` and `column`: how far A and B go with them. */
const splits = (row: (s: Sizes) => number, column: (s: Sizes) => number): Split[] => [
  { along: "batch", shift: { c: (s) => s.strideC, a: (s) => s.strideA, b: (s) => s.strideB } },
  { along: "M", shift: { c: (s) => s.ldc, a: row } },
  { along: "N", shift: { c: () => 1, b: column }, grain: 8 },
];
const nn = splits(
  (s) => s.lda,
  () => 1,
);
const nt = splits(
  (s) => s.lda,
  (s) => s.ldb,
);
const tn = splits(
  () => 1,
  () => 1,
);
const packed = { scratch: scratch("f32", () => GEMM_SCRATCH) };

/** C [M,N] = A [M,K] B [K,N] + beta C; packs blocks of both: for large matrices. */
export const gemm_nn_f32 = kernel({ c, a, b, ...sizes, ...packed }, flops, ...nn);
/** C [M,N] = A [M,K] B^T, B [N,K]; packed. */
export const gemm_nt_f32 = kernel({ c, a, b: bt, ...sizes, ...packed }, flops, ...nt);
/** C [M,N] = A^T B, A [K,M], B [K,N]; packed. */
export const gemm_tn_f32 = kernel({ c, a: at, b, ...sizes, ...packed }, flops, ...tn);
/** As gemm_nn_f32 without packing: for small and skinny matrices. */
export const gemm_small_nn_f32 = kernel({ c, a, b, ...sizes }, flops, ...nn);
/** As gemm_nt_f32 without packing. */
export const gemm_small_nt_f32 = kernel({ c, a, b: bt, ...sizes }, flops, ...nt);
/** As gemm_tn_f32 without packing. */
export const gemm_small_tn_f32 = kernel({ c, a: at, b, ...sizes }, flops, ...tn);
