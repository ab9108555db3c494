/**
 * Dense matrix products C = op(A) op(B) + beta C, row-major f32. The letters say which factor is transposed in memory: nn, nt, tn.
 *
 * `gemm_*` pack blocks of both factors (K. Goto and R. van de Geijn, "Anatomy of high-performance matrix multiplication", 2008, with the loops of BLIS),
 * `gemm_small_*` read them where they are. The host's plan chooses.
 *
 * All of them: any M, N, K >= 0 (K = 0: C = beta C), any leading dimensions, pointers that are multiples of 4, `batch` products of
 * matrices strideA, strideB and strideC elements apart (a stride of 0 repeats a factor). C must not overlap A or B. beta is 0 (C is
 * overwritten, what it held does not count, even NaN) or 1. Loads may reach 28 bytes past an operand (60 if M is 1 or 2), stores never do.
 *
 * An element is summed in the order of k, whatever M, N, the batch or its place; so gemm_nn, gemm_tn and their small forms agree bit
 * by bit, and so does gemm_nt with them. Only gemm_small_nt differs: it adds the elements of k = 0, 1, 2, 3 modulo 4 apart and these at the end.
 */
import { dot_tile } from "../build/generated/dot-tiles";
import { nn_tile, packed_tile, tn_tile } from "../build/generated/outer-tiles";
import { tile_rows } from "./tile-rows";

/** Depth of a packed block: a panel of A (6 x KC) and one of B (KC x 8) share the L1 cache. */
const KC: usize = 512;
/** Rows of a packed block of A, a multiple of 6: the block stays in the L2 cache. */
const MC: usize = 96;
/** Columns of a packed block of B, a multiple of 8. KC (MC + NC) floats and 128 bytes to spare fit GEMM_SCRATCH of the host. */
const NC: usize = 512;

/**
 * Packs a matrix whose panels lie along its rows: dst [k][step bytes] = the first step / 4 columns of src [k, ld].
 * Copies 8 columns at a time; what is too much is overwritten by the next row, and after the last by the next panel.
 */
function pack_rows(dst: usize, src: usize, ld: usize, k: usize, step: usize): void {
  for (; k > 0; --k) {
    v128.store(dst, v128.load(src));
    v128.store(dst, v128.load(src, 16), 16);
    src += ld;
    dst += step;
  }
}

