/** Reading the sources as syntax trees. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));

/** A file, its path from the root with forward slashes. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** A rule broken in a file. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** Every TypeScript file of a folder of the project. */
export function sources(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** Calls `visit` for every node of a file, parents first. */
export function walk({ path, text }: Source, visit: (node: ts.Node, lineOf: (node: ts.Node) => number) => void): void {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineOf = (node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  const each = (node: ts.Node): void => {
    visit(node, lineOf);
    ts.forEachChild(node, each);
  };
  each(file);
}

/** `path:line message`, one per line, for an assertion whose failure names every place. */
export function report(violations: readonly Violation[]): string {
  return violations.map(({ path, line, message }) => `${path}:${line} ${message}`).join("\n");
}
