/** Winograd's convolution, filters and all, is the convolution: against the direct one in f64, and no less exact than the documentation says. */
import { describe, expect, test } from "vitest";
import { type Kernel, type KernelName, kernels, type Sizes } from "../../src/program/kernels/index.ts";
import { winogradFilterSize } from "../../src/program/kernels/winograd.ts";
import { conv2d } from "../../src/program/reference/conv2d.ts";
import { pooling } from "../../src/program/reference/pooling.ts";
import { winograd } from "../../src/program/reference/winograd.ts";
import { type Build, builds, instantiate, type Machine, random } from "./harness.ts";

/** Tile, taps, and ten times the error of f32 relative to the largest value that the choice of tiles reckons with. */
const TILES = [
  [2, 3, 3e-6],
  [3, 3, 1e-5],
  [4, 3, 3e-5],
  [5, 3, 6e-5],
  [6, 3, 6e-5],
  [2, 5, 1e-4],
  [4, 5, 6e-5],
] as const;

const numbers = (stream: number, length: number): Float64Array => Float64Array.from({ length }, (_, i) => Math.fround(random(stream, i)));

/** A convolution "same" and its gradients by direct sums. */
function direct(r: number, dilation: number) {
  const [N, H, W, C, OC] = [2, 11, 14, 7, 13];
  const pad = ((r - 1) >> 1) * dilation;
  const sizes = { N, H, W, C, OC, OH: H, OW: W, padTop: pad, padLeft: pad };
  const window = { ...sizes, KH: r, KW: r, strideH: 1, strideW: 1, dilationH: dilation, dilationW: dilation, ldx: C, ldy: OC };
  const [x, w, dy] = [numbers(1, N * H * W * C), numbers(2, OC * r * r * C), numbers(3, N * H * W * OC)];
  const [y, dx, dw] = [new Float64Array(dy.length), new Float64Array(x.length), new Float64Array(w.length)];
  const scratch = new Float64Array(0);
  const packed = new Float64Array(16 * r * r * Math.max(C, OC));
  conv2d.conv2d_pack_nhwc_forward_f32({ packed, w, OC, K: r * r * C });
  conv2d.conv2d_nhwc_forward_f32({ y, x, w: packed, bias: null, ...window, relu: 0, scratch });
  conv2d.conv2d_pack_nhwc_backward_input_f32({ packed, w, OC, C, KH: r, KW: r, period: 1 });
  conv2d.conv2d_nhwc_backward_input_f32({ dx, dy, w: packed, ...window, beta: 0, scratch });
  conv2d.conv2d_nhwc_backward_filter_f32({ dw, dy, x, ...window, beta: 0, scratch });
  const pooled = new Float64Array(N * (H >> 1) * (W >> 1) * OC);
  const pools = { N, H, W, C: OC, OH: H >> 1, OW: W >> 1, KH: 2, KW: 2, strideH: 2, strideW: 2, padTop: 0, padLeft: 0 };
  pooling.maxpool2d_nhwc_forward_f32({ y: pooled, argmax: new Int32Array(pooled.length), x: y, ...pools });
  return { sizes, x, w, dy, y, dx, dw, pooled };
}

/** The largest distance from `expected`, as a share of its largest value. */
function error(actual: ArrayLike<number>, expected: Float64Array): number {
  let [worst, most] = [0, 0];
  expected.forEach((value, i) => {
    worst = Math.max(worst, Math.abs(actual[i] - value));
    most = Math.max(most, Math.abs(value));
  });
  return worst / most;
}

/** A kernel's call, on memory of its own: operands by name, outputs by their length. */
type Run = (name: KernelName, operands: Record<string, Float64Array | number>, sizes: Sizes) => Record<string, Float64Array>;

const reference: Run = (name, operands, sizes) => {
  const all = Object.fromEntries(Object.entries(operands).map(([key, value]) => [key, typeof value === "number" ? new Float64Array(value) : value]));
  const call = { ...all, bias: null, scratch: new Float64Array(0), code: new Uint8Array((all.y ?? []).length), ...sizes };
  (winograd[name as keyof typeof winograd] as (call: unknown) => void)(call);
  return all;
};

