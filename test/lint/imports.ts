/**
 * Who may import whom. Parts stand in a list, and an import may only point up it:
 * what a file needs can be read without what needs it, and a bundle carries only what it uses.
 */
import { posix } from "node:path";
import ts from "typescript";
import { type Source, type Violation, walk } from "./source.ts";

/** The list. Parts on one line stand side by side. */
const LIST: readonly (readonly string[])[] = [
  ["errors", "shape", "random", "finite", "format"],
  ["runtime"],
  ["program"],
  ["graph"],
  ["layers", "losses", "optimizers", "schedules", "initializers", "regularizers", "constraints", "metrics"],
  ["formats"],
  ["data"],
  ["model"],
  ["callbacks"],
  ["index"],
  ["lab"],
  ["bench", "web"],
  ["cli"],
];
const RANKS: ReadonlyMap<string, number> = new Map(LIST.flatMap((parts, rank) => parts.map((part) => [part, rank])));

/** Parts whose files see of each other only the index and the interface, named after the part in the singular. */
const INTERFACES: Readonly<Record<string, string>> = {
  layers: "layer",
  losses: "loss",
  optimizers: "optimizer",
  schedules: "schedule",
  initializers: "initializer",
  regularizers: "regularizer",
  constraints: "constraint",
  metrics: "metric",
};

/** Folders with few readers, by who may import them from outside. */
const PRIVATE: Readonly<Record<string, { readonly by: RegExp; readonly expected: string }>> = {
  // The bench times the reference against the kernels; it is in nobody's bundle.
  "src/program/reference/": { by: /^src\/(program\/js-executor\.ts$|bench\/)/, expected: "the js executor and the bench" },
  "src/program/formulas/": { by: /^src\/program\/tracer[^/]*\.ts$/, expected: "the tracer" },
};

const NODE_ALLOWED = /^src\/(cli|bench|lab\/runners)\/|\.node\.ts$/;

interface Import {
  readonly specifier: string;
  readonly line: number;
  readonly dynamic: boolean;
  /** Only of types: nothing is loaded. */
  readonly type: boolean;
}

/** Imports of every kind: static, re-exported, dynamic, of types. */
function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  walk(source, (node, lineOf) => {
    const add = (literal: ts.Node | undefined, { dynamic = false, type = false } = {}): void => {
      if (literal === undefined) return;
      const specifier = ts.isStringLiteralLike(literal) ? literal.text : `(${literal.getText()})`;
      found.push({ specifier, line: lineOf(node), dynamic, type });
    };
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, { type: node.importClause?.isTypeOnly === true });
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, { type: node.isTypeOnly });
    else if (ts.isExternalModuleReference(node)) add(node.expression);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, { type: true });
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], { dynamic: true });
  });
  return found;
}

/** Packages by how they are depended on. */
export interface Packages {
  /** May be imported from outside. */
  readonly needed: readonly string[];
  /** May be absent: only loaded by import(). */
  readonly optional: readonly string[];
}

/** Every import of a file that breaks a rule. */
export function importRules(source: Source, packages: Packages): Violation[] {
  return importsOf(source).flatMap((found) => {
    const message = judge(source.path, found, packages);
    return message === null ? [] : [{ path: source.path, line: found.line, message: `imports ${found.specifier}: ${message}` }];
  });
}

function judge(path: string, { specifier, dynamic, type }: Import, { needed, optional }: Packages): string | null {
  if (specifier.startsWith("(")) return "only a literal can be checked";
  if (specifier.startsWith("node:")) return NODE_ALLOWED.test(path) ? null : "node: modules belong to *.node.ts, src/cli, src/bench and src/lab/runners";
  if (!specifier.startsWith(".")) {
    const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
    if (optional.includes(name)) return dynamic || type ? null : "an optional package only by import(): it may be absent";
    return needed.includes(name) ? null : "not a dependency in package.json";
  }
  const target = posix.join(posix.dirname(path), specifier);
  if (!target.startsWith("src/")) return "outside src";
  if (!target.endsWith(".ts")) return "write the .ts ending";
  if (target.endsWith(".node.ts") && !NODE_ALLOWED.test(path) && !dynamic) return "*.node.ts only by import(), so that browsers never load it";
  for (const [folder, { by, expected }] of Object.entries(PRIVATE)) {
    if (target.startsWith(folder) && !path.startsWith(folder) && !by.test(path)) return `${folder} is only for ${expected}`;
  }
  const [from, to] = [partOf(path), partOf(target)];
  const [fromRank, toRank] = [RANKS.get(from), RANKS.get(to)];
  if (fromRank === undefined) return `${from} is not in the list of parts`;
  if (toRank === undefined) return `${to} is not in the list of parts`;
  if (toRank > fromRank) return `${from} stands above ${to} in the list of parts`;
  if (from === to || toRank < fromRank) return null;
  if (from in INTERFACES) {
    const seen = [`src/${to}/index.ts`, `src/${to}/${INTERFACES[to]}.ts`];
    return seen.includes(target) ? null : `${from} sees of ${to} only ${seen.join(" and ")}`;
  }
  // The leaves at the top are one layer of algebra; bench and web are strangers.
  return fromRank === 0 ? null : `${from} and ${to} do not see each other`;
}

/** `src/runtime/load.ts` -> runtime, `src/errors.ts` -> errors. */
function partOf(path: string): string {
  return path.split("/")[1].replace(/\.ts$/, "");
}
