import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError, FileError } from "../../../src/errors.ts";
import { defineStudy } from "../../../src/lab/definition/define-study.ts";
import type { StudyDefinition } from "../../../src/lab/definition/study.ts";
import { type RunStudyOptions, runStudy } from "../../../src/lab/run-study.ts";
import type { StudyEvent } from "../../../src/lab/runners/progress.ts";
import { linesOf, smallData, timelessSummary, tiny } from "./studies.ts";
import { folder } from "./support.ts";

const FILES = ["report.csv", "report.html", "report.md", "results.jsonl", "summary.json"];

let data: ReturnType<typeof smallData>;
beforeAll(() => {
  data = smallData();
});
afterAll(() => data.remove());

/** Runs the tiny study; gives its folder and what was told. */
async function run(options: RunStudyOptions & { parts?: Partial<StudyDefinition> } = {}) {
  const { parts, out = folder(), ...others } = options;
  const events: StudyEvent[] = [];
  const study = defineStudy(tiny(data.path, parts));
  const result = await runStudy(study, { seeds: 2, workers: 2, ...others, out, onProgress: (event) => events.push(event) });
  const from = events.flatMap((event) => (event.event === "trial" ? event.from : []));
  return { ...result, out, path: join(out, study.name), events, from };
}

const resultsIn = (out: string): string => join(out, "tiny", "results.jsonl");

describe("a study", () => {
  // Carry-over has all there is: chains, single runs, tuning.
  it("is the same for 1, 2 and 3 workers, in whatever order they finish", async () => {
    const runs = [];
    for (const workers of [1, 2, 3]) runs.push(await run({ protocol: "carry-over", workers }));
    const [one, ...others] = runs;
    expect(readdirSync(one.path).sort()).toEqual(FILES);
    const trained = linesOf(one.files.results).filter(({ result }) => (result.test?.accuracy ?? 0) > 0.3);
    expect(trained.length).toBeGreaterThan(0);
    for (const { files } of others) {
      expect(timelessSummary(files.summary)).toEqual(timelessSummary(one.files.summary));
      const ids = (path: string): string[] => linesOf(path).map(({ id }) => id);
      expect(ids(files.results).sort()).toEqual(ids(one.files.results).sort());
    }
  }, 60_000);

  it("that is finished is not run again; other protocols and more seeds add to it", async () => {
    const { out, files, from } = await run({ seeds: 1 });
    expect(new Set(from)).toEqual(new Set(["run"]));
    const [summary, results] = [files.summary, files.results].map((path) => readFileSync(path, "utf8"));
    const again = await run({ seeds: 1, out });
    expect(new Set(again.from)).toEqual(new Set(["folder"]));
    expect([files.summary, files.results].map((path) => readFileSync(path, "utf8"))).toEqual([summary, results]);
    const more = await run({ out });
    expect(more.from.filter((one) => one === "run")).toHaveLength(3);
    expect(readFileSync(files.results, "utf8").startsWith(results)).toBe(true);
    expect(timelessSummary(files.summary)).toEqual(timelessSummary((await run()).files.summary));
  });

  it("tells its plan, its phases and each trial", async () => {
    const { events, files, path } = await run({ seeds: 1 });
    const [start] = events;
    expect(start).toMatchObject({
      event: "start",
      planned: 21,
      finished: 0,
      workers: 2,
      protocol: "fair",
      seeds: [1],
      tuningSeeds: [1001, 1002, 1003],
      folder: path,
    });
    const phases = events.filter(({ event }) => event === "phase");
    expect(phases[0]).toMatchObject({ phase: "tuning", trials: 18 });
    const trials = events.filter(({ event }) => event === "trial");
    expect(trials).toHaveLength(phases.reduce((sum, phase) => sum + (phase as { trials: number }).trials, 0));
    expect(trials.map((event) => (event as { name: string }).name)).toContain("adam, rate 0.00316, seed 1001");
    expect(events.filter(({ event }) => event === "begin")).toHaveLength(trials.length);
    expect(events.at(-1)).toEqual({ event: "end", files });
  });

  it.each([
    ["fair", 80],
    ["as-printed", 0],
  ] as const)("under %s says how many samples were held out", async (protocol, validationSamples) => {
    const { summary } = await run({ protocol, seeds: 1, parts: { validation: 0.25, limit: 320 } });
    expect(summary.conditions).toMatchObject({ trainSamples: 320, validationSamples });
  });

  it("gives weights from one trial to the next, and keeps them no longer than it needs to", async () => {
    const { files, path } = await run({ protocol: "carry-over", seeds: 1 });
    expect(readdirSync(path).sort()).toEqual(FILES);
    const lines = linesOf(files.results);
    const links = lines.filter(({ trial }) => trial.start !== null);
    expect(links).toHaveLength(2);
    for (const { trial } of links) expect(lines.find(({ id }) => id === trial.start)?.trial.keepsWeights).toBe(true);
  });

  it("leaves the weights of an interrupted run with more seeds where they are", async () => {
    const [out, control, study] = [folder(), new AbortController(), defineStudy(tiny(data.path))];
    const options = { protocol: "carry-over", workers: 1, out } as const;
    const onProgress = (event: StudyEvent): void => {
      if (event.event === "trial" && event.trial.start !== null) control.abort(new Error("enough"));
    };
    await expect(runStudy(study, { ...options, seeds: 2, onProgress, signal: control.signal })).rejects.toThrow("enough");
    const weights = (): string[] => readdirSync(join(out, "tiny", "carried"));
    expect(weights().length).toBeGreaterThan(1);
    await run({ ...options, protocol: "fair", seeds: 1 });
    expect(weights().length).toBeGreaterThan(1);
    await run({ ...options, seeds: 1 });
    expect(weights().length).toBeGreaterThan(0);
    const { files, path } = await run({ ...options, seeds: 2 });
    expect(readdirSync(path).sort()).toEqual(FILES);
    expect(timelessSummary(files.summary)).toEqual(timelessSummary((await run({ protocol: "carry-over" })).files.summary));
  }, 60_000);

  it("goes on after a torn line, and says so", async () => {
    const { out, files } = await run({ seeds: 1 });
    const [results, summary] = [readFileSync(files.results), timelessSummary(files.summary)];
    writeFileSync(files.results, results.subarray(0, results.length - 100));
    const { from, events } = await run({ seeds: 1, out });
    expect(from.filter((one) => one === "run")).toHaveLength(1);
    expect(events[1]).toEqual({ event: "notice", text: expect.stringMatching(/results.jsonl: dropped \d+ bytes of a trial that was being written/) });
    expect(timelessSummary(files.summary)).toEqual(summary);
  });
});

