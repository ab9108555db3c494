/** Dense matrix products C = op(A) op(B) + beta C, row-major, in batches of equal matrices. @module */
import { flag, inout, input, kernel, type Sizes, scratch, size } from "./kernel.ts";

/** Floats of scratch that a packed product needs (one packed panel of B and one block of A), for any size. */
export const GEMM_SCRATCH = 256 * 1024;

const matrix = (batch: number, stride: number, rows: number, columns: number, ld: number): number =>
  batch === 0 || rows === 0 || columns === 0 ? 0 : (batch - 1) * stride + (rows - 1) * ld + columns;
const flops = ({ batch, M, N, K }: Sizes): number => 2 * batch * M * N * K;
const sizes = { batch: size, M: size, N: size, K: size, lda: size, ldb: size, ldc: size, strideA: size, strideB: size, strideC: size, beta: flag };
const c = inout("f32", (s) => matrix(s.batch, s.strideC, s.M, s.N, s.ldc));
const a = input("f32", (s) => matrix(s.batch, s.strideA, s.M, s.K, s.lda));
const at = input("f32", (s) => matrix(s.batch, s.strideA, s.K, s.M, s.lda));
const b = input("f32", (s) => matrix(s.batch, s.strideB, s.K, s.N, s.ldb));
const bt = input("f32", (s) => matrix(s.batch, s.strideB, s.N, s.K, s.ldb));
const packed = { scratch: scratch("f32", () => GEMM_SCRATCH) };

/** C [M,N] = A [M,K] B [K,N] + beta C; packs blocks of both: for large matrices. */
export const gemm_nn_f32 = kernel({ c, a, b, ...sizes, ...packed }, flops);
/** C [M,N] = A [M,K] B^T, B [N,K]; packed. */
export const gemm_nt_f32 = kernel({ c, a, b: bt, ...sizes, ...packed }, flops);
/** C [M,N] = A^T B, A [K,M], B [K,N]; packed. */
export const gemm_tn_f32 = kernel({ c, a: at, b, ...sizes, ...packed }, flops);
/** As gemm_nn_f32 without packing: for small and skinny matrices. */
export const gemm_small_nn_f32 = kernel({ c, a, b, ...sizes }, flops);
/** As gemm_nt_f32 without packing. */
export const gemm_small_nt_f32 = kernel({ c, a, b: bt, ...sizes }, flops);
/** As gemm_tn_f32 without packing. */
export const gemm_small_tn_f32 = kernel({ c, a: at, b, ...sizes }, flops);
