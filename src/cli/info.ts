/** `gradiente info`: what this machine and build can do. @module */
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { gzipSync } from "node:zlib";
import type { Command } from "commander";
import { FileError } from "../errors.ts";
import { bytes } from "../format.ts";
import { hasRelaxedSimd, hasSimd } from "../runtime/probe.ts";
import { createRuntime } from "../runtime/runtime.ts";
import { version } from "../runtime/version.node.ts";
import type { Io } from "./io.ts";

/** Adds the command. */
export function infoCommand(program: Command, io: Io): void {
  program
    .command("info")
    .description("engine, SIMD, relaxed SIMD, threads, memory, module sizes")
    .option("--json", "one JSON object instead of text")
    .addHelpText("after", "\nExamples:\n  gradiente info\n  gradiente info --json")
    .action(async ({ json }: { json?: boolean }) => {
      const info = await gather();
      if (json === true) io.json(info);
      else print(info, io);
    });
}

type Info = Awaited<ReturnType<typeof gather>>;

async function gather() {
  const { node, v8, bun, deno } = process.versions as Record<string, string | undefined>;
  const [engine, engineVersion] = bun !== undefined ? ["Bun", bun] : deno !== undefined ? ["Deno", deno] : ["Node", node];
  const relaxedSimd = hasRelaxedSimd();
  const { kernels, threads } = await createRuntime(hasSimd() ? {} : { backend: "js" });
  return {
    event: "info",
    version: version(),
    engine,
    engineVersion,
    v8: v8 ?? null,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? null,
    simd: hasSimd(),
    relaxedSimd,
    /** Node 20 and 21 have it behind --experimental-wasm-relaxed-simd. */
    relaxedSimdByFlag: relaxedSimd && engine === "Node" && /^2[01]\./.test(engineVersion ?? ""),
    kernels,
    threads,
    threadsAvailable: availableParallelism(),
    memoryBytes: totalmem(),
    memoryFreeBytes: freemem(),
    modules: ["simd", "relaxed", "simd-shared", "relaxed-shared"].map(moduleSize),
  };
}

function moduleSize(name: string): { name: string; bytes: number; gzipBytes: number } {
  const url = new URL(`../../build/${name}.wasm`, import.meta.url);
  try {
    const content = readFileSync(url);
    return { name, bytes: content.length, gzipBytes: gzipSync(content, { level: 9 }).length };
  } catch (cause) {
    throw new FileError({ where: url.pathname, got: (cause as Error).message, expected: "the kernels", hint: "npm run build" }, { cause });
  }
}

function print(info: Info, io: Io): void {
  const row = (name: string, value: string): void => io.print(`${io.colour.bold(name.padEnd(16))}${value}`);
  const relaxed = info.relaxedSimd ? `yes${info.relaxedSimdByFlag ? ", by --experimental-wasm-relaxed-simd" : ""}` : "no: mode fast equals deterministic";
  row("gradiente", info.version);
  row("engine", `${info.engine} ${info.engineVersion}${info.engine === "Node" ? ` (V8 ${info.v8})` : ""}, ${info.platform}`);
  row("processor", info.cpu ?? "unknown");
  row("SIMD", info.simd ? "yes" : "no");
  row("relaxed SIMD", relaxed);
  row("kernels", `${info.kernels} in mode fast`);
  row("threads", `${info.threads} by default, ${info.threadsAvailable} available`);
  row("memory", `${bytes(info.memoryBytes)}, ${bytes(info.memoryFreeBytes)} free`);
  for (const { name, bytes: size, gzipBytes } of info.modules) row(name, `${bytes(size)}, ${bytes(gzipBytes)} gzip`);
}
