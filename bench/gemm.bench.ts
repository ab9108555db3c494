/**
 * Dense products as a share of the peak loop of the same build, measured in turns.
 * tsx bench/gemm.bench.ts [folder of simd.wasm and relaxed.wasm, default build] [part of a row's name]
 * @module
 */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { GEMM_SCRATCH, type gemm_nn_f32 } from "../src/program/kernels/gemm.ts";
import { gemm } from "../src/program/reference/gemm.ts";

setFlagsFromString("--experimental-wasm-relaxed-simd");

const [folder = "build", filter = ""] = process.argv.slice(2);
type Form = "nn" | "nt" | "tn";
type Exports = Record<string, (...args: number[]) => void>;

/** Name, form, M, N, K: squares; layers of an MLP, a classifier head (forward, input gradient, weight gradient), one sample. */
const SHAPES: [string, Form, number, number, number][] = [
  ...[64, 128, 256, 512, 1024].flatMap((n): [string, Form, number, number, number][] =>
    (["nn", "nt", "tn"] as const).map((form) => [`square ${n}`, form, n, n, n]),
  ),
  ["mlp forward", "nn", 32, 128, 784],
  ["mlp forward", "nt", 32, 128, 784],
  ["mlp weights", "tn", 784, 128, 32],
  ["cnn forward", "nt", 32, 64, 1600],
  ["head forward", "nn", 32, 10, 128],
  ["head forward", "nt", 32, 10, 128],
  ["head input", "nt", 32, 128, 10],
  ["head input", "nn", 32, 128, 10],
  ["head weights", "tn", 128, 10, 32],
  ["im2col", "nn", 3200, 32, 75],
  ["lstm", "nn", 32, 512, 156],
  ["batch 256", "nn", 256, 256, 784],
  ["batch 1", "nn", 1, 128, 784],
  ["batch 1", "nt", 1, 128, 784],
  ["batch 1 head", "nn", 1, 10, 128],
];

const memory = new WebAssembly.Memory({ initial: 1024 });
const f32 = new Float32Array(memory.buffer);
const PEAK = 1024;
const SCRATCH = 4096;
const A = SCRATCH + 4 * GEMM_SCRATCH + 64;
const B = A + 16 * 2 ** 20 + 64;
const C = B + 16 * 2 ** 20 + 64;
const PEAK_ITERATIONS = 10000;
const PEAK_FLOPS = 384 * PEAK_ITERATIONS;
const ROUNDS = 15;

for (let i = 0; i < 4 * 2 ** 20; i++) f32[A / 4 + i] = f32[B / 4 + i] = ((i * 7919) % 1009) / 1009 - 0.5;
f32.fill(0.001, PEAK / 4, PEAK / 4 + 76);

const median = (values: number[]): number => values.sort((x, y) => x - y)[values.length >> 1];

/** GFLOP/s of `count` calls of `flops` each. */
function rate(call: () => void, flops: number, count: number): number {
  const start = performance.now();
  for (let i = 0; i < count; i++) call();
  return (flops * count) / (performance.now() - start) / 1e6;
}

/** Calls that take about a millisecond. */
function repeats(call: () => void): number {
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < 20) for (let i = 0; i < 4; i++, count++) call();
  return Math.ceil(count / 20);
}

for (const build of ["relaxed", "simd"]) {
  const kernels = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(`${folder}/${build}.wasm`)), { env: { memory } }).exports as Exports;
  const peak = (): void => kernels.peak_f32(PEAK, PEAK_ITERATIONS);
  for (let i = 0; i < 100; i++) peak();
  console.log(`${build}: peak ${median(Array.from({ length: 15 }, () => rate(peak, PEAK_FLOPS, 4))).toFixed(1)} GFLOP/s; Node ${process.versions.node}`);
  for (const [label, form, M, N, K] of SHAPES) {
    const row = `${label} ${form} ${M}x${N}x${K}`;
    if (!row.includes(filter)) continue;
    const [lda, ldb] = [form === "tn" ? M : K, form === "nt" ? K : N];
    const arguments_: [number, number, number, number, number, number, number, number, number, number, number] = [1, M, N, K, lda, ldb, N, 0, 0, 0, 0];
    const packed = (): void => kernels[`gemm_${form}_f32`](C, A, B, ...arguments_, SCRATCH);
    const small = (): void => kernels[`gemm_small_${form}_f32`](C, A, B, ...arguments_);
    const counts = [repeats(packed), repeats(small)];
    const shares: number[][] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      const limit = rate(peak, PEAK_FLOPS, 8);
      shares[0].push(rate(packed, 2 * M * N * K, counts[0]) / limit);
      shares[1].push(rate(small, 2 * M * N * K, counts[1]) / limit);
    }
    const [p, s] = shares.map((values) => `${(100 * median(values)).toFixed(0)} %`.padStart(6));
    console.log(`  ${row.padEnd(32)} packed ${p}  small ${s}`);
  }
}

console.log("JavaScript reference, f32, GFLOP/s:");
const part = (at: number): Float32Array => f32.subarray(at / 4, at / 4 + 4 * 2 ** 20);
for (const form of ["nn", "nt", "tn"] as const) {
  const n = 256;
  const sizes = { batch: 1, M: n, N: n, K: n, lda: n, ldb: n, ldc: n, strideA: 0, strideB: 0, strideC: 0, beta: 0 } satisfies Partial<
    Record<keyof (typeof gemm_nn_f32)["args"], unknown>
  >;
  const call = (): void => gemm[`gemm_${form}_f32`]({ c: part(C), a: part(A), b: part(B), scratch: part(SCRATCH), ...sizes });
  rate(call, 1, 10);
  console.log(`  ${form} ${rate(call, 2 * n ** 3, 10).toFixed(2)}`);
}
