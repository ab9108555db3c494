import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, NumericError } from "../../../src/errors.ts";
import {
  type Method,
  type MethodName,
  methodNames,
  type ObjectiveContext,
  type Point,
  type SearchTrial,
  type Space,
  search,
} from "../../../src/lab/search/index.ts";
import { short } from "./follow.ts";

const space: Space = { x: { low: -5, high: 5 }, kind: ["a", "b"] };
const bowl = ({ x, kind }: { readonly x?: unknown; readonly kind?: unknown }): number => (x as number) ** 2 + (kind === "a" ? 0 : 1);

/** Options of a search with any method. */
const using = (name: MethodName): { method: never } => ({ method: { name, ...short[name] } as never });

describe("the result has the same bits for any concurrency and in whatever order trials finish", () => {
  it.each(methodNames.filter((name) => name !== "asha"))("%s", async (name) => {
    const value = (point: Point, resource: number): number => {
      if (point.kind === "b" && (point.x as number) > 0) throw new Error("bad luck");
      return bowl(point) / resource;
    };
    const alone = await search(space, (point, { resource }) => value(point, resource), { ...using(name), seed: 2 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 12 }), async (scheduler, concurrency) => {
        const scheduled = scheduler.scheduleFunction(async (point: Point, resource: number) => value(point, resource));
        const result = await scheduler.waitFor(search(space, (point, { resource }) => scheduled(point, resource), { ...using(name), seed: 2, concurrency }));
        expect(result).toEqual(alone);
      }),
      { numRuns: 10 },
    );
    expect(alone.trials.map(({ id }) => id)).toEqual(alone.trials.map((_, i) => i));
    expect(alone.trials.some(({ error }) => error === "bad luck")).toBe(true);
    expect([alone.completionOrder, alone.note]).toEqual([null, null]);
  });

  it("methods are told of a round in the order of ids, when all of it is there", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const told: number[][] = [];
        const method: Method = {
          name: "own",
          asynchronous: false,
          budget: 8,
          next: (finished) => {
            told.push(finished.map(({ candidate }) => candidate.id));
            const at = finished.length;
            return at === 8 ? [] : [0, 1, 2, 3].map((i) => ({ id: at + i, point: { x: i, kind: "a" }, resource: 1, from: null, rung: 0, bracket: 0 }));
          },
        };
        const scheduled = scheduler.scheduleFunction(async (point: Point) => bowl(point));
        await scheduler.waitFor(search(space, (point) => scheduled(point), { method, concurrency: 4 }));
        expect(told).toEqual([[], [0, 1, 2, 3], [0, 1, 2, 3, 4, 5, 6, 7]]);
      }),
      { numRuns: 20 },
    );
  });

  it("never more at a time than asked for, and as many", async () => {
    let [running, most] = [0, 0];
    await search(
      space,
      async (point) => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        return bowl(point);
      },
      { method: "random", trials: 20, concurrency: 3 },
    );
    expect(most).toBe(3);
  });
});

describe("an objective", () => {
  it("is told what goes on from what, and a seed that stays with a point", async () => {
    const told = new Map<number, ObjectiveContext & { x: unknown }>();
    const { trials, budget, spent } = await search(
      space,
      (point, context) => {
        told.set(context.id, { ...context, x: point.x });
        return bowl(point);
      },
      { ...using("successiveHalving"), seed: 9 },
    );
    expect(told.size).toBe(trials.length);
    expect(spent).toBe(budget);
    for (const { from, previousResource, seed, x, resource } of told.values()) {
      expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).toBe(true);
      if (from === null) expect(previousResource).toBe(0);
      else {
        expect(previousResource).toBe(told.get(from)?.resource);
        expect(previousResource).toBeLessThan(resource);
        expect([seed, x]).toEqual([told.get(from)?.seed, told.get(from)?.x]);
      }
    }
    const begun = [...told.values()].filter(({ from }) => from === null);
    expect(new Set(begun.map(({ seed }) => seed)).size).toBe(begun.length);
  });

  it("that throws or gives no finite number fails its trial, and the search goes on", async () => {
    const bad: unknown[] = [Number.NaN, Number.POSITIVE_INFINITY, "0", undefined, null, 1n];
    const { trials, best, spent } = await search(
      space,
      (point, { id }) => {
        if (id === 6) throw new Error("out of memory");
        if (id === 7) throw "a text";
        if (id === 8) return Promise.reject(new Error("later"));
        return id < bad.length ? (bad[id] as number) : bowl(point);
      },
      { method: "random", trials: 12 },
    );
    expect(trials.map(({ error }) => error)).toEqual([
      "the objective gave NaN, expected a finite number",
      "the objective gave Infinity, expected a finite number",
      'the objective gave "0", expected a finite number',
      "the objective gave undefined, expected a finite number",
      "the objective gave null, expected a finite number",
      "the objective gave a bigint, expected a finite number",
      "out of memory",
      "a text",
      "later",
      null,
      null,
      null,
    ]);
    expect(trials.slice(0, 9).every(({ value }) => value === null)).toBe(true);
    expect(best.id).toBeGreaterThan(8);
    expect(spent).toBe(12);
  });

  it("cannot change its point", async () => {
    const changing = search(space, (point) => ((point as { x: number }).x = 0), { method: "random", trials: 2 });
    await expect(changing).rejects.toThrow(/all failed, the first: Cannot assign to read only property 'x'/);
  });

  it.each(methodNames)("that always fails ends in an error that says why: %s", async (name) => {
    const failing = search(space, () => Number.NaN, using(name));
    await expect(failing).rejects.toThrow(NumericError);
    await expect(failing).rejects.toThrow(
      /^search: got \d+ trials that all failed, the first: the objective gave NaN, expected a finite number, expected a finite/,
    );
  });
});

