/** Dense products. Rows of B stream past a row of C, four at a time; where B is transposed, four dot products share a row of A. @module */
import type { Call, Floats, References } from "./reference.ts";

type Product = Call<"gemm_small_nn_f32">;

/** Overwrites what beta 0 must not read. */
function clear(c: Floats, start: number, rows: number, columns: number, ld: number): void {
  for (let i = 0; i < rows; i++) c.fill(0, start + i * ld, start + i * ld + columns);
}

/** C = A B + beta C where A[i,k] = a[i * rowStep + k * step]: both orders of A. */
function outer({ c, a, b, batch, M, N, K, ldb, ldc, strideA, strideB, strideC, beta }: Product, rowStep: number, step: number): void {
  for (let q = 0; q < batch; q++) {
    if (!beta) clear(c, q * strideC, M, N, ldc);
    for (let i = 0; i < M; i++) {
      const row = q * strideC + i * ldc;
      let p = q * strideA + i * rowStep;
      let b0 = q * strideB;
      let k = 0;
      for (; k + 4 <= K; k += 4) {
        const [a0, a1, a2, a3] = [a[p], a[p + step], a[p + 2 * step], a[p + 3 * step]];
        const [b1, b2, b3] = [b0 + ldb, b0 + 2 * ldb, b0 + 3 * ldb];
        for (let j = 0; j < N; j++) c[row + j] += a0 * b[b0 + j] + a1 * b[b1 + j] + a2 * b[b2 + j] + a3 * b[b3 + j];
        p += 4 * step;
        b0 += 4 * ldb;
      }
      for (; k < K; k++) {
        const x = a[p];
        for (let j = 0; j < N; j++) c[row + j] += x * b[b0 + j];
        p += step;
        b0 += ldb;
      }
    }
  }
}

const nn = (call: Product): void => outer(call, call.lda, 1);
const tn = (call: Product): void => outer(call, 1, call.lda);

function nt({ c, a, b, batch, M, N, K, lda, ldb, ldc, strideA, strideB, strideC, beta }: Product): void {
  for (let q = 0; q < batch; q++) {
    if (!beta) clear(c, q * strideC, M, N, ldc);
    for (let i = 0; i < M; i++) {
      const row = q * strideC + i * ldc;
      const left = q * strideA + i * lda;
      let j = 0;
      for (; j + 4 <= N; j += 4) {
        const b0 = q * strideB + j * ldb;
        const [b1, b2, b3] = [b0 + ldb, b0 + 2 * ldb, b0 + 3 * ldb];
        let [s0, s1, s2, s3] = [0, 0, 0, 0];
        for (let k = 0; k < K; k++) {
          const x = a[left + k];
          s0 += x * b[b0 + k];
          s1 += x * b[b1 + k];
          s2 += x * b[b2 + k];
          s3 += x * b[b3 + k];
        }
        c[row + j] += s0;
        c[row + j + 1] += s1;
        c[row + j + 2] += s2;
        c[row + j + 3] += s3;
      }
      for (; j < N; j++) {
        const right = q * strideB + j * ldb;
        let sum = 0;
        for (let k = 0; k < K; k++) sum += a[left + k] * b[right + k];
        c[row + j] += sum;
      }
    }
  }
}

type Name = "gemm_nn_f32" | "gemm_nt_f32" | "gemm_tn_f32" | "gemm_small_nn_f32" | "gemm_small_nt_f32" | "gemm_small_tn_f32";

export const gemm: References<Name> = {
  gemm_nn_f32: nn,
  gemm_nt_f32: nt,
  gemm_tn_f32: tn,
  gemm_small_nn_f32: nn,
  gemm_small_nt_f32: nt,
  gemm_small_tn_f32: tn,
};
