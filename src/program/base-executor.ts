/** What both executors share: finding slots, running sections. @module */

import { ConfigError } from "../errors.ts";
import type { Block, Floats } from "../runtime/memory.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { at } from "../shape.ts";
import type { Bindings, Executor, Place } from "./executor.ts";
import { BYTES } from "./kernels/index.ts";
import { eachPointer, type Program, type Region, type Section, sizesOf } from "./program.ts";

const OWN: readonly Region[] = ["scalars", "constants", "prepared"];

/** Base of the executors. A subclass binds instructions to calls. */
export abstract class BaseExecutor implements Executor {
  readonly program: Program;
  protected readonly runtime: Runtime;
  protected rows = -1;
  protected accumulating = false;
  private readonly bindings: Bindings;
  private readonly own: Block;
  private workVersion = -1;

  constructor(runtime: Runtime, program: Program, bindings: Bindings) {
    this.runtime = runtime;
    this.program = program;
    let bytes = 0;
    const places: Partial<Record<Region, number>> = {};
    for (const region of OWN) {
      places[region] = bytes;
      bytes += Math.ceil(program.bytes[region] / 64) * 64;
    }
    this.own = runtime.memory.allocate(bytes, "scalars and constants of a Program");
    this.bindings = { ...bindings };
    for (const region of OWN) this.bindings[region] = { block: this.own, offset: places[region] as number };
    for (const { slot, values } of program.constants) {
      const place = this.place(slot);
      if (program.slots[slot].dtype === "i32") place.block.ints(place.offset, values.length).set(values);
      else place.block.floats(place.offset, values.length).set(values);
    }
  }

  async ready(): Promise<void> {}

  refresh(): void {
    const { workspace, threads } = this.runtime;
    const { work, scratch } = this.program.bytes;
    workspace.reserve(work + threads * scratch);
    if (workspace.version !== this.workVersion) {
      this.workVersion = workspace.version;
      this.bindings.work = { block: workspace.block, offset: 0 };
      this.bindings.scratch = { block: workspace.block, offset: work };
      this.bind();
    }
  }

  setRows(rows: number): void {
    if (rows === this.rows) return;
    if (!(rows >= 0 && rows <= this.program.capacity)) {
      throw new ConfigError({ where: "Program", got: `${rows} rows`, expected: `0 to ${this.program.capacity}` });
    }
    this.rows = rows;
    this.changed();
  }

  setAccumulating(accumulating: boolean): void {
    if (accumulating === this.accumulating) return;
    this.accumulating = accumulating;
    this.changed();
  }

  abstract run(section: Section): void;
  abstract step(): void;
  abstract runOne(section: Section, index: number): void;

  firstNonFinite(section: Section, index: number): number | null {
    const instruction = this.program[section][index];
    let found: number | null = null;
    eachPointer(instruction, (pointer, arg) => {
      if (found !== null || (arg.access !== "out" && arg.access !== "inout") || (arg.dtype !== "f32" && arg.dtype !== "f64")) return;
      const { block, offset } = this.place(pointer.slot);
      const length = arg.extent(sizesOf(instruction, this.rows, this.accumulating));
      const start = offset + pointer.at * BYTES[arg.dtype];
      const values = arg.dtype === "f32" ? block.floats(start, length) : block.doubles(start, length);
      for (const value of values) {
        if (!Number.isFinite(value)) {
          found = value;
          return;
        }
      }
    });
    return found;
  }

  slotValues(slot: number, length: number): Float32Array | Float64Array | Int32Array {
    const { block, offset } = this.place(slot);
    const { dtype } = this.program.slots[slot];
    if (dtype === "f64") return block.doubles(offset, length).slice();
    return (dtype === "f32" ? block.floats(offset, length) : block.ints(offset, length)).slice();
  }

  floats(name: string): Floats {
    const { block, offset, length } = this.named(name);
    return block.floats(offset, length);
  }

  ints(name: string): Int32Array {
    const { block, offset, length } = this.named(name);
    return block.ints(offset, length);
  }

  doubles(name: string): Float64Array {
    const { block, offset, length } = this.named(name);
    return block.doubles(offset, length);
  }

  dispose(): void {
    this.own.dispose();
  }

  /** Where a slot begins. */
  protected place(slot: number): Place {
    const { region, offset, name } = this.program.slots[slot];
    const place = region === "data" ? this.bindings.columns?.get(name) : this.bindings[region];
    if (place === undefined)
      throw new ConfigError({
        where: "Program",
        got: `nothing bound to its ${region === "data" ? `column "${name}"` : `region "${region}"`}`,
        expected: "a block",
      });
    return { block: place.block, offset: place.offset + offset };
  }

  private named(name: string): Place & { length: number } {
    const entry = this.program.names.get(name);
    if (entry === undefined) {
      throw new ConfigError({ where: "Program", got: `the name "${name}"`, expected: `one of ${[...this.program.names.keys()].join(", ")}` });
    }
    return { ...this.place(entry.slot), length: at(this.program.slots[entry.slot].size, this.program.capacity) };
  }

  /** Turns the instructions into calls, now that addresses are known. */
  protected abstract bind(): void;
  /** Rows or pass are others now. */
  protected abstract changed(): void;
}
