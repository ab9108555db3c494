// Emits the generated kernels, then compiles both builds (plain SIMD and relaxed SIMD) with asc.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = (file, args) => {
  const { status } = spawnSync(process.execPath, [file, ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
};

mkdirSync(new URL("../build/generated", import.meta.url), { recursive: true });
run("node_modules/tsx/dist/cli.mjs", ["assembly/generate/index.ts"]);
for (const target of ["simd", "relaxed"]) run("node_modules/assemblyscript/bin/asc.js", ["--target", target]);
