/** The command line from its sources: what bin/gradiente.mjs is for dist. */
import { setFlagsFromString } from "node:v8";
import { main } from "../../src/cli/main.ts";
import { hasRelaxedSimd } from "../../src/runtime/probe.ts";

if (/^2[01]\./.test(process.versions.node) && !hasRelaxedSimd()) setFlagsFromString("--experimental-wasm-relaxed-simd");
process.exitCode = await main(process.argv.slice(2));
