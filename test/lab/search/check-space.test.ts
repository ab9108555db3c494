import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/errors.ts";
import { axesOf, placeOf, pointAt } from "../../../src/lab/search/axes.ts";
import { checkSpace } from "../../../src/lab/search/index.ts";
import { spaces } from "./spaces.ts";

const message = (space: unknown): string => {
  try {
    checkSpace(space);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  return "accepted";
};
const circle: Record<string, unknown> = {};
circle.self = circle;

describe("spaces that cannot be", () => {
  it.each([
    [{ x: { low: 2, high: 1 } }, /^space, x: got an empty range from 2 to 1, expected low less than high$/],
    [{ x: { low: 1, high: 1 } }, /^space, x: got a range that holds only 1, .*\nHint: write \[1\]/],
    [{ x: { low: 0, high: 1, log: true } }, /^space, x: got low 0, expected more than 0/],
    [{ x: { low: -1, high: 1, log: true } }, /^space, x: got low -1/],
    [{ x: { low: Number.NaN, high: 1 } }, /^space, x, low: got NaN, expected a finite number$/],
    [{ x: { low: 0, high: Number.POSITIVE_INFINITY } }, /^space, x, high: got Infinity/],
    [{ x: { low: -1.7e308, high: 1.7e308 } }, /^space, x: .*width is a finite number/],
    [{ x: { low: "0", high: 1 } }, /^space, x, low: got "0"/],
    [{ x: { high: 1 } }, /^space, x, low: got undefined/],
    [{ x: { low: 0.5, high: 3, integer: true } }, /^space, x, low: got 0.5, expected a whole number$/],
    [{ x: { low: 0, high: 2 ** 60, integer: true } }, /^space, x, high: got 1152921504606847000, expected a whole number$/],
    [{ x: { low: 0, high: 1, log: "yes" } }, /^space, x, log: got "yes", expected true or false$/],
    [{ x: { low: 0, hihg: 1 } }, /^space, x: got the field "hihg", expected low, high, log, integer\nHint: did you mean high\?$/],
    [{ x: [] }, /^space, x: got an empty list/],
    [{ x: ["a", "b", "a"] }, /^space, x\[2\]: got the same value as \[0\]/],
    [
      {
        x: [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      },
      /^space, x\[1\]: got the same value/,
    ],
    [{ x: [1, undefined] }, /^space, x\[1\]: got undefined, expected what JSON can hold$/],
    // biome-ignore lint/suspicious/noSparseArray: that is what is tested
    [{ x: [1, , 2] }, /^space, x\[1\]: got undefined/],
    [{ x: [Number.NaN] }, /^space, x\[0\]: got NaN/],
    [{ x: [1n] }, /^space, x\[0\]: got a bigint/],
    [{ x: [() => 1] }, /^space, x\[0\]: got a function/],
    [{ x: [new Date(0)] }, /^space, x\[0\]: /],
    [{ x: [circle] }, /^space, x\[0\]: got an object, expected what JSON can hold$/],
    [{ x: 3 }, /^space, x: got 3, expected a range/],
    [{ x: null }, /^space, x: got null/],
    [{ " ": [1] }, /^space, name: got " "/],
    [{ "\u001b[2J": [1] }, /^space, name: /],
    [{}, /^space: got 0 dimensions, expected 1 to 1000$/],
    [[], /^space: got \[\]/],
    [null, /^space: got null/],
    ["x", /^space: got "x"/],
  ] as [unknown, RegExp][])("%o", (space, expected) => {
    expect(message(space)).toMatch(expected);
  });
});

it("checked spaces are as they were written, without fields that say nothing", () => {
  expect(checkSpace({ a: { low: 1, high: 2, log: false, integer: true }, b: [[1, 2], { c: null }, true] })).toEqual({
    a: { low: 1, high: 2, integer: true },
    b: [[1, 2], { c: null }, true],
  });
  const hostile = checkSpace(JSON.parse('{"__proto__": [1, 2], "constructor": {"low": 0, "high": 1}}'));
  expect(Object.keys(pointAt(axesOf(hostile), [0.9, 0.5]))).toEqual(["__proto__", "constructor"]);
});

describe("axes", () => {
  it("places are points of the space, and points come back from their places", () => {
    fc.assert(
      fc.property(spaces, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (space, stream) => {
        const axes = axesOf(checkSpace(space));
        const place = axes.map(() => stream.next().value as number);
        const point = pointAt(axes, place);
        for (const [name, dimension] of Object.entries(space)) {
          const value = point[name];
          if (!("low" in dimension)) expect(dimension).toContain(value);
          else {
            expect(value).toBeGreaterThanOrEqual(dimension.low);
            expect(value).toBeLessThanOrEqual(dimension.high);
            if (dimension.integer) expect(Number.isInteger(value)).toBe(true);
          }
        }
        const again = pointAt(axes, placeOf(axes, point));
        axes.forEach(({ name, count }) => {
          if (Number.isFinite(count)) expect(again[name]).toEqual(point[name]);
          else expect(Math.abs((again[name] as number) - (point[name] as number))).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(point[name] as number)));
        });
      }),
    );
  });

  it("whole numbers are equally likely, ends included; by the logarithm as their ranges are wide", () => {
    const [plain, logarithmic] = axesOf(checkSpace({ a: { low: 1, high: 4, integer: true }, b: { low: 1, high: 4, integer: true, log: true } }));
    const shares = (axis: typeof plain): number[] => {
      const counts = [0, 0, 0, 0];
      for (let i = 0; i < 10_000; i++) counts[(axis.decode((i + 0.5) / 10_000) as number) - 1]++;
      return counts.map((count) => count / 10_000);
    };
    expect(shares(plain)).toEqual([0.25, 0.25, 0.25, 0.25]);
    const widths = [1, 2, 3, 4].map((n) => Math.log((n + 0.5) / (n - 0.5)) / Math.log(9));
    shares(logarithmic).forEach((share, i) => expect(share).toBeCloseTo(widths[i], 3));
  });
});
