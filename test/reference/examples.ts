/** Examples of the pages, ready to run. */
import * as fs from "node:fs/promises";
import { format } from "node:util";
import ts from "typescript";
import * as data from "../../src/data/index.ts";
import * as gradiente from "../../src/index.ts";
import * as lab from "../../src/lab/index.ts";
import type { Page } from "./page.ts";

/** One example with its page's setup. */
export interface Example {
  /** Where it stands: page, heading and number. */
  readonly name: string;
  /** The path it has for the type checker. */
  readonly path: string;
  readonly source: string;
  /** What each line that calls console.log says in its comment; null without. */
  readonly expected: readonly (string | null)[];
}

const modules: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  gradiente,
  "gradiente/data": data,
  "gradiente/lab": lab,
  "node:fs/promises": fs,
};

/** The examples of a page; the setup alone, if there are no others. */
export function examplesOf({ name: page, setup, sections }: Page): Example[] {
  return sections.slice(1).flatMap(({ heading, examples }) =>
    examples.map((code, i) => ({
      name: `${page}, ${heading}${examples.length > 1 ? `, example ${i + 1}` : ""}`,
      path: `docs/reference/${page}.${heading.replaceAll(/\W+/g, "-")}.${i}.ts`,
      source: `${setup}\n${code}\nexport {};\n`,
      expected: code
        .split("\n")
        .filter((line) => line.includes("console.log("))
        .map((line) => / \/\/ (.*)$/.exec(line)?.[1].trim() ?? null),
    })),
  );
}

const AsyncFunction = (async () => {}).constructor as new (...args: string[]) => (...values: unknown[]) => Promise<void>;

/** Runs an example, and gives what it logged. */
export async function run({ source }: Example): Promise<string[]> {
  const names: string[] = ["console"];
  const lines: string[] = [];
  const values: unknown[] = [{ log: (...parts: unknown[]) => lines.push(format(...parts)) }];
  const { outputText } = ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } });
  const body = outputText
    .replaceAll(/^import \{([^}]*)\} from "([^"]+)";$/gm, (_, list: string, module: string) => {
      for (const name of list.split(",").map((part) => part.trim())) {
        if (name === "") continue;
        if (!Object.hasOwn(modules[module] ?? {}, name)) throw new Error(`"${module}" has no export ${name}`);
        names.push(name);
        values.push(modules[module][name]);
      }
      return "";
    })
    .replaceAll(/^export \{\};$/gm, "");
  await new AsyncFunction(...names, body)(...values);
  return lines;
}
