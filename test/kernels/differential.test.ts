/** Every kernel of both builds against its f64 reference, on cases/; and that the harness finds what is wrong. */
import { describe, expect, test } from "vitest";
import { type Arg, type KernelName, kernels } from "../../src/program/kernels/index.ts";
import { cases } from "./cases/index.ts";
import { type Build, builds, type Case, exact, expectClose, instantiate, type KernelCases, type Machine, runCase, runKernel } from "./harness.ts";

const names = Object.keys(kernels) as KernelName[];
const of = (name: KernelName): KernelCases => (cases as Record<string, KernelCases>)[name];

for (const build of ["simd", "relaxed"] as Build[]) {
  describe.skipIf(!builds.includes(build))(`${build} build`, () => {
    const machine = builds.includes(build) ? instantiate(build) : null;
    test.each(names)("%s", (name) => {
      expect(runKernel(machine as Machine, name, of(name))).toBeGreaterThan(0);
    });
  });
}

describe("the cases", () => {
  test("are those of the kernel table", () => {
    expect(Object.keys(cases).sort()).toEqual([...names].sort());
  });

  test.each(names)("of %s take every path", (name) => {
    const args = Object.entries<Arg>(kernels[name].args);
    const all = of(name).cases;
    const missing: string[] = [];
    const want = (what: string, has: (c: Case) => boolean): void => {
      if (!all.some(has)) missing.push(what);
    };
    want("aligned pointers", ({ shift = 0 }) => shift === 0);
    want("pointers 4 bytes off", ({ shift = 0 }) => shift === 1);
    for (const [key, arg] of args) {
      if (arg.kind === "flag") for (const flag of [0, 1]) want(`${key} = ${flag}`, ({ sizes }) => sizes[key] === flag);
      else if (arg.kind === "pointer" && arg.optional) {
        want(`${key} absent`, ({ data }) => data?.[key] === null);
        want(`${key} present`, ({ data }) => data?.[key] !== null);
      } else if (arg.kind === "pointer" && arg.reusable) want(`output in place of ${key}`, ({ inPlace }) => inPlace === key);
      else if (key === "ok" && arg.kind === "pointer" && arg.access === "in")
        for (const ok of [0, 1]) want(`ok = ${ok}`, ({ data }) => (data?.ok as number[] | undefined)?.[0] === ok);
      else if (key === "columns" || key === "width" || (key === "n" && !("width" in kernels[name].args))) {
        for (const n of [0, 1, 3, 4, 5, 8, 15, 16, 17, 33]) {
          // Rows that have a label are not empty.
          if (n > 0 || !("labels" in kernels[name].args)) want(`${key} = ${n}`, ({ sizes }) => sizes[key] === n);
        }
      } else if (arg.kind === "size" && /^(M|N|K|A|B|d[0-3]|batch|rows|n|m)$/.test(key))
        for (const n of [0, 1]) want(`${key} = ${n}`, ({ sizes }) => sizes[key] === n);
      else if (/^ld/.test(key))
        want(
          `${key} longer than a row`,
          ({ sizes }) =>
            sizes[key] >
            (sizes.columns ??
              {
                lda: name.includes("_tn_") ? sizes.M : sizes.K,
                ldb: name.includes("_nt_") ? sizes.K : sizes.N,
                ldc: sizes.N,
                ldx: sizes.C,
                ldw: sizes.C,
                ldy: sizes.OC,
                ldp: sizes.B,
                ld: sizes.width ?? sizes.n ?? sizes.C,
              }[key]),
        );
    }
    expect(missing).toEqual([]);
  });
});

