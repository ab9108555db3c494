/** docs/search.md: its example compiles and runs (the first block after another), its methods are those there are. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { methodNames } from "../../../src/lab/search/index.ts";

const root = new URL("../../../", import.meta.url);
const page = readFileSync(new URL("docs/search.md", root), "utf8");

it("the example in the page runs", () => {
  const directory = mkdtempSync(join(tmpdir(), "gradiente-search-"));
  const code = [...page.slice(page.indexOf("# Any function")).matchAll(/```ts\n([\s\S]*?)```/g)]
    .map(([, block]) => block)
    .join("\n")
    .replace("trials: 30", "trials: 3")
    .replaceAll(/"gradiente(\/\w+)?"/g, (_, part = "") => JSON.stringify(new URL(`src${part}/index.ts`, root).href));
  const file = join(directory, "search.mts");
  writeFileSync(file, code);
  const tsx = new URL("node_modules/tsx/dist/loader.mjs", root).href;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", tsx, pathToFileURL(file).pathname], { cwd: directory, encoding: "utf8" });
  rmSync(directory, { recursive: true });
  expect(stderr, code).toBe("");
  expect(status).toBe(0);
  expect(stdout).toMatch(/learningRate: [\s\S]* 3\n$/);
}, 60_000);

it("the page says which of the methods to take, of all", () => {
  const [, table] = /\n## Which method\n([\s\S]*?)\n\n/.exec(page) ?? [];
  for (const name of methodNames) expect(table).toContain(`\`${name}\``);
});
