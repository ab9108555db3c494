/** `lr-find` and `cross-validate` on small data: what they print, their events, and what they refuse. */
import { describe, expect, it } from "vitest";
import { rateChart } from "../../src/cli/rate-chart.ts";
import type { LearningRatePoint } from "../../src/lab/index.ts";
import { idxFolder, run } from "./support.ts";

const MODEL = ["--hidden", "8", "--batch-size", "16"];

describe("lr-find", () => {
  const find = (...options: string[]): string[] => ["lr-find", "--data", idxFolder(), ...MODEL, ...options];

  it("draws the curve, says which rate to take and why, and what to type next", async () => {
    const data = idxFolder();
    const { status, stdout, stderr } = await run(["lr-find", "--data", data, ...MODEL, "--optimizer", "lion", "--to", "1000"], { width: 80 });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toContain("mlp, 592 parameters, lion");
    expect(stdout).toContain("0.00001 to 1000 in 200 steps, 3 seeds");
    expect(stdout).toContain("┤");
    const [, rate] = /Suggestion {2}learning rate (\S+)/.exec(stdout) ?? [];
    expect(Number(rate)).toBeGreaterThan(0);
    expect(stdout).toContain("the loss falls fastest near");
    expect(stdout).toContain(`npx gradiente train --data ${data} --hidden 8 --optimizer lion --batch-size 16 --lr ${rate}`);
    for (const line of stdout.split("\n")) if (!line.includes("gradiente train") && !line.includes(data)) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("says why there is none", async () => {
    const { status, stdout } = await run(find("--from", "1e4", "--to", "1e8", "--steps", "40", "--optimizer", "sgd"));
    expect(status).toBe(0);
    expect(stdout).toMatch(/No suggestion\n {2}the loss diverges at once, near 10000: begin with a smaller rate/);
    expect(stdout).not.toContain("gradiente train");
  });

  it("tells the same as events", async () => {
    const { status, stderr, events } = await run(find("--json", "--steps", "30", "--seeds", "2", "--seed", "4"));
    expect([status, stderr]).toEqual([0, ""]);
    const all = events();
    expect(all.map(({ event }) => event)).toEqual(["start", "seed", "seed", "end"]);
    expect(all[0]).toMatchObject({ model: "mlp", optimizer: "adam", seed: 4, batchSize: 16, from: 1e-5, to: 10, steps: 30, seeds: 2, trainSamples: 320 });
    expect(all[1]).toMatchObject({ seed: 4, verdict: expect.any(String) });
    expect(all[3]).toMatchObject({ verdict: expect.any(String), reason: expect.any(String), curve: expect.any(Array) });
    expect(all[3]).not.toHaveProperty("runs");
  });

  it.each([
    ["from nothing", "--from 0", '--from: got "0", expected a number, more than 0'],
    ["to less", "--from 1 --to 0.1", '--to: got "0.1", expected a number, more than --from (1)'],
    ["in few steps", "--steps 3", "an integer, 20 or more"],
    ["without seeds", "--seeds 0", "a positive integer"],
    ["with an unknown option", "--form 1", "did you mean --from?"],
  ])("refuses to go %s", async (_, options, message) => {
    const { status, stderr, stdout } = await run(["lr-find", ...options.split(" ")]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });
});

describe("the chart", () => {
  const curve = (lossAt: (x: number) => number): LearningRatePoint[] =>
    Array.from({ length: 61 }, (_, i) => {
      const loss = lossAt(i / 60);
      return { learningRate: 10 ** (-5 + i / 10), loss, low: loss, high: loss, seeds: 3 };
    });

  it("has the highest loss on top, the lowest below, powers of ten along, and the suggestion", () => {
    const lines = rateChart(
      curve((x) => (x - 0.5) ** 2),
      1e-2,
      72,
    );
    expect(lines).toHaveLength(14);
    expect(lines[0]).toMatch(/^ {4}0\.2500 ┤─+╮ *┊? *╭─*$/);
    expect(lines[11]).toMatch(/^ {4}0\.000\d ┤ +╰.*╯$/);
    expect(lines.slice(0, 10).every((line) => [...line][12 + 30] === "┊")).toBe(true);
    expect(lines[13]).toMatch(/^ +1e-5 +1e-4 +0.001 +0.01 +0.1 +1 +10$/);
  });

  it("fits its terminal, flat or empty", () => {
    for (const width of [20, 40, 80, 200])
      for (const line of rateChart(curve(Math.sqrt), null, width)) expect([...line].length).toBeLessThanOrEqual(Math.max(width, 36));
    expect(
      rateChart(
        curve(() => 1),
        null,
        80,
      )[6],
    ).toMatch(/┤─+$/);
    expect(rateChart([], null, 80)).toEqual([]);
  });
});

describe("cross-validate", () => {
  const validate = (...options: string[]): string[] => ["cross-validate", "--data", idxFolder(), ...MODEL, "--epochs", "1", ...options];

  it("prints a line for each fold, and means with intervals", async () => {
    const { status, stdout, stderr } = await run(validate("--folds", "4"));
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("320 training samples in 4 folds");
    expect(stdout.match(/^fold [1-4]\/4 {2}loss +\d\.\d{4} {2}accuracy +\d+\.\d\d %/gm)).toHaveLength(4);
    expect(stdout).toMatch(/^ {2}accuracy {2}\d+\.\d\d % {2}\d+\.\d\d % to \d+\.\d\d % {2}sd \d+\.\d\d %$/m);
    expect(stdout).toContain("models trained on 240 samples");
  });

  it("tells the same as events, the same again", async () => {
    const argv = validate("--folds", "2", "--repeats", "2", "--json", "--seed", "3");
    const [first, again] = [await run(argv), await run(argv)];
    const all = first.events();
    expect(all.map(({ event }) => event)).toEqual(["start", "fold", "fold", "fold", "fold", "end"]);
    expect(all[0]).toMatchObject({ samples: 320, folds: 2, repeats: 2, epochs: 1, batchSize: 16, seed: 3 });
    expect(all.slice(1, 5).map(({ fold, repeat, trainSamples, testSamples }) => [fold, repeat, trainSamples, testSamples])).toEqual([
      [0, 0, 160, 160],
      [1, 0, 160, 160],
      [2, 1, 160, 160],
      [3, 1, 160, 160],
    ]);
    expect(all[5]).toMatchObject({ scores: { loss: { values: expect.any(Array) }, accuracy: { mean: expect.any(Number), low: expect.any(Number) } } });
    expect(again.events()[5]).toEqual(all[5]);
  });

  it.each([
    ["one fold", "--folds 1", '--folds: got "1", expected an integer, 2 or more'],
    ["no repetitions", "--repeats 0", "a positive integer"],
    ["an unknown option", "--fold 3", "did you mean --folds?"],
  ])("refuses %s", async (_, options, message) => {
    const { status, stderr, stdout } = await run(["cross-validate", ...options.split(" ")]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });

  it("names the class that is too small for the folds", async () => {
    const { status, stderr } = await run(validate("--limit", "20", "--folds", "5"));
    expect(status).toBe(2);
    expect(stderr).toMatch(/stratifiedKFold: got 5 folds, and class \d with \d samples/);
  });
});
