/** docs/studies.md: its study runs, its fields, settings and names are those there are, and so are those of the code it shows. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { analysisNames } from "../../src/lab/analyses/names.ts";
import { defineStudy } from "../../src/lab/definition/define-study.ts";
import { settingNames } from "../../src/lab/definition/settings.ts";
import { measureNames } from "../../src/lab/diagnostics/names.ts";
import { protocolNames, protocols } from "../../src/lab/protocols/index.ts";
import { optimizerNames } from "../../src/optimizers/index.ts";
import { run } from "../cli/support.ts";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/studies.md", root), "utf8");
const block = (language: string): string => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? "";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "gradiente-guide-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

it("the study in the page runs", async () => {
  const directory = folder();
  const file = join(directory, "widths.json");
  // Fewer images and epochs, so that it takes a second.
  writeFileSync(file, JSON.stringify({ ...JSON.parse(block("json")), limit: 320 }));
  const { status, stderr, stdout } = await run(["study", file, "--seeds", "1", "--epochs", "1", "--out", directory]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toContain("4 competitors");
  expect(defineStudy(JSON.parse(block("json"))).cells).toHaveLength(4);
}, 60_000);

it("the page's studies are fair", () => {
  const blocks = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json]) => JSON.parse(json));
  expect(blocks.length).toBeGreaterThan(1);
  for (const definition of blocks) expect(() => protocols.fair.check(defineStudy(definition), { seeds: [1], tuningSeeds: [2] })).not.toThrow();
});

it("the page's code runs", () => {
  const directory = folder();
  const file = join(directory, "study.mts");
  writeFileSync(file, block("ts").replaceAll('"gradiente/lab"', JSON.stringify(new URL("src/lab/index.ts", root).href)));
  const tsx = new URL("node_modules/tsx/dist/loader.mjs", root).href;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", tsx, file], { cwd: directory, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toMatch(/rate 0.003, seed 3\n/);
  expect(stdout).toMatch(/results\/rates\/report.html\n$/);
}, 60_000);

it("the page names every field, setting, optimizer, protocol, measure and analysis", () => {
  const spans = new Set([...page.replaceAll(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`]+)`/g)].map(([, code]) => code));
  // The fields that an unknown one is told.
  const fields = /expected ([^\n]*)/.exec((refusal() as Error).message)?.[1].split(", ") ?? [];
  expect(fields.length).toBeGreaterThan(10);
  for (const name of [...fields, ...settingNames, ...optimizerNames, ...protocolNames, ...measureNames, ...analysisNames]) expect(spans, name).toContain(name);
});

function refusal(): unknown {
  try {
    return defineStudy({ nothing: 0 });
  } catch (error) {
    return error;
  }
}
