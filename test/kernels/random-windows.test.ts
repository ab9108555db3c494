/** Convolutions and pooling over random shapes against the f64 reference: sizes, channels, windows, strides, paddings, ties. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KernelName } from "../../src/program/kernels/index.ts";
import { convolutionSizes, reach, type Shape, side, tolerances, windowSizes } from "./cases/conv2d.ts";
import { depthwiseTolerances } from "./cases/depthwise.ts";
import { places, poolTolerances } from "./cases/pooling.ts";
import { TILES, transformedFilters, winograd } from "./cases/winograd.ts";
import { type Build, builds, type Case, caseName, cutCase, exact, instantiate, type Machine, random, runCase } from "./harness.ts";

const RUNS = Number(process.env.GRADIENTE_RANDOM_RUNS ?? 120);
const pair = (max: number): fc.Arbitrary<[number, number]> => fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }));
/** Few most of the time, so that most runs are short. */
const channels = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 70 }) });
const shapes: fc.Arbitrary<Shape> = fc
  .record({
    N: fc.integer({ min: 1, max: 3 }),
    image: pair(17),
    C: channels,
    OC: channels,
    kernel: pair(7),
    strides: pair(3),
    padding: fc.constantFrom("valid" as const, "same" as const),
    dilation: fc.oneof({ weight: 1, arbitrary: fc.constant<[number, number]>([1, 1]) }, { weight: 1, arbitrary: pair(4) }),
  })
  // Windows that do not fit have no output: that is the layer's error, not the kernel's work.
  .filter(({ image, kernel, strides, padding, dilation }) => image.every((size, i) => side(size, reach(kernel[i], dilation[i]), strides[i], padding)[0] > 0));
/** Tiles, with any border, taps apart or not. */
const tilings = fc
  .record({
    tile: fc.constantFrom(...TILES),
    N: fc.integer({ min: 1, max: 3 }),
    image: pair(17),
    C: fc.integer({ min: 1, max: 20 }),
    OC: fc.integer({ min: 1, max: 20 }),
    pads: fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 4, maxLength: 4 }),
    dilation: fc.integer({ min: 1, max: 4 }),
    block: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ tile: [tile, r], N, image: [H, W], C, OC, pads: [padTop, padLeft, padBottom, padRight], dilation, block }) => {
    const [OH, OW] = [H + padTop + padBottom, W + padLeft + padRight].map((size) => size - (r - 1) * dilation);
    return { N, H, W, C, OC, OH, OW, padTop, padLeft, dilation, tile, r, block, ldy: OC };
  })
  .filter(({ OH, OW }) => OH > 0 && OW > 0);
/** Windows of pooling have no gaps. */
const pools = shapes
  .map((shape): Shape => ({ ...shape, dilation: undefined }))
  .filter(({ image, kernel, strides, padding }) => image.every((size, i) => side(size, kernel[i], strides[i], padding)[0] > 0));

function holds(machine: Machine, name: KernelName, tolerance: Case["tolerance"], c: Case): void {
  try {
    runCase(machine, name, { tolerance: tolerance ?? exact, cases: [] }, c);
    cutCase(machine, name, c);
  } catch (error) {
    throw new Error(`${name} (${machine.build}) ${caseName(c)}: ${(error as Error).message}`, { cause: error });
  }
}

/** Integers from -2 to 2: most windows have several largest. */
const ties = (i: number): number => Math.round(2 * random(7, i));

