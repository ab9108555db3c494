import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError, FileError } from "../../../src/errors.ts";
import { type Line, peek, ResultsFile } from "../../../src/lab/runners/results-file.node.ts";
import { environment, folder, line, study } from "./support.ts";

const text = (lines: readonly Line[]): string => lines.map((l) => `${JSON.stringify(l)}\n`).join("");
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
    const ids = Array.from({ length: 40 }, (_, i) => `id-${i}`);
    await Promise.all(ids.map((id) => results.append(line(id))));
    await results.close();
    expect(readFileSync(path, "utf8")).toBe(text(ids.map((id) => line(id))));
    const again = await open(path);
    expect([...again.lines.keys()]).toEqual(ids);
    expect(again.lines.get("id-7")).toEqual(line("id-7"));
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
      expect([...results.lines.keys()]).toEqual(["a", "b"]);
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
    ["a line without a probe", text([{ ...line("b"), probe: undefined } as unknown as Line]), /no probe/],
    ["a line without a result", text([{ ...line("b"), result: undefined } as unknown as Line]), /no result/],
    ["a result of another trial", text([{ ...line("b"), result: line("c").result }]), /the result of trial "c" under id b/],
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
    expect(error.message).toMatch(/line 3: got trial a for the second time/);
  });

  it.each([
    ["another study", { study: "optimizers" }, /line 2: got a trial of study "optimizers", expected trials of "made-up"\nHint: give another folder with --out/],
    ["the study in another form", { digest: "e".repeat(64) }, /as it was defined otherwise \(eeeeeeeeeeee\).*\nHint: quick and full studies/],
    ["another mode", { mode: "deterministic" }, /got mode deterministic, expected fast/],
    ["other kernels", { kernels: "relaxed" }, /got kernels relaxed, expected simd/],
    ["other builds of the kernels", { wasm: "00" }, /got SHA-256 of the kernels' file 00, expected aa/],
    [
      "another engine, with other bits",
      { probe: "00" },
      /got SHA-256 of the probe .* 00, expected bb.*\nHint: results that differ in their bits are not mixed/,
    ],
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

  it("says what it cannot open", async () => {
    await expect(open(join(folder(), "nowhere", "results.jsonl"))).rejects.toThrow(/results.jsonl: got no such file or directory \(ENOENT\)/);
  });
});

describe("the results of another study", () => {
  it("are read as far as they fit, and nothing is changed", async () => {
    const content = text([line("a", { study: "other" }), line("b", { probe: "00" })]) + text([line("c")]).slice(0, 40);
    const path = file(content);
    expect([...(await peek(path, environment)).keys()]).toEqual(["a"]);
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
