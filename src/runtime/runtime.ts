/** A Runtime: the kernels and the memory that models and datasets live in. @module */
import { instantiateSync } from "@assemblyscript/loader";
import { ConfigError, WasmInitError } from "../errors.ts";
import type { TeamExports } from "./control.ts";
import { compileKernels, type KernelBuild } from "./load.ts";
import { type Block, LinearMemory, type Memory, PlainMemory } from "./memory.ts";
import { hasRelaxedSimd, hasSimd } from "./probe.ts";
import { availableCores, canShareMemory } from "./spawn.ts";
import { Team } from "./team.ts";
import type { KernelExport } from "./walk.ts";

/** `fast` fuses multiply and add where the engine can; `deterministic` gives the same bits on every engine. */
export type Mode = "fast" | "deterministic";

export type { KernelExport } from "./walk.ts";

/** What `createRuntime` takes. */
export interface RuntimeOptions {
  /** `wasm` (default), or `js`: the reference kernels in plain TypeScript. */
  backend?: "wasm" | "js";
  /** Default `fast`. */
  mode?: Mode;
  /** Of the js backend: `f32` (default) or `f64`. */
  precision?: "f32" | "f64";
  /**
   * Threads of the wasm backend, this one included; the result has the same bits for any number. Default: as many as there are cores, up to
   * 8, in Node, Deno, Bun and cross-origin isolated pages; else 1. They start when a model first runs.
   */
  threads?: number;
  /** A compiled `gradiente/kernels/simd.wasm` or `relaxed.wasm`, for engines that may not compile at run time (workerd); one thread. */
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
  /** Threads that run Programs, this one included. */
  readonly threads: number;
  /** @internal the other threads, once started */
  readonly team: Team | null;
  /** @internal starts the threads unless they run. @throws ThreadError */
  ready(kernels: readonly string[]): Promise<void>;
  /** Stops the threads; resolves when they are gone. Harmless when repeated; what runs next starts them anew. */
  dispose(): Promise<void>;
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
const RESERVED = 8192;
/** Of linear memory; the shared builds are compiled for these (asconfig.json). */
const PAGES = { initial: 16, maximum: 65536 };
/** Threads used unless more are asked for. */
const DEFAULT_THREADS = 8;
/** The most that may be asked for. */
export const MOST_THREADS = 64;

/**
 * Loads the kernels and makes a memory for them.
 * @throws ConfigError for unknown options, WasmInitError if the engine lacks SIMD or the kernels cannot be loaded
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const { backend = "wasm", mode = "fast", precision = "f32" } = options;
  const threads = await threadsOf(options, backend);
  check("backend", backend, ["wasm", "js"]);
  check("mode", mode, ["fast", "deterministic"]);
  check("precision", precision, ["f32", "f64"]);
  if (backend === "js") {
    const memory = new PlainMemory(precision);
    return new SingleRuntime({ backend, mode, kernels: "js", precision, memory, exports: null });
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
  const module = options.module ?? (await compileKernels(build, threads > 1));
  const memory = new WebAssembly.Memory({ ...PAGES, shared: threads > 1 });
  const { instance } = instantiateSync(module, { env: { memory } });
  const exports = instance.exports as Record<string, KernelExport> & { HEAP_BASE?: WebAssembly.Global };
  exports.write_constants();
  const linear = new LinearMemory(memory, Math.max(RESERVED, Number(exports.HEAP_BASE?.value ?? 0)));
  const kernels = options.module === undefined ? build : exports.is_relaxed() === 1 ? "relaxed" : "simd";
  const parts = { backend, mode, kernels, precision, memory: linear, exports } as const;
  return threads === 1 ? new SingleRuntime(parts) : new ThreadedRuntime(parts, module, threads);
}

type Parts = Pick<Runtime, "backend" | "mode" | "kernels" | "precision" | "memory" | "exports">;

/** A runtime of one thread. */
class SingleRuntime implements Runtime {
  readonly backend: Runtime["backend"];
  readonly mode: Mode;
  readonly kernels: Runtime["kernels"];
  readonly precision: Runtime["precision"];
  readonly memory: Memory;
  readonly exports: Runtime["exports"];
  readonly workspace: Workspace;

  constructor({ backend, mode, kernels, precision, memory, exports }: Parts) {
    this.backend = backend;
    this.mode = mode;
    this.kernels = kernels;
    this.precision = precision;
    this.memory = memory;
    this.exports = exports;
    this.workspace = new Workspace(memory);
  }

  get threads(): number {
    return 1;
  }

  get team(): Team | null {
    return null;
  }

  async ready(_kernels: readonly string[]): Promise<void> {}

  async dispose(): Promise<void> {}
}

/** A runtime with a team. */
class ThreadedRuntime extends SingleRuntime {
  private readonly module: WebAssembly.Module;
  private count: number;
  private held: Team | null = null;
  private starting: Promise<void> | null = null;

  constructor(parts: Parts, module: WebAssembly.Module, threads: number) {
    super(parts);
    this.module = module;
    this.count = threads;
  }

  override get threads(): number {
    return this.count;
  }

  override get team(): Team | null {
    return this.held;
  }

  override async ready(kernels: readonly string[]): Promise<void> {
    if (this.held !== null && this.held.failure !== null) {
      // Told when it happened; from here on this thread is alone.
      await this.dispose();
      this.count = 1;
    }
    if (this.held !== null || this.count === 1) return;
    this.starting ??= this.start(kernels);
    await this.starting;
  }

  override async dispose(): Promise<void> {
    await this.starting?.catch(() => {});
    const team = this.held;
    this.held = null;
    await team?.stop();
  }

  private async start(kernels: readonly string[]): Promise<void> {
    try {
      this.held = await Team.start(this.module, this.memory as LinearMemory, this.exports as unknown as TeamExports, kernels, this.count);
    } finally {
      this.starting = null;
    }
  }
}

/** @throws ConfigError */
async function threadsOf({ threads, module }: RuntimeOptions, backend: "wasm" | "js"): Promise<number> {
  const possible = backend === "wasm" && module === undefined && canShareMemory();
  if (threads === undefined) return possible ? Math.min(await availableCores(), DEFAULT_THREADS) : 1;
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new ConfigError({ where: "createRuntime", got: `threads ${threads}`, expected: `an integer from 1 to ${MOST_THREADS}` });
  }
  if (threads > 1 && !possible) {
    const reason = backend === "js" ? "the js backend" : module !== undefined ? "a module of the caller's" : "an engine or page without shared memory";
    throw new ConfigError({
      where: "createRuntime",
      got: `threads ${threads} with ${reason}`,
      expected: "threads 1",
      hint: backend === "wasm" && module === undefined ? "a page must be served cross-origin isolated (COOP and COEP headers)" : undefined,
    });
  }
  return threads;
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