/** Stores the transpose of the 4 x 4 block at p0..p3 as 4 rows `step` bytes apart. */
// @ts-ignore: decorator
@inline
export function transpose_4x4(dst: usize, step: usize, p0: usize, p1: usize, p2: usize, p3: usize): void {
  const a = v128.load(p0), b = v128.load(p1), c = v128.load(p2), d = v128.load(p3);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5), CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(dst, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(dst + step, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  v128.store(dst + 2 * step, v128.shuffle<f32>(AB, CD, 0, 1, 4, 5));
  v128.store(dst + 3 * step, v128.shuffle<f32>(AB, CD, 2, 3, 6, 7));
}

/**
 * Packs a matrix whose panels lie across its rows: dst [k][step bytes] = the transpose of the first `rows` (1 to 8) rows of src.
 * Blocks of 4 x 4; as in pack_rows, what is too much is overwritten by what follows. Rows that do not exist repeat the last one.
 */
function pack_columns(dst: usize, src: usize, ld: usize, rows: usize, k: usize, step: usize): void {
  const last = src + (rows - 1) * ld;
  const p1 = min(src + ld, last), p2 = min(src + 2 * ld, last), p3 = min(src + 3 * ld, last);
  const end = dst + k * step;
  let offset: usize = 0;
  if (step <= 16) {
    for (; dst < end; dst += 4 * step, offset += 16) transpose_4x4(dst, step, src + offset, p1 + offset, p2 + offset, p3 + offset);
    return;
  }
  const p4 = min(src + 4 * ld, last), p5 = min(src + 5 * ld, last), p6 = min(src + 6 * ld, last), p7 = min(src + 7 * ld, last);
  for (; dst < end; dst += 4 * step, offset += 16) {
    // Right halves first: what they store beyond a row is then overwritten by the left half of the next.
    transpose_4x4(dst + 16, step, p4 + offset, p5 + offset, p6 + offset, p7 + offset);
    transpose_4x4(dst, step, src + offset, p1 + offset, p2 + offset, p3 + offset);
  }
}

/** C [M,N] = A B (+ C) of a packed block of A and one of B, both k deep. */
function multiply_packed(c: usize, a: usize, b: usize, ldc: usize, M: usize, N: usize, k: usize, accumulate: i32): void {
  for (let j: usize = 0; j < N; j += 8) {
    const columns = min(N - j, 8);
    let tile = c, block = a;
    for (let left = M; left > 0; ) {
      const rows = tile_rows(left);
      packed_tile(rows, tile, block, b, ldc, k, columns, accumulate);
      tile += rows * ldc;
      block += (rows * k) << 2;
      left -= rows;
    }
    c += 32;
    b += k << 5;
  }
}

/** One product by packed blocks; \`ta\` and \`tb\`: A and B are transposed in memory. Leading dimensions in bytes. */
function multiply_blocks(c: usize, a: usize, b: usize, M: usize, N: usize, K: usize, lda: usize, ldb: usize, ldc: usize, beta: i32, scratch: usize, ta: bool, tb: bool): void {
  for (let j: usize = 0; j < N; j += NC) {
    const nc = min(N - j, NC);
    let p: usize = 0;
    do {
      const kc = min(K - p, KC);
      const accumulate = beta | i32(p > 0);
      let packed = scratch;
      for (let n: usize = 0; n < nc; n += 8, packed += kc << 5) {
        if (tb) pack_columns(packed, b + (j + n) * ldb + (p << 2), ldb, min(nc - n, 8), kc, 32);
        else pack_rows(packed, b + p * ldb + ((j + n) << 2), ldb, kc, 32);
      }
      const block = packed;
      for (let i: usize = 0; i < M; i += MC) {
        const mc = min(M - i, MC);
        for (let m: usize = 0; m < mc; ) {
          const rows = tile_rows(mc - m);
          if (ta) pack_rows(packed, a + p * lda + ((i + m) << 2), lda, kc, rows << 2);
          else pack_columns(packed, a + (i + m) * lda + (p << 2), lda, rows, kc, rows << 2);
          packed += (rows * kc) << 2;
          m += rows;
        }
        packed = block;
        multiply_packed(c + i * ldc + (j << 2), block, scratch, ldc, mc, nc, kc, accumulate);
      }
      p += kc;
    } while (p < K);
  }
}

/** C [M,N] = A [M,K] B [K,N] + beta C; see the head of the file. @param scratch GEMM_SCRATCH floats, garbage after */
export function gemm_nn_f32(c: usize, a: usize, b: usize, batch: usize, M: usize, N: usize, K: usize, lda: usize, ldb: usize, ldc: usize, strideA: usize, strideB: usize, strideC: usize, beta: i32, scratch: usize): void {
  for (; batch > 0; --batch, c += strideC << 2, a += strideA << 2, b += strideB << 2) {
    multiply_blocks(c, a, b, M, N, K, lda << 2, ldb << 2, ldc << 2, beta, scratch, false, false);
  }
}

/** C [M,N] = A [M,K] B^T + beta C, B [N,K]; see the head of the file. @param scratch GEMM_SCRATCH floats, garbage after */
export function gemm_nt_f32(c: usize, a: usize, b: usize, batch: usize, M: usize, N: usize, K: usize, lda: usize, ldb: usize, ldc: usize, strideA: usize, strideB: usize, strideC: usize, beta: i32, scratch: usize): void {
  for (; batch > 0; --batch, c += strideC << 2, a += strideA << 2, b += strideB << 2) {
    multiply_blocks(c, a, b, M, N, K, lda << 2, ldb << 2, ldc << 2, beta, scratch, false, true);
  }
}

/** C [M,N] = A^T B + beta C, A [K,M], B [K,N]; see the head of the file. @param scratch GEMM_SCRATCH floats, garbage after */
export function gemm_tn_f32(c: usize, a: usize, b: usize, batch: usize, M: usize, N: usize, K: usize, lda: usize, ldb: usize, ldc: usize, strideA: usize, strideB: usize, strideC: usize, beta: i32, scratch: usize): void {
  for (; batch > 0; --batch, c += strideC << 2, a += strideA << 2, b += strideB << 2) {
    multiply_blocks(c, a, b, M, N, K, lda << 2, ldb << 2, ldc << 2, beta, scratch, true, false);
  }
}

/** Columns of the next tile of a matrix of M rows: 8; with one or two rows more, for as many accumulators (48 not if 32 or 16 and 16 do). */
// @ts-ignore: decorator
@inline
function tile_columns(M: usize, left: usize): usize {
  if (M > 2) return min(left, 8);
  if (M == 2) return min(left, 16);
  return min(left, left > 64 || (left > 32 && left <= 48) ? 48 : 32);
}

/** C [M,N] = A [M,K] B [K,N] + beta C without packing; see the head of the file. */
export function gemm_small_nn_f32(c: usize, a: usize, b: usize, batch: usize, M: usize, N: usize, K: usize, lda: usize, ldb: usize, ldc: usize, strideA: usize, strideB: usize, strideC: usize, beta: i32): void {
  lda <<= 2, ldb <<= 2, ldc <<= 2;
  for (; batch > 0; --batch, c += strideC << 2, a += strideA << 2, b += strideB << 2) {
    for (let j: usize = 0; j < N; ) {
      const columns = tile_columns(M, N - j);
      for (let i: usize = 0; i < M; ) {
        const rows = tile_rows(M - i);
        nn_tile(rows, c + i * ldc + (j << 2), a + i * lda, b + (j << 2), ldc, lda, ldb, K, columns, beta);
        i += rows;
      }
      j += columns;
    }
  }
}

/** C [M,N] = A^T B + beta C, A [K,M], B [K,N], without packing; see the head of the file. */
export function gemm_small_tn_f32(c: usize, a: usize, b: usize, batch: usize, M: usize, N: usize, K: usize, lda: usize, ldb: usize, ldc: usize, strideA: usize, strideB: usize, strideC: usize, beta: i32): void {
  lda <<= 2, ldb <<= 2, ldc <<= 2;
  for (; batch > 0; --batch, c += strideC << 2, a += strideA << 2, b += strideB << 2) {
    for (let j: usize = 0; j < N; ) {
      const columns = tile_columns(M, N - j);
      for (let i: usize = 0; i < M; ) {
        const rows = tile_rows(M - i);
        tn_tile(rows, c + i * ldc + (j << 2), a + (i << 2), b + (j << 2), ldc, lda, ldb, K, columns, beta);
        i += rows;
      }
      j += columns;
    }
  }
}

/** C [M,N] = A [M,K] B^T + beta C, B [N,K], without packing, as dot products; see the head of the file. */
export function gemm_small_nt_f32(c: usize, a: usize, b: usize, batch: usize, M: usize, N: usize, K: usize, lda: usize, ldb: usize, ldc: usize, strideA: usize, strideB: usize, strideC: usize, beta: i32): void {
  lda <<= 2, ldb <<= 2, ldc <<= 2;
  const widest: usize = M > 2 ? 2 : M == 2 ? 4 : 8;
  for (; batch > 0; --batch, c += strideC << 2, a += strideA << 2, b += strideB << 2) {
    for (let j: usize = 0; j < N; ) {
      const columns = min(N - j, widest);
      for (let i: usize = 0; i < M; ) {
        const rows = tile_rows(M - i);
        dot_tile(rows, c + i * ldc + (j << 2), a + i * lda, b + j * ldb, ldc, lda, ldb, K, columns, beta);
        i += rows;
      }
      j += columns;
    }
  }
}
