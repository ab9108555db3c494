import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError, FileError } from "../../../src/errors.ts";
import type { Line } from "../../../src/lab/runners/line.ts";
import { peek, ResultsFile } from "../../../src/lab/runners/results-file.node.ts";
import { environment, folder, line, study } from "./support.ts";

const text = (lines: readonly Line[]): string => lines.map((l) => `${JSON.stringify(l)}\n`).join("");
const idOf = (name: string): string => line(name).id;
const open = (path: string): Promise<ResultsFile> => ResultsFile.open(path, study, environment);

/** A file that holds a text. */
function file(content: string | Uint8Array): string {
  const path = join(folder(), "results.jsonl");
  writeFileSync(path, content);
  return path;
}

/** What opening a file throws; the file must stay as it is. */
async function refusal(content: string | Uint8Array): Promise<Error> {
  const path = file(content);
  const before = readFileSync(path);
  const error = await open(path).then(
    () => new Error("it was opened"),
    (e: Error) => e,
  );
  expect(readFileSync(path)).toEqual(before);
  return error;
}

describe("results.jsonl", () => {
  it("keeps lines in order, whoever waits for them", async () => {
    const path = join(folder(), "results.jsonl");
    const results = await open(path);
    const names = Array.from({ length: 40 }, (_, i) => `trial-${i}`);
    await Promise.all(names.map((name) => results.append(line(name))));
    await results.close();
    expect(readFileSync(path, "utf8")).toBe(text(names.map((name) => line(name))));
    const again = await open(path);
    expect([...again.lines.keys()]).toEqual(names.map(idOf));
    expect(again.lines.get(idOf("trial-7"))).toEqual(line("trial-7"));
    expect(again.torn).toBe(0);
    await again.close();
  });

  it("ends with whole trials wherever its last line is torn: what is torn is cut off, and the next goes where it was", async () => {
    const whole = text([line("a"), line("b")]);
    // A name that is not of one byte a letter.
    const last = text([line("c", { engine: "nodé 1" })]);
    const bytes = Buffer.from(last);
    for (const cut of [1, 2, 20, bytes.indexOf("é") + 1, bytes.length - 2]) {
      const path = file(Buffer.concat([Buffer.from(whole), bytes.subarray(0, cut)]));
      const results = await open(path);
      expect(results.torn).toBe(cut);
      expect([...results.lines.keys()]).toEqual([idOf("a"), idOf("b")]);
      expect(readFileSync(path, "utf8")).toBe(whole);
      await results.append(line("c"));
      await results.close();
      expect(readFileSync(path, "utf8")).toBe(whole + text([line("c")]));
    }
  });

  it("keeps a last line that lacks its end only", async () => {
    const path = file(text([line("a"), line("b")]).slice(0, -1));
    const results = await open(path);
    expect(results.torn).toBe(0);
    await results.append(line("c"));
    await results.close();
    expect(readFileSync(path, "utf8")).toBe(text([line("a"), line("b"), line("c")]));
  });

  it.each([
    ["half a line", `${text([line("b")]).slice(0, 30)}\n`, /no JSON/],
    ["an empty line", "\n", /no JSON/],
    ["a number", "7\n", /no object/],
    ["a line whose version is no text", text([line("b", { version: 1 as never })]), /no version/],
    ["a line without a probe", text([{ ...line("b"), probe: undefined } as unknown as Line]), /no probe/],
    ["a line without a result", text([{ ...line("b"), result: undefined } as unknown as Line]), /no result/],
    ["a result of another trial", text([{ ...line("b"), result: line("c").result }]), /the result of trial "[0-9a-f]{16}" under id [0-9a-f]{16}/],
    ["a trial under the id of another", text([{ ...line("b"), trial: line("c").trial }]), /got another trial than that of id [0-9a-f]{16}/],
    ["a trial without end", `${JSON.stringify(line("b")).replace('"start":"b"', `"start":${"[".repeat(1e5)}${"]".repeat(1e5)}`)}\n`, /got /],
    ...(
      [
        ["divergedAt", -1],
        ["steps", "ten"],
        ["parameters", null],
        ["epochs", [{}]],
        ["curve", [{ step: 1, loss: 1, valLoss: "1", valAccuracy: 1, seconds: 1 }]],
        ["validation", { loss: 1 }],
        ["training", 1],
        ["test", []],
        ["correct", "not base64"],
        ["weightsSha256", 7],
        ["diagnostics", "none"],
        ["seconds", undefined],
      ] as const
    ).map(([field, value]): [string, string, RegExp] => {
      const good = line("b");
      return [`a bad ${field}`, text([{ ...good, result: { ...good.result, [field]: value } }]), new RegExp(`got a result whose ${field} is `)];
    }),
    ["an infinite accuracy", text([line("b")]).replace('"accuracy":0.5', '"accuracy":1e999'), /got a result whose epochs is /],
    ["bytes that are no text", Buffer.from([0xff, 0xfe, 10]), /no text/],
  ])("refuses %s between others, by line and byte", async (_, middle, message) => {
    const first = text([line("a")]);
    const error = await refusal(Buffer.concat([Buffer.from(first), Buffer.from(middle), Buffer.from(text([line("z")]))]));
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`results.jsonl, line 2, byte ${first.length}: got `);
  });

  it("refuses a trial that is there twice", async () => {
    const error = await refusal(text([line("a"), line("b"), line("a")]));
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toMatch(/line 3: got trial [0-9a-f]{16} for the second time/);
  });

  it.each([
    ["another study", { study: "optimizers" }, /line 2: got a trial of "optimizers", expected trials of "made-up"\nHint: give another folder with --out/],
    ["the study in another form", { digest: "e".repeat(64) }, /as it was defined otherwise \(eeeeeeeeeeee\).*\nHint: quick and full forms/],
    ["another mode", { mode: "deterministic" }, /got mode deterministic, expected fast/],
    ["other kernels", { kernels: "relaxed" }, /got kernels relaxed, expected simd/],
    ["other builds of the kernels", { wasm: "00" }, /got SHA-256 of the kernels' file 00, expected aa/],
    [
      "another engine, with other bits",
      { probe: "00" },
      /got SHA-256 of the probe .* 00, expected bb.*\nHint: results that differ in their bits are not mixed/,
    ],
    [
      "another version, before all that comes of it",
      { version: "1.2.2", wasm: "00" },
      /line 2: got version 1.2.2, expected 1.2.3, as of this run\nHint: two versions may train otherwise.*: go on with the one that began, give another folder with --out/,
    ],
    ["a version from before lines named it", { version: undefined }, /line 2: got no version, expected 1.2.3/],
    ["other data", { samples: "00" }, /got SHA-256 of the data 00, expected cc/],
  ] as const)("refuses trials of %s", async (_, parts, message) => {
    const error = await refusal(text([line("a"), line("b", parts as Partial<Line>)]));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(message);
  });

  it("takes trials of another version of the engine that has the same bits", async () => {
    const results = await open(file(text([line("a", { engine: "node 2" })])));
    expect(results.lines.size).toBe(1);
    await results.close();
  });

  it.each([
    ["a text of somebody's", "dear diary, today I ran a study"],
    ["half a line of another program", '{"event":"trial","id":"'],
  ])("leaves %s as it is", async (_, content) => {
    const error = await refusal(content);
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toMatch(/line 1, byte 0: got no JSON/);
  });

  it("cuts off what a power cut leaves in the place of a line", async () => {
    const whole = text([line("a")]);
    const path = file(`${whole}${"\0".repeat(100)}`);
    const results = await open(path);
    expect(results.torn).toBe(100);
    await results.close();
    expect(readFileSync(path, "utf8")).toBe(whole);
  });

  it.skipIf(process.platform === "win32")("refuses a pipe, and does not wait for it", async () => {
    const path = join(folder(), "results.jsonl");
    execFileSync("mkfifo", [path]);
    await expect(open(path)).rejects.toThrow(/results.jsonl: got no regular file/);
    expect((await peek(path, environment)).size).toBe(0);
  });

  it("says what it cannot open", async () => {
    await expect(open(join(folder(), "nowhere", "results.jsonl"))).rejects.toThrow(/results.jsonl: got no such file or directory \(ENOENT\)/);
  });
});

describe("the results of another study", () => {
  it("are read as far as they fit, and nothing is changed", async () => {
    const content = text([line("a", { study: "other" }), line("b", { probe: "00" }), line("d", { version: "1.2.2" })]) + text([line("c")]).slice(0, 40);
    const path = file(content);
    expect([...(await peek(path, environment)).keys()]).toEqual([idOf("a")]);
    expect(readFileSync(path, "utf8")).toBe(content);
  });

  it.each([
    ["damaged", `{}\n${text([line("a")])}`],
    ["empty", ""],
  ])("that are %s are none", async (_, content) => {
    expect((await peek(file(content), environment)).size).toBe(0);
  });

  it("that are not there are none", async () => {
    expect((await peek(join(folder(), "results.jsonl"), environment)).size).toBe(0);
  });
});
