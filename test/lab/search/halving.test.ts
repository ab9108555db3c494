import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candidate, type Evaluated, methodOf, type Space } from "../../../src/lab/search/index.ts";
import { readRungs } from "../../../src/lab/search/methods/bracket.ts";
import { bracketsOf } from "../../../src/lab/search/methods/hyperband.ts";
import { Options } from "../../../src/lab/search/methods/options.ts";
import { follow, spent } from "./follow.ts";

const space: Space = { x: { low: 0, high: 1 } };
const tableOf = (maxResource: number, eta: number): Record<number, [number, number][]> => {
  const { resources } = readRungs(new Options("hyperband", { maxResource, eta }, ["maxResource", "eta", "minResource"]));
  return Object.fromEntries(bracketsOf(resources, eta).map(([s, rungs]) => [s, rungs.map(({ count, resource }) => [count, resource])]));
};

describe("Hyperband", () => {
  it("has the brackets of algorithm 1 for R = 81 and eta = 3 (Li et al. 2018)", () => {
    // By hand: n = ceil((s_max + 1) / (s + 1) eta^s). Programs there are that round (s_max + 1) / (s + 1) down first, and so begin with 81, 27, 9, 6 and 5.
    expect(tableOf(81, 3)).toEqual({
      4: [[81, 1], [27, 3], [9, 9], [3, 27], [1, 81]], // biome-ignore format: a table
      3: [[34, 3], [11, 9], [3, 27], [1, 81]], // biome-ignore format: a table
      2: [[15, 9], [5, 27], [1, 81]], // biome-ignore format: a table
      1: [[8, 27], [2, 81]], // biome-ignore format: a table
      0: [[5, 81]],
    });
  });

  it("has the brackets that mlr3hyperband prints for R = 8 and eta = 2", () => {
    // Its page has the 4 points and 8 epochs of the last bracket the other way round.
    expect(tableOf(8, 2)).toEqual({
      3: [[8, 1], [4, 2], [2, 4], [1, 8]], // biome-ignore format: a table
      2: [[6, 2], [3, 4], [1, 8]], // biome-ignore format: a table
      1: [[4, 4], [2, 8]], // biome-ignore format: a table
      0: [[4, 8]],
    });
  });

  it("runs them side by side: a round is the next rung of each, the longest trials first", () => {
    const method = methodOf("hyperband", space, { maxResource: 9 });
    const rounds: string[] = [];
    const finished: Evaluated[] = [];
    for (let round = method.next(finished, 1); round.length > 0; round = method.next(finished, 1)) {
      const counts = new Map<string, number>();
      for (const { bracket, rung, resource } of round) counts.set(`${bracket}.${rung}@${resource}`, (counts.get(`${bracket}.${rung}@${resource}`) ?? 0) + 1);
      rounds.push([...counts].map(([key, count]) => `${count} of ${key}`).join(", "));
      for (const candidate of round) finished.push({ candidate, value: candidate.id });
    }
    expect(rounds).toEqual(["3 of 0.0@9, 5 of 1.0@3, 9 of 2.0@1", "1 of 1.1@9, 3 of 2.1@3", "1 of 2.2@9"]);
    expect(method.budget).toBe(27 + (15 + 6) + (9 + 6 + 6));
  });

  it("again with new points for each iteration", () => {
    const points = follow(methodOf("hyperband", space, { maxResource: 3, iterations: 3 }), ({ id }) => id)
      .filter(({ candidate }) => candidate.from === null)
      .map(({ candidate }) => candidate.point.x);
    expect(points).toHaveLength(3 * (2 + 3));
    expect(new Set(points).size).toBe(points.length);
  });

  it("spends what it states for any resources, whole numbers of them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 2, max: 5 }), (maxResource, minResource, eta) => {
        fc.pre(minResource <= maxResource);
        const method = methodOf("hyperband", space, { maxResource, minResource, eta });
        const finished = follow(method, ({ point }) => point.x as number);
        expect(spent(finished)).toBe(method.budget);
        for (const { candidate } of finished) {
          expect(Number.isInteger(candidate.resource)).toBe(true);
          expect(candidate.resource).toBeGreaterThanOrEqual(minResource);
          expect(candidate.resource).toBeLessThanOrEqual(maxResource);
        }
        expect(finished.some(({ candidate }) => candidate.resource === maxResource)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe("successive halving", () => {
  it("lets the best third of each rung go on, of equals the earlier", () => {
    const worse = ({ point }: Candidate): number => Math.round((point.x as number) * 8);
    const finished = follow(methodOf("successiveHalving", space, { maxResource: 9, trials: 20 }), worse);
    const rung = (number: number): Evaluated[] => finished.filter(({ candidate }) => candidate.rung === number);
    expect([0, 1, 2].map((number) => rung(number).length)).toEqual([20, 6, 2]);
    const ranked = [...rung(0)].sort((a, b) => (a.value as number) - (b.value as number) || a.candidate.id - b.candidate.id);
    expect(rung(1).map(({ candidate }) => candidate.from)).toEqual(ranked.slice(0, 6).map(({ candidate }) => candidate.id));
  });

  it("never lets one go on that failed, nor a worse one before a better one", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 5 }), { freq: 3 }), { minLength: 40, maxLength: 40 }), (values) => {
        const value = ({ id }: Candidate): number | null => values[id % values.length];
        for (const name of ["successiveHalving", "hyperband"] as const) {
          const finished = follow(methodOf(name, space, { maxResource: 27 }), value);
          for (const { candidate } of finished) {
            if (candidate.from === null) continue;
            const before = finished.find((other) => other.candidate.id === candidate.from) as Evaluated;
            expect(before.value).not.toBeNull();
            const rivals = finished.filter(
              ({ candidate: other, value }) => other.bracket === candidate.bracket && other.rung === candidate.rung - 1 && value !== null,
            );
            const better = rivals.filter((other) => (other.value as number) < (before.value as number));
            for (const other of better) expect(finished.some((next) => next.candidate.from === other.candidate.id)).toBe(true);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it("begins with as many as leave one for the last rung", () => {
    expect(methodOf("successiveHalving", space, { maxResource: 100, eta: 3 }).next([], 1)).toHaveLength(81);
    expect(methodOf("successiveHalving", space, { maxResource: 100, minResource: 10, eta: 2 }).next([], 1)).toHaveLength(8);
  });
});
