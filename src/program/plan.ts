/**
 * The memory plan: offsets for the `work` slots, so that values which are never alive together share memory.
 * Largest first, each in the smallest gap that fits it (as XNNPACK's planner does).
 *
 * Time counts phases, the runs of instructions between barriers: within one, threads are at different instructions, and what one of them no
 * longer needs another may still. But where every thread touches only rows of its own, and these are as long in both, one value may follow the other
 * in the same place: a row's memory then has one thread, whose instructions come in order.
 * @module
 */
import { sameDim } from "../shape.ts";
import { BYTES } from "./kernels/index.ts";
import { eachPointer, type Instruction, instructionsOf, type Peak, SECTIONS, type Section, type Slot, slotBytes } from "./program.ts";
import { type Access, accesses } from "./schedule.ts";

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
  /** Of each phase in which it is touched: bytes of a row, if threads touch only their own; else null. */
  readonly rows: Map<number, number | null>;
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
 * Sets the offset of every work slot; returns the bytes they need, and what is alive where most is.
 * @param keep slots whose value must survive to the end; `true`: all of them (the tracer reads every value after the run)
 */
export function planWork(
  slots: readonly Slot[],
  sections: Readonly<Record<Section, readonly Instruction[]>>,
  capacity: number,
  keep: ReadonlySet<number> | true,
): { total: number; peak: Peak } {
  const instructions = instructionsOf(sections);
  const phases = phasesOf(sections);
  const touched = instructions.map((instruction) => accesses(instruction, slots, capacity));
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
        lives.set(id, { slots: [slot], bytes, first: time, last: time, begin: phase, end: phase, offset: 0, rows: new Map() });
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
  if (keep !== true) shareInPlace(slots, instructions, phases, touched, lives);
  findRows(slots, instructions, phases, touched, lives);

  const placed: Life[] = [];
  let total = 0;
  const bySize = [...new Set(lives.values())].sort((a, b) => b.bytes - a.bytes || a.first - b.first);
  for (const life of bySize) {
    const neighbours = placed.filter((p) => p.begin <= life.end && life.begin <= p.end).sort((a, b) => a.offset - b.offset);
    life.offset = placeOfAnother(life, neighbours) ?? smallestGap(life.bytes, neighbours);
    for (const slot of life.slots) slot.offset = life.offset;
    total = Math.max(total, life.offset + life.bytes);
    placed.push(life);
  }
  return { total, peak: peakOf(instructions, slots, placed) };
}

/** The start of the smallest gap between these that is large enough; their end if none is. */
function smallestGap(bytes: number, neighbours: readonly Life[]): number {
  let best = -1;
  let bestGap = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const n of neighbours) {
    const gap = n.offset - end;
    if (gap >= bytes && gap < bestGap) {
      best = end;
      bestGap = gap;
    }
    end = Math.max(end, n.offset + n.bytes);
  }
  return best >= 0 ? best : end;
}

/** The place of a value that this one may follow, or be followed by, row for row; undefined if there is none. */
function placeOfAnother(life: Life, neighbours: readonly Life[]): number | undefined {
  const follows = (other: Life): boolean => {
    const [before, after] = other.first < life.first ? [other, life] : [life, other];
    const row = before.rows.get(before.end);
    return before.last < after.first && before.end === after.begin && row != null && row === after.rows.get(after.begin);
  };
  const overlaps = (other: Life, offset: number): boolean => other.offset < offset + life.bytes && offset < other.offset + other.bytes;
  const twins = new Set(neighbours.filter((other) => other.bytes === life.bytes && follows(other)));
  return [...twins].find(({ offset }) => neighbours.every((other) => (twins.has(other) && other.offset === offset) || !overlaps(other, offset)))?.offset;
}

/** Finds the rows of lives, see {@link Life}. */
function findRows(
  slots: readonly Slot[],
  instructions: readonly Instruction[],
  phases: readonly number[],
  touched: readonly (readonly Access[])[],
  lives: ReadonlyMap<number, Life>,
): void {
  const note = (slot: number, phase: number, bytes: number | null): void => {
    const rows = lives.get(slot)?.rows;
    rows?.set(phase, rows.has(phase) && rows.get(phase) !== bytes ? null : bytes);
  };
  instructions.forEach((instruction, time) => {
    for (const { slot, perSample } of touched[time]) note(slot, phases[time], perSample === null ? null : perSample * BYTES[slots[slot].dtype]);
    eachPointer(instruction, ({ slot }, { access }) => void (access === "scratch" && note(slot, phases[time], null)));
  });
}

/** What is alive at the instruction where most is, largest first. */
function peakOf(instructions: readonly Instruction[], slots: readonly Slot[], lives: readonly Life[]): Peak {
  const changes = new Float64Array(instructions.length + 2);
  for (const { first, last, bytes } of lives) {
    changes[first] += bytes;
    changes[last + 1] -= bytes;
  }
  let [bytes, most, time] = [0, 0, 0];
  instructions.forEach((_, i) => {
    bytes += changes[i];
    if (bytes > most) [most, time] = [bytes, i];
  });
  const tenants = lives.filter(({ first, last }) => first <= time && time <= last).sort((a, b) => b.bytes - a.bytes || a.first - b.first);
  const { scope = "", phase = "forward" } = instructions[time] ?? {};
  return { scope, phase, bytes: most, tenants: tenants.map((life) => ({ slot: slots.indexOf(life.slots[0]), bytes: life.bytes })) };
}

/** Lets an elementwise output take the place of an operand that nobody reads again. */
function shareInPlace(
  slots: readonly Slot[],
  instructions: readonly Instruction[],
  phases: readonly number[],
  touched: readonly (readonly Access[])[],
  lives: Map<number, Life>,
): void {
  const touching = new Map<number, number[]>();
  touched.forEach((list, i) => {
    for (const slot of new Set(list.map((access) => access.slot))) {
      const known = touching.get(slot);
      if (known === undefined) touching.set(slot, [i]);
      else known.push(i);
    }
  });
  /** In its last phase only this instruction touches the slot, or every thread only what is its own there. */
  const isPrivate = (slot: number, time: number): boolean => {
    const here = (touching.get(slot) ?? []).filter((i) => phases[i] === phases[time] && i !== time);
    if (here.length === 0) return true;
    if (instructions[time].division === undefined) return here.every((i) => instructions[i].division === undefined);
    const own = [time, ...here].flatMap((i) => touched[i].filter((access) => access.slot === slot));
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
