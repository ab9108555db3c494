/** Pooled convolutions over random shapes against the f64 reference: groups of channels, blocks of samples, borders, maps without a window or of one row, specials. */
import fc from "fast-check";
import { describe, test } from "vitest";
import type { KernelName } from "../../src/program/kernels/index.ts";
import {
  convBlock,
  convWindow,
  filterCase,
  image,
  inputCase,
  named,
  places,
  rectified,
  type Shape,
  small,
  some,
  windowListOf,
  windowsIn,
} from "./cases/conv-block.ts";
import { type Build, builds, type Case, caseName, cutCase, instantiate, type KernelCases, type Machine, random, reachCase, runCase } from "./harness.ts";

const RUNS = Number(process.env.GRADIENTE_RANDOM_RUNS ?? 60);
const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
/** Numbers next to those at which groups, tiles and vectors end. */
const channels = fc.oneof({ weight: 4, arbitrary: upTo(9) }, { weight: 1, arbitrary: fc.constantFrom(12, 13, 31, 33, 63, 64, 65, 66, 127, 128, 130) });
/** Filters of both kinds: those whose gradients are added up window by window, and any. */
const filters = fc.oneof(fc.constantFrom([3, 3], [5, 5], [3, 1], [5, 2]), fc.tuple(upTo(5), upTo(5))) as fc.Arbitrary<[number, number]>;
const shapes: fc.Arbitrary<Shape> = fc
  .tuple(fc.tuple(fc.nat(9), fc.nat(9)), upTo(12), channels, filters)
  .map(([[down, across], C, OC, [KH, KW]]): Shape => [KH + down, KW + across, C, OC, KH, KW]);
/** Gradients and values of any kind, as a network that diverges has them. */
const wild = (i: number): number => [Number.NaN, Infinity, -Infinity, -0, 0, 1e-45, 1, -2][Math.floor((random(47, i) + 1) * 4) & 7];

const all: Record<string, KernelCases> = { ...convBlock, ...convWindow };

function holds(machine: Machine, name: KernelName, c: Case): void {
  try {
    runCase(machine, name, all[name], c);
    cutCase(machine, name, c);
    reachCase(machine, name, c);
  } catch (error) {
    throw new Error(`${name} (${machine.build}) ${caseName(c)}: ${(error as Error).message}`, { cause: error });
  }
}

/** Some windows of each sample, of every third one none. */
const listed = (shape: Shape, N: number): Case["data"] => ({ ...windowListOf(named(shape, N), (n, w) => n % 3 !== 1 && random(48 + n, w) > -0.5) });

for (const build of ["simd", "relaxed"] as Build[]) {
  describe.skipIf(!builds.includes(build))(`${build} build, random shapes`, () => {
    const machine = builds.includes(build) ? instantiate(build) : (null as unknown as Machine);
    const each = (check: (shape: Shape, N: number, shift: number, flag: number) => void): void =>
      fc.assert(fc.property(shapes, fc.nat(9), fc.nat(3), fc.nat(1), check), { numRuns: RUNS, seed: 12 });

    test("windows that see something", () =>
      each((shape, N, shift) => {
        const { OC: _, ...sizes } = named(shape, N);
        holds(machine, "conv_windows_f32", { sizes, data: { x: image(shift / 8) }, shift });
      }));
    test("forward", () =>
      each((shape, N, shift, relu) =>
        holds(machine, "conv_window_forward_f32", {
          sizes: { ...named(shape, N), relu },
          data: { x: small, w: small, bias: shift & 1 ? small : null, ...listed(shape, N) },
          shift,
        }),
      ));
    test("gradients window by window", () =>
      each((shape, N, shift, relu) => {
        const [, , C, , KH, KW] = shape;
        if (!((KH === 3 && KW * C <= 12) || (KH === 5 && KW * C <= 8))) return;
        holds(machine, "conv_window_gradient_f32", {
          sizes: { ...named(shape, N), relu },
          data: { dy: some, y: rectified, code: places, ...listed(shape, N) },
          shift,
        });
      }));
    test("lists, of any values", () =>
      each((shape, N, shift, relu) =>
        fc.assert(
          fc.property(fc.constantFrom(1, 2, 4), fc.boolean(), (block, any) =>
            holds(machine, "conv_block_lists_f32", {
              sizes: { ...named(shape, N), block, relu },
              data: { dy: any ? wild : some, y: any ? wild : rectified, code: places },
              shift,
            }),
          ),
          { numRuns: 2, seed: N + shift },
        ),
      ));
    test("gradient of the input", () =>
      each((shape, N, shift, beta) => {
        const border = [shift & 1, shift >> 1, (N + shift) & 1, (N >> 1) & 1];
        if (border[0] + border[2] < shape[0] && border[1] + border[3] < shape[1])
          holds(machine, "conv_block_backward_input_f32", { ...inputCase(shape, N, beta, border), shift });
      }));
    test("gradient of the filters", () =>
      each((shape, N, shift, beta) => {
        if (windowsIn(named(shape, N)) > 0)
          holds(machine, "conv_block_backward_filter_f32", { ...filterCase(shape, N, [1, 2, 4, 2][shift], beta, shift & 1 ? 3 : 0), shift });
      }));
  });
}
