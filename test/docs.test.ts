/** The TypeScript examples of the README (for fewer epochs): those that bring data are programs, the others go on from the first. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";
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

/** Programs of their own, and those that go on from the first. */
function examples(): { first: string; own: string[]; further: string[] } {
  const readme = readFileSync(new URL("README.md", root), "utf8");
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  expect(blocks.length).toBeGreaterThan(1);
  const [first, ...own] = blocks.filter((code) => code.includes('from "gradiente/data"'));
  return { first, own, further: blocks.filter((code) => !code.includes('from "gradiente/data"')) };
}

it("the README's examples have the types that strict programs ask for", () => {
  const { first, own, further } = examples();
  const directory = fileURLToPath(root);
  const sources = new Map([[first, ...further].join("\n"), ...own].map((code, i) => [join(directory, `readme-example-${i}.ts`), code]));
  const options: ts.CompilerOptions = {
    ...ts.parseJsonConfigFileContent(ts.readConfigFile(join(directory, "tsconfig.json"), ts.sys.readFile).config, ts.sys, directory).options,
    noUnusedLocals: false,
    paths: { gradiente: [join(directory, "src/index.ts")], "gradiente/data": [join(directory, "src/data/index.ts")] },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.getSourceFile = (name, ...rest) => {
    const code = sources.get(name);
    return code === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, code, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  for (const [name, code] of sources) {
    const wrong = program.getSemanticDiagnostics(program.getSourceFile(name)).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
    expect(wrong, code).toEqual([]);
  }
}, 300_000);

it("the README's examples run", () => {
  const { first, own, further } = examples();
  const directory = mkdtempSync(join(tmpdir(), "gradiente-readme-"));
  for (const [i, source] of own.entries())
    expect(run(source, directory, `own-${i}`), source).toBe(source.includes("console.log") ? "40 rents, in money again\n" : "");
  const stdout = run(`${[first, ...further].join("\n")}\nconsole.log(typeof highway.apply, "done");\n`, directory, "first");
  expect(stdout).toMatch(/accuracy: 0\.9[5-9]/);
  expect(stdout).toMatch(/function done/);
  expect(readFileSync(join(directory, "mnist.safetensors")).length).toBeGreaterThan(400_000);
}, 300_000);
