import { availableParallelism } from "node:os";
import { join } from "node:path";
import { configDefaults, defineConfig } from "vitest/config";
import { hasRelaxedSimd } from "./src/runtime/probe.ts";

// "short" runs a piece of each long test.
const long = ["1", "short"].includes(process.env.GRADIENTE_LONG ?? "");
/** A folder for reports that a program reads. */
const reports = process.env.GRADIENTE_REPORTS;

// Node 20 and 21 have relaxed SIMD behind a flag.
const [major] = process.versions.node.split(".").map(Number);
const flags = !hasRelaxedSimd() && (major === 20 || major === 21) ? ["--experimental-wasm-relaxed-simd"] : [];

export default defineConfig({
  test: {
    include: [long ? "test/**/*.long.test.ts" : "test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...(long ? [] : ["test/**/*.long.test.ts"])],
    setupFiles: ["test/setup.ts"],
    pool: "forks",
    execArgv: flags,
    maxWorkers: availableParallelism(),
    testTimeout: long ? 3_600_000 : 30_000,
    hookTimeout: 120_000,
    reporters: reports === undefined ? ["default"] : ["default", ["json", { outputFile: join(reports, "vitest.json") }]],
  },
});
