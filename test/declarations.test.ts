/** What TypeScript reads of the package names only what is installed with it. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const root = new URL("../", import.meta.url);
const { exports, dependencies } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
  exports: Record<string, string | { types: string }>;
  dependencies: Record<string, string>;
};
const entries = Object.values(exports).flatMap((entry) => (typeof entry === "string" ? [] : entry.types));

/** Every package that a declaration file, or one that it leads to, takes types from. */
function packagesOf(entry: string): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (url: URL): void => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    for (const [, specifier] of readFileSync(url, "utf8").matchAll(/(?:from|import\()\s*"([^"]+)"/g)) {
      if (!specifier.startsWith(".")) found.add(specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/"));
      else visit(new URL(specifier.replace(/\.ts$|\.js$/, ".d.ts"), url));
    }
  };
  visit(new URL(entry, root));
  expect(seen.size).toBeGreaterThan(3);
  return [...found];
}

it.each(entries)("%s", (entry) => {
  expect(packagesOf(entry).filter((name) => !Object.hasOwn(dependencies, name))).toEqual([]);
});
