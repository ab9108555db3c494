import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { describe, expect, test } from "vitest";
import { GEMM_SCRATCH } from "../../src/program/kernels/gemm.ts";
import { gemm } from "../../src/program/reference/gemm.ts";

setFlagsFromString("--experimental-wasm-relaxed-simd");

const folder = process.env.KERNELS ?? "build";
const memory = new WebAssembly.Memory({ initial: 512 });
const f32 = new Float32Array(memory.buffer);
const bits = new Int32Array(memory.buffer);
type Exports = Record<string, (...args: number[]) => void>;
const load = (build: string): Exports =>
  new WebAssembly.Instance(new WebAssembly.Module(readFileSync(`${folder}/${build}.wasm`)), { env: { memory } }).exports as Exports;

const CANARY = 0x7fc0dead;
const SCRATCH = 8192;
const BASE = SCRATCH + GEMM_SCRATCH * 4 + 4096;

let seed = 1;
const random = (): number => ((seed = (Math.imul(seed, 1664525) + 1013904223) | 0) >> 8) / 2 ** 23;

interface Case {
  M: number;
  N: number;
  K: number;
  batch?: number;
  pad?: number;
  shift?: number;
  beta?: 0 | 1;
  shared?: boolean;
}

/** Runs a kernel on operands that lie among NaN canaries; returns C, gaps included, after checking bounds and errors. */
function run(kernels: Exports, name: keyof typeof gemm, { M, N, K, batch = 1, pad = 0, shift = 0, beta = 0, shared = false }: Case): Float32Array {
  const transposedA = name.endsWith("tn_f32");
  const transposedB = name.endsWith("nt_f32");
  const shapeA = transposedA ? [K, M] : [M, K];
  const shapeB = transposedB ? [N, K] : [K, N];
  const [lda, ldb, ldc] = [shapeA[1] + pad, shapeB[1] + pad, N + 2 * pad];
  const strideA = shapeA[0] * lda + pad;
  const strideB = shared ? 0 : shapeB[0] * ldb + 3 * pad;
  const strideC = M * ldc + pad;
  // Whole regions, each between canaries of 32 floats.
  const a = BASE / 4 + 32 + shift;
  const b = a + batch * strideA + 32;
  const c = b + (shared ? shapeB[0] * ldb : batch * strideB) + 32;
  const end = c + batch * strideC + 32;
  bits.fill(CANARY, SCRATCH / 4 - 64, SCRATCH / 4);
  bits.fill(CANARY, SCRATCH / 4 + GEMM_SCRATCH + 1, SCRATCH / 4 + GEMM_SCRATCH + 65);
  bits.fill(CANARY, BASE / 4, end);
  const fill = (start: number, stride: number, [rows, columns]: number[], ld: number): void => {
    for (let q = 0; q < batch; q++) for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) f32[start + q * stride + i * ld + j] = random();
  };
  fill(a, strideA, shapeA, lda);
  fill(b, strideB, shapeB, ldb);
  if (beta) fill(c, strideC, [M, N], ldc);
  const expected = bits.slice(BASE / 4, end);
  const f64 = Float64Array.from(f32.subarray(BASE / 4, end));
  const call = { batch, M, N, K, lda, ldb, ldc, strideA, strideB, strideC, beta };
  const part = (values: Float64Array, start: number): Float64Array => values.subarray(start - BASE / 4);
  const exact = part(f64, c);
  const size = Float64Array.from(exact, Math.abs);
  const absolute = Float64Array.from(f64, Math.abs);
  gemm[name]({ ...call, c: exact, a: part(f64, a), b: part(f64, b), scratch: exact });
  gemm[name]({ ...call, c: size, a: part(absolute, a), b: part(absolute, b), scratch: size });

  const args = [batch, M, N, K, lda, ldb, ldc, strideA, strideB, strideC, beta];
  kernels[name](c * 4, a * 4, b * 4, ...args, ...(name.startsWith("gemm_small") ? [] : [SCRATCH + 4 * (shift & 1)]));

  const where = `${name} ${JSON.stringify(call)}`;
  const result = f32.slice(c, end);
  for (let q = 0; q < batch; q++) {
    for (let i = 0; i < M; i++) {
      for (let j = 0; j < N; j++) {
        const at = q * strideC + i * ldc + j;
        const error = Math.abs(result[at] - exact[at]);
        if (!(error <= (K + 8) * 2 ** -24 * size[at])) expect.fail(`${where} at [${q},${i},${j}]: ${result[at]}, expected ${exact[at]}`);
        expected[c - BASE / 4 + at] = bits[c + at];
      }
    }
  }
  for (let i = BASE / 4; i < end; i++) if (bits[i] !== expected[i - BASE / 4]) expect.fail(`${where}: stored outside, ${i - c} floats from C`);
  for (let i = 0; i < 64; i++) {
    if (bits[SCRATCH / 4 - 1 - i] !== CANARY || bits[SCRATCH / 4 + GEMM_SCRATCH + 1 + i] !== CANARY) expect.fail(`${where}: scratch overrun`);
  }
  return result;
}

