/**
 * The memory plan: offsets for the `work` slots, so that values which are never alive together share memory.
 * Largest first, each in the smallest gap that fits it (as XNNPACK's planner does).
 *
 * Time counts phases, the runs of instructions between barriers: within one, threads are at different instructions, and what one of them no
 * longer needs another may still.
 * @module
 */
import { sameDim } from "../shape.ts";
import { eachPointer, type Instruction, instructionsOf, SECTIONS, type Section, type Slot, slotBytes } from "./program.ts";
import { accesses } from "./schedule.ts";

const ALIGN = 64;

interface Life {
  /** More than one where an output took the place of an operand. */
  readonly slots: Slot[];
  bytes: number;
  /** Instructions. */
  first: number;
  last: number;
  /** Phases. */
  begin: number;
  end: number;
  offset: number;
}

/** Gives each slot that is only ever scratch a place among those of its instruction; returns the bytes that a thread needs. */
export function placeScratch(slots: Slot[], instructions: readonly Instruction[], capacity: number): number {
  const others = new Set<number>();
  for (const instruction of instructions) eachPointer(instruction, ({ slot }, { access }) => void (access !== "scratch" && others.add(slot)));
  let most = 0;
  for (const instruction of instructions) {
    let offset = 0;
    eachPointer(instruction, ({ slot: id }, { access }) => {
      if (access !== "scratch" || others.has(id)) return;
      slots[id] = { ...slots[id], region: "scratch", offset };
      offset += Math.ceil(slotBytes(slots[id], capacity) / ALIGN) * ALIGN;
    });
    most = Math.max(most, offset);
  }
  return most;
}

/** The phase of each instruction. With every value kept, each is one of its own. */
function phasesOf(sections: Readonly<Record<Section, readonly Instruction[]>>): number[] {
  let phase = -1;
  return SECTIONS.flatMap((section) =>
    sections[section].map(({ barrier }, i) => {
      if (i === 0 || barrier === true) phase++;
      return phase;
    }),
  );
}

/**
 * Sets the offset of every work slot and returns the bytes they need.
 * @param keep slots whose value must survive to the end; `true`: all of them (the tracer reads every value after the run)
 */
export function planWork(
  slots: readonly Slot[],
  sections: Readonly<Record<Section, readonly Instruction[]>>,
  capacity: number,
  keep: ReadonlySet<number> | true,
): number {
  const instructions = instructionsOf(sections);
  const phases = phasesOf(sections);
  const lives = new Map<number, Life>();
  instructions.forEach((instruction, time) => {
    const phase = phases[time];
    eachPointer(instruction, ({ slot: id }) => {
      const slot = slots[id];
      if (slot.region !== "work") return;
      const life = lives.get(id);
      if (life === undefined) {
        // An odd number of cache lines: power-of-two distances between tensors fall into few sets of the cache.
        let bytes = Math.max(1, Math.ceil(slotBytes(slot, capacity) / ALIGN)) * ALIGN;
        if (bytes % 4096 === 0) bytes += ALIGN;
        lives.set(id, { slots: [slot], bytes, first: time, last: time, begin: phase, end: phase, offset: 0 });
      } else {
        life.last = time;
        life.end = phase;
      }
    });
  });
  for (const [id, life] of lives) {
    if (keep === true) life.begin = 0;
    if (keep === true || keep.has(id)) {
      life.last = instructions.length;
      life.end = instructions.length;
    }
  }
  if (keep !== true) shareInPlace(slots, instructions, phases, lives, capacity);

  const placed: Life[] = [];
  let total = 0;
  const bySize = [...new Set(lives.values())].sort((a, b) => b.bytes - a.bytes || a.first - b.first);
  for (const life of bySize) {
    const neighbours = placed.filter((p) => p.begin <= life.end && life.begin <= p.end).sort((a, b) => a.offset - b.offset);
    let best = -1;
    let bestGap = Number.POSITIVE_INFINITY;
    let end = 0;
    for (const n of neighbours) {
      const gap = n.offset - end;
      if (gap >= life.bytes && gap < bestGap) {
        best = end;
        bestGap = gap;
      }
      end = Math.max(end, n.offset + n.bytes);
    }
    life.offset = best >= 0 ? best : end;
    for (const slot of life.slots) slot.offset = life.offset;
    total = Math.max(total, life.offset + life.bytes);
    placed.push(life);
  }
  return total;
}

/** Lets an elementwise output take the place of an operand that nobody reads again. */
function shareInPlace(
  slots: readonly Slot[],
  instructions: readonly Instruction[],
  phases: readonly number[],
  lives: Map<number, Life>,
  capacity: number,
): void {
  const touched = instructions.map((instruction) => accesses(instruction, slots, capacity));
  /** In its last phase only this instruction touches the slot, or every thread only what is its own there. */
  const isPrivate = (slot: number, time: number): boolean => {
    const here = instructions.flatMap((instruction, i) =>
      phases[i] === phases[time] && i !== time && touched[i].some((access) => access.slot === slot) ? [{ instruction, i }] : [],
    );
    if (here.length === 0) return true;
    if (instructions[time].division === undefined) return here.every(({ instruction }) => instruction.division === undefined);
    const own = [time, ...here.map(({ i }) => i)].flatMap((i) => touched[i].filter((access) => access.slot === slot));
    return own.every(({ perSample }) => perSample !== null && perSample === own[0].perSample);
  };
  instructions.forEach((instruction, time) => {
    const written: number[] = [];
    const dying: number[] = [];
    eachPointer(instruction, ({ slot, at }, { access, reusable }) => {
      if (at !== 0 || slots[slot].region !== "work") return;
      if (access !== "in" && lives.get(slot)?.first === time) written.push(slot);
      else if (reusable === true && lives.get(slot)?.last === time) dying.push(slot);
    });
    if (written.length !== 1) return;
    const output = lives.get(written[0]) as Life;
    const place = dying.find((slot) => sameDim(slots[slot].size, slots[written[0]].size) && isPrivate(slot, time));
    if (place === undefined || output.slots.length > 1) return;
    const life = lives.get(place) as Life;
    life.slots.push(...output.slots);
    life.last = output.last;
    life.end = output.end;
    lives.set(written[0], life);
  });
}
