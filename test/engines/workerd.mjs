// workerd, through Miniflare: one line of JSON.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// Files of `node:` modules are chunks of their own, which nothing imports there.
const { outputFiles } = await build({
  entryPoints: [here("worker.mjs")],
  bundle: true,
  splitting: true,
  format: "esm",
  external: ["node:*", "*.wasm"],
  outdir: here("bundle"),
  write: false,
});
const modules = [
  ...outputFiles.map(({ path, text }) => ({ type: "ESModule", path: here(basename(path)), contents: text })),
  ...["simd.wasm", "relaxed.wasm"].map((name) => ({ type: "CompiledWasm", path: here(name), contents: readFileSync(here(`../../build/${name}`)) })),
];
// The first module is the entry.
modules.sort((a, b) => (basename(b.path) === "worker.js") - (basename(a.path) === "worker.js"));

const miniflare = new Miniflare({ rootPath: here("."), modulesRoot: here("."), modules, compatibilityDate: "2026-04-01" });
try {
  const response = await miniflare.dispatchFetch("http://localhost/");
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  console.log(text);
} finally {
  await miniflare.dispose();
}
