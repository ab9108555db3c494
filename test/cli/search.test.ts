import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { linesOf, timelessSummary } from "../lab/runners/studies.ts";
import { folder, idxFolder, run } from "./support.ts";

const FILES = ["report.csv", "report.html", "report.md", "results.jsonl", "summary.json"];

/** A search in a file, and an empty folder for it. */
function search(parts: object = {}): { file: string; out: string } {
  const [directory, out] = [folder(), join(folder(), "results")];
  const file = join(directory, "small.json");
  const definition = {
    name: "small",
    title: "Small",
    question: "Which rate and width?",
    data: idxFolder(),
    base: { batchSize: 16, epochs: 1 },
    space: { learningRate: { low: 0.001, high: 1, log: true }, hidden: { low: 4, high: 16, integer: true } },
    method: "random",
    trials: 6,
    report: { settings: 2, seeds: 2 },
    ...parts,
  };
  writeFileSync(file, JSON.stringify(definition));
  return { file, out };
}

describe("search", () => {
  it("runs one from a file, prints points, tests, tables, verdict and where the report is, and writes it", async () => {
    const { file, out } = search();
    const { status, stdout, stderr } = await run(["search", file, "--out", out]);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Search +small: Which rate and width\?\nMethod +random, 6 points, by accuracy on validation\nSpace +learningRate, hidden\n/);
    expect(stdout).toMatch(/^\d\/6 points {2}#\d rate [\d.e-]+, hidden \d+ {2}\d+\.\d\d %/m);
    expect(stdout.match(/best so far$/gm)?.length).toBeGreaterThan(0);
    expect(stdout).toMatch(/^✓ 6 points tried; testing the best with 4 trials$/m);
    expect(stdout).toMatch(/^test 4\/4 {2}rate .*, seed \d {2}\d+\.\d\d % {2}/m);
    expect(stdout).toMatch(/^The best settings, trained anew$/m);
    expect(stdout).toMatch(/^Verdict +The best settings found: rate /m);
    expect(stdout).toContain(`Report    ${join(out, "small/report.html")}`);
    expect(readdirSync(join(out, "small")).sort()).toEqual(FILES);
    const again = await run(["search", file, "--out", out]);
    expect(again.stdout).toMatch(/^Folder +.*small, where 10 trials are finished$/m);
    expect(again.stdout).not.toMatch(/^test 4\/4/m);
  }, 60_000);

  it("--json prints events, and nothing else", async () => {
    const { file, out } = search();
    const options = ["--quick", "--method", "random", "--trials", "4", "--seed", "3", "--workers", "1", "--mode", "deterministic", "--out", out];
    const { status, stderr, events } = await run(["search", file, ...options, "--json"]);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const all = events();
    expect(all[0]).toMatchObject({
      event: "start",
      search: "small",
      quick: true,
      method: { name: "random" },
      seed: 3,
      seeds: 1,
      objective: "accuracy",
      budget: 4,
      finished: 0,
      workers: 1,
      mode: "deterministic",
      folder: join(out, "small"),
    });
    const points = all.filter(({ event }) => event === "point");
    expect(points).toHaveLength(4);
    expect(points[0]).toMatchObject({ search: "small", id: 0, epochs: 1, from: null, rung: 0, bracket: 0, failure: null, spent: 1 });
    expect(points[0].point).toEqual({ learningRate: expect.any(Number), hidden: expect.any(Number) });
    expect(points.at(-1)?.best).toEqual({ id: expect.any(Number), score: expect.any(Number) });
    const trials = all.filter(({ event }) => event === "trial");
    expect(trials).toHaveLength(4 + 4);
    expect(trials[0]).toMatchObject({ role: "tune", seed: 1001, from: "run", test: null, failure: null, divergedAt: null });
    expect(trials.at(-1)).toMatchObject({ role: "report", test: { accuracy: expect.any(Number), loss: expect.any(Number) } });
    expect(new Set(all.map(({ event }) => event))).toEqual(new Set(["start", "trial", "point", "reporting", "end"]));
    const end = all.at(-1) as Record<string, unknown>;
    expect(end).toMatchObject({ event: "end", search: "small", verdict: expect.any(Array), budget: { stated: 4, spent: 4 }, best: { id: expect.any(Number) } });
    for (const key of ["results", "summary", "html", "markdown", "csv"]) expect(existsSync(end[key] as string)).toBe(true);
  }, 60_000);

  it("on a terminal draws the best so far, what runs and what is left, within its width", async () => {
    const { file, out } = search({ base: { batchSize: 16, epochs: 20 } });
    const width = 60;
    const { status, progress } = await run(["search", file, "--out", out], { terminal: true, width });
    expect(status).toBe(0);
    const drawn = progress.filter((text) => text !== "").map(stripVTControlCharacters);
    expect(drawn.length).toBeGreaterThan(0);
    for (const line of drawn.flatMap((text) => text.split("\n"))) expect(line.length).toBeLessThan(width);
    expect(drawn.some((text) => / {2}[━─]+ {2}\d\/6 points/.test(text))).toBe(true);
  }, 60_000);

  it("--help shows a file and examples", async () => {
    const { status, stdout } = await run(["search", "--help"]);
    expect(status).toBe(0);
    expect(stdout).toContain("gradiente search examples/search/mnist-mlp.json");
    expect(stdout).toContain('"space": {');
  });
});

