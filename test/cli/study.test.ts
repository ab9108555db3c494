import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { processIo } from "../../src/cli/io.ts";
import { studies } from "../../src/lab/studies/index.ts";
import { linesOf, timelessSummary, tiny } from "../lab/runners/studies.ts";
import { folder, idxFolder, run } from "./support.ts";

const FILES = ["report.csv", "report.html", "report.md", "results.jsonl", "summary.json"];

/** A study in a file, and an empty folder for it. */
function study(): { file: string; out: string } {
  const [directory, out] = [folder(), join(folder(), "results")];
  const file = join(directory, "tiny.json");
  writeFileSync(file, JSON.stringify(tiny(idxFolder())));
  return { file, out };
}

describe("study", () => {
  it("runs one from a file, prints trials, verdict and where the report is, and writes it", async () => {
    const { file, out } = study();
    const { status, stdout, stderr } = await run(["study", file, "--seeds", "2", "--out", out]);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Study +tiny: Does it end as if nothing had happened\?\nProtocol +fair, 3 competitors, 2 seeds, 24 trials or more\n/);
    expect(stdout).toMatch(/^ ?\d+\/\d+ {2}tuning: adam, rate 0.00316, seed 1002 {2}\d+\.\d\d % {2}.* s$/m);
    expect(stdout).toMatch(/^✓ tuning: 18 trials; best .*, \d+\.\d\d %$/m);
    expect(stdout).toMatch(/^✓ reporting: 6 trials; best /m);
    expect(stdout).toContain(`Report    ${join(out, "tiny/report.html")}`);
    expect(readdirSync(join(out, "tiny")).sort()).toEqual(FILES);
    const again = await run(["study", file, "--seeds", "2", "--out", out]);
    expect(again.stdout).toMatch(/^Folder +.*tiny, where \d+ trials are finished$/m);
    expect(again.stdout).toMatch(/^✓ tuning: 18 trials, finished before/m);
    expect(again.stdout).not.toMatch(/seed 1002 {2}/);
  });

  it("--json prints events, and nothing else", async () => {
    const { file, out } = study();
    const { status, stderr, events } = await run(["study", file, "--quick", "--workers", "1", "--mode", "deterministic", "--out", out, "--json"]);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const all = events();
    expect(all[0]).toMatchObject({
      event: "start",
      study: "tiny",
      quick: true,
      protocol: "fair",
      seeds: [1, 2, 3],
      tuningSeeds: [1001, 1002, 1003],
      planned: 27,
      finished: 0,
      workers: 1,
      mode: "deterministic",
      kernels: "simd",
      folder: join(out, "tiny"),
    });
    for (const key of ["digest", "engine", "wasm", "probe", "samples", "version"]) expect(all[0][key]).toBeTypeOf("string");
    expect(all[1]).toEqual({ event: "phase", study: "tiny", phase: "tuning", trials: 18 });
    const trials = all.filter(({ event }) => event === "trial");
    const tuned = trials.find(({ role }) => role === "tune");
    expect(Object.keys(tuned ?? {})).toEqual([
      "event",
      "study",
      "phase",
      "name",
      "id",
      "role",
      "seed",
      "from",
      "validationAccuracy",
      "testAccuracy",
      "divergedAt",
      "seconds",
    ]);
    expect(tuned).toMatchObject({ study: "tiny", from: "run", validationAccuracy: expect.any(Number), testAccuracy: null, divergedAt: null });
    expect(trials.find(({ role }) => role === "report")).toMatchObject({ testAccuracy: expect.any(Number) });
    expect(new Set(all.map(({ event }) => event))).toEqual(new Set(["start", "phase", "trial", "end"]));
    expect(all.at(-1)).toMatchObject({ event: "end", study: "tiny", verdict: expect.any(Array), results: join(out, "tiny/results.jsonl") });
    for (const key of ["results", "summary", "html", "markdown", "csv"]) expect(existsSync(all.at(-1)?.[key] as string)).toBe(true);
    expect(JSON.parse(readFileSync(join(out, "tiny/summary.json"), "utf8")).study.quick).toBe(true);
  });

  it("on a terminal draws what runs and what is left, within its width, and leaves a line for each phase", async () => {
    const { file, out } = study();
    const width = 60;
    const { status, stdout, progress } = await run(["study", file, "--seeds", "2", "--epochs", "20", "--out", out], { terminal: true, width });
    expect(status).toBe(0);
    expect(stdout).not.toMatch(/seed 1002 {2}/);
    expect(stdout).toMatch(/^✓ tuning: 18 trials; best /m);
    const drawn = progress.filter((text) => text !== "").map(stripVTControlCharacters);
    expect(drawn.length).toBeGreaterThan(0);
    for (const line of drawn.flatMap((text) => text.split("\n"))) expect(line.length).toBeLessThan(width);
    expect(drawn.some((text) => /^ {2}tuning: \d+\/18.*\n {2}· .*\n(?:.*\n)* {2}[━─]+ {2}\d+\/24 trials/.test(text))).toBe(true);
  });

  it("--list shows the built-in studies and what they ask", async () => {
    const { status, stdout } = await run(["study", "--list"], { width: 80 });
    expect(status).toBe(0);
    for (const { name, question } of Object.values(studies)) {
      expect(stdout).toMatch(new RegExp(`^${name} +${question.split(" ")[0]}`, "m"));
    }
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    const { events } = await run(["study", "--list", "--json"]);
    expect(events().map(({ name }) => name)).toEqual(Object.keys(studies));
    expect(events()[0]).toMatchObject({ title: expect.any(String), question: expect.any(String), competitors: expect.any(Number) });
  });
});

