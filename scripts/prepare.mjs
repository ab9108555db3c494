// `npm ci` runs this: it builds kernels and dist. With --omit=dev the compilers are absent and there is nothing to do.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const tools = ["assemblyscript", "typescript", "tsx"].map((name) => new URL(`../node_modules/${name}`, import.meta.url));
if (tools.every((url) => existsSync(url))) {
  const steps = [["scripts/build-kernels.mjs"], ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"]];
  for (const step of steps) {
    const { status } = spawnSync(process.execPath, step, { cwd: root, stdio: "inherit" });
    if (status !== 0) process.exit(status ?? 1);
  }
} else {
  console.log("prepare: compilers not installed (--omit=dev); keeping what build/ and dist/ hold");
}
