/**
 * The memory plan: offsets for the `work` slots, so that values which are never alive together share memory.
 * Largest first, each in the smallest gap that fits it (as XNNPACK's planner does).
 * @module
 */
import { sameDim } from "../shape.ts";
import { eachPointer, type Instruction, type Slot, slotBytes } from "./program.ts";

const ALIGN = 64;

interface Life {
  /** More than one where an output took the place of an operand. */
  readonly slots: Slot[];
  bytes: number;
  first: number;
  last: number;
  offset: number;
}

/**
 * Sets the offset of every work slot and returns the bytes they need.
 * @param keep slots whose value must survive to the end; `true`: all of them (the tracer reads every value after the run)
 */
export function planWork(slots: readonly Slot[], instructions: readonly Instruction[], capacity: number, keep: ReadonlySet<number> | true): number {
  const lives = new Map<number, Life>();
  instructions.forEach((instruction, time) => {
    eachPointer(instruction, ({ slot: id }) => {
      const slot = slots[id];
      if (slot.region !== "work") return;
      const life = lives.get(id);
      if (life === undefined) {
        // An odd number of cache lines: power-of-two distances between tensors fall into few sets of the cache.
        let bytes = Math.max(1, Math.ceil(slotBytes(slot, capacity) / ALIGN)) * ALIGN;
        if (bytes % 4096 === 0) bytes += ALIGN;
        lives.set(id, { slots: [slot], bytes, first: time, last: time, offset: 0 });
      } else life.last = time;
    });
  });
  for (const [id, life] of lives) {
    if (keep === true) life.first = 0;
    if (keep === true || keep.has(id)) life.last = instructions.length;
  }
  if (keep !== true) shareInPlace(slots, instructions, lives);

  const placed: Life[] = [];
  let total = 0;
  const bySize = [...new Set(lives.values())].sort((a, b) => b.bytes - a.bytes || a.first - b.first);
  for (const life of bySize) {
    const neighbours = placed.filter((p) => p.first <= life.last && life.first <= p.last).sort((a, b) => a.offset - b.offset);
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
function shareInPlace(slots: readonly Slot[], instructions: readonly Instruction[], lives: Map<number, Life>): void {
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
    const place = dying.find((slot) => sameDim(slots[slot].size, slots[written[0]].size));
    if (place === undefined || output.slots.length > 1) return;
    const life = lives.get(place) as Life;
    life.slots.push(...output.slots);
    life.last = output.last;
    lives.set(written[0], life);
  });
}
