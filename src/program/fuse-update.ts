/**
 * The pass "weight gradient + update": where the list-driven gradient of a weight is read by nothing but plain gradient descent, it goes
 * straight from registers into the weights, and rows without entries are not touched (their gradient is exactly 0).
 * @module
 */
import { ACCUMULATE, eachPointer, type Instruction, isPointer, type Pointer, type Section, type Slot } from "./program.ts";

/** What the pass needs of a Program under construction. */
export interface Draft {
  readonly slots: readonly Slot[];
  readonly sections: Record<Section, Instruction[]>;
  run(region: "parameters", offset: number, length: number): Pointer;
  emit(
    kernel: "sparse_matmul_sgd_f32",
    call: Record<"w" | "entries" | "counts" | "source" | "hyper" | "ok" | "rows" | "columns" | "capacity" | "ldw", Instruction["operands"][number]>,
  ): void;
}

/** Rewrites the draft; returns the runs of parameters (in floats, ascending) that are updated by it. */
export function fuseSparseUpdate(draft: Draft, hyper: Pointer, ok: Pointer): { offset: number; size: number }[] {
  const uses = new Map<number, number>();
  for (const instruction of draft.sections.accumulate) eachPointer(instruction, ({ slot }) => uses.set(slot, (uses.get(slot) ?? 0) + 1));
  const runs: { offset: number; size: number }[] = [];
  for (const instruction of [...draft.sections.accumulate]) {
    const [y, entries, counts, source, bias, rows, columns, capacity, ranges, ldy, beta] = instruction.operands;
    if (instruction.kernel !== "sparse_matmul_f32" || !isPointer(y) || draft.slots[y.slot].region !== "gradients") continue;
    if (uses.get(y.slot) !== 1 || bias !== null || beta !== ACCUMULATE || ranges !== 1) continue;
    const { offset, size } = draft.slots[y.slot];
    const run = { offset: offset / 4, size: size as number };
    draft.sections.accumulate.splice(draft.sections.accumulate.indexOf(instruction), 1);
    const w = draft.run("parameters", run.offset, run.size);
    draft.emit("sparse_matmul_sgd_f32", { w, entries, counts, source, hyper, ok, rows, columns, capacity, ldw: ldy });
    runs.push(run);
  }
  return runs.sort((a, b) => a.offset - b.offset);
}