describe("a study that cannot be run", () => {
  it.each([
    ["no name", "study", "hint: gradiente study --list"],
    ["an unknown study", "study optimisers", "did you mean optimizers?"],
    ["an unknown protocol", "study optimizers --protocol fiar", "did you mean fair?"],
    ["no seeds", "study optimizers --seeds 0", '--seeds: got "0", expected an integer from 1 to 1000'],
    ["less than no seeds", "study optimizers --seeds=-1", "an integer from 1 to 1000"],
    ["seeds that are those of tuning", "study optimizers --seeds 1001", "an integer from 1 to 1000"],
    ["several seeds as printed", "study optimizers --protocol as-printed --seeds 3", "--seeds: got 3 with --protocol as-printed, expected 1"],
    ["no epochs", "study optimizers --epochs 0", "an integer from 1 to 1000000"],
    ["epochs without end", "study optimizers --epochs 1e9", "an integer from 1 to 1000000"],
    ["no workers", "study optimizers --workers 0", "an integer from 1 to 64"],
    ["nowhere", "study optimizers --out=", "a directory"],
    ["an unknown mode", "study optimizers --mode quick", "fast, deterministic"],
    ["an option to come", "study optimizers --redis redis://here", "unknown option '--redis'"],
  ])("%s: %s", async (_, line, message) => {
    const { status, stdout, stderr } = await run(line.split(" "));
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).toBe("");
  });

  it.each([
    ["an unknown factor", { factors: { optimiser: ["sgd"] } }, "optimiser"],
    ["an empty grid", { factors: { optimizer: [] } }, "optimizer"],
    ["an unknown field", { seed: 3 }, "seed"],
    ["no list of fields", [], "study: got"],
    [
      "data that is not there",
      { data: "./nowhere" },
      "study tiny, data ./nowhere: got nothing there, expected mnist, fashion-mnist, a directory of IDX files or of one folder of PNG images per class, or a table FILE.csv",
    ],
    ["a contradiction of the protocol", { validation: 0 }, "fair of tiny: got validation 0"],
  ])("%s in its file", async (_, parts, message) => {
    const { file, out } = study();
    writeFileSync(file, JSON.stringify(Array.isArray(parts) ? parts : { ...tiny("mnist"), printed: [], rates: {}, ...parts }));
    const { status, stdout, stderr } = await run(["study", file, "--out", out]);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe("");
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    ["no file", "/nowhere/study.json", "ENOENT"],
    ["no JSON", "README.md.json", "expected a study as JSON"],
  ])("%s", async (_, name, message) => {
    const file = name.startsWith("/") ? name : join(folder(), name);
    if (file !== name) writeFileSync(file, "{ name: tiny }");
    const { status, stderr } = await run(["study", file]);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
  });

  it("a folder of another study, as an event with --json", async () => {
    const { file, out } = study();
    expect((await run(["study", file, "--protocol", "as-printed", "--out", out])).status).toBe(0);
    const before = readFileSync(join(out, "tiny/results.jsonl"));
    const { status, events } = await run(["study", file, "--protocol", "as-printed", "--epochs", "3", "--out", out, "--json"]);
    expect(status).toBe(1);
    expect(events()).toEqual([
      { event: "error", code: "config", message: expect.stringContaining("as it was defined otherwise"), hint: expect.stringContaining("--out") },
    ]);
    expect(readFileSync(join(out, "tiny/results.jsonl"))).toEqual(before);
  });
});