describe("a search that cannot be run", () => {
  it.each<[string, object, string[], number, RegExp]>([
    ["an empty range", { space: { dropout: { low: 0.5, high: 0.1 } } }, [], 1, /search small, space, dropout: got an empty range from 0.5 to 0.1/],
    ["an unknown setting", { space: { learnigRate: [1] } }, [], 1, /search small, space: got the field "learnigRate"[^\n]*\nhint: did you mean learningRate\?/],
    ["a text among numbers", { space: { hidden: [8, "many"] } }, [], 1, /search small, space, hidden\[1\]: got "many"/],
    ["an unknown method", {}, ["--method", "randon"], 2, /did you mean random\?/],
    ["no trials", {}, ["--trials", "0"], 2, /--trials: got "0", expected a positive integer/],
    ["half a seed", {}, ["--seed", "0.5"], 2, /--seed: got "0.5"/],
    ["no workers", {}, ["--workers", "0"], 2, /--workers: got "0"/],
    ["no folder", {}, ["--out", ""], 2, /--out: got "", expected a directory/],
    ["an unknown mode", {}, ["--mode", "slow"], 2, /--mode: got "slow"/],
  ])("%s", async (_, parts, options, expected, message) => {
    const { file, out } = search(parts);
    const { status, stderr } = await run(["search", file, ...(options.includes("--out") ? [] : ["--out", out]), ...options]);
    expect(status).toBe(expected);
    expect(stderr).toMatch(message);
    expect(existsSync(join(out, "small"))).toBe(false);
  });

  it("no file, or one that is no JSON", async () => {
    expect((await run(["search", "/nowhere.json"])).stderr).toMatch(/\/nowhere.json/);
    const file = join(folder(), "torn.json");
    writeFileSync(file, '{"name":');
    expect((await run(["search", file])).stderr).toMatch(/torn.json: got .*, expected a search as JSON/);
    expect((await run(["search"])).status).toBe(2);
  });

  it("a folder of another search", async () => {
    const { file, out } = search();
    await run(["search", file, "--out", out]);
    const { status, stderr } = await run(["search", file, "--out", out, "--seed", "9"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/results.jsonl, line 1: got a trial of "small" as it was defined otherwise .*\nhint: .*--out/);
  }, 60_000);
});

describe("Ctrl-C", () => {
  const root = new URL("../../", import.meta.url).pathname;

  it("keeps the finished trials, says how to go on, and the same command goes on", async () => {
    const { file, out } = search({ base: { batchSize: 4, epochs: 10 } });
    const argv = [join(root, "bin/gradiente.mjs"), "search", file, "--out", out, "--workers", "1"];
    const child = spawn(process.execPath, argv, { cwd: root });
    let stdout = "";
    let told = false;
    child.stdout.on("data", (chunk) => {
      stdout += String(chunk);
      if (told || !/^\d\/6 points/m.test(stdout)) return;
      told = true;
      child.kill("SIGINT");
    });
    const status = await new Promise((resolve) => child.on("exit", resolve));
    expect(status).toBe(130);
    expect(stdout).toMatch(/stopped by Ctrl-C\n.*results.jsonl: the same command goes on from them/);
    const before = linesOf(join(out, "small/results.jsonl")).length;
    expect(before).toBeGreaterThan(0);
    const { status: second } = await run(["search", file, "--out", out]);
    expect(second).toBe(0);
    const whole = search({ base: { batchSize: 4, epochs: 10 }, data: JSON.parse(readFileSync(file, "utf8")).data });
    await run(["search", whole.file, "--out", whole.out]);
    expect(timelessSummary(join(out, "small/summary.json"))).toEqual(timelessSummary(join(whole.out, "small/summary.json")));
  }, 60_000);
});
