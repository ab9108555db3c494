/** exp, pow and cos against 60 digits, and against Math. */
import { describe, expect, it } from "vitest";
import { cosPi, exp, pow } from "../../src/schedules/exact-math.ts";
import golden from "./exact-math.json" with { type: "json" };

const relative = (a: number, b: number): number => (a === b ? 0 : Math.abs(a - b) / Math.abs(b));

describe("against 60 digits", () => {
  it("exp is within 5e-16", () => {
    for (const [x, y] of golden.exp) expect(relative(exp(x), y), `exp(${x})`).toBeLessThan(5e-16);
  });

  it("pow is within 5e-16, also where y log(x) has lost ten digits", () => {
    for (const [x, y, z] of golden.pow) expect(relative(pow(x, y), z), `pow(${x}, ${y})`).toBeLessThan(5e-16);
  });

  it("cosPi is within 1e-15, also beside its zeros", () => {
    for (const [t, y] of golden.cosPi) expect(relative(cosPi(t), y), `cosPi(${t})`).toBeLessThan(1e-15);
  });
});

describe("against Math", () => {
  it("over wide ranges", () => {
    for (let x = -745; x < 709; x += 0.37) expect(Math.abs(exp(x) - Math.exp(x)), `exp(${x})`).toBeLessThanOrEqual(1e-15 * Math.exp(x) + 5e-324);
    for (let x = 1e-300; x < 1e300; x *= 17.3) {
      for (const y of [-1, -0.5, -1e-3, 1e-9, 0.1, 0.5, 1, 1.02]) expect(relative(pow(x, y), x ** y), `pow(${x}, ${y})`).toBeLessThan(1e-15);
    }
    for (let t = 0; t <= 1; t += 1 / 512) expect(Math.abs(cosPi(t) - Math.cos(Math.PI * t)), `cosPi(${t})`).toBeLessThan(1e-15);
  });

  it.each([
    [0, 0],
    [0, 3],
    [0, -3],
    [5, 0],
    [1, 1e300],
    [2, 1024],
    [2, 2000],
    [2, -1074],
    [2, -1080],
    [0.5, 1e9],
    [3, Number.POSITIVE_INFINITY],
    [0.5, Number.NEGATIVE_INFINITY],
    [Number.POSITIVE_INFINITY, 2],
    [Number.POSITIVE_INFINITY, -2],
    [Number.NaN, 2],
    [2, Number.NaN],
    [2 ** -1070, 1],
    [1.5, 1e-300],
  ])("pow(%d, %d)", (x, y) => {
    expect(pow(x, y)).toBe(x ** y);
  });

  it("exp and cosPi at the ends", () => {
    expect([exp(0), exp(1000), exp(-1000), exp(Number.POSITIVE_INFINITY), exp(Number.NEGATIVE_INFINITY), exp(Number.NaN)]).toEqual([
      1,
      Number.POSITIVE_INFINITY,
      0,
      Number.POSITIVE_INFINITY,
      0,
      Number.NaN,
    ]);
    expect([0, 0.5, 1, 1.5, 2, -1, 1e15].map(cosPi)).toEqual([1, 0, -1, 0, 1, -1, 1]);
  });
});
