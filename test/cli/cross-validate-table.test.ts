/** `cross-validate`, `lr-find` and validation rows, of tables. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { foldedTable } from "../../src/cli/folded-table.ts";
import { Fold } from "../../src/data/index.ts";
import { loadData } from "../../src/lab/loading/load-data.ts";
import { folder, run } from "./support.ts";

const CARS = ["--data", "examples/data/cars.csv", "--target", "mpg", "--fill", "median"];
const SHORT = ["--hidden", "8", "--epochs", "3"];

function csv(...lines: readonly string[]): string {
  const path = join(folder(), "table.csv");
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

interface FoldEvent {
  event: string;
  trainSamples: number;
  testSamples: number;
  scores: Record<string, number>;
  baselines: Record<string, Record<string, number>>;
}

describe("cross-validate of a table", () => {
  it("scores numbers in their own unit, beside what is simpler", async () => {
    const argv = ["cross-validate", ...CARS, "--hidden", "16", "--epochs", "40", "--folds", "3"];
    const { status, stderr, events } = await run([...argv, "--json"]);
    expect(status, stderr).toBe(0);
    const all = events() as unknown as FoldEvent[];
    expect(all.map(({ event }) => event)).toEqual(["start", "fold", "fold", "fold", "end"]);
    for (const { scores, baselines } of all.slice(1, 4)) {
      expect(Object.keys(scores)).toEqual(["loss", "mae", "rmse", "r2"]);
      // Miles, and not scaled ones.
      expect(scores.mae).toBeGreaterThan(1.5);
      expect(scores.mae).toBeLessThan(4);
      expect(scores.rmse).toBeGreaterThan(scores.mae);
      expect(scores.r2).toBeGreaterThan(0.7);
      expect(baselines.trainingMean.mae).toBeGreaterThan(5);
      expect(baselines.leastSquares.r2).toBeGreaterThan(0.7);
    }
    const end = all[4] as unknown as { scores: Record<string, { mean: number; low: number }>; baselines: Record<string, Record<string, { mean: number }>> };
    expect(end.scores.mae.mean).toBeCloseTo((all[1].scores.mae + all[2].scores.mae + all[3].scores.mae) / 3, 10);
    expect(end.baselines.leastSquares.mae.mean).toBeGreaterThan(end.scores.mae.low);
    const told = await run([...argv.slice(0, -4), "--epochs", "2", "--folds", "2"], { width: 80 });
    expect(told.stdout).toMatch(/^fold 1\/2 {2}loss +[\d.]+ {2}mae +\d\.\d+ {2}rmse/m);
    expect(told.stdout).toMatch(/Least squares {2}on the same folds\n {2}mae /);
    expect(told.stdout).toContain("npx gradiente train --data examples/data/cars.csv --hidden 16 --target mpg --fill median --epochs 2");
    for (const line of told.stdout.split("\n")) if (!line.includes("npx gradiente")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("measures nothing on the rows that it tests on", async () => {
    const lines = Array.from({ length: 30 }, (_, i) => `${i % 7},${i % 3 === 0 ? "red" : "blue"},${i}`);
    const path = csv("x,colour,y", ...lines);
    const data = await loadData(path, { target: "y", fill: "mean", testSplit: 0.1 });
    const positions = [...Array(27).keys()];
    const fold = new Fold(Int32Array.from(positions.slice(5)), Int32Array.from(positions.slice(0, 5)), 27, 0);
    const before = foldedTable(data, { fill: "mean" })?.parts(fold);
    // The same rows, but for what is tested: values that would move every scale.
    const rows = data.rows?.train;
    if (rows === undefined) throw new Error("no rows");
    const columns = rows.columns.map((column) =>
      column.kind === "numbers" ? { ...column, values: column.values.map((value, i) => (i < 5 ? 1000 + value : value)) } : column,
    );
    const after = foldedTable({ ...data, rows: { train: { ...rows, columns }, test: rows } }, { fill: "mean" })?.parts(fold);
    expect(after?.preprocessing).toEqual(before?.preprocessing);
    expect(after?.train.x).toEqual(before?.train.x);
    expect(after?.test.x).not.toEqual(before?.test.x);
    // And it is not what was measured on all rows.
    expect(before?.preprocessing.target).not.toEqual((data.preprocessing as { target: unknown }).target);
  });

  it("--group keeps rows together and does not predict from whose they are; --time tests what is later", async () => {
    const lines = Array.from({ length: 60 }, (_, i) => `${Math.floor(i / 6)},${i % 7},${(i % 7) * 2},2024-01-${String(1 + (i % 28)).padStart(2, "0")}`);
    const path = csv("patient,x,y,day", ...lines);
    const grouped = await run(["cross-validate", "--data", path, "--target", "y", "--features", "x", "--group", "patient", ...SHORT, "--folds", "3", "--json"]);
    expect(grouped.status, grouped.stderr).toBe(0);
    const data = await loadData(path, { target: "y", features: ["patient", "x"] });
    const folded = foldedTable(data, { group: "patient" });
    const whole = new Fold(Int32Array.from([...Array(40).keys()]), Int32Array.from([40, 41]), 48, 0);
    expect(folded?.parts(whole).preprocessing.features.map(({ column }) => column)).not.toContain("patient");

    const timed = await run(["cross-validate", "--data", path, "--target", "y", "--features", "x", "--time", "day", ...SHORT, "--folds", "3", "--json"]);
    expect(timed.status, timed.stderr).toBe(0);
    const folds = (timed.events() as unknown as FoldEvent[]).slice(1, 4);
    expect(folds.map(({ trainSamples }) => trainSamples)).toEqual([12, 24, 36]);
  });

  it("of classes is stratified, and takes rows with --limit", async () => {
    const argv = ["cross-validate", "--data", "examples/data/cars.csv", "--target", "origin", "--fill", "mean", ...SHORT, "--folds", "2"];
    const { status, stderr, events } = await run([...argv, "--limit", "100", "--json"]);
    expect(status, stderr).toBe(0);
    const all = events() as unknown as FoldEvent[];
    expect(all[0]).toMatchObject({ samples: 100 });
    expect(Object.keys(all[1].scores)).toEqual(["loss", "accuracy"]);
  });

  it.each<[string, string[], string]>([
    ["groups of images", ["--data", "mnist", "--group", "a", "--limit", "100"], "--group: got data without columns, expected a table, FILE.csv"],
    ["an unknown group", [...CARS, "--group", "nobody"], "nobody"],
    ["groups and time", [...CARS, "--group", "year", "--time", "year"], "--group: got --time too"],
    ["repeated groups", [...CARS, "--group", "year", "--repeats", "2"], "--repeats: got 2 with --group"],
    ["a preset", [...CARS, "--preset", "fast-99"], "--preset: got fast-99 for a table"],
  ])("%s: refused", async (_, options, message) => {
    const { status, stderr } = await run(["cross-validate", ...options]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

it("lr-find takes a table", async () => {
  const { status, stderr, stdout } = await run(["lr-find", ...CARS, "--hidden", "16", "--steps", "100"], { width: 80 });
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/Suggestion {2}learning rate \d/);
  expect(stdout).toContain("npx gradiente train --data examples/data/cars.csv --hidden 16 --target mpg --fill median --lr ");
  expect(stderr).toContain("8 rows of examples/data/cars.csv without mpg left out");
});

it("train --time validates on the latest of the training rows", async () => {
  // The rule turns for the last rows but the test part: only there a model of the others is wrong.
  const lines = Array.from({ length: 100 }, (_, i) => `${i},${i % 10},${i >= 60 && i < 80 ? 50 : i % 10}`);
  const path = csv("when,x,y", ...lines);
  const argv = ["train", "--data", path, "--target", "y", "--features", "x", "--epochs", "20", "--validation-split", "0.25", "--json"];
  const loss = async (...more: string[]) => {
    const { events, stderr, status } = await run([...argv, ...more]);
    expect(status, stderr).toBe(0);
    return events()
      .filter(({ event }) => event === "epoch")
      .at(-1) as { loss: number; valLoss: number };
  };
  const ordered = await loss("--time", "when");
  expect(ordered.valLoss).toBeGreaterThan(50 * ordered.loss);
});
