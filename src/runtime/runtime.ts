/** A Runtime: the kernels and the memory that models and datasets live in. @module */
import { instantiateSync } from "@assemblyscript/loader";
import { ConfigError, WasmInitError } from "../errors.ts";
import { compileKernels, type KernelBuild } from "./load.ts";
import { type Block, LinearMemory, type Memory, PlainMemory } from "./memory.ts";
import { hasRelaxedSimd, hasSimd } from "./probe.ts";

/** `fast` fuses multiply and add where the engine can; `deterministic` gives the same bits on every engine. */
export type Mode = "fast" | "deterministic";

/** A kernel as WebAssembly exports it. */
export type KernelExport = (...args: number[]) => number | undefined;

/** What `createRuntime` takes. */
export interface RuntimeOptions {
  /** `wasm` (default), or `js`: the reference kernels in plain TypeScript. */
  backend?: "wasm" | "js";
  /** Default `fast`. */
  mode?: Mode;
  /** Of the js backend: `f32` (default) or `f64`. */
  precision?: "f32" | "f64";
  /** A compiled `gradiente/kernels/simd.wasm` or `relaxed.wasm`, for engines that may not compile at run time (workerd). */
  module?: WebAssembly.Module;
}

/** The kernels and the memory that models and datasets live in. */
export interface Runtime {
  readonly backend: "wasm" | "js";
  readonly mode: Mode;
  /** Which kernels run. */
  readonly kernels: KernelBuild | "js";
  readonly precision: "f32" | "f64";
  readonly memory: Memory;
  /** The kernel exports; null in the js backend. */
  readonly exports: Readonly<Record<string, KernelExport>> | null;
  /** Activations and scratch of whichever Program runs: it holds nothing between steps, so all share it. */
  readonly workspace: Workspace;
}

/** One block that grows to the largest need; `version` counts its moves. */
export class Workspace {
  version = 0;
  private held: Block | null = null;
  private readonly memory: Memory;

  constructor(memory: Memory) {
    this.memory = memory;
  }

  /** Makes it at least `bytes` large. Only between runs. */
  reserve(bytes: number): void {
    if (this.held !== null && this.held.byteLength >= bytes) return;
    this.held?.dispose();
    this.held = null;
    this.held = this.memory.allocate(bytes, "activations and scratch");
    this.version++;
  }

  get block(): Block {
    if (this.held === null) this.reserve(64);
    return this.held as Block;
  }
}

/** Below this address the constant table of the kernels lives; the compiler assumes nothing is stored under 1024. */
const RESERVED = 4096;

/**
 * Loads the kernels and makes a memory for them.
 * @throws ConfigError for unknown options, WasmInitError if the engine lacks SIMD or the kernels cannot be loaded
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const { backend = "wasm", mode = "fast", precision = "f32" } = options;
  check("backend", backend, ["wasm", "js"]);
  check("mode", mode, ["fast", "deterministic"]);
  check("precision", precision, ["f32", "f64"]);
  if (backend === "js") {
    const memory = new PlainMemory(precision);
    return { backend, mode, kernels: "js", precision, memory, exports: null, workspace: new Workspace(memory) };
  }
  if (precision !== "f32") {
    throw new ConfigError({ where: "createRuntime", got: `precision "${precision}" with the wasm backend`, expected: 'precision "f32", or backend "js"' });
  }
  if (!hasSimd()) {
    throw new WasmInitError({
      where: "createRuntime",
      got: "an engine without WebAssembly SIMD",
      expected: "128-bit SIMD (every engine since 2021)",
      hint: 'use { backend: "js" }',
    });
  }
  const build: KernelBuild = mode === "fast" && hasRelaxedSimd() ? "relaxed" : "simd";
  const module = options.module ?? (await compileKernels(build));
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536 });
  const { instance } = instantiateSync(module, { env: { memory } });
  const exports = instance.exports as Record<string, KernelExport> & { HEAP_BASE?: WebAssembly.Global };
  exports.write_constants();
  const linear = new LinearMemory(memory, Math.max(RESERVED, Number(exports.HEAP_BASE?.value ?? 0)));
  const kernels = options.module === undefined ? build : exports.is_relaxed() === 1 ? "relaxed" : "simd";
  return { backend, mode, kernels, precision, memory: linear, exports, workspace: new Workspace(linear) };
}

let shared: Promise<Runtime> | null = null;

/** The runtime that models share unless they are given one of their own. */
export function defaultRuntime(): Promise<Runtime> {
  if (shared === null) {
    shared = createRuntime();
    // A failure is not kept: the next call tries again.
    shared.catch(() => {
      shared = null;
    });
  }
  return shared;
}

function check(name: string, value: string, allowed: string[]): void {
  if (!allowed.includes(value)) {
    throw new ConfigError({ where: "createRuntime", got: `${name} ${JSON.stringify(value)}`, expected: allowed.map((a) => JSON.stringify(a)).join(" or ") });
  }
}
