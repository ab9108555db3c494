/** Compiles kernels with a fault and runs their cases; all in memory, but for what generators write. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import asc from "assemblyscript/asc";
import type { KernelName } from "../../src/program/kernels/index.ts";
import { cases, families } from "../kernels/cases/index.ts";
import { type Build, builds, instantiate, type KernelCases, runKernel } from "../kernels/harness.ts";
import type { Mutant } from "./mutants.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const GENERATE = "generate/";

/** A fault in the list, not in the kernels. */
export class ListError extends Error {}

const sourceOf = (file: string): string => readFileSync(join(root, "assembly", file), "utf8");

/** The text of the mutant's file. @throws ListError unless `find` occurs once */
export function applied({ file, find, replace }: Mutant): string {
  const text = sourceOf(file);
  const at = text.indexOf(find);
  if (at < 0) throw new ListError(`not in ${file}: ${find}`);
  if (text.indexOf(find, at + 1) >= 0) throw new ListError(`more than once in ${file}: ${find}`);
  if (find === replace) throw new ListError("changes nothing");
  return text.slice(0, at) + replace + text.slice(at + find.length);
}

const familyOf = (kernel: KernelName): string => {
  const found = Object.entries(families).find(([, kernels]) => kernel in kernels);
  if (found === undefined) throw new ListError(`${kernel} has no cases`);
  return found[0];
};

/** What the generators write, `file` of theirs being `text`. */
async function generate(file = "", text = ""): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), "mutant-"));
  try {
    const target = join(folder, "assembly", "generate");
    mkdirSync(target, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    for (const name of readdirSync(join(root, "assembly", GENERATE)))
      writeFileSync(join(target, name), GENERATE + name === file ? text : sourceOf(GENERATE + name));
    await import(pathToFileURL(join(target, "index.ts")).href);
    const written = join(folder, "build", "generated");
    return new Map(readdirSync(written).map((name) => [`build/generated/${name}`, readFileSync(join(written, name), "utf8")]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The kernels of one family, with other texts for some files (paths from the root). Not optimized: that takes most of the time. */
async function compile(family: string, build: Build, texts: ReadonlyMap<string, string>): Promise<Uint8Array> {
  const entry = "assembly/entry.ts";
  let binary: Uint8Array | undefined;
  const messages: string[] = [];
  const relaxed = build === "relaxed" ? ["--enable", "relaxed-simd"] : [];
  const options = [
    entry,
    "--outFile",
    "out.wasm",
    "--enable",
    "simd",
    ...relaxed,
    "--runtime",
    "stub",
    "--importMemory",
    "--use",
    "abort=",
    "--noAssert",
    "--optimizeLevel",
    "0",
  ];
  const { error } = await asc.main(options, {
    stdout: { write: () => true },
    stderr: { write: (text: string | Uint8Array) => messages.push(String(text)) > 0 },
    readFile: (name: string) => {
      if (name === entry) return `export * from "./${family}";\nexport { write_constants } from "./simd/constants";\n`;
      const text = texts.get(name);
      if (text !== undefined) return text;
      try {
        return readFileSync(join(root, name), "utf8");
      } catch {
        return null;
      }
    },
    writeFile: (name: string, contents: Uint8Array | string) => {
      if (name === "out.wasm") binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) throw new ListError(`does not compile: ${messages.join("").trim() || error}`);
  return binary;
}

let generated: Map<string, string> | undefined;
const sound = new Map<string, Uint8Array>();
const green = new Set<string>();

/** The family without a fault; its kernel's cases pass, or no mutant can be told from it. */
async function baseline(kernel: KernelName, build: Build): Promise<Uint8Array> {
  generated ??= await generate();
  const family = familyOf(kernel);
  const key = `${family} ${build}`;
  let bytes = sound.get(key);
  if (bytes === undefined) sound.set(key, (bytes = await compile(family, build, generated)));
  if (!green.has(`${kernel} ${build}`)) {
    try {
      run(kernel, build, bytes);
    } catch (error) {
      throw new ListError(`fails without a fault: ${(error as Error).message}`);
    }
    green.add(`${kernel} ${build}`);
  }
  return bytes;
}

const run = (kernel: KernelName, build: Build, bytes: Uint8Array): number =>
  runKernel(instantiate(build, bytes), kernel, (cases as Record<string, KernelCases>)[kernel]);

/** The message by which the mutant is found, or null. `running` is awaited before its code runs, which may not end. @throws ListError */
export async function judge(mutant: Mutant, running: () => Promise<void>): Promise<string | null> {
  const { kernel, file, build = "simd" } = mutant;
  if (!builds.includes(build)) throw new ListError(`the ${build} build does not run here`);
  const text = applied(mutant);
  const bytes = await baseline(kernel, build);
  const texts = new Map(generated);
  if (file.startsWith(GENERATE)) for (const [name, made] of await generate(file, text)) texts.set(name, made);
  else texts.set(`assembly/${file}`, text);
  const mutated = await compile(familyOf(kernel), build, texts);
  if (Buffer.compare(mutated, bytes) === 0) throw new ListError("compiles to the same code");
  await running();
  try {
    run(kernel, build, mutated);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
