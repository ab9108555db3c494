// Emits the generated kernels, then compiles them with asc: plain and relaxed SIMD, each for memory of one thread and for shared memory.
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
const asc = "node_modules/assemblyscript/bin/asc.js";
for (const target of ["simd", "relaxed"]) {
  run(asc, ["--target", target]);
  run(asc, ["assembly/barrier.ts", "--target", `${target}-shared`]);
}
