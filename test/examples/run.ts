/** Runs an example as its user would, on this checkout's sources. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = new URL("../..", import.meta.url);

/** What `npx tsx examples/NAME.ts ARGUMENTS` prints. @throws Error if it fails */
export function runExample(name: string, ...args: readonly (string | number)[]): string {
  const source = readFileSync(new URL(`examples/${name}.ts`, root), "utf8")
    .replaceAll('from "gradiente"', `from ${JSON.stringify(new URL("src/index.ts", root).href)}`)
    .replaceAll('from "gradiente/data"', `from ${JSON.stringify(new URL("src/data/index.ts", root).href)}`)
    .replaceAll('from "gradiente/lab"', `from ${JSON.stringify(new URL("src/lab/index.ts", root).href)}`);
  const directory = mkdtempSync(join(tmpdir(), "gradiente-example-"));
  const file = join(directory, `${name}.mts`);
  writeFileSync(file, source);
  const tsx = new URL("node_modules/tsx/dist/loader.mjs", root).href;
  const argv = ["--import", tsx, pathToFileURL(file).pathname, ...args.map(String)];
  const { stdout, stderr, status } = spawnSync(process.execPath, argv, { cwd: fileURLToPath(root), encoding: "utf8" });
  if (status !== 0) throw new Error(`examples/${name}.ts: status ${status}\n${stderr}`);
  return stdout;
}
