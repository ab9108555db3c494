/** What runs a Program. @module */
import type { Block, Floats } from "../runtime/memory.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Program, Region, Section } from "./program.ts";

/** Where a region begins. */
export interface Place {
  readonly block: Block;
  readonly offset: number;
}

/** The regions that outlive a Program; `scalars`, `constants`, `prepared` and `work` the executor finds itself. */
export interface Bindings extends Partial<Record<Region, Place>> {
  /** Where each column of the dataset begins, by the name of its slot. */
  readonly columns?: ReadonlyMap<string, Place>;
}

/** A loaded Program. */
export interface Executor {
  readonly program: Program;
  /** Starts the runtime's threads, if they are worth it and do not run yet. @throws ThreadError */
  ready(): Promise<void>;
  /** Call before a run of steps, and after anything else may have allocated: renews pointers and views. */
  refresh(): void;
  /** Rows of the next run, 0 to capacity. */
  setRows(rows: number): void;
  /** Whether gradients and sums are added to (micro-batches after the first) or overwritten. */
  setAccumulating(accumulating: boolean): void;
  /** @throws ThreadError if a thread failed or was killed */
  run(section: Section): void;
  /** All three sections, one after another. @throws ThreadError */
  step(): void;
  /** One instruction of a section, on this thread. */
  runOne(section: Section, index: number): void;
  /** The first value written by an instruction that is not finite; null if all are. */
  firstNonFinite(section: Section, index: number): number | null;
  /** A copy of the first `length` elements of a slot. */
  slotValues(slot: number, length: number): Float32Array | Float64Array | Int32Array;
  /** Views of a slot by name, valid until the next refresh. */
  floats(name: string): Floats;
  ints(name: string): Int32Array;
  doubles(name: string): Float64Array;
  dispose(): void;
}

/** Loads a Program into a runtime. */
export async function loadProgram(runtime: Runtime, program: Program, bindings: Bindings): Promise<Executor> {
  if (runtime.backend === "js") {
    const { JsExecutor } = await import("./js-executor.ts");
    return new JsExecutor(runtime, program, bindings);
  }
  const { WasmExecutor } = await import("./wasm-executor.ts");
  const executor = new WasmExecutor(runtime, program, bindings);
  await executor.ready();
  return executor;
}
