/**
 * Winograd convolutions of 32 images, forward and both gradients: ms, GFLOP/s of the direct algorithm, its share of the peak loop of the same
 * build (above 100 %: more than any direct kernel can do), and the share of the products that are computed; measured in turns.
 * tsx bench/winograd.bench.ts [folder of simd.wasm and relaxed.wasm, default build] [part of a row's name]
 * @module
 */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { race } from "../src/bench/timing.ts";
import { type Kernel, type KernelName, kernels, type Sizes } from "../src/program/kernels/index.ts";

setFlagsFromString("--experimental-wasm-relaxed-simd");

const [folder = "build", filter = ""] = process.argv.slice(2);

/** Name, H = W, C, OC, r, whether the kernel that pools is measured too, tiles. */
const SHAPES: [string, number, number, number, number, boolean, number[]][] = [
  ["26x26x32 -> 32", 26, 32, 32, 3, true, [2, 3, 4, 6]],
  ["13x13x32 -> 64", 13, 32, 64, 3, true, [2, 4, 5]],
  ["11x11x32 -> 64", 11, 32, 64, 3, false, [2, 3, 5]],
  ["12x12x64 -> 64", 12, 64, 64, 3, true, [2, 4, 5]],
  ["12x12x16 -> 32", 12, 16, 32, 5, false, [2, 4]],
];
const N = 32;
const PEAK = 1024;
const PEAK_ITERATIONS = 10000;
const START = 1 << 16;

const memory = new WebAssembly.Memory({ initial: 2048 });
const f32 = new Float32Array(memory.buffer);
for (let i = START / 4; i < f32.length; i++) f32[i] = ((i * 7919) % 1009) / 1009 - 0.5;

for (const build of ["relaxed", "simd"]) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(`${folder}/${build}.wasm`)), { env: { memory } });
  const call = exports as Record<string, (...args: number[]) => void>;
  f32.fill(0.001, PEAK / 4, PEAK / 4 + 76);
  console.log(`${build}, Node ${process.versions.node}`);
  for (const [label, H, C, OC, r, pooled, tiles] of SHAPES) {
    for (const m of tiles) {
      const O = H - r + 1;
      const n = m + r - 1;
      const name = `${label} F(${m},${r})`;
      if (!name.includes(filter)) continue;
      const block = Math.max(12, Math.floor(1024 / (n * n)));
      const sizes = { N, H, W: H, C, OC, OH: O, OW: O, PH: O >> 1, PW: O >> 1, padTop: 0, padLeft: 0, dilation: 1 };
      const shared = { ...sizes, tile: m, r, block, relu: 1, beta: 0, ldw: C, ldy: OC };
      const contestants: Record<string, () => void> = { peak: () => call.peak_f32(PEAK, PEAK_ITERATIONS) };
      const flops: Record<string, [direct: number, products: number]> = {};
      for (const kernel of [
        "winograd_filter_f32",
        "winograd_filter_transposed_f32",
        "winograd_forward_f32",
        "winograd_pool_forward_f32",
        "winograd_backward_input_f32",
        "winograd_backward_filter_f32",
      ] as const satisfies KernelName[]) {
        if (kernel === "winograd_pool_forward_f32" && !pooled) continue;
        const { args } = kernels[kernel] as unknown as Kernel;
        const outputs = kernel === "winograd_pool_forward_f32" ? 2 * (O >> 1) : O;
        let top = START;
        const all: Sizes = kernel === "winograd_backward_filter_f32" ? { ...shared, block: 2 * block } : shared;
        const values = Object.entries(args).map(([key, arg]) => {
          if (arg.kind !== "pointer") return all[key];
          const at = top;
          top += Math.ceil(arg.extent(all) / 16) * 64 + 64;
          return at;
        });
        contestants[kernel] = () => call[kernel](...values);
        flops[kernel] = [2 * N * outputs ** 2 * OC * C * r * r, 2 * N * Math.ceil(outputs / m) ** 2 * n * n * C * OC];
      }
      const timings = race(contestants, 300);
      const peak = (384 * PEAK_ITERATIONS) / timings.peak.median / 1e6;
      for (const [kernel, { median }] of Object.entries(timings)) {
        if (kernel === "peak") continue;
        const [direct, products] = flops[kernel].map((count) => count / median / 1e6);
        const shares =
          kernel.includes("filter_f32") && !kernel.includes("backward")
            ? ""
            : kernel.includes("transposed")
              ? ""
              : `  ${direct.toFixed(0).padStart(4)} GF ${((100 * direct) / peak).toFixed(0).padStart(4)} %  products ${((100 * products) / peak).toFixed(0).padStart(3)} %`;
        console.log(`  ${name.padEnd(24)} ${kernel.slice(9, -4).padEnd(18)} ${median.toFixed(3).padStart(7)} ms${shares}`);
      }
      console.log(`  ${"".padEnd(24)} (peak ${peak.toFixed(1)} GFLOP/s)`);
    }
  }
}