describe("interrupted", () => {
  it("at any trial it keeps those that are finished, and goes on from them", async () => {
    const protocol = "carry-over";
    const whole = await run({ protocol });
    const total = linesOf(whole.files.results).length;
    const out = folder();
    let before = "";
    for (let at = 2; ; at += 7) {
      const control = new AbortController();
      let done = 0;
      const onProgress = ({ event }: StudyEvent): void => {
        if (event === "trial" && ++done === at) control.abort(new Error("enough"));
      };
      const study = defineStudy(tiny(data.path));
      const stopped = await runStudy(study, { protocol, seeds: 2, workers: 2, out, onProgress, signal: control.signal }).then(
        () => false,
        (error: Error) => {
          expect(error.message).toBe("enough");
          return true;
        },
      );
      const now = readFileSync(resultsIn(out), "utf8");
      expect(now.startsWith(before)).toBe(true);
      before = now;
      if (!stopped) break;
      expect(existsSync(join(out, "tiny", "summary.json"))).toBe(false);
      expect(readdirSync(join(out, "tiny")).filter((name) => name.endsWith(".lock"))).toEqual([]);
    }
    const ids = linesOf(resultsIn(out)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(total);
    expect(ids).toHaveLength(total);
    expect(timelessSummary(join(out, "tiny", "summary.json"))).toEqual(timelessSummary(whole.files.summary));
    expect(readdirSync(join(out, "tiny")).sort()).toEqual(FILES);
  }, 120_000);

  it("before it begins it runs nothing", async () => {
    const out = folder();
    await expect(run({ out, signal: AbortSignal.abort(new Error("early")) })).rejects.toThrow("early");
    expect(linesOf(resultsIn(out))).toEqual([]);
  });
});

describe("trials of other studies in the same folder", () => {
  it("are copied, with the time that they took", async () => {
    const { out, files } = await run({ seeds: 1 });
    const twin = await run({ seeds: 1, out, parts: { name: "twin", title: "Twin" } });
    expect(new Set(twin.from)).toEqual(new Set(["other study"]));
    const [lines, copies] = [linesOf(files.results), linesOf(twin.files.results)];
    const byId = new Map(copies.map((line) => [line.id, line]));
    expect(copies).toHaveLength(lines.length);
    for (const line of lines) expect(byId.get(line.id)).toEqual({ ...line, study: "twin", digest: copies[0].digest });
  });

  it("are run where they leave weights to others, which are not copied", async () => {
    const { out } = await run({ protocol: "carry-over", seeds: 1 });
    const twin = await run({ protocol: "carry-over", seeds: 1, out, parts: { name: "twin" } });
    expect(twin.from.filter((one) => one === "run")).toHaveLength(2);
    expect(twin.from.filter((one) => one === "other study").length).toBeGreaterThan(20);
  });

  it("are not, if their bits may be others here", async () => {
    const { out, files } = await run({ protocol: "as-printed", seeds: 1 });
    writeFileSync(files.results, readFileSync(files.results, "utf8").replaceAll(/"probe":"../g, '"probe":"zz'));
    const twin = await run({ protocol: "as-printed", seeds: 1, out, parts: { name: "twin" } });
    expect(new Set(twin.from)).toEqual(new Set(["run"]));
  });
});

describe("what cannot be run", () => {
  it.each([
    ["no seeds", { seeds: 0 }, /seeds: got 0, expected a number of reporting seeds, from 1 to 1000/],
    ["half a seed", { seeds: 1.5 }, /seeds: got 1.5/],
    ["seeds that are those of tuning", { seeds: 1001 }, /seeds: got 1001/],
    ["no workers", { workers: 0 }, /workers: got 0/],
    ["an unknown protocol", { protocol: "fiar" as "fair" }, /protocol: got "fiar", expected as-printed, carry-over, fair/],
    ["several seeds as printed", { protocol: "as-printed" as const }, /as-printed: got 2 seeds, expected one/],
    [
      "carry-over with nothing to carry along",
      { protocol: "carry-over" as const, parts: { factors: { l2: [0, 0.1] }, rates: {}, printed: [] } },
      /nothing to carry weights along/,
    ],
    ["fair with nothing held out to tune by", { parts: { validation: 0 } }, /fair of tiny: got validation 0/],
  ])("%s: nothing is made", async (_, options, message) => {
    const out = join(folder(), "results");
    const error = await run({ ...options, out }).catch((e) => e);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(message);
    expect(existsSync(out)).toBe(false);
  });

  it("a folder of the same study in another form", async () => {
    const { out } = await run({ protocol: "as-printed", seeds: 1 });
    const error = await run({ out, parts: { limit: 200 } }).catch((e) => e);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(/line 1: got a trial of "tiny" as it was defined otherwise.*\nHint: quick and full forms/);
  });

  it("a folder of another study", async () => {
    const { out, files } = await run({ protocol: "as-printed", seeds: 1 });
    mkdirSync(join(out, "twin"));
    copyFileSync(files.results, join(out, "twin", "results.jsonl"));
    await expect(run({ out, parts: { name: "twin" } })).rejects.toThrow(/twin\/results.jsonl, line 1: got a trial of "tiny", expected trials of "twin"/);
  });

  it("a folder of another mode", async () => {
    const { out } = await run({ protocol: "as-printed", seeds: 1 });
    const error = await run({ out, protocol: "as-printed", seeds: 1, mode: "deterministic" }).catch((e) => e);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(/line 1: got mode fast, expected deterministic/);
  });

  it("a folder of other data under the same name", async () => {
    const { out, files } = await run({ protocol: "as-printed", seeds: 1 });
    const other = smallData();
    try {
      writeFileSync(join(other.path, "t10k-labels-idx1-ubyte"), readFileSync(join(other.path, "t10k-labels-idx1-ubyte")).fill(0, 20));
      const { idxDirectory } = await import("../../../src/data/index.ts");
      await expect(run({ out, data: await idxDirectory(other.path) })).rejects.toThrow(/SHA-256 of the data/);
      expect(linesOf(files.results)).toHaveLength(3);
    } finally {
      other.remove();
    }
  });

  it("a folder with a damaged line", async () => {
    const { out, files } = await run({ protocol: "as-printed", seeds: 1 });
    const length = readFileSync(files.results).length;
    appendFileSync(files.results, "oops\n{}\n");
    const error = await run({ out }).catch((e) => e);
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toContain(`${files.results}, line 4, byte ${length}: got no JSON`);
  });

  it("a chain whose weights are gone", async () => {
    const { out, files } = await run({ protocol: "carry-over", seeds: 1 });
    // As after a kill and a hand that tidied up.
    const kept = readFileSync(files.results, "utf8").split("\n").slice(0, 1).join("\n");
    writeFileSync(files.results, `${kept}\n`);
    rmSync(join(out, "tiny", "carried"), { recursive: true, force: true });
    const error = await run({ out, protocol: "carry-over", seeds: 1 }).catch((e) => e);
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toMatch(/carried\/[0-9a-f]{16}.safetensors: got nothing there, expected the last weights of that trial/);
  });

  it("a line with values of the wrong kind", async () => {
    const { out, files } = await run({ protocol: "as-printed", seeds: 1 });
    writeFileSync(files.results, readFileSync(files.results, "utf8").replace(/"seconds":\{"training".*?\}/, '"seconds":7'));
    const error = await run({ out, protocol: "as-printed", seeds: 1 }).catch((e) => e);
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toContain(`${files.results}, line 1, byte 0: got a result whose seconds is 7, expected a finished trial as JSON`);
  });

  it("a place that is a file", async () => {
    const out = join(folder(), "results");
    writeFileSync(out, "");
    await expect(run({ out })).rejects.toThrow(FileError);
  });
});
