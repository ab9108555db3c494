/** Searches in a folder: the same for any number of workers and after any interruption, whatever fails on the way. */
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataset } from "../../../src/data/index.ts";
import { ConfigError, FileError, NumericError } from "../../../src/errors.ts";
import { sequential } from "../../../src/index.ts";
import { defineStudy } from "../../../src/lab/definition/define-study.ts";
import { runStudy } from "../../../src/lab/run-study.ts";
import { defineSearch } from "../../../src/lab/search/define-search.ts";
import type { SearchDefinition } from "../../../src/lab/search/definition.ts";
import { type RunSearchOptions, runSearch, type SearchEvent } from "../../../src/lab/search/run-search.ts";
import { dense } from "../../../src/layers/index.ts";
import { linesOf, smallData, timelessSummary, tiny } from "../runners/studies.ts";
import { folder } from "../runners/support.ts";

const FILES = ["report.csv", "report.html", "report.md", "results.jsonl", "summary.json"];

let data: ReturnType<typeof smallData>;
beforeAll(() => {
  data = smallData();
});
afterAll(() => data.remove());

const definition = (parts: Partial<SearchDefinition> = {}): SearchDefinition => ({
  name: "small",
  title: "Small",
  question: "Does it end as if nothing had happened?",
  data: data.path,
  base: { model: "mlp", batchSize: 16, epochs: 1 },
  space: { learningRate: { low: 0.001, high: 1, log: true }, hidden: { low: 4, high: 16, integer: true }, optimizer: ["sgd", "adam"] },
  method: "random",
  trials: 6,
  report: { settings: 2, seeds: 2 },
  ...parts,
});

const rungs = { method: "hyperband", trials: undefined, base: { model: "mlp", batchSize: 16 }, epochs: { least: 1, most: 4, factor: 2 } } as const;

async function run({ parts, ...options }: RunSearchOptions & { parts?: Partial<SearchDefinition> } = {}) {
  const { out = folder() } = options;
  const events: SearchEvent[] = [];
  const search = defineSearch(definition(parts));
  const onProgress = (event: SearchEvent): void => {
    events.push(event);
    options.onProgress?.(event);
  };
  const result = await runSearch(search, { workers: 2, ...options, out, onProgress });
  const ran = events.filter((event) => event.event === "trial" && event.from === "run").length;
  return { ...result, out, path: join(out, search.name), events, ran };
}

