#!/usr/bin/env node
// Committed, so that the file exists and is executable before the first build.
import { existsSync } from "node:fs";
import { setFlagsFromString } from "node:v8";

if (existsSync(new URL("../dist/cli/main.js", import.meta.url))) {
  // Node 20 and 21 have relaxed SIMD behind a flag, which counts only for what is compiled after it.
  const { hasRelaxedSimd } = await import("../dist/runtime/probe.js");
  if (/^2[01]\./.test(process.versions.node) && !hasRelaxedSimd()) setFlagsFromString("--experimental-wasm-relaxed-simd");
  const { main } = await import("../dist/cli/main.js");
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error("gradiente: not built: run npm ci");
  process.exitCode = 1;
}
