/** No kernel looks further behind a tensor than memory is sure to go on: a load past memory's last page would be a trap, in one of many sizes. */
import { describe, expect, test } from "vitest";
import { type KernelName, kernels } from "../../src/program/kernels/index.ts";
import { cases } from "./cases/index.ts";
import { type Build, builds, instantiate, type KernelCases, type Machine, reachCase, reachKernel } from "./harness.ts";

const names = Object.keys(kernels) as KernelName[];

for (const build of ["simd", "relaxed"] as Build[]) {
  describe.skipIf(!builds.includes(build))(`${build} build`, () => {
    const machine = builds.includes(build) ? instantiate(build) : null;
    test.each(names)("%s", (name) => {
      expect(reachKernel(machine as Machine, name, (cases as Record<string, KernelCases>)[name])).toBeGreaterThan(0);
    });
  });
}

test("a load that is too far is found, and names the pointer", () => {
  const machine = instantiate("simd");
  const floats = new Float32Array(machine.memory.buffer);
  const end = machine.memory.buffer.byteLength / 4;
  const looking = (behind: number): Machine => ({
    ...machine,
    exports: {
      ...machine.exports,
      neg_f32: (y, x, n) => {
        if (x / 4 + n + behind > end) throw new RangeError("out of bounds");
        machine.exports.neg_f32(y, x, n);
        floats[y / 4] += 1;
      },
    },
  });
  const c = { sizes: { n: 5 } };
  expect(() => reachCase(looking(16), "neg_f32", c)).not.toThrow();
  expect(() => reachCase(looking(17), "neg_f32", c)).toThrow("looks more than 64 bytes behind x");
});