const compiled =
  (machine: Machine): Run =>
  (name, operands, sizes) => {
    let top = 8192;
    const { args } = kernels[name] as unknown as Kernel;
    const places: Record<string, number> = {};
    const values = Object.entries(args).map(([key, arg]) => {
      if (arg.kind !== "pointer") return sizes[key];
      if (key === "bias") return 0;
      places[key] = top;
      top = Math.ceil((top + 4 * arg.extent(sizes)) / 64) * 64 + 64;
      const value = operands[key];
      if (value instanceof Float64Array) new Float32Array(machine.memory.buffer, places[key], value.length).set(value);
      return places[key];
    });
    machine.exports[name](...values);
    return Object.fromEntries(
      Object.entries(operands).map(([key, value]) => [
        key,
        Float64Array.from(new Float32Array(machine.memory.buffer, places[key], typeof value === "number" ? value : value.length)),
      ]),
    );
  };

/** The worst errors of forward, both gradients and, with taps side by side, pooled forward of a tile. */
function errors(run: Run, tile: number, r: number, dilation: number): number[] {
  const { sizes: dimensions, x, w, dy, y, dx, dw, pooled } = direct(r, dilation);
  const { C, OC, OH, OW } = dimensions;
  const pools = { PH: OH >> 1, PW: OW >> 1 };
  const sizes = { ...dimensions, ...pools, dilation, tile, r, block: 5, relu: 0, beta: 0, ldw: C, ldy: OC };
  const { u } = run("winograd_filter_f32", { u: winogradFilterSize(OC, C, tile, r), w }, sizes);
  const { u: transposed } = run("winograd_filter_transposed_f32", { u: winogradFilterSize(C, OC, tile, r), w }, sizes);
  return [
    error(run("winograd_forward_f32", { y: y.length, x, u }, sizes).y, y),
    error(run("winograd_backward_input_f32", { dx: dx.length, dy, u: transposed }, sizes).dx, dx),
    error(run("winograd_backward_filter_f32", { dw: dw.length, x, dy }, sizes).dw, dw),
    ...(dilation === 1 ? [error(run("winograd_pool_forward_f32", { y: pooled.length, x, u }, sizes).y, pooled)] : []),
  ];
}

/** Outputs of an image that is black but for two pixels. */
function black(run: Run, tile: number, r: number): { y: Float64Array; zero: boolean[] } {
  const [N, H, W, C, OC] = [2, 13, 12, 6, 8];
  const sizes = { N, H, W, C, OC, OH: H, OW: W, padTop: r >> 1, padLeft: r >> 1, dilation: 1, tile, r, block: 5, relu: 0 };
  const x = new Float64Array(N * H * W * C);
  const lit = [
    [1, 2],
    [9, 7],
  ];
  for (const [row, column] of lit) x[(row * W + column) * C + 5] = x[((H + row) * W + column) * C] = 0.7;
  const { u } = run("winograd_filter_f32", { u: winogradFilterSize(OC, C, tile, r), w: numbers(2, OC * r * r * C) }, sizes);
  const { y } = run("winograd_forward_f32", { y: N * H * W * OC, x, u }, sizes);
  const near = (i: number): boolean => lit.some(([row, column]) => Math.max(Math.abs((Math.floor(i / W) % H) - row), Math.abs((i % W) - column)) <= r >> 1);
  return { y, zero: Array.from(y, (_, i) => !near(Math.floor(i / OC))) };
}

describe.each(TILES)("F(%i, %i)", (tile, r, bound) => {
  test("is the convolution, in f64", () => {
    for (const dilation of [1, 2, 3]) for (const e of errors(reference, tile, r, dilation)) expect(e).toBeLessThan(1e-13);
  });

  for (const build of ["simd", "relaxed"] as Build[]) {
    test.skipIf(!builds.includes(build))(`${build} build: windows of zeros give exactly 0, others do not`, () => {
      const { y, zero } = black(compiled(instantiate(build)), tile, r);
      expect(Array.from(y, (value) => value === 0)).toEqual(zero);
    });
    test.skipIf(!builds.includes(build))(`${build} build: is as exact as the choice of tiles says`, () => {
      for (const dilation of [1, 2, 3]) {
        for (const e of errors(compiled(instantiate(build)), tile, r, dilation)) {
          expect(e).toBeLessThan(bound);
          expect(e).toBeGreaterThan(bound / 1000);
        }
      }
    });
  }
});
