/**
 * Walks an encoded Program: a table of integers that every thread of a team reads from shared memory and carries out its share of.
 * Imports nothing, as a worker that loads this file needs nothing else.
 *
 * The table: its identity, then the number of instructions of each of the three sections, then the instructions:
 *
 *     kernel   number in the list of kernels
 *     barrier  1: all threads must have done what stands before
 *     along    which argument counts the units that threads share; -1: thread 0 does it alone
 *     units    constant, or per row
 *     perRow   1: `units` x rows, cut between shards of samples; 0: cut at multiples of `grain`
 *     grain
 *     n        number of arguments, then three integers for each: kind, value, extra
 *
 * @module
 */

/** A kernel as WebAssembly exports it. */
export type KernelExport = (...args: number[]) => number | undefined;

/** Kinds of arguments. `pointer`: an address, and the bytes it moves per unit; `scratch`: bytes from the thread's scratch. */
export const ArgumentKind = { integer: 0, float: 1, rows: 2, accumulating: 3, pointer: 4, scratch: 5 } as const;

/** Integers before the first instruction. */
const HEADER = 4;
/** Integers of an instruction before its arguments. */
const PREFIX = 7;

/** What a run is on, and whose share of it this is. */
export interface Share {
  readonly rows: number;
  readonly accumulating: boolean;
  readonly thread: number;
  readonly parties: number;
  /** Address of this thread's scratch. */
  readonly scratch: number;
}

/** Samples per shard; the kernel table's SHARD. */
export const SHARD = 4;

const floats = new Float32Array(1);
const bits = new Int32Array(floats.buffer);

/** An f32 as the table holds it. */
export function floatBits(value: number): number {
  floats[0] = value;
  return bits[0];
}

class Step {
  readonly barrier: boolean;
  readonly call: () => void;
  active = true;
  private readonly args: number[];
  private readonly table: Int32Array;
  private readonly at: number;

  constructor(table: Int32Array, at: number, kernels: readonly KernelExport[]) {
    this.table = table;
    this.at = at;
    this.barrier = table[at + 1] === 1;
    this.args = Array<number>(table[at + 6]).fill(0);
    this.call = bind(kernels[table[at]], this.args);
  }

  apply({ rows, accumulating, thread, parties, scratch }: Share): void {
    const { table, at, args } = this;
    const along = table[at + 2];
    let from = 0;
    let units = 0;
    if (along < 0) this.active = thread === 0;
    else {
      const count = table[at + 3];
      // Shards of samples, or grains.
      const perRow = table[at + 4] === 1;
      const total = perRow ? count * rows : count;
      const piece = perRow ? count * SHARD : table[at + 5];
      const pieces = Math.ceil(total / piece);
      from = Math.min(total, piece * Math.floor((pieces * thread) / parties));
      units = Math.min(total, piece * Math.floor((pieces * (thread + 1)) / parties)) - from;
      this.active = parties === 1 || units > 0;
    }
    for (let i = 0, p = at + PREFIX; i < args.length; i++, p += 3) {
      const value = table[p + 1];
      switch (table[p]) {
        case ArgumentKind.integer:
          args[i] = value;
          break;
        case ArgumentKind.float:
          bits[0] = value;
          args[i] = floats[0];
          break;
        case ArgumentKind.rows:
          args[i] = value * rows;
          break;
        case ArgumentKind.accumulating:
          args[i] = accumulating ? 1 : 0;
          break;
        case ArgumentKind.pointer:
          args[i] = value + from * table[p + 2];
          break;
        default:
          args[i] = scratch + value;
      }
    }
    if (along >= 0) args[along] = units;
  }
}

interface Part {
  readonly steps: readonly Step[];
  share: Share | null;
}

/** One thread's closures for an encoded Program: made once, renewed where rows, pass or threads change; a run allocates nothing. */
export class Walker {
  private readonly parts: readonly Part[];

  /** @param kernels the exports in the order of the table's numbers */
  constructor(table: Int32Array, kernels: readonly KernelExport[]) {
    let at = HEADER;
    this.parts = [1, 2, 3].map((k) => {
      const steps: Step[] = [];
      for (let i = 0; i < table[k]; i++) {
        steps.push(new Step(table, at, kernels));
        at += PREFIX + 3 * table[at + 6];
      }
      return { steps, share: null };
    });
  }

  /** Runs the sections of the mask (1 << section), meeting the other threads of the share at barriers. */
  run(sections: number, share: Share, meet: () => void): void {
    let first = true;
    for (let k = 0; k < 3; k++) {
      const part = this.parts[k];
      if ((sections & (1 << k)) === 0 || part.steps.length === 0) continue;
      if (!same(part.share, share)) {
        for (const step of part.steps) step.apply(share);
        part.share = { ...share };
      }
      if (!first && share.parties > 1) meet();
      first = false;
      walk(part.steps, share.parties > 1 ? meet : null);
    }
  }

  /** Runs one instruction. */
  runOne(section: number, index: number, share: Share): void {
    const step = this.parts[section].steps[index];
    step.apply(share);
    this.parts[section].share = null;
    step.call();
  }
}

function walk(steps: readonly Step[], meet: (() => void) | null): void {
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i];
    if (step.barrier && meet !== null) meet();
    if (step.active) step.call();
  }
}

function same(a: Share | null, b: Share): boolean {
  return a !== null && a.rows === b.rows && a.accumulating === b.accumulating && a.thread === b.thread && a.parties === b.parties && a.scratch === b.scratch;
}

/** A call without spread: the engine compiles each as one direct call. */
function bind(f: KernelExport, a: readonly number[]): () => void {
  switch (a.length) {
    case 2:
      return () => void f(a[0], a[1]);
    case 3:
      return () => void f(a[0], a[1], a[2]);
    case 4:
      return () => void f(a[0], a[1], a[2], a[3]);
    case 5:
      return () => void f(a[0], a[1], a[2], a[3], a[4]);
    case 6:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5]);
    case 7:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
    case 8:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
    case 9:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8]);
    case 10:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9]);
    case 11:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10]);
    case 12:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11]);
    case 13:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12]);
    case 14:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13]);
    case 15:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13], a[14]);
    case 16:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13], a[14], a[15]);
    case 17:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13], a[14], a[15], a[16]);
    case 18:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13], a[14], a[15], a[16], a[17]);
    case 19:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13], a[14], a[15], a[16], a[17], a[18]);
    default:
      return () => void f(...a);
  }
}
