/** What holds of every method. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candidate, type MethodName, methodNames, methodOf, type Space } from "../../../src/lab/search/index.ts";
import { follow, shortMethod, spent } from "./follow.ts";
import { spaces } from "./spaces.ts";

/** A value for any point, from its text; one in seven fails. */
const hash = ({ point, resource }: Candidate): number | null => {
  const text = JSON.stringify(point);
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) | 0;
  return sum % 7 === 0 ? null : sum / 2 ** 31 / resource;
};

const space: Space = { rate: { low: 1e-4, high: 1, log: true }, units: { low: 1, high: 9, integer: true }, kind: ["a", "b", "c"] };

describe.each(methodNames)("%s", (name) => {
  it("asks for points of the space, with ids in order, and for the same ones again", () => {
    fc.assert(
      fc.property(spaces, fc.integer({ min: 0, max: 1000 }), (space, seed) => {
        const finished = follow(shortMethod(name, space, seed), hash);
        const byId = finished.map(({ candidate }) => candidate).sort((a, b) => a.id - b.id);
        byId.forEach((candidate, i) => {
          expect(candidate.id).toBe(i);
          expect(Object.keys(candidate.point)).toEqual(Object.keys(space));
          for (const [dimension, value] of Object.entries(candidate.point)) {
            const allowed = space[dimension];
            if (!("low" in allowed)) expect(allowed).toContain(value);
            else {
              expect(value).toBeGreaterThanOrEqual(allowed.low);
              expect(value).toBeLessThanOrEqual(allowed.high);
              if (allowed.integer) expect(Number.isInteger(value)).toBe(true);
            }
          }
          if (candidate.from !== null) {
            expect(candidate.from).toBeLessThan(i);
            expect(byId[candidate.from].point).toEqual(candidate.point);
            expect(byId[candidate.from].resource).toBeLessThan(candidate.resource);
          }
        });
        expect(follow(shortMethod(name, space, seed), hash)).toEqual(finished);
      }),
      { numRuns: 25 },
    );
  });

  it("spends the budget it states, and no more than that if candidates fail", () => {
    const method = shortMethod(name, space, 3);
    expect(spent(follow(method, ({ id }) => id))).toBe(method.budget);
    expect(spent(follow(shortMethod(name, space, 3), ({ id }) => (id % 2 === 0 ? null : id)))).toBeLessThanOrEqual(method.budget);
    const failing = follow(shortMethod(name, space, 3), () => null);
    expect(failing.length).toBeGreaterThan(0);
    expect(failing.every(({ candidate }) => candidate.from === null)).toBe(true);
  });

  it("draws other points with another seed", () => {
    const points = (seed: number): unknown => follow(shortMethod(name, space, seed), hash).map(({ candidate }) => candidate.point);
    if (name === "grid") expect(points(1)).toEqual(points(2));
    else expect(points(1)).not.toEqual(points(2));
  });

  it("names an option that it does not have", () => {
    expect(() => methodOf(name, space, { trails: 3 })).toThrow(/^method \w+: got the field "trails", expected /);
    expect(() => methodOf(name, space, [])).toThrow(/^method \w+: got \[\], expected an object with the options of the method$/);
  });
});

describe("what makes no method", () => {
  it.each([
    ["random", { trials: 0 }, "method random, trials: got 0, expected a whole number from 1 to 1000000"],
    ["random", { trials: 2.5 }, "method random, trials: got 2.5, expected a whole number from 1 to 1000000"],
    ["random", { seed: -1 }, "method random, seed: got -1, expected a whole number from 0 to 9007199254740991"],
    ["grid", { levels: 1 }, "method grid, levels: got 1, expected a whole number from 2 to 1000000"],
    ["grid", { levels: { rate: 1 } }, "method grid, levels, rate: got 1, expected a whole number from 2 to 1000000"],
    ["grid", { levels: { kind: 2 } }, 'method grid, levels: got the field "kind", expected rate, units'],
    ["grid", { levels: 100_000 }, /^method grid: got 2700000 combinations, expected at most 1000000\nHint: /],
    ["grid", { trials: 4 }, 'method grid: got the field "trials", expected levels, seed'],
    ["tpe", { gamma: 0 }, "method tpe, gamma: got 0, expected a number from 0.001 to 1"],
    ["tpe", { roundSize: "4" }, 'method tpe, roundSize: got "4", expected a whole number from 1 to 10000'],
    ["tpe", { multivariate: 1 }, "method tpe, multivariate: got 1, expected true or false"],
    ["hyperband", {}, "method hyperband, maxResource: got undefined, expected a whole number from 1 to 1000000000"],
    ["hyperband", { maxResource: 9, eta: 1 }, "method hyperband, eta: got 1, expected a whole number from 2 to 1000"],
    ["hyperband", { maxResource: 9, minResource: 10 }, "method hyperband, minResource: got 10, expected at most maxResource, 9"],
    ["successiveHalving", { maxResource: 1.5 }, "method successiveHalving, maxResource: got 1.5, expected a whole number from 1 to 1000000000"],
    ["asha", { maxResource: 9 }, /^method asha, budget: got undefined, /],
    ["asha", { maxResource: 9, minResource: 3, budget: 2 }, "method asha, budget: got 2, expected at least the 3 of one point of the first rung"],
    ["tpo", {}, /^method: got "tpo", expected grid, .*\nHint: did you mean tpe\?$/],
    [undefined, {}, /^method: got undefined, expected grid, random, sobol, tpe, successiveHalving, hyperband, asha$/],
    ["toString", {}, /^method: got "toString"/],
  ] as [MethodName, object, string | RegExp][])("%s %j", (name, options, message) => {
    expect(() => methodOf(name, space, options)).toThrow(message);
  });

  it("a space that cannot be", () => {
    expect(() => methodOf("random", { x: { low: 1, high: 0 } })).toThrow("space, x: got an empty range");
  });
});

describe("grid", () => {
  it("has every combination once, the last dimension changing fastest", () => {
    const points = follow(methodOf("grid", { ...space, flag: [true, false] }, { levels: { rate: 3 } }), hash).map(({ candidate }) => candidate.point);
    expect(points.slice(0, 3)).toEqual([
      { rate: 1e-4, units: 1, kind: "a", flag: true },
      { rate: 1e-4, units: 1, kind: "a", flag: false },
      { rate: 1e-4, units: 1, kind: "b", flag: true },
    ]);
    expect([...new Set(points.map(({ rate }) => rate))]).toEqual([0.0001, 0.01, 1]);
    expect([...new Set(points.map(({ units }) => units))]).toEqual([1, 3, 5, 7, 9]);
    expect(points).toHaveLength(3 * 5 * 3 * 2);
    expect(new Set(points.map((point) => JSON.stringify(point))).size).toBe(points.length);
  });

  it("has of whole numbers no more than there are, and none twice", () => {
    const values = (dimension: object, levels: number): unknown[] =>
      follow(methodOf("grid", { n: dimension }, { levels }), hash).map(({ candidate }) => candidate.point.n);
    expect(values({ low: 1, high: 3, integer: true }, 10)).toEqual([1, 2, 3]);
    expect(values({ low: 16, high: 256, log: true, integer: true }, 5)).toEqual([16, 32, 64, 128, 256]);
    expect(values({ low: 1, high: 20, log: true, integer: true }, 15)).toEqual([1, 2, 3, 4, 6, 7, 8, 11, 13, 16, 20]);
    expect(values({ low: 0, high: 1 }, 5)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });
});
