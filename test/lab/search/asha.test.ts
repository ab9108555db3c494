import fc from "fast-check";
import { expect, it } from "vitest";
import { type Candidate, type Evaluated, methodOf, type Space, search } from "../../../src/lab/search/index.ts";
import { spent } from "./follow.ts";

const space: Space = { x: { low: 0, high: 1 } };

/** Runs ASHA with so many places; `choose` says which of those that run finishes next. */
function play(options: object, places: number, choose: (running: readonly Candidate[]) => number, value: (candidate: Candidate) => number | null): Evaluated[] {
  const method = methodOf("asha", space, options);
  const finished: Evaluated[] = [];
  let running: Candidate[] = [];
  for (;;) {
    running.push(...method.next(finished, places - running.length));
    if (running.length === 0) return finished;
    const candidate = running[choose(running)];
    running = running.filter((other) => other !== candidate);
    finished.push({ candidate, value: value(candidate) });
  }
}

it("lets go on who is among the best third of those that finished a rung, from the highest rung, and begins others otherwise", () => {
  // Algorithm 2 of Li et al. 2020 by hand: one place, R = 9, eta = 3, values 5, 3, 4, then 1, 2, 6 ...
  const values = [5, 3, 4, 3, 1, 2, 0.5, 6, 7];
  const finished = play(
    { budget: 14, maxResource: 9 },
    1,
    () => 0,
    ({ id }) => values[id],
  );
  expect(finished.map(({ candidate: { id, rung, from, resource } }) => [id, rung, from, resource])).toEqual([
    [0, 0, null, 1],
    [1, 0, null, 1],
    [2, 0, null, 1],
    // Three have finished: the best of them, 1, goes on.
    [3, 1, 1, 3],
    // Three of rung 0, one of rung 1: nobody else may.
    [4, 0, null, 1],
    // The best of four is 4, and one of four may go on.
    [5, 1, 4, 3],
    [6, 0, null, 1],
    // Of five one may, the best: 6.
    [7, 1, 6, 3],
    // Three have finished rung 1; the best of them would cost 6, which is more than is left: 14 - 5 - 6 = 3.
    [8, 0, null, 1],
    [9, 0, null, 1],
    [10, 0, null, 1],
  ]);
});

it("the highest rung comes first where two have someone to go on, and those that failed are counted among those that finished", () => {
  const method = methodOf("asha", space, { budget: 1000, maxResource: 9 });
  const finished: Evaluated[] = [];
  const begin = (places: number): Candidate[] => [...method.next(finished, places)];
  const finish = (candidates: readonly Candidate[], value: (candidate: Candidate) => number | null): void => {
    for (const candidate of candidates) finished.push({ candidate, value: value(candidate) });
  };
  // Of nine, six failed; three may go on: all that did not.
  finish(begin(9), ({ id }) => (id < 3 ? id : null));
  const second = begin(6);
  expect(second.map(({ rung, from }) => [rung, from])).toEqual([[1, 0], [1, 1], [1, 2], [0, null], [0, null], [0, null]]); // biome-ignore format: a table
  // Now one of rung 1 may go on, and of rung 0 a fourth.
  finish(second, ({ id }) => id);
  expect(begin(3).map(({ rung, from }) => [rung, from])).toEqual([[2, second[0].id], [1, second[3].id], [0, null]]); // biome-ignore format: a table
});

it("in any order: nothing runs twice, who goes on was among the best third when it did, failures never, the budget holds", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 3, max: 150 }),
      fc.infiniteStream(fc.nat(1000)),
      fc.infiniteStream(fc.option(fc.integer({ min: 0, max: 20 }), { freq: 4 })),
      (places, minResource, budget, order, values) => {
        const known: Evaluated[] = [];
        const eta = 3;
        const finished = play(
          { budget, maxResource: 27, minResource, eta },
          places,
          (running) => order.next().value % running.length,
          (candidate) => {
            const value = values.next().value;
            known.push({ candidate, value });
            return value;
          },
        );
        expect(finished).toEqual(known);
        expect(spent(finished)).toBeLessThanOrEqual(budget);
        expect(budget - spent(finished)).toBeLessThan(finished[0].candidate.resource);
        const froms = finished.flatMap(({ candidate }) => candidate.from ?? []);
        expect(new Set(froms).size).toBe(froms.length);
        for (const { candidate } of finished) {
          if (candidate.from === null) continue;
          const before = finished.find((other) => other.candidate.id === candidate.from) as Evaluated;
          expect(before.candidate.rung).toBe(candidate.rung - 1);
          expect(before.value).not.toBeNull();
          // Among the best third at some moment: of those that finished the rung up to there.
          const rung = finished.filter((other) => other.candidate.rung === before.candidate.rung);
          const moments = rung.slice(rung.indexOf(before)).map((_, i) => rung.slice(0, rung.indexOf(before) + 1 + i));
          const isAmong = (some: readonly Evaluated[]): boolean =>
            some.filter(({ value }) => value !== null && value < (before.value as number)).length < some.length / eta;
          expect(moments.some(isAmong)).toBe(true);
        }
      },
    ),
  );
});

const objective = ({ x }: { readonly x?: unknown }, resource: number): number => ((x as number) - 0.3) ** 2 + 1 / resource;

it("a search that follows the order of another has its result, for any concurrency; another order has another", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), async (scheduler, concurrency, other) => {
      const scheduled = scheduler.scheduleFunction(async (point: object, resource: number) => objective(point, resource));
      const options = { method: { name: "asha", maxResource: 9 }, budget: 60, seed: 4 } as const;
      const recorded = await scheduler.waitFor(search(space, (point, { resource }) => scheduled(point, resource), { ...options, concurrency }));
      expect(recorded.completionOrder).toEqual({ concurrency, ids: expect.any(Array) });
      expect(recorded.note).toContain("depends on the order in which trials finished");
      const again = scheduler.scheduleFunction(async (point: object, resource: number) => objective(point, resource));
      const replayed = await scheduler.waitFor(
        search(space, (point, { resource }) => again(point, resource), { ...options, concurrency: other, replay: recorded.completionOrder }),
      );
      expect(replayed).toEqual(recorded);
    }),
    { numRuns: 30 },
  );
});

it("goes on from the beginning of an order as trials finish, and refuses one that it cannot follow", async () => {
  const options = { method: { name: "asha", maxResource: 9 }, budget: 30, concurrency: 3 } as const;
  const run = (replay: { concurrency: number; ids: number[] }): ReturnType<typeof search> =>
    search(space, (point, { resource }) => objective(point, resource), { ...options, replay });
  const { completionOrder, trials } = await run({ concurrency: 3, ids: [2, 0] });
  expect(completionOrder?.ids.slice(0, 2)).toEqual([2, 0]);
  expect(completionOrder?.ids).toHaveLength(trials.length);
  await expect(run({ concurrency: 3, ids: [0, 0] })).rejects.toThrow(/^replay, ids\[1\]: got 0, expected one of those that run: 1, 2, 3\nHint: /);
  await expect(run({ concurrency: 3, ids: [...(completionOrder?.ids ?? []), 99] })).rejects.toThrow(/: got 99, expected no more of them: the search is over/);
  await expect(run({ concurrency: 0, ids: [] })).rejects.toThrow("search, replay, concurrency: got 0");
  await expect(run({ concurrency: 2 } as never)).rejects.toThrow('search, replay: got {"concurrency":2}, expected { concurrency, ids }');
  await expect(search(space, () => 1, { method: "random", replay: completionOrder })).rejects.toThrow("search, replay: got an order for random");
});
