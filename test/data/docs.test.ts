/** The examples of docs/data.md that bring their data: they print what they say. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { run } from "../reference/examples.ts";

const page = readFileSync(new URL("../../docs/data.md", import.meta.url), "utf8");
const programs = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code).filter((code) => code.includes("vega-datasets"));

it.each(programs.map((source, i) => [i, source] as const))("program %i", async (_, source) => {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), "gradiente-data-"));
  symlinkSync(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(folder, "node_modules"));
  try {
    process.chdir(folder);
    const expected = [...source.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, said]) => said.trim());
    expect(expected.length).toBeGreaterThan(0);
    expect(await run({ name: "", path: "", source, expected })).toEqual(expected);
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
});
