/** docs/validation.md: its examples run, and its commands are those there are. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/validation.md", root), "utf8");
const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
/** What each prints. */
const printed = [
  /^5 800 200\n2,2\n5 \+ 6, 11 \+ 6, 17 \+ 6\n$/,
  /^accuracy 0\.[89]\d+, 95 % interval 0\.\d+ to 0\.\d+\n$/,
  /^\{"slow":0,"steady":4\} 0\.[78]\d+\n$/,
  /^0\.00\d+ 0\.00\d+ 0\.0\d+ the loss falls fastest near .*\n0\.[89]\d+\n$/,
];

it("its examples run and print what they say", () => {
  expect(blocks).toHaveLength(printed.length);
  const directory = mkdtempSync(join(tmpdir(), "gradiente-validation-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const tsx = new URL("node_modules/tsx/dist/loader.mjs", root).href;
  for (const [i, code] of blocks.entries()) {
    const file = join(directory, `example-${i}.mts`);
    const source = (name: string): string => JSON.stringify(new URL(`src/${name}`, root).href);
    writeFileSync(
      file,
      code
        .replaceAll('"gradiente/data"', source("data/index.ts"))
        .replaceAll('"gradiente/lab"', source("lab/index.ts"))
        .replaceAll('"gradiente"', source("index.ts")),
    );
    const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", tsx, file], { cwd: directory, encoding: "utf8" });
    expect(stderr, code).toBe("");
    expect(status, code).toBe(0);
    expect(stdout).toMatch(printed[i]);
  }
}, 180_000);
