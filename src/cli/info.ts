/** `gradiente info`: what this machine and build can do. @module */
import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { gzipSync } from "node:zlib";
import type { Command } from "commander";
import { hasRelaxedSimd, hasSimd } from "../runtime/probe.ts";
import { createRuntime } from "../runtime/runtime.ts";
import type { Io } from "./io.ts";

/** The version in package.json. */
export function version(): string {
  return (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }).version;
}

/** Adds the command. */
export function infoCommand(program: Command, io: Io): void {
  program
    .command("info")
    .description("engine, SIMD, relaxed SIMD, threads, memory, module sizes")
    .option("--json", "one JSON object instead of text")
    .addHelpText("after", "\nExamples:\n  gradiente info\n  gradiente info --json")
    .action(async ({ json }: { json?: boolean }) => {
      const modules = (["simd", "relaxed"] as const).map((name) => {
        const bytes = readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url));
        return { name, bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
      });
      const { kernels } = await createRuntime();
      const { node, v8, bun, deno } = process.versions as Record<string, string | undefined>;
      const engine = bun !== undefined ? `Bun ${bun}` : deno !== undefined ? `Deno ${deno}` : `Node ${node} (V8 ${v8})`;
      const info = {
        event: "info",
        version: version(),
        engine,
        simd: hasSimd(),
        relaxedSimd: hasRelaxedSimd(),
        kernels,
        threads: 1,
        cores: availableParallelism(),
        memoryBytes: totalmem(),
        modules,
      };
      if (json === true) {
        io.json(info);
        return;
      }
      const row = (name: string, value: string): void => io.print(`${name.padEnd(16)}${value}`);
      row("gradiente", info.version);
      row("engine", engine);
      row("SIMD", info.simd ? "yes" : "no");
      row("relaxed SIMD", info.relaxedSimd ? "yes: mode fast fuses multiply and add" : "no: mode fast equals deterministic");
      row("kernels", kernels);
      row("threads", `1 of ${info.cores} cores`);
      row("memory", `${(info.memoryBytes / 2 ** 30).toFixed(1)} GiB`);
      for (const { name, bytes, gzip } of modules) row(`${name}.wasm`, `${(bytes / 1000).toFixed(1)} kB, ${(gzip / 1000).toFixed(1)} kB gzip`);
    });
}
