import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { axesOf } from "../../../src/lab/search/axes.ts";
import { type Evaluated, methodOf, type Space } from "../../../src/lab/search/index.ts";
import { Parzen } from "../../../src/lab/search/methods/parzen.ts";
import { Draws } from "../../../src/lab/statistics/draws.ts";
import { signFlipTest, wilcoxonSignedRank } from "../../../src/lab/statistics/index.ts";
import { follow } from "./follow.ts";
import { type Problem, problems } from "./objectives.ts";

/** Run for the first time after the defaults were settled. Those had been compared on other seeds, and yet by people who had seen seeds 0 to 19: these are neither. */
const SEEDS = Array.from({ length: 100 }, (_, i) => 20_261_127 + i);
const TRIALS = 60;

/** The least value after each trial. */
function bestSoFar({ space, value }: Problem, method: "random" | "tpe", seed: number): number[] {
  let best = Number.POSITIVE_INFINITY;
  return follow(methodOf(method, space, { trials: TRIALS, seed }), ({ point }) => value(point)).map(
    (evaluated) => (best = Math.min(best, evaluated.value as number)),
  );
}

describe("against random search at equal budget, over 100 seeds", () => {
  // Measured: how many of 100 pairs TPE wins after 30 and 60 trials, of equals half. docs/search.md tells them.
  it.each([
    ["branin", [74, 87.5]],
    ["hartmann6", [78.5, 93.5]],
    ["network", [83, 94]],
    ["discrete", [91.5, 96]],
    ["sparse", [72, 80]],
    ["rosenbrock", [72, 70]],
  ] as const)("TPE is better: %s", (name, measured) => {
    const problem = problems[name];
    const pairs = SEEDS.map((seed) => [bestSoFar(problem, "tpe", seed), bestSoFar(problem, "random", seed)]);
    const wins = [30, TRIALS].map((budget) =>
      pairs.reduce((sum, [a, b]) => sum + (a[budget - 1] < b[budget - 1] ? 1 : a[budget - 1] === b[budget - 1] ? 0.5 : 0), 0),
    );
    expect(wins).toEqual(measured);
    const differences = pairs.map(([a, b]) => a[TRIALS - 1] - b[TRIALS - 1]);
    expect(differences.reduce((sum, difference) => sum + difference, 0)).toBeLessThan(0);
    expect(wilcoxonSignedRank(differences).p).toBeLessThan(1e-5);
    // Twenty seeds are enough, but in Rosenbrock's valley.
    if (name !== "rosenbrock") expect(signFlipTest(differences.slice(0, 20)).p).toBeLessThan(0.001);
    // The functions are what they are called: nothing is below their least value.
    for (const [a, b] of pairs) expect(Math.min(a[TRIALS - 1], b[TRIALS - 1])).toBeGreaterThanOrEqual(problem.least - 1e-5);
  });
});

