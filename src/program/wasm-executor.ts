/** Runs a Program on the WebAssembly kernels, on as many threads as its work is worth. A step allocates nothing. @module */
import { WasmInitError } from "../errors.ts";
import type { Block } from "../runtime/memory.ts";
import { type KernelExport, Walker } from "../runtime/walk.ts";
import { BaseExecutor } from "./base-executor.ts";
import { encode } from "./encode.ts";
import { KERNELS } from "./kernels/index.ts";
import { instructionsOf, SECTIONS, type Section } from "./program.ts";
import { Tuner } from "./tuner.ts";
import { type Estimate, estimate, worthwhileThreads } from "./work.ts";

const ALL = 7;
/** Tables made so far: each has a number of its own. */
let tables = 0;

/** The WebAssembly executor. */
export class WasmExecutor extends BaseExecutor {
  private walker: Walker = new Walker(new Int32Array(4), []);
  private table: Block | null = null;
  private readonly command = { id: 0, table: 0, length: 0, sections: 0, scratchBytes: 0 };
  private readonly share = { rows: 0, accumulating: false, thread: 0, parties: 1, scratch: 0 };
  /** By the mask of sections. */
  private estimates: Estimate[] = [];
  private readonly tuners: Tuner[] = [];
  /** Whether threads are worth it at all: small Programs never start them, nor ask a team that others started. */
  private divided: boolean | null = null;

  run(section: Section): void {
    this.runSections(1 << SECTIONS.indexOf(section));
  }

  step(): void {
    this.runSections(ALL);
  }

  runOne(section: Section, index: number): void {
    this.share.parties = 1;
    this.walker.runOne(SECTIONS.indexOf(section), index, this.share);
  }

  override async ready(): Promise<void> {
    const { program, runtime } = this;
    this.divided ??= worthwhileThreads(estimate(program, ALL, program.capacity), runtime.threads) > 1;
    if (this.divided) await runtime.ready(KERNELS);
  }

  override dispose(): void {
    this.table?.dispose();
    super.dispose();
  }

  protected bind(): void {
    const { program, runtime, command } = this;
    const table = encode(program, ++tables, (slot) => {
      const { block, offset } = this.place(slot);
      return block.base + offset;
    });
    // The other threads read it there.
    this.table?.dispose();
    this.table = runtime.memory.allocate(table.byteLength, "the instructions of a Program");
    this.table.ints(0, table.length).set(table);
    command.id = tables;
    command.table = this.table.base;
    command.length = table.length;
    command.scratchBytes = program.bytes.scratch;
    const used = new Set(instructionsOf(program).map(({ kernel }) => kernel));
    this.walker = new Walker(
      table,
      KERNELS.map((name) => (used.has(name) ? this.exportOf(name) : unused)),
    );
    this.share.scratch = runtime.workspace.block.base + program.bytes.work;
  }

  protected changed(): void {
    this.estimates = [];
    this.share.rows = this.rows;
    this.share.accumulating = this.accumulating;
  }

  private runSections(sections: number): void {
    const { runtime, program, share, command } = this;
    const team = runtime.team;
    share.parties = team !== null && this.divided ? this.worthwhile(sections) : 1;
    if (team === null || share.parties === 1) {
      this.walker.run(sections, share, alone);
      return;
    }
    this.tuners[sections] ??= new Tuner(runtime.threads);
    const tuner = this.tuners[sections];
    share.parties = Math.min(share.parties, tuner.threads);
    command.sections = sections;
    const from = performance.now();
    if (share.parties === 1) this.walker.run(sections, share, alone);
    else team.run(command, share, this.walker);
    // Smaller batches come in between.
    if (this.rows === program.capacity) tuner.record(performance.now() - from);
  }

  private worthwhile(sections: number): number {
    this.estimates[sections] ??= estimate(this.program, sections, this.rows);
    return worthwhileThreads(this.estimates[sections], this.runtime.threads);
  }

  private exportOf(name: string): KernelExport {
    const f = this.runtime.exports?.[name];
    if (f !== undefined) return f;
    throw new WasmInitError({
      where: "kernels",
      got: `no export "${name}"`,
      expected: "a module built from this version",
      hint: "run `npm run build`",
    });
  }
}

const alone = (): void => {};
const unused: KernelExport = () => undefined;