const names = Object.keys(gemm) as (keyof typeof gemm)[];

describe.each(["simd", "relaxed"])("%s", (build) => {
  const kernels = load(build);

  describe.each(names)("%s", (name) => {
    test("every small M and N", () => {
      for (let M = 0; M <= 20; M++)
        for (let N = 0; N <= 20; N++) for (const K of [0, 1, 2, 3, 4, 5, 7, 8, 9, 17]) run(kernels, name, { M, N, K, shift: M & 3, beta: (N & 1) as 0 | 1 });
    }, 60000);

    test("padding, offsets, batches, beta", () => {
      for (const [M, N, K] of [
        [1, 1, 1],
        [5, 7, 3],
        [6, 8, 4],
        [7, 9, 11],
        [13, 33, 31],
        [2, 17, 6],
        [1, 65, 13],
        [3, 10, 29],
      ]) {
        for (const pad of [0, 1, 5])
          for (const shift of [0, 1, 3])
            for (const beta of [0, 1] as const)
              for (const batch of [0, 1, 3]) {
                run(kernels, name, { M, N, K, pad, shift, beta, batch });
                run(kernels, name, { M, N, K, pad, shift, beta, batch, shared: true });
              }
      }
    }, 60000);

    test("around the blocks", () => {
      for (const [M, N, K] of [
        [97, 31, 257],
        [95, 9, 511],
        [193, 13, 5],
        [7, 895, 260],
        [8, 897, 3],
        [6, 905, 258],
        [1, 130, 300],
        [2, 100, 513],
        [103, 1, 259],
      ]) {
        for (const beta of [0, 1] as const) run(kernels, name, { M, N, K, pad: 1, shift: 1, beta });
      }
    }, 60000);

    test("an element has the same bits wherever it is", () => {
      const [M, N, K, scratch] = [15, 53, 300, SCRATCH];
      const [c, a, b] = [BASE, BASE + 4 * M * N, BASE + 4 * (M * N + M * K)];
      seed = 7;
      for (let i = 0; i < M * K + K * N; i++) f32[a / 4 + i] = random();
      const [lda, stepA] = name.endsWith("tn_f32") ? [M, 1] : [K, K];
      const [ldb, stepB] = name.endsWith("nt_f32") ? [K, K] : [N, 1];
      const part = (i: number, j: number, m: number, n: number): void =>
        kernels[name](c + 4 * (i * N + j), a + 4 * i * stepA, b + 4 * j * stepB, 1, m, n, K, lda, ldb, N, 0, 0, 0, 0, scratch);
      part(0, 0, M, N);
      const whole = bits.slice(c / 4, c / 4 + M * N);
      for (const m of [1, 2, 3, 4, 5, 6, 7, 8]) {
        for (const n of [1, 2, 3, 4, 5, 8, 9, 16, 17, 33, 48, 53]) {
          for (let i = 0; i < M; i += m) for (let j = 0; j < N; j += n) part(i, j, Math.min(m, M - i), Math.min(n, N - j));
          expect(bits.slice(c / 4, c / 4 + M * N)).toEqual(whole);
        }
      }
    });
  });

  test("packed and small products agree bit by bit", () => {
    const [M, N, K] = [19, 43, 517];
    const [c, a, b] = [BASE, BASE + 4 * M * N, BASE + 4 * (M * N + M * K)];
    const [at, bt] = [b + 4 * K * N, b + 4 * (K * N + M * K)];
    for (let i = 0; i < M * K + K * N; i++) f32[a / 4 + i] = random();
    for (let k = 0; k < K; k++) for (let i = 0; i < M; i++) f32[at / 4 + k * M + i] = f32[a / 4 + i * K + k];
    for (let k = 0; k < K; k++) for (let j = 0; j < N; j++) f32[bt / 4 + j * K + k] = f32[b / 4 + k * N + j];
    const product = (name: keyof typeof gemm): Int32Array => {
      const [transposedA, transposedB] = [name.endsWith("tn_f32"), name.endsWith("nt_f32")];
      kernels[name](c, transposedA ? at : a, transposedB ? bt : b, 1, M, N, K, transposedA ? M : K, transposedB ? K : N, N, 0, 0, 0, 0, SCRATCH);
      return bits.slice(c / 4, c / 4 + M * N);
    };
    const expected = product("gemm_small_nn_f32");
    for (const name of ["gemm_small_tn_f32", "gemm_nn_f32", "gemm_nt_f32", "gemm_tn_f32"] as const) expect(product(name)).toEqual(expected);
  });
});