describe("expectClose", () => {
  const fails = (actual: number[], reference: number[], tolerance: Parameters<typeof expectClose>[2], message: RegExp): void =>
    expect(() => expectClose(Float32Array.from(actual), Float64Array.from(reference), tolerance)).toThrow(message);

  test("names the first and the worst, with both values and units of the last place", () => {
    fails(
      [1, 1.0000001192092896, 1.5],
      [1, 1, 1],
      {},
      /values: 2 of 3 differ; first \[1\] 1\.0000001192092896, expected 1 \(1 ulp, allowed 0\.00e\+0\); worst \[2\] 1\.5, expected 1 \(4194304 ulp/,
    );
  });
  test("tells zeros, infinities and NaN apart", () => {
    fails([0], [-0], {}, /\[0\] 0, expected -0 \(0 ulp/);
    fails([NaN], [1], { atol: Infinity }, /NaN, expected 1/);
    fails([1], [NaN], { atol: Infinity }, /1, expected NaN/);
    fails([Infinity], [3e38], { atol: Infinity }, /Infinity, expected 3e\+38/);
    fails([-Infinity], [Infinity], {}, /-Infinity, expected Infinity/);
    fails([1, 2], [1], {}, /2 elements, expected 1/);
    expectClose(Float32Array.of(NaN, Infinity, 0, 0.1), [NaN, 1e39, -0, 0.1], { anyZero: true });
  });
  test("takes relative, absolute and given bounds", () => {
    expectClose([1.001, 0.01], [1, 0], { rtol: 0.0011, atol: 0.01 });
    fails([1.25], [1], { rtol: 0.2 }, /allowed 2\.00e-1/);
    expectClose([5, 1], [1, 1], { bound: (i) => (i === 0 ? 4 : 0) });
  });
});

describe("the harness finds", () => {
  const machine = instantiate("simd");
  const { memory } = machine;
  const floats = new Float32Array(memory.buffer);
  /** neg_f32 as `broken` has it. */
  const broken = (run: (y: number, x: number, n: number) => void): Machine => ({ ...machine, exports: { ...machine.exports, neg_f32: run } });
  const right = machine.exports.neg_f32;
  const check =
    (run: (y: number, x: number, n: number) => void, c: Case = { sizes: { n: 5 } }) =>
    () =>
      runCase(broken(run), "neg_f32", { tolerance: exact, cases: [] }, c);

  test("nothing where nothing is wrong", () => {
    expect(check(right)).not.toThrow();
  });
  test("what is not written", () => {
    expect(check((y, x) => right(y, x, 4))).toThrow(/y: 1 of 5 differ; first \[4\] NaN/);
  });
  test("a wrong sign of zero", () => {
    expect(check((y, _x, n) => floats.fill(0, y / 4, y / 4 + n), { sizes: { n: 1 }, data: { x: 0 } })).toThrow(/first \[0\] 0, expected -0/);
  });
  test.each([
    ["past the end", 5, /stored outside: 0 bytes past the end of y/],
    ["256 bytes past the end", 5 + 63, /stored outside: 252 bytes past the end of y/],
    ["before the start", -1, /stored outside: 4 bytes before y/],
    ["256 bytes before the start", -64, /stored outside: 256 bytes before y/],
  ])("a store %s", (_, element, message) => {
    const store = (y: number, x: number, n: number): void => {
      right(y, x, n);
      floats[y / 4 + element] = 1;
    };
    expect(check(store)).toThrow(message);
  });
  test("a changed input", () => {
    expect(
      check((y, x, n) => {
        right(y, x, n);
        floats[x / 4 + 2] = 9;
      }),
    ).toThrow(/stored outside: x\[2\], which is an input/);
  });
  test("a changed table of constants", () => {
    expect(
      check((y, x, n) => {
        right(y, x, n);
        floats[1168 / 4]++;
      }),
    ).toThrow(/stored outside: address 1168/);
    machine.exports.write_constants();
  });
  test("a trap", () => {
    expect(check((y) => right(y, 2 ** 31, 5))).toThrow(/memory access out of bounds/);
  });
  test("an output that beta 0 lets be read", () => {
    const cased: KernelCases = { tolerance: exact, cases: [] };
    const wrong = {
      ...machine,
      exports: { ...machine.exports, accumulate_f32: (y: number, x: number, n: number) => machine.exports.accumulate_f32(y, x, n, 1) },
    };
    expect(() => runCase(wrong, "accumulate_f32", cased, { sizes: { n: 5, beta: 0 } })).toThrow(/NaN, expected/);
  });
  test("a gap between rows that is written", () => {
    const gap = { sizes: { d0: 1, d1: 1, d2: 2, d3: 3, y0: 0, y1: 0, y2: 5, y3: 1, x0: 0, x1: 0, x2: 3, x3: 1, beta: 0 } };
    const wrong = {
      ...machine,
      exports: {
        ...machine.exports,
        strided_copy_f32: (...args: number[]) => {
          machine.exports.strided_copy_f32(...args);
          floats[args[0] / 4 + 3] = 0;
        },
      },
    };
    expect(() => runCase(wrong, "strided_copy_f32", { tolerance: exact, cases: [] }, gap)).toThrow(
      /stored outside: y\[3\], which is not written by the reference/,
    );
  });
  test("a case that the table does not know", () => {
    expect(check(right, { sizes: {} })).toThrow("no value for n");
    expect(check(right, { sizes: { n: 1 }, data: { z: 0 } })).toThrow("no pointer z");
  });
});
