/** Against the engine's own, which are within one unit in the last place too. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { exp, log } from "../../../src/lab/search/exp-log.ts";

const near = (actual: number, expected: number): void => {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(2.3e-16 * 2 * Math.abs(expected) + Number.MIN_VALUE);
};

it("exp", () => {
  fc.assert(
    fc.property(fc.double({ min: -745, max: 709.7, noNaN: true }), (x) => near(exp(x), Math.exp(x))),
    { numRuns: 10_000 },
  );
  expect([exp(0), exp(-800), exp(710), exp(Number.NEGATIVE_INFINITY), exp(Number.NaN)]).toEqual([1, 0, Infinity, 0, NaN]);
  near(exp(1), Math.E);
});

it("log", () => {
  fc.assert(
    fc.property(fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }), (x) => near(log(x), Math.log(x))),
    { numRuns: 10_000 },
  );
  expect([log(1), log(0), log(-1), log(Infinity), log(NaN)]).toEqual([0, -Infinity, NaN, Infinity, NaN]);
  fc.assert(fc.property(fc.double({ min: 0.5, max: 2, noNaN: true }), (x) => near(log(x), Math.log(x))));
});
