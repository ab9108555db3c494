/** docs/search.md: its search runs, and so does its code; its fields are those there are. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { defineSearch } from "../../../src/lab/search/define-search.ts";
import { methodNames } from "../../../src/lab/search/index.ts";
import { run } from "../../cli/support.ts";
import { folder } from "../runners/support.ts";

const root = new URL("../../../", import.meta.url);
const page = readFileSync(new URL("docs/search.md", root), "utf8");
const block = (language: string): string => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? "";

it("the search in the page runs", async () => {
  const directory = folder();
  const file = join(directory, "digits.json");
  // Fewer images, points and epochs, so that it takes a second.
  writeFileSync(file, JSON.stringify({ ...JSON.parse(block("json")), limit: 320, trials: 3, base: { epochs: 1 } }));
  const { status, stderr, stdout } = await run(["search", file, "--quick", "--out", directory]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toContain("random, 3 points");
  expect(defineSearch(JSON.parse(block("json"))).trials).toBe(30);
}, 60_000);

it("the page's code runs", () => {
  const directory = folder();
  const file = join(directory, "search.mts");
  const code = /## Files from code\n```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  writeFileSync(file, code.replaceAll('"gradiente/lab"', JSON.stringify(new URL("src/lab/index.ts", root).href)));
  const tsx = new URL("node_modules/tsx/dist/loader.mjs", root).href;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", tsx, file], { cwd: directory, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^\d 0\.\d+\n/);
  expect(stdout).toMatch(/The best settings found: rate .* results\/rates\/report.html\n$/);
}, 60_000);

it("the page names every field and method", () => {
  const spans = new Set([...page.replaceAll(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`]+)`/g)].map(([, code]) => code));
  const fields = /expected ([^\n]*)/.exec((refusal() as Error).message)?.[1].split(", ") ?? [];
  expect(fields.length).toBeGreaterThan(10);
  for (const name of [...fields, ...methodNames]) expect(spans, name).toContain(name);
});

function refusal(): unknown {
  try {
    return defineSearch({ nothing: 0 });
  } catch (error) {
    return error;
  }
}
