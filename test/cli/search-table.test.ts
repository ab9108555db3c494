/** Searches on tables. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadData } from "../../src/lab/loading/load-data.ts";
import { trialData } from "../../src/lab/trials/trial-data.ts";
import { linesOf, timelessSummary } from "../lab/runners/studies.ts";
import { folder, run } from "./support.ts";

const CARS = "examples/data/cars.csv";

function search(parts: object): { file: string; out: string } {
  const out = folder();
  const file = join(out, "cars.json");
  const definition = {
    name: "cars",
    title: "Cars",
    question: "Which rate?",
    data: CARS,
    target: "mpg",
    table: { fill: "median" },
    validation: 0.25,
    base: { hidden: 8, epochs: 15, dropout: 0 },
    space: { learningRate: { low: 0.001, high: 0.03, log: true } },
    method: "random",
    trials: 3,
    report: { settings: 1, seeds: 2 },
    ...parts,
  };
  writeFileSync(file, JSON.stringify(definition));
  return { file, out };
}

const summaryOf = (out: string) => JSON.parse(readFileSync(join(out, "cars/summary.json"), "utf8"));

describe("a search on a table", () => {
  it("of numbers is judged by the loss, and tells loss, mae and r2 of the test rows; for any number of workers", async () => {
    const { file, out } = search({});
    const first = await run(["search", file, "--out", out, "--workers", "1"]);
    expect(first.status, first.stderr).toBe(0);
    expect(first.stderr).toContain("8 rows of examples/data/cars.csv without mpg left out");
    expect(first.stdout).toContain("random, 3 points, by loss on validation");
    expect(first.stdout).toMatch(/by other measures\npoint +mae +r2\n#\d +0\.\d{4} +0\.\d{4}\n/);
    expect(first.stdout).toMatch(/The target mpg is scaled: an mae of 1 is 7\.\d+ in its own unit/);
    expect(first.stdout).not.toMatch(/accuracy/);
    const summary = summaryOf(out);
    expect(summary.search.base).toMatchObject({ loss: "mse", scaling: "none" });
    expect(summary.conditions).toMatchObject({ trainSamples: 318, testSamples: 80, target: { column: "mpg" } });
    const [tested] = linesOf(join(out, "cars/results.jsonl")).filter(({ trial }) => trial.role === "report");
    expect(tested.trial.data).toMatchObject({ name: CARS, target: "mpg" });
    expect(tested.result.test).toMatchObject({ accuracy: null, metrics: { mae: expect.any(Number), r2: expect.any(Number) } });
    expect(tested.result.test?.metrics?.r2).toBeGreaterThan(0.5);

    const other = search({});
    expect((await run(["search", other.file, "--out", other.out, "--workers", "2"])).status).toBe(0);
    expect(timelessSummary(join(other.out, "cars/summary.json"))).toEqual(timelessSummary(join(out, "cars/summary.json")));
  }, 60_000);

  it("may have a metric as objective, or classes to tell apart", async () => {
    const byError = search({ objective: "r2" });
    const { events } = await run(["search", byError.file, "--out", byError.out, "--json"]);
    const end = events().at(-1) as { best: { test: { mean: number } } };
    expect(end.best.test.mean).toBeGreaterThan(0.5);

    const classes = search({ target: "origin", table: { fill: "mean" }, base: { hidden: 8, epochs: 5 } });
    const told = await run(["search", classes.file, "--out", classes.out]);
    expect(told.status, told.stderr).toBe(0);
    expect(told.stdout).toContain("by accuracy on validation");
    expect(summaryOf(classes.out).goal).toEqual({ name: "accuracy", lessIsBetter: false, share: true });
  }, 60_000);

  it("in the order of time validates on the last of the training rows", async () => {
    const { file, out } = search({ table: { fill: "median", time: "year" }, trials: 1 });
    expect((await run(["search", file, "--out", out])).status).toBe(0);
    const [line] = linesOf(join(out, "cars/results.jsonl"));
    expect(line.trial.data.ordered).toBe(true);
    const data = await loadData(CARS, { target: "mpg", fill: "median", time: "year" });
    const { training, validation } = trialData(data, line.trial.data, "none");
    expect([...(training.rows ?? []), ...(validation?.rows ?? [])]).toEqual(Array.from({ length: 318 }, (_, i) => i));
  }, 60_000);

  it.each<[string, object, RegExp]>([
    ["no target", { target: undefined }, /target: got none, expected the column of examples\/data\/cars.csv to predict/],
    ["a target of images", { data: "mnist", table: undefined }, /target: got search cars, data mnist, expected a table, FILE.csv/],
    ["an unknown option", { table: { fil: "mean" } }, /search cars, table: got the field "fil".*\nhint: did you mean fill\?/],
    ["a bad option", { table: { testSplit: 1.5 } }, /search cars, table.testSplit: got 1.5, expected a number between 0 and 1/],
    ["test rows twice", { table: { test: "a.csv", time: "year" } }, /search cars, table.test: got time too/],
    ["accuracy of numbers", { objective: "accuracy" }, /search cars, objective: got accuracy of a regression/],
  ])("%s is refused", async (_, parts, message) => {
    const { file, out } = search(parts);
    const { status, stderr } = await run(["search", file, "--out", out]);
    expect(status).toBeGreaterThan(0);
    expect(stderr).toMatch(message);
  });

  it("the example runs", async () => {
    const out = folder();
    const { status, stderr } = await run(["search", "examples/search/cars.json", "--out", out, "--trials", "2", "--quick"]);
    expect(status, stderr).toBe(0);
  }, 60_000);
});