describe("Ctrl-C", () => {
  it.each([
    ["as text", [], /\nstopped by Ctrl-C\nfinished trials are in .*tiny\/results.jsonl: the same command goes on from them\n$/],
    ["as an event", ["--json"], /\n\{"event":"error","code":"interrupted","message":"stopped by Ctrl-C","hint":"finished trials are in .*"\}\n$/],
  ])(
    "keeps what is finished, says so %s, and exits with 130",
    async (_, more, message) => {
      const { file, out } = study();
      const argv = ["study", file, "--seeds", "2", "--out", out, ...more];
      const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "entry.ts"), ...argv], { stdio: ["ignore", "pipe", "pipe"] });
      onTestFinished(() => void child.kill("SIGKILL"));
      let [text, err, interrupted] = ["", "", false];
      child.stderr.setEncoding("utf8").on("data", (part: string) => {
        err += part;
      });
      child.stdout.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        if (!interrupted && /seed 1001/.test(text)) {
          interrupted = true;
          child.kill("SIGINT");
        }
      });
      const end = await new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal })));
      expect(end, err).toEqual({ code: 130, signal: null });
      expect(text).toMatch(message);
      const path = join(out, "tiny");
      expect(readdirSync(path)).toEqual(["results.jsonl"]);
      const kept = linesOf(join(path, "results.jsonl"));
      expect(kept.length).toBeGreaterThan(0);
      expect((await run(argv)).status).toBe(0);
      expect(linesOf(join(path, "results.jsonl")).slice(0, kept.length)).toEqual(kept);
      const whole = join(folder(), "whole");
      expect((await run(["study", file, "--seeds", "2", "--out", whole])).status).toBe(0);
      expect(timelessSummary(join(path, "summary.json"))).toEqual(timelessSummary(join(whole, "tiny/summary.json")));
    },
    60_000,
  );
});

describe("several live lines", () => {
  it("take the place of those before, and give way to what is printed", () => {
    const written: string[] = [];
    const { stdout } = process;
    const [isTTY, write] = [stdout.isTTY, stdout.write];
    onTestFinished(() => void Object.assign(stdout, { isTTY, write }));
    Object.assign(stdout, { isTTY: true, write: (text: string) => written.push(text) > 0 });
    const io = processIo();
    io.progress("a\nb\nc");
    io.progress("d");
    io.print("e");
    Object.assign(stdout, { isTTY, write });
    expect(written).toEqual(["\ra\x1b[K\nb\x1b[K\nc\x1b[J\r", "\r\x1b[2Ad\x1b[J\r", "\r\x1b[J", "e\n"]);
  });
});
