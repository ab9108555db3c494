/** The options that say what runs the kernels. @module */
import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import { createRuntime, MOST_THREADS, type Runtime } from "../runtime/runtime.ts";
import { oneOf } from "./suggest.ts";
import { number } from "./values.ts";

/** As commander parses them: absent unless given. */
export interface RuntimeFlags {
  backend?: string;
  mode?: string;
  threads?: string;
}

/** Declares `--backend`, `--mode` and `--threads`. */
export function addRuntimeOptions(command: Command): void {
  command
    .option("--backend <name>", "wasm, or js: the kernels in plain TypeScript (default: wasm)")
    .option("--mode <name>", "fast, or deterministic: the same bits on every engine (default: fast)")
    .option("--threads <n>", "threads of the wasm backend; the result has the same bits for any number (default: all cores, up to 8)");
}

/** The runtime that the options ask for. @throws UsageError */
export async function runtimeOf(options: RuntimeFlags): Promise<Runtime> {
  const backend = oneOf("--backend", options.backend ?? "wasm", ["wasm", "js"]);
  const mode = oneOf("--mode", options.mode ?? "fast", ["fast", "deterministic"]);
  const threads = threadsOf(options.threads);
  if (backend === "js" && threads !== undefined && threads > 1)
    throw new UsageError({ where: "--threads", got: `${threads} with --backend js`, expected: "--backend wasm, or --threads 1" });
  return createRuntime({ backend, mode, threads });
}

/** The value of `--threads`. @throws UsageError */
export function threadsOf(text: string | undefined): number | undefined {
  return text === undefined
    ? undefined
    : number("--threads", text, (n) => Number.isInteger(n) && n >= 1 && n <= MOST_THREADS, `an integer from 1 to ${MOST_THREADS}`);
}
