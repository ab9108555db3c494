/** The section `update` of a training Program: from gradients to new weights. @module */
import type { ProgramBuilder } from "../graph/lower.ts";
import type { Optimizer } from "../optimizers/index.ts";
import { fuseSparseUpdate } from "../program/fuse-update.ts";

/** Emits the optimizer's kernel over all `total` floats of the parameters. @param onePass a step's gradient is written by one pass, and only the update reads it */
export function emitUpdate(builder: ProgramBuilder, optimizer: Optimizer, total: number, onePass: boolean): void {
  builder.within("update", "update", "update", () => {
    const hyper = builder.slot("hyper", "f32", "scalars", optimizer.hypers);
    const ok = builder.slot("ok", "i32", "scalars", 1);
    const group = (offset: number, n: number): void =>
      optimizer.emit({
        p: builder.run("parameters", offset, n),
        g: builder.run("gradients", offset, n),
        slots: Object.keys(optimizer.slots).map((_, k) => builder.run("moments", offset, n, k)),
        n,
        hyper,
        ok,
        emit: (kernel, call) => builder.emit(kernel, call),
      });
    const fusedRuns = optimizer.plain === true && onePass ? fuseSparseUpdate(builder, hyper, ok) : [];
    let from = 0;
    for (const { offset, size } of fusedRuns) {
      if (offset > from) group(from, offset - from);
      from = offset + Math.ceil(size / 16) * 16;
    }
    if (total > from) group(from, total - from);
  });
}
