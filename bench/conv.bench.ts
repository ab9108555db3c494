/**
 * Convolutions of the general path as a share of the peak loop of the same build, measured in turns, the fastest of each: forward, gradient of the input,
 * gradient of the filters; useful operations only.
 * tsx bench/conv.bench.ts [folder of simd.wasm and relaxed.wasm, default build] [part of a row's name]
 * @module
 */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { BYTES, type Kernel, kernels, type Sizes } from "../src/program/kernels/index.ts";

setFlagsFromString("--experimental-wasm-relaxed-simd");

const [folder = "build", filter = ""] = process.argv.slice(2);
type Exports = Record<string, (...args: number[]) => void>;
type Name = "conv2d_nhwc_forward_f32" | "conv2d_nhwc_backward_input_f32" | "conv2d_nhwc_backward_filter_f32";

const SAMPLES = 4;

/** Image side, channels, filters, side of the window, stride, rows of zeros in front. */
const SHAPES: [side: number, C: number, OC: number, kernel: number, stride: number, pad: number][] = [
  [12, 16, 32, 5, 1, 0],
  [26, 32, 32, 3, 1, 0],
  [11, 32, 64, 3, 1, 0],
  [12, 64, 64, 3, 1, 0],
  [13, 32, 64, 3, 1, 0],
  [28, 32, 32, 3, 1, 1],
  [26, 32, 32, 3, 2, 0],
  [14, 64, 64, 1, 1, 0],
  [28, 1, 32, 3, 1, 0],
  [32, 3, 16, 3, 1, 0],
];

function sizesOf([side, C, OC, kernel, stride, pad]: (typeof SHAPES)[number]): Sizes {
  const out = Math.floor((side + 2 * pad - kernel) / stride) + 1;
  const window = { KH: kernel, KW: kernel, strideH: stride, strideW: stride, padTop: pad, padLeft: pad, dilationH: 1, dilationW: 1 };
  return { N: SAMPLES, H: side, W: side, C, OH: out, OW: out, OC, ...window, ldx: C, ldy: OC };
}

const memory = new WebAssembly.Memory({ initial: 2048 });
const f32 = new Float32Array(memory.buffer);
const PEAK = 4096;
const PEAK_ITERATIONS = 4000;
const PEAK_FLOPS = 384 * PEAK_ITERATIONS;
/** The fastest counts: a busy machine only slows. */
const ROUNDS = 60;

for (let i = 0; i < f32.length; i++) f32[i] = ((i * 7919) % 1009) / 1009 - 0.5;
f32.fill(0.001, PEAK / 4, PEAK / 4 + 76);

const best = (values: number[]): number => Math.max(...values);

/** GFLOP/s of `count` calls of `flops` each. */
function rate(call: () => void, flops: number, count: number): number {
  const start = performance.now();
  for (let i = 0; i < count; i++) call();
  return (flops * count) / (performance.now() - start) / 1e6;
}

/** A call with its operands one after another, as a Program has them. */
function callOf(exports: Exports, name: Name, sizes: Sizes): () => void {
  let at = PEAK + 4096;
  const args = Object.entries((kernels as unknown as Record<string, Kernel>)[name].args).map(([key, arg]) => {
    if (arg.kind !== "pointer") return sizes[key];
    const address = at;
    at += Math.ceil((arg.extent(sizes) * BYTES[arg.dtype]) / 64) * 64 + 64;
    return address;
  });
  return () => exports[name](...args);
}

const builds = ["relaxed", "simd"].map((build) => {
  const exports = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(`${folder}/${build}.wasm`)), { env: { memory } }).exports as unknown as Exports;
  exports.write_constants();
  return { build, exports };
});

console.log(`${"image, filters".padEnd(30)}${"".padEnd(9)}${"forward".padStart(16)}${"input gradient".padStart(18)}${"filter gradient".padStart(18)}`);
for (const shape of SHAPES) {
  const [side, C, OC, kernel, stride, pad] = shape;
  const label = `${side}x${side}x${C} -> ${OC}, ${kernel}x${kernel}${stride > 1 ? ` / ${stride}` : ""}${pad > 0 ? " same" : ""}`;
  if (!label.includes(filter)) continue;
  const sizes: Sizes = { ...sizesOf(shape), beta: 0, relu: 0 };
  const flops = 2 * SAMPLES * sizes.OH * sizes.OW * OC * kernel * kernel * C;
  for (const { build, exports } of builds) {
    const peak = (): number => rate(() => exports.peak_f32(PEAK, PEAK_ITERATIONS), PEAK_FLOPS, 1);
    const cells = (["conv2d_nhwc_forward_f32", "conv2d_nhwc_backward_input_f32", "conv2d_nhwc_backward_filter_f32"] as const).map((name) => {
      const call = callOf(exports, name, sizes);
      const count = Math.max(1, Math.round(2e7 / flops));
      for (let i = 0; i < 10; i++) rate(call, flops, count);
      const pairs = Array.from({ length: ROUNDS }, () => [rate(call, flops, count), peak()]);
      const speed = best(pairs.map(([r]) => r));
      const share = speed / best(pairs.map(([, p]) => p));
      return `${speed.toFixed(1)} GF ${(100 * share).toFixed(0).padStart(3)} %`.padStart(18);
    });
    console.log(`${label.padEnd(30)}${build.padEnd(9)}${cells.join("")}`);
  }
}
