/** A stress test of barriers: a short form in every run, a long one in test/long. */
import { expect } from "vitest";
import { createRuntime } from "../../src/index.ts";
import { KERNELS } from "../../src/program/kernels/index.ts";
import type { Team } from "../../src/runtime/team.ts";
import { ArgumentKind, Walker } from "../../src/runtime/walk.ts";

/** Barriers of one command, its end included. */
const PER_COMMAND = 100;
const PER_THREAD = 8;
const STEP = 13;

/**
 * Carries numbers round a ring that the threads share, from one array to another and back, a barrier between any two steps: who passes a
 * barrier early reads what is not there yet, or overwrites what another one still needs.
 */
export async function carryRound(threads: number, barriers: number): Promise<void> {
  const runtime = await createRuntime({ threads });
  try {
    await runtime.ready(KERNELS);
    const exports = runtime.exports as NonNullable<typeof runtime.exports>;
    const n = PER_THREAD * threads;
    const block = runtime.memory.allocate(12 * n, "a test");
    const [a, b, indices] = [0, 4 * n, 8 * n];
    block.floats(a, n).set(Array.from({ length: n }, (_, i) => i));
    block.ints(indices, n).set(Array.from({ length: n }, (_, i) => (i + STEP) % n));
    const { pointer, rows, integer } = ArgumentKind;
    const pass = (y: number, x: number): number[] => [
      ...[KERNELS.indexOf("gather_rows_f32"), 1, 3, 1, 1, 1, 5],
      ...[pointer, block.base + y, 4],
      ...[pointer, block.base + x, 0],
      ...[pointer, block.base + indices, 4],
      ...[rows, 1, 0],
      ...[integer, 1, 0],
    ];
    const instructions = Array.from({ length: PER_COMMAND }, (_, i) => (i % 2 === 0 ? pass(b, a) : pass(a, b)));
    const table = Int32Array.from([1, 0, PER_COMMAND, 0, ...instructions.flat()]);
    const place = runtime.memory.allocate(table.byteLength, "a test");
    place.ints(0, table.length).set(table);
    const walker = new Walker(
      table,
      KERNELS.map((name) => exports[name]),
    );
    const command = { sections: 2, table: place.base, length: table.length, id: 1, scratchBytes: 0 };
    const share = { rows: n, accumulating: false, thread: 0, parties: threads, scratch: 0 };
    for (let done = 0; done < barriers; done += PER_COMMAND) {
      (runtime.team as Team).run(command, share, walker);
      const moved = (done + PER_COMMAND) * STEP;
      expect(Array.from(block.floats(a, n)), `after ${done + PER_COMMAND} barriers`).toEqual(Array.from({ length: n }, (_, i) => (i + moved) % n));
    }
  } finally {
    await runtime.dispose();
  }
}
