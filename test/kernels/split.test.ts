/** Every kernel, cut as its table entry says it may be, at every place: the threads that share a call must not show in a single bit. */
import { describe, expect, test } from "vitest";
import { type Kernel, type KernelName, kernels } from "../../src/program/kernels/index.ts";
import { cases } from "./cases/index.ts";
import { type Build, builds, cutCase, cutKernel, instantiate, type KernelCases, type Machine } from "./harness.ts";

const table = kernels as unknown as Record<string, Kernel>;
const divisible = (Object.keys(kernels) as KernelName[]).filter((name) => table[name].splits.length > 0);

for (const build of ["simd", "relaxed"] as Build[]) {
  describe.skipIf(!builds.includes(build))(`${build} build`, () => {
    const machine = builds.includes(build) ? instantiate(build) : null;
    test.each(divisible)("%s has the same bits wherever it is cut", (name) => {
      expect(cutKernel(machine as Machine, name, (cases as Record<string, KernelCases>)[name])).toBeGreaterThan(10);
    });
  });
}

describe("the splits", () => {
  test.each(divisible)("of %s count by a size, move pointers that exist, and every output", (name) => {
    const { args, splits } = table[name];
    for (const { along, shift, grain = 1 } of splits) {
      expect(args[along]?.kind).toBe("size");
      for (const pointer of Object.keys(shift)) expect(args[pointer]?.kind, pointer).toBe("pointer");
      for (const [pointer, arg] of Object.entries(args))
        if (arg.kind === "pointer" && (arg.access === "out" || arg.access === "inout")) expect(shift, `${along} moves ${pointer}`).toHaveProperty(pointer);
      expect(Number.isInteger(grain) && grain > 0).toBe(true);
    }
  });

  test("a cut that shows is found", () => {
    const machine = instantiate("simd");
    const broken: Machine = {
      ...machine,
      exports: { ...machine.exports, neg_f32: (y, x, n) => machine.exports.neg_f32(y, x, n === 3 ? 2 : n) },
    };
    expect(() => cutCase(broken, "neg_f32", { sizes: { n: 5 } })).toThrow(/cut along n at 2: other bits at y\[4\]/);
  });
});
