/**
 * How the instructions of a section are divided among threads, and in which order they stand: work on samples of its own needs nobody,
 * so all of it comes as early as it can, and what sums over samples follows together. A barrier stands only where data crosses threads.
 * The order, and where calls are cut, change no bit.
 * @module
 */
import { at, type Dim, isRows } from "../shape.ts";
import { BYTES, SHARD } from "./kernels/index.ts";
import { eachPointer, type Instruction, isPointer, kernelOf, type Slot, sizesOf } from "./program.ts";

/** What an instruction does to a slot. */
export interface Access {
  readonly slot: number;
  readonly write: boolean;
  /** Elements per sample, if a thread touches those of its own samples only; null: any thread any element. */
  readonly perSample: number | null;
}

/** From this many pieces a division is fine enough; the first such split is taken. */
const PIECES = 16;
const LINE = 64;

/** Chooses the split of an instruction; the same instruction where none applies. */
function divide(instruction: Instruction, capacity: number): Instruction {
  const { args, splits } = kernelOf(instruction.kernel);
  const names = Object.keys(args);
  const sizes = sizesOf(instruction, capacity);
  const fewer = sizesOf(instruction, Math.max(1, capacity - 1));
  let best: { split: number; pieces: number; grain: number } | null = null;
  for (let split = 0; split < splits.length; split++) {
    const { along, shift, grain = 1, when } = splits[split];
    const moved = names.filter((name, i) => shift[name] !== undefined && isPointer(instruction.operands[i]));
    // A pointer's way per unit must not change with the rows: it is encoded once.
    if (when?.(sizes) === false || moved.some((name) => shift[name](sizes) !== shift[name](fewer))) continue;
    const units = instruction.operands[names.indexOf(along)] as Dim;
    if (isRows(units)) {
      if ((SHARD * units.rows) % grain !== 0) continue;
      return { ...instruction, division: { split, by: "samples", grain } };
    }
    // Threads should not write the same cache line.
    const widths = moved.flatMap((name) => {
      const arg = args[name];
      return arg.kind === "pointer" && (arg.access === "out" || arg.access === "inout") ? [shift[name](sizes) * BYTES[arg.dtype]] : [];
    });
    let lines = grain;
    while (lines < LINE * grain && widths.some((bytes) => bytes > 0 && (lines * bytes) % LINE !== 0 && lines * bytes < 8 * LINE)) lines += grain;
    const pieces = units / lines;
    if (best === null || (best.pieces < PIECES && pieces > best.pieces)) best = { split, pieces, grain: lines };
  }
  if (best === null || best.pieces <= 1) return instruction;
  return { ...instruction, division: { split: best.split, by: "output", grain: best.grain } };
}

/** What the instruction touches, pointer by pointer. */
export function accesses(instruction: Instruction, slots: readonly Slot[], capacity: number): Access[] {
  const { args, splits } = kernelOf(instruction.kernel);
  const { division } = instruction;
  const split = division?.by === "samples" ? splits[division.split] : null;
  const units = split === null ? 0 : (instruction.operands[Object.keys(args).indexOf(split.along)] as { rows: number }).rows;
  const sizes = sizesOf(instruction, capacity);
  const list: Access[] = [];
  eachPointer(instruction, ({ slot, at: offset }, { access }, name) => {
    if (access === "scratch") return;
    const { size } = slots[slot];
    const step = split?.shift[name] === undefined ? 0 : split.shift[name](sizes) * units;
    const own = step > 0 && isRows(size) && size.rows === step && offset < step;
    list.push({ slot, write: access !== "in", perSample: own ? step : null });
  });
  return list;
}

/** Whether two slots share memory by layout: the memory plan keeps the rest apart. */
function overlap(a: Slot, b: Slot, capacity: number): boolean {
  if (a === b) return true;
  if (a.region === "work" || a.region !== b.region) return false;
  const end = (slot: Slot): number => slot.offset + at(slot.size, capacity) * BYTES[slot.dtype];
  return a.offset < end(b) && b.offset < end(a);
}

type Relation = "none" | "order" | "barrier";

function relation(a: Scheduled, b: Scheduled, slots: readonly Slot[], capacity: number): Relation {
  let found: Relation = "none";
  for (const x of a.accesses) {
    for (const y of b.accesses) {
      if ((!x.write && !y.write) || !overlap(slots[x.slot], slots[y.slot], capacity)) continue;
      const alone = a.instruction.division === undefined && b.instruction.division === undefined;
      const own = x.slot === y.slot && x.perSample !== null && x.perSample === y.perSample;
      if (!alone && !own) return "barrier";
      found = "order";
    }
  }
  return found;
}

interface Scheduled {
  readonly instruction: Instruction;
  readonly accesses: readonly Access[];
}

/** Instructions so far by what they touch: long Programs have too many pairs to compare. */
class Earlier {
  private readonly slots: readonly Slot[];
  private readonly readers = new Map<number | string, number[]>();
  private readonly writers = new Map<number | string, number[]>();

  constructor(slots: readonly Slot[]) {
    this.slots = slots;
  }

  add(instruction: number, accesses: readonly Access[]): void {
    for (const { slot, write } of accesses) {
      const lists = write ? this.writers : this.readers;
      const list = lists.get(this.place(slot));
      if (list === undefined) lists.set(this.place(slot), [instruction]);
      else list.push(instruction);
    }
  }

  /** Those that may have to come before one with these accesses. */
  near(accesses: readonly Access[]): Set<number> {
    const found = new Set<number>();
    for (const { slot, write } of accesses) {
      const place = this.place(slot);
      for (const i of this.writers.get(place) ?? []) found.add(i);
      if (write) for (const i of this.readers.get(place) ?? []) found.add(i);
    }
    return found;
  }

  /** Slots of one place may overlap, all others do not. */
  private place(slot: number): number | string {
    const { region } = this.slots[slot];
    return region === "work" ? slot : region;
  }
}

/** Divides the instructions of a section, orders them, and marks those that need a barrier before them. */
export function schedule(instructions: readonly Instruction[], slots: readonly Slot[], capacity: number): Instruction[] {
  const all: Scheduled[] = instructions.map((original) => {
    const instruction = divide(original, capacity);
    return { instruction, accesses: accesses(instruction, slots, capacity) };
  });
  // The earliest phase that what it depends on allows; within a phase the order stays.
  const phases: number[] = [];
  const earlier = new Earlier(slots);
  all.forEach((one, j) => {
    let phase = 0;
    for (const i of earlier.near(one.accesses)) {
      const needs = relation(all[i], one, slots, capacity);
      if (needs !== "none") phase = Math.max(phase, phases[i] + (needs === "barrier" ? 1 : 0));
    }
    phases.push(phase);
    earlier.add(j, one.accesses);
  });
  const order = [...all.keys()].sort((i, j) => phases[i] - phases[j] || i - j);
  return order.map((i, k) => (k > 0 && phases[order[k - 1]] !== phases[i] ? { ...all[i].instruction, barrier: true } : all[i].instruction));
}