for (const build of ["simd", "relaxed"] as Build[]) {
  describe.skipIf(!builds.includes(build))(`${build} build, random shapes`, () => {
    const machine = builds.includes(build) ? instantiate(build) : (null as unknown as Machine);
    type Check = (shape: Shape, sizes: Record<string, number>, shift: number, beta: number) => void;
    const over =
      (all: fc.Arbitrary<Shape>, sizesOf: (shape: Shape, shift: number) => Record<string, number>) =>
      (check: Check): void =>
        fc.assert(
          fc.property(all, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 1 }), (shape, shift, beta) =>
            check(shape, sizesOf(shape, shift), shift, beta),
          ),
          { numRuns: RUNS, seed: 4 },
        );
    const each = over(pools, windowSizes);
    // Other channels in between at every other shift.
    const eachConvolution = over(shapes, (shape, shift) => convolutionSizes(shape, shift & 1 ? shift : 0));
    const eachDepthwise = over(shapes, (shape) => {
      const { OC: _, ldx: __, ldy: ___, ...sizes } = convolutionSizes(shape);
      return sizes;
    });

    test("conv2d, forward", () =>
      eachConvolution((_, sizes, shift, relu) =>
        holds(machine, "conv2d_nhwc_forward_f32", tolerances.conv2d_nhwc_forward_f32, {
          sizes: { ...sizes, relu },
          data: shift === 1 ? { bias: null } : {},
          shift,
        }),
      ));
    test("conv2d, gradient of the input", () =>
      eachConvolution((_, sizes, shift, beta) =>
        holds(machine, "conv2d_nhwc_backward_input_f32", tolerances.conv2d_nhwc_backward_input_f32, { sizes: { ...sizes, beta }, shift }),
      ));
    test("conv2d, gradient of the filters", () =>
      eachConvolution((_, sizes, shift, beta) =>
        holds(machine, "conv2d_nhwc_backward_filter_f32", tolerances.conv2d_nhwc_backward_filter_f32, { sizes: { ...sizes, beta }, shift }),
      ));
    test("winograd, forward and both gradients", () =>
      fc.assert(
        fc.property(tilings, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 1 }), ({ ldy, ...sizes }, shift, flag) => {
          const { C, OC, tile, r } = sizes;
          const check = (
            name: "winograd_forward_f32" | "winograd_backward_input_f32" | "winograd_backward_filter_f32",
            more: object,
            data: object = {},
          ): void => holds(machine, name, winograd[name].tolerance, { sizes: { ...sizes, ...more }, data: data as Case["data"], shift });
          check("winograd_forward_f32", { relu: flag }, { u: transformedFilters(C, OC, tile, r), ...(shift === 1 && { bias: null }) });
          check("winograd_backward_input_f32", { beta: flag }, { u: transformedFilters(OC, C, tile, r) });
          // Without beta: a tap that no pixel meets has the error of a sum of 0.
          check("winograd_backward_filter_f32", { ldy: ldy + shift, beta: 0 });
        }),
        { numRuns: RUNS, seed: 4 },
      ));
    test("depthwiseConv2d, forward", () =>
      eachDepthwise((_, sizes, shift) =>
        holds(machine, "depthwise_conv2d_nhwc_forward_f32", depthwiseTolerances.depthwise_conv2d_nhwc_forward_f32, { sizes, shift }),
      ));
    test("depthwiseConv2d, gradient of the input", () =>
      eachDepthwise((_, sizes, shift, beta) =>
        holds(machine, "depthwise_conv2d_nhwc_backward_input_f32", depthwiseTolerances.depthwise_conv2d_nhwc_backward_input_f32, {
          sizes: { ...sizes, beta },
          shift,
        }),
      ));
    test("depthwiseConv2d, gradient of the filters", () =>
      eachDepthwise((_, sizes, shift, beta) =>
        holds(machine, "depthwise_conv2d_nhwc_backward_filter_f32", depthwiseTolerances.depthwise_conv2d_nhwc_backward_filter_f32, {
          sizes: { ...sizes, ld: sizes.C + shift, beta },
          shift,
        }),
      ));
    test("maxPool2d, forward, with ties", () =>
      each((_, sizes, shift, tied) =>
        holds(machine, "maxpool2d_nhwc_forward_f32", poolTolerances.maxpool2d_nhwc_forward_f32, { sizes, shift, ...(tied === 1 && { data: { x: ties } }) }),
      ));
    test("maxPool2d, gradient", () =>
      each((_, sizes, shift, beta) =>
        holds(machine, "maxpool2d_nhwc_backward_f32", poolTolerances.maxpool2d_nhwc_backward_f32, {
          sizes: { ...sizes, beta },
          shift,
          data: { argmax: places(sizes) },
        }),
      ));
    test("averagePool2d, forward", () =>
      each((_, sizes, shift) => holds(machine, "averagepool2d_nhwc_forward_f32", poolTolerances.averagepool2d_nhwc_forward_f32, { sizes, shift })));
    test("averagePool2d, gradient", () =>
      each((_, sizes, shift, beta) =>
        holds(machine, "averagepool2d_nhwc_backward_f32", poolTolerances.averagepool2d_nhwc_backward_f32, { sizes: { ...sizes, beta }, shift }),
      ));
    test("finds an output that is off", () => {
      const broken: Machine = {
        ...machine,
        exports: {
          ...machine.exports,
          averagepool2d_nhwc_forward_f32: (...args) => {
            machine.exports.averagepool2d_nhwc_forward_f32(...args);
            new Float32Array(machine.memory.buffer)[args[0] / 4] += 1;
          },
        },
      };
      const sizes = windowSizes({ N: 1, image: [5, 5], C: 3, kernel: [2, 2], strides: [2, 2], padding: "same" });
      expect(() => holds(broken, "averagepool2d_nhwc_forward_f32", poolTolerances.averagepool2d_nhwc_forward_f32, { sizes })).toThrow(/differ/);
    });
  });
}
