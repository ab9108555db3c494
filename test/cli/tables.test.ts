import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadModel } from "../../src/index.ts";
import { folder, run } from "./support.ts";

const CARS = "examples/data/cars.csv";
const LEARN = ["train", "--data", CARS, "--target", "mpg", "--fill", "median"];

/** A file with these lines. */
function csv(...lines: readonly string[]): string {
  const path = join(folder(), "table.csv");
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

/** y = 3 a - 2 b + 100 where it is far, else 200. */
function simple(rows = 60): string[] {
  const lines = Array.from({ length: rows }, (_, i) => {
    const [a, b, far] = [i % 7, (i * 5) % 11, i % 2 === 0];
    return `${a},${b},${far ? "far" : "near"},${3 * a - 2 * b + (far ? 100 : 200)}`;
  });
  return ["a,b,place,y", ...lines];
}

describe("a target of numbers", () => {
  it("is trained on, judged and predicted in its own unit, beside what is simpler", async () => {
    const out = join(folder(), "cars.safetensors");
    const trained = await run([...LEARN, "--json", "--out", out]);
    expect(trained.status, trained.stderr).toBe(0);
    expect(trained.stderr).toContain("8 rows of examples/data/cars.csv without mpg left out");
    expect(trained.stderr).toContain("column name left out");
    const events = trained.events();
    expect(events[0]).toMatchObject({ event: "start", model: "mlp", trainSamples: 318, testSamples: 80 });
    expect(events.filter(({ event }) => event === "epoch")).toHaveLength(100);
    expect(events[1]).toMatchObject({ accuracy: null, valAccuracy: null });
    const end = events.at(-1) as { testAccuracy: null; metrics: Scores; baselines: Record<"leastSquares" | "trainingMean", Scores> };
    expect(end.testAccuracy).toBeNull();
    expect(end.metrics.r2).toBeGreaterThan(0.84);
    expect(end.metrics.rmse).toBeLessThan(end.baselines.leastSquares.rmse);
    expect(end.baselines.leastSquares.r2).toBeGreaterThan(0.78);
    expect(Math.abs(end.baselines.trainingMean.r2)).toBeLessThan(0.02);
    // Miles, not scaled ones.
    expect(end.baselines.trainingMean.mae).toBeGreaterThan(5);

    // The very file that it was trained on: only the rows that were held out.
    const judged = (await run(["evaluate", out, "--data", CARS, "--json"])).events();
    expect(judged).toHaveLength(1);
    expect(judged[0]).toMatchObject({ event: "evaluate", samples: 80, accuracy: null, confusion: null, heldOut: true, metrics: end.metrics });
    // Another file: all its rows.
    const copy = csv(...readFileSync(CARS, "utf8").trim().split("\n"), "a car,20,4,100,90,2000,15,1980,USA");
    const other = (await run(["evaluate", out, "--data", copy, "--json"])).events();
    expect(other[0]).toMatchObject({ samples: 399, heldOut: false });

    const few = csv("origin,weight,year,acceleration,cylinders,displacement,horsepower", "Japan,2000,1982,16,4,90,65", "USA,4500,1970,11,8,450,");
    const predicted = (await run(["predict", out, few, "--json"])).events();
    expect(predicted).toMatchObject([
      { event: "prediction", file: few, index: 0, line: 2 },
      { event: "prediction", index: 1, line: 3 },
    ]);
    const [light, heavy] = predicted.map(({ value }) => value as number);
    expect(light).toBeGreaterThan(28);
    expect(heavy).toBeLessThan(18);
  });

  it("is told to people with a table of scores and the worst predictions, in 80 columns too", async () => {
    const { stdout } = await run([...LEARN, "--epochs", "30", "--hidden", "16"], { width: 80, terminal: true });
    expect(stdout).toMatch(/318 training and 80 test rows/);
    expect(stdout).toMatch(/MAE +RMSE +R²\n {2}this model +\d\.\d+ +\d\.\d+ +0\.\d{4}\n {2}least squares .*\n {2}the training mean, 23\.\d+ /);
    expect(stdout).toMatch(/The worst predictions\n {2}line +mpg +predicted +off by/);
    expect(stdout).not.toMatch(/accuracy|Confusion|images/);
    // Every second epoch has a line.
    expect(stdout.match(/^epoch /gm)).toHaveLength(15);
    for (const line of stdout.split("\n")) if (!line.includes("npx gradiente")) expect(line.length).toBeLessThanOrEqual(80);
    // What is suggested can be typed as it is.
    expect(stdout).toContain(`npx gradiente train --data ${CARS} --target mpg --fill median --validation-split 0.2 --early-stopping 10`);
  });

  it("learns from validation rows when to stop, and has the same bits again", async () => {
    const hash = async (...more: string[]) => (await run([...LEARN, "--validation-split", "0.2", "--early-stopping", "3", "--json", ...more])).events().at(-1);
    const [first, second, other] = [await hash(), await hash("--threads", "1"), await hash("--seed", "1")];
    expect(first?.stopReason).toMatch(/valLoss/);
    expect(second?.weightsSha256).toBe(first?.weightsSha256);
    expect(other?.weightsSha256).not.toBe(first?.weightsSha256);
    // Another seed trains another network on the same rows.
    expect(other?.baselines).not.toEqual({});
  });

  it("measures scales on the training part only, and keeps them with the model", async () => {
    const path = csv(...simple(), "1000,1000,far,100000");
    const out = join(folder(), "model.safetensors");
    const { status, stderr } = await run([
      "train",
      "--data",
      path,
      "--target",
      "y",
      "--time",
      "y",
      "--test-split",
      "0.1",
      "--epochs",
      "1",
      "--json",
      "--out",
      out,
    ]);
    expect(status, stderr).toBe(0);
    const { preprocessing } = await loadModel(out);
    if (preprocessing?.kind !== "table") throw new Error("no table");
    // The row of a thousand is the latest: it is held out, and no scale knows of it.
    const [a] = preprocessing.features;
    expect(a).toMatchObject({ column: "a", kind: "numbers" });
    if (a.kind === "numbers") expect(a.scaling.shift).toBeLessThan(7);
    expect(preprocessing.trainedOn).toMatchObject({ testSplit: 0.1, time: "y" });
  });

  it("holds out the latest rows, or another file", async () => {
    const lines = Array.from({ length: 50 }, (_, i) => `2024-${String(1 + (i % 12)).padStart(2, "0")}-${String(10 + (i % 17))},${i},${2 * i}`);
    const path = csv("day,x,y", ...lines);
    const out = join(folder(), "model.safetensors");
    await run(["train", "--data", path, "--target", "y", "--time", "day", "--epochs", "1", "--json", "--out", out]);
    const latest = [...lines].sort().slice(-10);
    const { stdout } = await run(["evaluate", out, "--data", path], { width: 120 });
    const shown = [...stdout.matchAll(/2024-\d\d-\d\d/g)].map(([day]) => day);
    expect(shown).toHaveLength(5);
    for (const day of shown) expect(latest.some((line) => line.startsWith(day))).toBe(true);

    const ends = (
      await run(["train", "--data", path, "--target", "y", "--features", "x", "--test", csv("x,y", "1,2", "3,6"), "--epochs", "1", "--json"])
    ).events();
    expect(ends[0]).toMatchObject({ trainSamples: 50, testSamples: 2 });
  });
});

interface Scores {
  mae: number;
  rmse: number;
  r2: number;
}

describe("a target of classes", () => {
  it("is told by their names", async () => {
    const out = join(folder(), "origin.safetensors");
    const learned = await run(["train", "--data", CARS, "--target", "origin", "--fill", "mean", "--epochs", "30", "--out", out]);
    expect(learned.status, learned.stderr).toBe(0);
    expect(learned.stdout).toMatch(/Always USA, the commonest class in training: accuracy 6\d\.\d+ %/);
    expect(learned.stdout).toMatch(/ +Europe +Japan +USA +correct\n/);
    expect(learned.stdout).toMatch(/The worst mistakes.*\n {2}line +origin +predicted +sure/);
    const [judged] = (await run(["evaluate", out, "--data", CARS, "--json"])).events();
    expect(judged).toMatchObject({ classes: ["Europe", "Japan", "USA"], samples: 81, heldOut: true });
    expect(judged.accuracy).toBeGreaterThan(0.7);
    const [first] = (await run(["predict", out, CARS, "--json", "--limit", "1"])).events();
    expect(first).toMatchObject({ line: 2, class: 2, name: "USA" });
    expect((first.probabilities as number[]).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    const told = await run(["predict", out, CARS], { width: 80 });
    expect(told.stdout).toMatch(/line +origin, predicted +sure +origin/);
    expect(told.stdout).toContain("... 396 more rows");
  });

  it("may have numbers as names", async () => {
    const { status, stdout, stderr } = await run([
      "train",
      "--data",
      CARS,
      "--target",
      "cylinders",
      "--task",
      "classification",
      "--features",
      "weight,displacement",
      "--epochs",
      "2",
    ]);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/ +3 +4 +5 +6 +8 +correct|Commonest/);
  });
});

describe("what is wrong with a table is told by line and column", () => {
  const learn = (path: string, ...more: string[]) => run(["train", "--data", path, "--target", "y", "--epochs", "1", ...more]);

  it.each<[string, (lines: string[]) => string[], string, string[]?]>([
    [
      "a row of another length",
      (lines) => [...lines, "1,2,far"],
      'line 62: got 3 fields, expected 4, as in the header\nhint: the first column without a value is "y"',
    ],
    ["text among numbers", (lines) => [...lines, "1,two,far,3"], 'line 62, column "b": got "two"'],
    ["a missing value", (lines) => [...lines, "1,,far,3"], 'column "b": got no value, expected a value in every row\nhint: --fill median', ["--test", "self"]],
    ["no rows", (lines) => lines.slice(0, 1), "got a header and no rows"],
    ["a column twice", () => ["a,a,y", "1,2,3"], 'the name "a" for columns 1 and 2'],
    [
      "one class",
      (lines) => [...lines.map((line, i) => `${line},${i === 0 ? "kind" : "one"}`)],
      'column "kind": got only the class "one", expected at least two classes',
      ["--target", "kind"],
    ],
    ["a target that nobody knows", (lines) => lines.map((line, i) => (i === 0 ? line : line.replace(/[^,]*$/, ""))), 'column "y": got no value in any row'],
  ])("%s", async (_, change, message, more = []) => {
    const path = csv(...change(simple()));
    const { status, stdout, stderr } = await learn(path, ...more.map((word) => (word === "self" ? path : word)));
    expect(stderr).toContain(message);
    expect(stderr).toContain("table.csv");
    expect(status).toBe(1);
    expect(stdout).toBe("");
  });

  it("words that stand for missing values are declared", async () => {
    const path = csv(...simple(), "1,NA,far,3", "NA,?,near,5");
    expect((await learn(path)).stderr).toContain("--missing on a command line");
    const { status, stderr } = await learn(path, "--missing", "NA,?", "--fill", "mean");
    expect(status, stderr).toBe(0);
  });

  it("another delimiter", async () => {
    const path = csv(...simple().map((line) => line.replaceAll(",", ";")));
    expect(await learn(path)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/--delimiter, .*table\.csv: got one column.*\nhint: --delimiter ";"$/) as string,
    });
    expect((await learn(path, "--delimiter", ";")).status).toBe(0);
  });

  it("nothing to predict from", async () => {
    const { stderr } = await learn(csv("day,y", "2024-01-01,1", "2024-01-02,2", "2024-01-03,4"), "--time", "day");
    expect(stderr).toMatch(/--features, .*table\.csv: got none, expected a column besides.*\nhint: a series is forecast from its own past/);
  });

  it("numbers that are written otherwise", async () => {
    const german = (line: string, i: number) => (i === 0 ? line.replaceAll(",", ";") : line.replace(/(.*),(.*),(.*),(.*)/, `$1,${i};$2;$3;$4,${i}`));
    const path = csv(...simple().map(german));
    // The header has no decimal comma, the rows look as if they had more fields.
    expect((await learn(path)).stderr).toContain('hint: --delimiter ";"');
    const { status, stderr } = await learn(path, "--delimiter", ";");
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /table\.csv, column "y": got 60 different words in 60 rows, such as "\d+,1", expected numbers, or classes.*\nhint: numbers have a decimal point/,
    );
    const semicolons = simple().map((line) => line.replaceAll(",", ";"));
    const target = csv(...semicolons.map((line, i) => (i === 0 ? line : line.replace(/^\d+/, `0,${i}`))));
    expect((await learn(target, "--delimiter", ";")).stderr).toContain('column a left out: most of its words stand in one row only, such as "0,1"');
  });

  it("columns, words and classes that training did not see", async () => {
    const out = join(folder(), "model.safetensors");
    await learn(csv(...simple()), "--out", out);
    const semicolons = csv("a;b;place", "1;2;far");
    expect((await run(["predict", out, semicolons])).stderr).toContain('hint: --delimiter ";"');
    expect((await run(["evaluate", out, "--data", semicolons])).stderr).toContain('hint: --delimiter ";"');
    expect((await run(["predict", out, csv("a,b,place", "1,2,moon")])).stderr).toContain("(--unknown none of train)");
    const predict = async (...lines: string[]) => run(["predict", out, csv(...lines)]);
    expect(await predict("a,b,y", "1,2,3")).toMatchObject({ status: 1, stderr: expect.stringContaining('got no column "place"') as string });
    expect(await predict("a,b,place", "1,2,far", "1,2,moon")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/table\.csv, line 3, column "place": got "moon", expected .*"far", "near"/) as string,
    });
    expect(await predict("a,b,place", "x,2,far")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('line 2, column "a": got "x", expected a number') as string,
    });
    expect(await predict("a,b,place", ",2,far")).toMatchObject({ status: 1, stderr: expect.stringContaining('line 2, column "a": got no value') as string });
    expect(await run(["evaluate", out, "--data", csv("a,b,place", "1,2,far")])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('got no column "y"') as string,
    });
    expect(await run(["evaluate", out])).toMatchObject({ status: 2, stderr: expect.stringContaining("FILE.csv with the column y") as string });

    const lenient = join(folder(), "model.safetensors");
    await learn(csv(...simple()), "--unknown", "none", "--out", lenient);
    expect((await run(["predict", lenient, csv("a,b,place", "1,2,moon")])).status).toBe(0);
  });

  it("fails in one JSON line", async () => {
    const { status, events } = await learn(csv(...simple(), "1"), "--json");
    expect(status).toBe(1);
    expect(events()).toMatchObject([{ event: "error", code: "data-format" }]);
  });
});

it("steps of a regression can be traced", async () => {
  const { status, stdout, stderr } = await run(["trace", ...LEARN.slice(1), "--hidden", "2", "--batch-size", "2", "--checks", "1"]);
  expect(status, stderr).toBe(0);
  expect(stdout).toContain("loss of step 0");
});

it("a copy of the file that was trained on is that file", async () => {
  const out = join(folder(), "model.safetensors");
  await run([...LEARN, "--epochs", "1", "--json", "--out", out]);
  const copy = join(folder(), "other.csv");
  copyFileSync(CARS, copy);
  expect((await run(["evaluate", out, "--data", copy, "--json"])).events()[0]).toMatchObject({ samples: 80, heldOut: true });
});
