/** Dense products against this machine's peak, both builds in one process. @module */

import { GEMM_SCRATCH } from "../program/kernels/index.ts";
import { references } from "../program/reference/index.ts";
import { fillUniform } from "../random.ts";
import type { Block } from "../runtime/memory.ts";
import { createRuntime, type KernelExport, type Runtime } from "../runtime/runtime.ts";
import { medianRatio, race } from "./timing.ts";

/** One line of the bench. */
export interface KernelResult {
  readonly bench: "kernel";
  readonly name: string;
  readonly kernels: string;
  readonly ms: number;
  readonly gflops: number;
  /** Of the 12-accumulator loop of the same build, in the same run. */
  readonly shareOfPeak: number | null;
}

/** Of an iteration of the peak loop: 12 accumulators x 4 lanes x 2 operations, four times. */
const PEAK_FLOPS = 12 * 4 * 2 * 4;

/** Both builds where the engine has both. */
export async function runtimes(threads = 1): Promise<Runtime[]> {
  const all = [await createRuntime({ mode: "fast", threads }), await createRuntime({ mode: "deterministic", threads })];
  return all[0].kernels === all[1].kernels ? [all[1]] : all;
}

/** Bytes between matrices: an odd number of cache lines past 4 MB, as the memory plan places tensors. */
const MATRIX = 4 * 1024 * 1024 + 64 * 37;

interface Case {
  name: string;
  kernel: "gemm_nn_f32" | "gemm_nt_f32" | "gemm_tn_f32" | "gemm_small_nn_f32" | "gemm_small_nt_f32" | "gemm_small_tn_f32";
  M: number;
  N: number;
  K: number;
}

const square = (n: number): Case[] =>
  (["nn", "nt", "tn"] as const).map((layout) => ({ name: `gemm ${layout} ${n}`, kernel: `gemm_${layout}_f32`, M: n, N: n, K: n }));
const cases: Case[] = [
  ...square(256),
  ...square(512),
  ...square(1024),
  { name: "dense forward 32x784x128", kernel: "gemm_small_nn_f32", M: 32, N: 128, K: 784 },
  { name: "dense weight gradient 784x32x128", kernel: "gemm_small_tn_f32", M: 784, N: 128, K: 32 },
  { name: "dense head 32x128x10", kernel: "gemm_small_nn_f32", M: 32, N: 10, K: 128 },
];

/** @throws Error if a product is wrong: speed of wrong results is nothing */
export async function benchKernels(milliseconds: number): Promise<KernelResult[]> {
  const results: KernelResult[] = [];
  const both = await runtimes();
  const sets = both.map((runtime) => {
    const block = runtime.memory.allocate(3 * MATRIX + GEMM_SCRATCH * 4, "the bench");
    fillUniform(block.floats(0, 2 * 1024 * 1024), 2 * 1024 * 1024, [1, 2]);
    return { runtime, block, exports: runtime.exports as Record<string, KernelExport> };
  });
  for (const c of cases) {
    const contestants: Record<string, () => void> = {};
    const flops = 2 * c.M * c.N * c.K;
    // As long as the product itself, so that a busy machine disturbs both alike.
    const iterations = Math.max(1000, Math.round(flops / PEAK_FLOPS));
    for (const { runtime, block, exports } of sets) {
      const run = product(c, block, exports);
      run();
      check(c, block);
      contestants[runtime.kernels] = run;
      contestants[`peak ${runtime.kernels}`] = () => void exports.peak_f32(block.base + 3 * MATRIX, iterations);
    }
    if (c.M === c.N && c.kernel === "gemm_nn_f32") contestants.js = javascript(c, sets[0].block);
    const timings = race(contestants, milliseconds);
    for (const kernels of Object.keys(contestants).filter((name) => !name.startsWith("peak"))) {
      const ms = timings[kernels].median;
      const peak = timings[`peak ${kernels}`];
      results.push({
        bench: "kernel",
        name: c.name,
        kernels,
        ms,
        gflops: flops / ms / 1e6,
        shareOfPeak: peak === undefined ? null : (flops / (PEAK_FLOPS * iterations)) * medianRatio(peak, timings[kernels]),
      });
    }
  }
  for (const { block } of sets) block.dispose();
  return results;
}

function product({ kernel, M, N, K }: Case, { base }: Block, exports: Record<string, KernelExport>): () => void {
  const f = exports[kernel];
  const transposedA = kernel.includes("_tn_");
  const transposedB = kernel.includes("_nt_");
  const [a, b, c, scratch] = [0, 1, 2, 3].map((i) => base + i * MATRIX);
  return () => void f(c, a, b, 1, M, N, K, transposedA ? M : K, transposedB ? K : N, N, 0, 0, 0, 0, scratch);
}

/** The same product by the reference, in f32. */
function javascript({ M, N, K }: Case, block: Block): () => void {
  const [a, b, c] = [M * K, K * N, M * N].map((length, i) => Float32Array.from(block.floats(i * MATRIX, length)));
  const call = { c, a, b, batch: 1, M, N, K, lda: K, ldb: N, ldc: N, strideA: 0, strideB: 0, strideC: 0, beta: 0, scratch: c };
  return () => references.gemm_nn_f32(call);
}

/** Compares some elements with a sum in f64. */
function check({ name, kernel, M, N, K }: Case, block: Block): void {
  const [a, b, c] = [0, 1, 2].map((i) => block.floats(i * MATRIX, 1048576));
  for (const i of [0, M >> 1, M - 1]) {
    for (const j of [0, N >> 1, N - 1]) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += (kernel.includes("_tn_") ? a[k * M + i] : a[i * K + k]) * (kernel.includes("_nt_") ? b[j * K + k] : b[k * N + j]);
      if (!(Math.abs(c[i * N + j] - sum) <= (K + 8) * 2 ** -24 * sum)) throw new Error(`${name}: got ${c[i * N + j]} at [${i},${j}], expected ${sum}`);
    }
  }
}
