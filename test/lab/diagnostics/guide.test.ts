/** docs/diagnostics.md: its study and its code run, and it names every measure. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { measureNames } from "../../../src/lab/diagnostics/index.ts";
import { run } from "../../cli/support.ts";

const root = new URL("../../../", import.meta.url);
const page = readFileSync(new URL("docs/diagnostics.md", root), "utf8");
const block = (language: string): string => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? "";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "gradiente-diagnostics-guide-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

it("the study in the page records its measures, and reports them", async () => {
  const directory = folder();
  const file = join(directory, "curvature.json");
  const study = JSON.parse(block("json"));
  // Fewer images and epochs, so that it takes seconds.
  writeFileSync(file, JSON.stringify({ ...study, limit: 320 }));
  const { status, stderr } = await run(["study", file, "--seeds", "1", "--epochs", "1", "--out", directory]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const lines = readFileSync(join(directory, "curvature", "results.jsonl"), "utf8")
    .trim()
    .split("\n");
  for (const line of lines) expect(Object.keys(JSON.parse(line).result.diagnostics)).toEqual(study.measures);
  expect(readFileSync(join(directory, "curvature", "report.md"), "utf8")).toContain("## Sharpness");
}, 60_000);

it("the page's code runs", () => {
  const directory = folder();
  const file = join(directory, "diagnostics.mts");
  const source = ["gradiente/lab", "gradiente/data", "gradiente"].reduce(
    (code, name) => code.replaceAll(`"${name}"`, JSON.stringify(new URL(`src/${name.slice(9)}/index.ts`.replace("//", "/"), root).href)),
    block("ts"),
  );
  writeFileSync(file, source);
  const tsx = new URL("node_modules/tsx/dist/loader.mjs", root).href;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", tsx, file], { cwd: directory, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^dense\/kernel moves by 0\.\d+ of itself in a step\n/);
  expect(stdout).toMatch(/epoch 2 sharpness [\d.]+ \+- [\d.]+\n$/);
}, 60_000);

it("the page names every measure", () => {
  for (const name of measureNames) expect(page).toContain(`| \`${name}\` |`);
});