describe("what it asks for", () => {
  const space: Space = { x: { low: 0, high: 1 }, n: { low: 1, high: 1000, integer: true, log: true }, kind: ["a", "b", "c"] };

  it("begins as random search does", () => {
    const [tpe, random] = ["tpe", "random"].map((name) =>
      follow(methodOf(name, space, { trials: 12, seed: 5 }), ({ id }) => id).map(({ candidate }) => candidate.point),
    );
    expect(tpe.slice(0, 10)).toEqual(random.slice(0, 10));
    expect(tpe[10]).not.toEqual(random[10]);
  });

  it("in rounds of a fixed size", () => {
    const method = methodOf("tpe", space, { trials: 11, roundSize: 3 });
    const finished: Evaluated[] = [];
    const sizes: number[] = [];
    for (let round = method.next(finished, 99); round.length > 0; round = method.next(finished, 99)) {
      sizes.push(round.length);
      for (const candidate of round) finished.push({ candidate, value: candidate.id });
    }
    expect(sizes).toEqual([3, 3, 3, 2]);
  });

  it("nothing twice while there is something new, then all again", () => {
    const few: Space = { a: ["p", "q", "r"], n: { low: 1, high: 5, integer: true } };
    for (const multivariate of [true, false]) {
      const keys = follow(methodOf("tpe", few, { trials: 20, multivariate, roundSize: 5 }), ({ point }) => point.n as number).map(({ candidate }) =>
        JSON.stringify(candidate.point),
      );
      expect(keys).toHaveLength(20);
      expect(new Set(keys.slice(0, 15)).size).toBe(15);
    }
  });

  it("points of a round that lie apart: those chosen already count as bad", () => {
    const line: Space = { x: { low: 0, high: 1 } };
    // Mean distance to the nearest of the same ten, over 20 seeds: 0.011; 0.004 where a round forgets what it has chosen.
    const distances = Array.from({ length: 20 }, (_, seed) => {
      const finished = follow(methodOf("tpe", line, { trials: 50, roundSize: 10, seed }), ({ point }) => Math.abs((point.x as number) - 0.5));
      const round = finished.slice(40).map(({ candidate }) => candidate.point.x as number);
      return round.map((x, i) => Math.min(...round.filter((_, j) => j !== i).map((other) => Math.abs(x - other))));
    }).flat();
    expect(distances.reduce((sum, distance) => sum + distance, 0) / distances.length).toBeGreaterThan(0.008);
  });

  it("keeps away from where candidates fail", () => {
    const line: Space = { x: { low: 0, high: 1 } };
    // All else is the same.
    const finished = follow(methodOf("tpe", line, { trials: 80 }), ({ point }) => ((point.x as number) > 0.5 ? null : 1));
    const later = finished.slice(30);
    expect(later.filter(({ value }) => value === null).length / later.length).toBeLessThan(0.2);
  });

  it("is random as long as everything fails", () => {
    const [tpe, random] = ["tpe", "random"].map((name) => follow(methodOf(name, space, { trials: 30 }), () => null).map(({ candidate }) => candidate.point));
    expect(tpe).toEqual(random);
  });

  it("for values of any size", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 20, maxLength: 20 }), (values) => {
        expect(follow(methodOf("tpe", space, { trials: 20 }), ({ id }) => values[id])).toHaveLength(20);
      }),
      { numRuns: 20 },
    );
  });
});

describe("densities", () => {
  const axes = axesOf({ x: { low: 0, high: 1 }, n: { low: 1, high: 8, integer: true }, kind: ["a", "b", "c"] });
  const places = [
    [0.1, 0.0625, 0.5],
    [0.15, 0.1875, 0.5],
    [0.95, 0.9375, 1 / 6],
  ];

  it("integrate to the same, whatever the points", () => {
    // Over a fine grid of x and n and the three choices; the factor 1 / (2 pi) of two normal densities is left out.
    const integral = (parzen: Parzen): number => {
      let sum = 0;
      for (let i = 0; i < 200; i++)
        for (let j = 0; j < 200; j++)
          for (let k = 0; k < 3; k++) sum += Math.exp(parzen.logDensity([(i + 0.5) / 200, (j + 0.5) / 200, (k + 0.5) / 3])) / 200 ** 2;
      return sum;
    };
    for (const some of [places, places.slice(0, 1), []]) expect(integral(new Parzen(axes, some, 1))).toBeCloseTo(2 * Math.PI, 3);
  });

  it("are those that places are drawn from", () => {
    const parzen = new Parzen(axes, places, 1);
    const draws = new Draws(1);
    const n = 20_000;
    let [below, same] = [0, 0];
    for (let i = 0; i < n; i++) {
      const [x, , kind] = parzen.sample(draws);
      if (x < 0.5) below++;
      if (Math.abs(kind - 0.5) < 1e-9) same++;
    }
    let [expectedBelow, expectedSame, total] = [0, 0, 0];
    for (let i = 0; i < 100; i++)
      for (let j = 0; j < 100; j++)
        for (let k = 0; k < 3; k++) {
          const density = Math.exp(parzen.logDensity([(i + 0.5) / 100, (j + 0.5) / 100, (k + 0.5) / 3]));
          total += density;
          if (i < 50) expectedBelow += density;
          if (k === 1) expectedSame += density;
        }
    expect(below / n).toBeCloseTo(expectedBelow / total, 1.7);
    expect(same / n).toBeCloseTo(expectedSame / total, 1.7);
  });
});