describe("the best", () => {
  it("is the least, or the greatest; the first of equals", async () => {
    const least = await search(space, bowl, { method: "random", trials: 30 });
    expect(least.best.value).toBe(Math.min(...least.trials.map(({ value }) => value as number)));
    const greatest = await search(space, (point) => -bowl(point), { method: "random", trials: 30, direction: "maximize" });
    expect(greatest.best.point).toEqual(least.best.point);
    expect(greatest.best.value).toBe(-least.best.value);
    expect((await search(space, () => 1, { method: "random", trials: 5 })).best.id).toBe(0);
  });

  it.each(methodNames)("maximizing is minimizing the negative: %s", async (name) => {
    const down = await search(space, bowl, { ...using(name), seed: 1 });
    const up = await search(space, (point) => -bowl(point), { ...using(name), seed: 1, direction: "maximize" });
    expect(up.trials.map(({ point }) => point)).toEqual(down.trials.map(({ point }) => point));
  });

  it("is one of those on which most was spent", async () => {
    // Less looks better the less is spent.
    const { best } = await search(space, (point, { resource }) => bowl(point) + resource, { ...using("hyperband") });
    expect(best.resource).toBe(9);
  });
});

describe("a search that ends early", () => {
  it("rejects with the signal's reason at once, tells the objective, and begins nothing more", async () => {
    const control = new AbortController();
    const signals: AbortSignal[] = [];
    const reason = new Error("enough");
    const running = search(
      space,
      (_, { signal }) => {
        signals.push(signal);
        if (signals.length === 3) control.abort(reason);
        return new Promise<number>(() => {});
      },
      { method: "random", trials: 20, concurrency: 3, signal: control.signal },
    );
    await expect(running).rejects.toBe(reason);
    expect(signals).toHaveLength(3);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    await expect(search(space, bowl, { signal: control.signal })).rejects.toBe(reason);
  });

  it("between trials too, with every method", async () => {
    for (const name of methodNames) {
      const control = new AbortController();
      const seen: number[] = [];
      const running = search(space, bowl, {
        ...using(name),
        concurrency: 2,
        signal: control.signal,
        onTrial: ({ id }) => {
          seen.push(id);
          if (seen.length === 4) control.abort("stop");
        },
      });
      await expect(running).rejects.toBe("stop");
      expect(seen).toHaveLength(4);
    }
  });

  it("also for what onTrial throws", async () => {
    const error = new Error("disk full");
    let calls = 0;
    const onTrial = (): void => {
      calls++;
      throw error;
    };
    for (const name of methodNames) await expect(search(space, bowl, { ...using(name), concurrency: 2, onTrial })).rejects.toBe(error);
    expect(calls).toBe(methodNames.length);
  });
});

it("tells of each trial", async () => {
  const told: SearchTrial[] = [];
  const { trials } = await search(space, bowl, { method: "random", trials: 5, onTrial: (trial) => told.push(trial) });
  expect(told).toEqual(trials);
});

it("takes a method of one's own", async () => {
  const own: Method = {
    name: "own",
    asynchronous: false,
    budget: 2,
    next: (finished) =>
      finished.length === 2 ? [] : [{ id: finished.length, point: { x: finished.length, kind: "a" }, resource: 1, from: null, rung: 0, bracket: 0 }],
  };
  const { best, method, trials } = await search(space, bowl, { method: own });
  expect([best.value, method, trials.length]).toEqual([0, "own", 2]);
  await expect(search(space, bowl, { method: own, trials: 3 })).rejects.toThrow(
    "search: got trials beside a method that is made already, expected the method to know it",
  );
});

describe("options that cannot be", () => {
  it.each([
    [{ direction: "up" }, 'search, direction: got "up", expected minimize, maximize'],
    [{ concurrency: 0 }, "search, concurrency: got 0, expected a whole number from 1 to 1024"],
    [{ seed: 0.5 }, "search, seed: got 0.5, expected a whole number"],
    [{ method: "tpes" }, 'method: got "tpes"'],
    [{ method: null }, "method: got null"],
    [{ method: { nam: "tpe" } }, "method: got undefined"],
    [{ method: "grid", trials: 3 }, 'method grid: got the field "trials", expected levels, seed'],
    [{ method: { name: "tpe", trials: 0 } }, "method tpe, trials: got 0"],
    [{ trails: 3 }, 'search: got the field "trails"'],
  ])("%j", async (options, message) => {
    const failing = search(space, bowl, options as never);
    await expect(failing).rejects.toThrow(ConfigError);
    await expect(failing).rejects.toThrow(message);
  });

  it("an objective that is none, a space that is none", async () => {
    await expect(search(space, 3 as never)).rejects.toThrow("search: got 3, expected a function of a point as objective");
    await expect(search({ x: { low: 2, high: 1 } }, bowl)).rejects.toThrow("space, x: got an empty range from 2 to 1");
  });
});