describe("a search", () => {
  it("is the same for 1, 2 and 3 workers, and writes its files", async () => {
    const runs = [];
    for (const workers of [1, 2, 3]) runs.push(await run({ workers, parts: { seeds: 2 } }));
    const [one, ...others] = runs;
    expect(readdirSync(one.path).sort()).toEqual(FILES);
    for (const { files } of others) expect(timelessSummary(files.summary)).toEqual(timelessSummary(one.files.summary));
    const lines = linesOf(one.files.results);
    expect(lines).toHaveLength(6 * 2 + 2 * 2);
    const [search, tests] = ["tune", "report"].map((role) => lines.filter(({ trial }) => trial.role === role));
    expect(new Set(search.map(({ trial }) => trial.seed))).toEqual(new Set([1001, 1002]));
    expect(search.every(({ result }) => result.test === null && result.validation !== null)).toBe(true);
    expect(new Set(tests.map(({ trial }) => trial.seed))).toEqual(new Set([1, 2]));
    expect(tests.every(({ result }) => result.test !== null)).toBe(true);
    const { budget, points, tested, goal } = one.summary;
    expect(goal).toEqual({ name: "accuracy", lessIsBetter: false, share: true });
    expect(budget).toEqual({ stated: 6, unit: "points", spent: 6, points: 6, failed: 0, repeated: 0 });
    const scores = points.map(({ score }) => score as number);
    expect(tested.map(({ score }) => score).sort()).toEqual(
      [...scores]
        .sort((a, b) => b - a)
        .slice(0, 2)
        .sort(),
    );
    // The mean over seeds, and what is too good is against the seeds of the report.
    const ofFirst = search.filter(({ id }) => points[0].trials.includes(id)).map(({ result }) => result.validation?.accuracy ?? 0);
    expect(points[0].score).toBe((ofFirst[0] + ofFirst[1]) / 2);
    const [best] = tested;
    expect(best.optimism?.mean).toBeCloseTo(best.score - (best.validation?.mean as number), 12);
    const values = best.runs.map(({ test }) => test?.accuracy ?? 0);
    expect(best.test?.mean).toBe((values[0] + values[1]) / 2);
    // Marks of the test set are seeds, marks of a setting's values are points: both figures say which.
    const html = readFileSync(one.files.html, "utf8");
    expect([html.match(/>single seeds</g), html.match(/>single points</g)]).not.toContain(null);
  }, 60_000);

  it("that is finished is not run again; more trials add to it", async () => {
    const { out, files, ran } = await run();
    expect(ran).toBe(6 + 4);
    const summary = readFileSync(files.summary, "utf8");
    const again = await run({ out });
    expect(again.ran).toBe(0);
    expect(readFileSync(files.summary, "utf8")).toBe(summary);
    const more = await run({ out, parts: { trials: 8 } });
    expect(more.ran).toBeGreaterThanOrEqual(2);
    expect(more.ran).toBeLessThanOrEqual(2 + 4);
    expect(more.summary.points.slice(0, 6)).toEqual(JSON.parse(summary).points);
  }, 60_000);

  it.each<[string, Partial<SearchDefinition>]>([
    ["random", {}],
    ["hyperband", rungs],
  ])(
    "interrupted at any trial goes on from those that are finished: %s",
    async (_, parts) => {
      const whole = await run({ parts });
      const out = folder();
      for (let at = 2; ; at += 4) {
        const control = new AbortController();
        let done = 0;
        const onProgress = ({ event }: SearchEvent): void => {
          if (event === "trial" && ++done === at) control.abort(new Error("enough"));
        };
        const stopped = await run({ parts, out, onProgress, signal: control.signal }).then(
          () => false,
          (error: Error) => {
            expect(error.message).toBe("enough");
            return true;
          },
        );
        if (!stopped) break;
      }
      expect(timelessSummary(join(out, "small", "summary.json"))).toEqual(timelessSummary(whole.files.summary));
      expect(readdirSync(join(out, "small")).sort()).toEqual(FILES);
      expect(new Set(linesOf(join(out, "small", "results.jsonl")).map(({ id }) => id)).size).toBe(linesOf(whole.files.results).length);
    },
    120_000,
  );

  it("goes on after a torn line, and says so", async () => {
    const { out, files } = await run();
    const [results, summary] = [readFileSync(files.results), timelessSummary(files.summary)];
    writeFileSync(files.results, results.subarray(0, results.length - 100));
    const { ran, events } = await run({ out });
    expect(ran).toBe(1);
    expect(events[1]).toEqual({ event: "notice", text: expect.stringMatching(/results.jsonl: dropped \d+ bytes/) });
    expect(timelessSummary(files.summary)).toEqual(summary);
  }, 60_000);

  it("tells its plan, each trial, each point with the best so far, and its end", async () => {
    const { events, files, summary } = await run();
    expect(events[0]).toMatchObject({ event: "start", budget: 6, finished: 0, workers: 2, goal: { name: "accuracy" } });
    const tried = events.flatMap((event) => (event.event === "tried" ? [event] : []));
    expect(tried).toHaveLength(6);
    expect(tried.at(-1)?.spent).toBe(6);
    expect(tried.at(-1)?.best?.score).toBe(Math.max(...summary.points.map(({ score }) => score as number)));
    expect(events.filter(({ event }) => event === "begin")).toHaveLength(10);
    expect(events).toContainEqual({ event: "reporting", trials: 4 });
    expect(events.at(-1)).toEqual({ event: "end", files });
  });
});

