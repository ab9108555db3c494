import { describe, expect, it } from "vitest";
import { hostArithmetic } from "./host-arithmetic.ts";
import { report, sources } from "./source.ts";

const check = (text: string, path = "src/optimizers/fixture.ts"): string[] => hostArithmetic({ path, text }).map(({ line, message }) => `${line} ${message}`);

describe("host arithmetic", () => {
  it("of src has the same bits on every engine", () => {
    const files = sources("src");
    expect(files.length).toBeGreaterThan(20);
    expect(report(files.flatMap(hostArithmetic))).toBe("");
  });

  it.each([
    ["a power", "const a = beta ** step;", "`**`"],
    ["a power of a variable exponent", "const a = 2 ** n;", "`**`"],
    ["a root in disguise", "const a = 2 ** 0.5;", "`**`"],
    ["a power in place", "x **= 2;", "`**`"],
    ["pow", "const a = Math.pow(beta, step);", "Math.pow"],
    ["exp in a closure", "const f = (x: number) => 1 / (1 + Math.exp(-x));", "Math.exp"],
    ["hypot", "Math.hypot(a, b)", "Math.hypot"],
    ["round, whose ties go up", "Math.round(a)", "Math.round"],
    ["optional access", "Math?.log(a)", "Math.log"],
    ["a function as a value", "xs.map(Math.cbrt)", "Math.cbrt"],
    ["globalThis", "globalThis.Math.log2(a)", "Math itself"],
    ["a computed key", 'Math["exp"](a)', "Math itself"],
    ["destructuring", "const { exp } = Math;", "Math itself"],
    ["an alias", "const m = Math; m.exp(1);", "Math itself"],
    ["random", "Math.random()", "Math.random"],
    ["randomness of the platform", "crypto.getRandomValues(a)", "crypto"],
    ["a date", "const seed = Date.now();", "Date"],
    ["a date made new", "const seed = +new Date();", "Date"],
    ["a clock", "const seed = performance.now();", "performance"],
  ])("refuses %s", (_, text, message) => {
    const found = check(`const before = 1;\n${text}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain("2 ");
    expect(found[0]).toContain(message);
  });

  it.each([
    "const a = 2 ** -24 * (2 ** 32);",
    "const a = Math.sqrt(Math.fround(x)) + Math.imul(a, b) - Math.PI;",
    "// Math.exp(x) ** 2\nconst s = 'Math.exp(x)';",
    "const o = { Math: 1, performance: 2 }; o.performance;",
    "function f(date: Date): void {}",
  ])("takes %s", (text) => {
    expect(check(text)).toEqual([]);
  });

  it("exempts the reference and the leaves, and lets fit and who counts threads read the clock", () => {
    for (const folder of ["program/reference", "lab", "cli", "web", "bench"]) expect(check("Math.exp(Date.now())", `src/${folder}/f.ts`)).toEqual([]);
    for (const path of ["model/fit", "runtime/team", "program/wasm-executor"]) expect(check("performance.now()", `src/${path}.ts`)).toEqual([]);
    expect(check("performance.now()", "src/runtime/walk.ts")).toHaveLength(1);
    expect(check("Math.exp(1)", "src/model/fit.ts")).toHaveLength(1);
  });
});
