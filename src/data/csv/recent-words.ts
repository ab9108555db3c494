/** Words of a column that came lately, found by their bytes: most words come again and again, and need not become texts each time. @module */
import type { CsvRecords } from "./csv-records.ts";

const SLOTS = 1024;

/** One word in each slot. A word that drives out another costs time, nothing else: a table of all words is elsewhere. */
export class RecentWords {
  private readonly starts = new Int32Array(SLOTS);
  private readonly lengths = new Int32Array(SLOTS).fill(-1);
  private readonly codes = new Int32Array(SLOTS);

  /** The bitwise complement of the word's code, or the slot in which it may be kept. */
  slotOf({ bytes, starts, ends }: CsvRecords, field: number): number {
    const from = starts[field];
    const length = ends[field] - from;
    let hash = length;
    for (let i = from; i < from + length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
    const slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
    if (this.lengths[slot] !== length) return slot;
    const known = this.starts[slot];
    for (let i = 0; i < length; i++) if (bytes[known + i] !== bytes[from + i]) return slot;
    return ~this.codes[slot];
  }

  keep(slot: number, { starts, ends }: CsvRecords, field: number, code: number): void {
    this.starts[slot] = starts[field];
    this.lengths[slot] = ends[field] - starts[field];
    this.codes[slot] = code;
  }
}