describe("Hyperband", () => {
  it("spends the budget it states, from checkpoints, with the bits of training from the beginning", async () => {
    const { summary, files, path } = await run({ parts: rungs });
    const { budget, times, points, rungs: table } = summary;
    expect(budget).toMatchObject({ unit: "epochs", failed: 0, repeated: 0 });
    expect(budget.spent).toBe(budget.stated);
    expect(times.epochsTrained).toBe(budget.stated);
    expect(readdirSync(path).sort()).toEqual(FILES);
    // Counted again, from the lines.
    const lines = linesOf(files.results).filter(({ trial }) => trial.role === "tune");
    const epochs = lines.reduce((sum, { result }) => sum + result.epochs.length, 0);
    expect(epochs).toBeGreaterThan(budget.stated);
    expect(lines.reduce((sum, { result }) => sum + result.epochs.length - (result.resumedAt ?? 0), 0)).toBe(budget.stated);
    expect(points.filter(({ from }) => from !== null).length).toBeGreaterThan(2);
    expect(table?.reduce((sum, { tried }) => sum + tried, 0)).toBe(points.length);
    // Random search over the same points and epochs trains each from the beginning.
    const continued = lines.filter(({ result }) => result.resumedAt !== undefined);
    expect(continued.length).toBeGreaterThan(2);
    for (const { trial, result } of continued.slice(0, 3)) {
      const { base, space } = {
        base: { model: "mlp", batchSize: 16, epochs: trial.settings.epochs } as const,
        space: { learningRate: [trial.settings.learningRate as number], hidden: [trial.settings.hidden], optimizer: [trial.settings.optimizer] },
      };
      const anew = await run({ parts: { base, space, method: "grid", trials: undefined, report: { settings: 1, seeds: 1 } } });
      const same = linesOf(anew.files.results).find(({ id }) => id === result.id);
      expect(same?.result).not.toHaveProperty("resumedAt");
      const { seconds: _, resumedAt: __, ...bits } = result;
      expect(same?.result).toMatchObject(bits);
    }
  }, 120_000);

  it("is the same for 1 and 3 workers, and with checkpoints that are gone, which then cost more", async () => {
    const [one, three] = [await run({ parts: rungs, workers: 1 }), await run({ parts: rungs, workers: 3 })];
    expect(timelessSummary(three.files.summary)).toEqual(timelessSummary(one.files.summary));
    const out = folder();
    const lost = await run({
      parts: rungs,
      out,
      workers: 1,
      onProgress(event) {
        if (event.event === "tried") rmSync(join(out, "small", "checkpoints", `point-${event.tried.id}-seed-1001`), { recursive: true, force: true });
      },
    });
    expect(timelessSummary(lost.files.summary)).toEqual(timelessSummary(one.files.summary));
    expect(lost.summary.times.epochsTrained).toBeGreaterThan(one.summary.times.epochsTrained);
  }, 60_000);

  it("keeps checkpoints of those only that may be trained on", async () => {
    const out = folder();
    const most = { held: 0, after: -1 };
    await run({
      parts: rungs,
      out,
      workers: 1,
      onProgress(event) {
        const checkpoints = join(out, "small", "checkpoints");
        const count = existsSync(checkpoints) ? readdirSync(checkpoints).length : 0;
        if (event.event === "tried") most.held = Math.max(most.held, count);
        if (event.event === "reporting") most.after = count;
      },
    });
    expect(most.held).toBeGreaterThan(0);
    expect(most.after).toBe(0);
  }, 60_000);
});

