import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { importRules } from "./lint/imports.ts";
import { report, root, sources } from "./lint/source.ts";

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<
  "dependencies" | "peerDependencies" | "browser",
  Record<string, string>
>;
const packages = { needed: Object.keys(manifest.dependencies), optional: Object.keys(manifest.peerDependencies) };
const check = (path: string, text: string): string[] => importRules({ path, text }, packages).map(({ line, message }) => `${line} ${message}`);

/** What the files of src that any engine may load ask for with import() where there are files. */
const onDemand = sources("src")
  .filter(({ path }) => !/^src\/cli\/|\.node\.ts$/.test(path))
  .flatMap(({ path, text }) => [...text.matchAll(/import\("(\.[^"]*\.node\.ts)"\)/g)].map(([, specifier]) => posix.join(posix.dirname(path), specifier)));

it("bundles for browsers leave out what needs files", () => {
  const left = Object.keys(manifest.browser).map((file) => file.replace("./dist/", "src/").replace(/js$/, "ts"));
  expect(onDemand.length).toBeGreaterThan(10);
  expect([...new Set(onDemand)].filter((file) => !left.includes(file))).toEqual([]);
  const all = sources("src").map(({ path }) => path);
  expect(left.filter((file) => !all.includes(file))).toEqual([]);
});

describe("imports of src", () => {
  it("point up the list of parts", () => {
    const files = sources("src");
    expect(files.length).toBeGreaterThan(20);
    expect(report(files.flatMap((file) => importRules(file, packages)))).toBe("");
  });

  it.each([
    ["down the list", "src/program/plan.ts", 'import { op } from "../graph/graph.ts";', "program stands above graph"],
    ["down the list, a type", "src/runtime/runtime.ts", 'import type { Program } from "../program/program.ts";', "runtime stands above program"],
    ["down the list, a type in place", "src/graph/graph.ts", 'let x: import("../model/model.ts").Model;', "graph stands above model"],
    ["down the list, re-exported", "src/data/index.ts", 'export * from "../model/model.ts";', "data stands above model"],
    ["down the list, dynamically", "src/model/fit.ts", 'await import("../cli/main.ts");', "model stands above cli"],
    ["the entry from within", "src/model/fit.ts", 'import { dense } from "../index.ts";', "model stands above index"],
    ["a leaf from a leaf", "src/bench/a.ts", 'import "../web/a.ts";', "do not see each other"],
    ["an unknown part", "src/model/fit.ts", 'import "../utils/a.ts";', "utils is not in the list"],
    ["more than the interface", "src/layers/dense.ts", 'import { zeros } from "../initializers/zeros.ts";', "only src/initializers/index.ts and"],
    ["the reference", "src/graph/graph.ts", 'import { gemm } from "../program/reference/gemm.ts";', "only for the js executor"],
    ["the reference, next door", "src/program/wasm-executor.ts", 'import type { R } from "./reference/index.ts";', "only for the js executor"],
    ["the formulas", "src/model/trace.ts", 'import { formulas } from "../program/formulas/index.ts";', "only for the tracer"],
    ["node:", "src/formats/gzip.ts", 'import { gunzipSync } from "node:zlib";', "node: modules belong to"],
    ["node:, dynamically", "src/formats/gzip.ts", 'await import("node:zlib");', "node: modules belong to"],
    ["a .node.ts file", "src/runtime/load.ts", 'import { readBytes } from "./load.node.ts";', "only by import()"],
    ["a package not depended on", "src/formats/zip.ts", 'import pako from "pako/lib/x.js";', "not a dependency"],
    ["an optional package at once", "src/lab/reports/a.ts", 'import { parseHTML } from "linkedom";', "only by import()"],
    ["outside src", "src/model/fit.ts", 'import "../../test/a.ts";', "outside src"],
    ["no ending", "src/model/fit.ts", 'import "./model";', "the .ts ending"],
    ["what cannot be checked", "src/model/fit.ts", "await import(name);", "only a literal"],
  ])("refuses %s", (_, path, text, message) => {
    const found = check(path, `\n${text}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain("2 imports");
    expect(found[0]).toContain(message);
  });

  it.each([
    ["src/random.ts", 'import { ConfigError } from "./errors.ts";'],
    ["src/runtime/load.ts", 'await import("./load.node.ts");'],
    ["src/runtime/load.node.ts", 'import { readFileSync } from "node:fs";'],
    ["src/layers/layer.ts", 'import type { Initializer } from "../initializers/initializer.ts";'],
    ["src/layers/dense.ts", 'import { zeros } from "../initializers/index.ts";'],
    ["src/program/js-executor.ts", 'import { reference } from "./reference/index.ts";'],
    ["src/program/reference/index.ts", 'export * from "./gemm.ts";'],
    ["src/program/tracer.ts", 'import { formulas } from "./formulas/index.ts";'],
    ["src/model/weights-hash.ts", 'import { sha256 } from "@noble/hashes/sha2.js";'],
    ["src/cli/main.ts", 'import { dense } from "../index.ts"; import "node:fs"; import "../formats/atomic-file.node.ts";'],
    ["src/lab/reports/a.ts", 'import type { Mark } from "@observablehq/plot"; await import("linkedom");'],
    ["src/index.ts", 'export { dense } from "./layers/index.ts";'],
  ])("takes %s with %s", (path, text) => {
    expect(check(path, text)).toEqual([]);
  });
});
