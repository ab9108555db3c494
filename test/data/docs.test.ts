/** The examples of docs/data.md that bring their data, and its commands: they print what they say. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { run as cli, folder } from "../cli/support.ts";
import { run } from "../reference/examples.ts";

const page = readFileSync(new URL("../../docs/data.md", import.meta.url), "utf8");
const programs = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code).filter((code) => code.includes("vega-datasets"));

it.each(programs.map((source, i) => [i, source] as const))("program %i", async (_, source) => {
  const before = process.cwd();
  const directory = mkdtempSync(join(tmpdir(), "gradiente-data-"));
  symlinkSync(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(directory, "node_modules"));
  try {
    process.chdir(directory);
    const expected = [...source.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, said]) => said.trim());
    expect(expected.length).toBeGreaterThan(0);
    expect(await run({ name: "", path: "", source, expected })).toEqual(expected);
  } finally {
    process.chdir(before);
    rmSync(directory, { recursive: true });
  }
});

it("the commands on a CSV file print what the page says", async () => {
  const section = /^## From a CSV file to a model\n([\s\S]*?)^## /m.exec(page)?.[1] ?? "";
  const steps = [...section.matchAll(/```sh\nnpx gradiente (.*)\n```\n```\n([\s\S]*?)```/g)];
  expect(steps.map(([, command]) => command.split(" ")[0])).toEqual(["train", "evaluate", "predict"]);
  const model = join(folder(), "cars.safetensors");
  for (const [, command, shown] of steps) {
    const { status, stdout, stderr } = await cli(command.replace("cars.safetensors", model).split(" "), { width: 80 });
    expect(status, stderr).toBe(0);
    const said = `${stderr}\n${stdout}`.replaceAll(model, "cars.safetensors");
    // Every line of the page stands there in this order; other engines may round the scores otherwise.
    let from = 0;
    for (const line of shown.trimEnd().split("\n")) {
      const at = said.slice(from).search(pattern(line));
      expect(at, `${line}\n\nin\n${said.slice(from)}`).toBeGreaterThanOrEqual(0);
      from += at;
    }
  }
}, 60_000);

/** A line with the last digits of its decimal numbers open. */
const pattern = (line: string): RegExp =>
  new RegExp(line.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(/(\d\\\.\d)(\d*)/g, (_, kept, open) => `${kept}\\d{${open.length}}`));