describe("ASHA", () => {
  const parts = { ...rungs, method: "asha", budget: 30 } as const;

  it("keeps the order in which points finished, follows it when it goes on, and says that the result depends on it", async () => {
    const out = folder();
    const control = new AbortController();
    let done = 0;
    const onProgress = ({ event }: SearchEvent): void => {
      if (event === "tried" && ++done === 8) control.abort(new Error("enough"));
    };
    await expect(run({ parts, out, workers: 3, onProgress, signal: control.signal })).rejects.toThrow("enough");
    const order = (): unknown[] =>
      readFileSync(join(out, "small", "order.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    const before = order();
    expect(before[0]).toEqual({ concurrency: 3 });
    expect(before.length).toBeGreaterThan(7);
    // Other workers, the same places.
    const whole = await run({ parts, out, workers: 2 });
    expect(order().slice(0, before.length)).toEqual(before);
    expect(whole.summary.order).toEqual({
      concurrency: 3,
      ids: order()
        .slice(1)
        .map((entry) => (entry as { id: number }).id),
    });
    expect(whole.summary.verdict.join("\n")).toContain("depends on the order in which trials finished");
    const { budget, times } = whole.summary;
    expect(budget.spent).toBeLessThanOrEqual(30);
    // What a killed trial had trained to its end is in its checkpoint, and in no line.
    expect(times.epochsTrained).toBeLessThanOrEqual(budget.spent);
    expect(times.epochsTrained).toBeGreaterThan(0);
    const summary = readFileSync(whole.files.summary, "utf8");
    const again = await run({ parts, out, workers: 1 });
    expect(again.ran).toBe(0);
    expect(readFileSync(whole.files.summary, "utf8")).toBe(summary);
    // A torn end is dropped; what it said is found out again.
    appendFileSync(join(out, "small", "order.jsonl"), '{"id');
    expect((await run({ parts, out })).ran).toBe(0);
    writeFileSync(join(out, "small", "order.jsonl"), '{"concurrency":3}\n{"it":0}\n');
    await expect(run({ parts, out })).rejects.toThrow(/order.jsonl, line 2: got {"it":0}, expected {"id":N}/);
  }, 60_000);
});

describe("what fails", () => {
  it("a trial that diverges, or whose model does not fit, has no score, and the search goes on", async () => {
    const square = sequential({ inputShape: [9] }, [dense(8, { activation: "softmax" })]).toJSON();
    const parts: Partial<SearchDefinition> = {
      base: { batchSize: 16, epochs: 1, optimizer: "sgd", activation: "linear", dropout: 0 },
      space: { model: ["mlp", square as never], learningRate: [0.1, 1e38] },
      method: "grid",
      trials: undefined,
    };
    const { summary, out, files } = await run({ parts });
    expect(summary.budget).toMatchObject({ points: 4, failed: summary.failures.reduce((sum, { points }) => sum + points, 0) });
    expect(summary.budget.failed).toBeGreaterThan(1);
    expect(summary.failures.map(({ reason }) => reason).join()).toMatch(/got .*expected/);
    expect(summary.tested[0].point).toMatchObject({ model: "mlp", learningRate: 0.1 });
    expect(summary.budget.failed).toBe(3);
    expect(summary.failures.map(({ points }) => points)).toEqual([2, 1]);
    const again = await run({ parts, out });
    expect(again.ran).toBe(0);
    expect(timelessSummary(again.files.summary)).toEqual(timelessSummary(files.summary));
  }, 60_000);

  it("in halving too: what fails is not trained on", async () => {
    const { summary } = await run({
      parts: {
        ...rungs,
        method: "successiveHalving",
        space: { learningRate: [0.1, 1e38], activation: ["linear", "relu"], hidden: { low: 4, high: 64, integer: true } },
        base: { ...rungs.base, optimizer: "sgd", dropout: 0 },
      },
    });
    const failed = summary.points.filter(({ score }) => score === null);
    expect(failed.length).toBeGreaterThan(0);
    for (const { id, failure } of failed) {
      expect(failure).toBe("diverged");
      expect(summary.points.some(({ from }) => from === id)).toBe(false);
    }
  }, 60_000);

  it("which settings matter is said of first rungs as such, and of other searches plainly", async () => {
    const space = { hidden: { low: 4, high: 64, integer: true }, learningRate: { low: 1e-5, high: 1, log: true } } as const;
    const report = { settings: 1, seeds: 1 };
    const halving = await run({ parts: { ...rungs, method: "successiveHalving", trials: 20, epochs: { least: 1, most: 2, factor: 2 }, space, report } });
    const random = await run({ parts: { trials: 20, space, report } });
    const textOf = ({ report: { sections, verdict } }: typeof random): string =>
      [
        ...(sections.find(({ heading }) => heading === "Which settings matter")?.text ?? []),
        ...verdict.filter((line) => line.includes("for itself") || line.includes("for themselves")),
      ].join("\n");
    expect(textOf(halving).match(/first rungs, after few epochs/g)).toHaveLength(2);
    expect(textOf(random)).toMatch(/p by permutation.*\n.*for (itself|themselves)/);
    expect(textOf(random)).not.toContain("first rungs");
  }, 60_000);

  it("a point of a lower rung is tested with all epochs, and its score with fewer is not called luck", async () => {
    const { summary, report } = await run({
      parts: { ...rungs, method: "successiveHalving", space: { hidden: { low: 4, high: 64, integer: true } }, report: { settings: 3, seeds: 2 } },
    });
    const epochs = new Map(summary.points.map(({ id, epochs }) => [id, epochs]));
    expect(summary.tested.map(({ id }) => epochs.get(id)).sort()).toEqual([1, 2, 4]);
    for (const { id, epochs: tested, optimism } of summary.tested) {
      expect(tested).toBe(4);
      expect(optimism === null).toBe(epochs.get(id) !== 4);
    }
    const [best] = summary.tested;
    const said = epochs.get(best.id) === 4 ? /on the same samples/ : /they were trained for \d epochs? only/;
    expect(report.verdict.join("\n")).toMatch(said);
  }, 60_000);

  it("all of it: the search says so", async () => {
    const square = sequential({ inputShape: [9] }, [dense(8, { activation: "softmax" })]).toJSON();
    const parts = { base: { model: square, epochs: 1 }, space: { learningRate: [0.1, 0.2] } };
    await expect(run({ parts: { ...parts, method: "grid", trials: undefined } })).rejects.toThrow(NumericError);
    await expect(run({ parts: { ...parts, method: "grid", trials: undefined } })).rejects.toThrow(/search small: got 2 points that all failed, the first: /);
  });

  it("a regression is judged by its loss, and accuracy is refused", async () => {
    const numbers = (count: number) =>
      dataset({
        x: Float32Array.from({ length: count }, (_, i) => (i * 7) % 11),
        y: Float32Array.from({ length: count }, (_, i) => ((i * 7) % 11) / 5),
        sampleShape: [1],
      });
    const parts: Partial<SearchDefinition> = {
      base: { model: sequential({ inputShape: [1] }, [dense(1)]).toJSON(), loss: "meanSquaredError", scaling: "none", epochs: 3, batchSize: 8 },
      space: { learningRate: { low: 1e-5, high: 0.01, log: true } },
    };
    const sets = { train: numbers(64), test: numbers(16) };
    const { summary } = await run({ parts, data: sets });
    expect(summary.goal).toEqual({ name: "loss", lessIsBetter: true, share: false, beside: ["mae", "r2"] });
    const least = Math.min(...summary.points.map(({ score }) => score as number));
    expect(summary.tested.map(({ score }) => score)).toContain(least);
    expect(summary.tested[0].optimism?.mean).toBeCloseTo((summary.tested[0].validation?.mean as number) - summary.tested[0].score, 10);
    await expect(run({ parts: { ...parts, objective: "accuracy" }, data: sets })).rejects.toThrow(/search small, objective: got accuracy of a regression/);
    const metric = await run({ parts: { ...parts, objective: "mae" }, data: sets });
    expect(metric.summary.goal).toMatchObject({ name: "mae", lessIsBetter: true });
    expect(metric.summary.tested[0].runs[0].test?.metrics?.mae).toBeTypeOf("number");
  }, 60_000);
});

describe("a folder", () => {
  it("of another search, or of a study, is refused", async () => {
    const { out } = await run();
    await expect(run({ out, parts: { seed: 1 } })).rejects.toThrow(/results.jsonl, line 1: got a trial of .*small.* as it was defined otherwise/);
    await expect(run({ out, parts: { space: { hidden: [4, 5] } } })).rejects.toThrow(ConfigError);
    await expect(run({ out, mode: "deterministic" })).rejects.toThrow(ConfigError);
    const study = defineStudy(tiny(data.path));
    await runStudy(study, { out, seeds: 1, protocol: "as-printed", workers: 1 });
    await expect(run({ out, parts: { name: "tiny" } })).rejects.toThrow(ConfigError);
  }, 60_000);

  it("takes one search at a time", async () => {
    const out = folder();
    // Whichever comes first.
    const ends = await Promise.allSettled([run({ out }), run({ out })]);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(ends.find((end) => end.status === "rejected")?.reason).toBeInstanceOf(FileError);
  });
});
