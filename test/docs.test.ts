/** The TypeScript examples of the README, run as one program (for fewer epochs). */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";

const root = new URL("..", import.meta.url);

it("the README's examples run", () => {
  const readme = readFileSync(new URL("README.md", root), "utf8");
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  expect(blocks.length).toBeGreaterThan(1);
  const source = blocks
    .join("\n")
    .replaceAll("epochs: 3", "epochs: 1")
    .replaceAll('"gradiente"', JSON.stringify(new URL("src/index.ts", root).href))
    .replaceAll('"gradiente/data"', JSON.stringify(new URL("src/data/index.ts", root).href));
  const directory = mkdtempSync(join(tmpdir(), "gradiente-readme-"));
  const file = join(directory, "readme.mts");
  writeFileSync(file, `${source}\nconsole.log(typeof highway.apply, "done");\n`);
  const tsx = new URL("node_modules/tsx/dist/loader.mjs", root).href;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", tsx, pathToFileURL(file).pathname], { cwd: directory, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toMatch(/accuracy: 0\.9[5-9]/);
  expect(stdout).toMatch(/function done/);
  expect(readFileSync(join(directory, "mnist.safetensors")).length).toBeGreaterThan(400_000);
}, 120_000);
