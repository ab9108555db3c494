/** The TypeScript examples of the README (for fewer epochs): those that bring data are programs, the others go on from the first. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";

const root = new URL("..", import.meta.url);

/** What a program prints. */
function run(code: string, directory: string, name: string): string {
  const source = code
    .replaceAll("epochs: 3", "epochs: 1")
    .replaceAll('"gradiente"', JSON.stringify(new URL("src/index.ts", root).href))
    .replaceAll('"gradiente/data"', JSON.stringify(new URL("src/data/index.ts", root).href));
  const file = join(directory, `${name}.mts`);
  writeFileSync(file, source);
  const tsx = new URL("node_modules/tsx/dist/loader.mjs", root).href;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", tsx, pathToFileURL(file).pathname], { cwd: directory, encoding: "utf8" });
  expect(stderr, source).toBe("");
  expect(status, source).toBe(0);
  return stdout;
}

it("the README's examples run", () => {
  const readme = readFileSync(new URL("README.md", root), "utf8");
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  expect(blocks.length).toBeGreaterThan(1);
  const [first, ...own] = blocks.filter((code) => code.includes('from "gradiente/data"'));
  const further = blocks.filter((code) => !code.includes('from "gradiente/data"'));
  const directory = mkdtempSync(join(tmpdir(), "gradiente-readme-"));
  for (const [i, source] of own.entries()) expect(run(source, directory, `own-${i}`), source).toBe("");
  const stdout = run(`${[first, ...further].join("\n")}\nconsole.log(typeof highway.apply, "done");\n`, directory, "first");
  expect(stdout).toMatch(/accuracy: 0\.9[5-9]/);
  expect(stdout).toMatch(/function done/);
  expect(readFileSync(join(directory, "mnist.safetensors")).length).toBeGreaterThan(400_000);
}, 300_000);
