/** Runs the training Program over a dataset: batches, micro-batches, epochs. @module */
import { NumericError } from "../errors.ts";
import type { Optimizer, OptimizerState } from "../optimizers/index.ts";
import type { Executor } from "../program/executor.ts";
import type { Floats } from "../runtime/memory.ts";

/** A loaded training Program that steps through batches of row numbers. Nothing allocates per step. */
export class Trainer {
  /** Sums over the running epoch, in the order of `names`. */
  readonly sums: Float64Array;
  /** Mean loss of the last step. */
  loss = 0;
  private readonly executor: Executor;
  private readonly optimizer: Optimizer;
  private readonly state: OptimizerState;
  private readonly names: readonly string[];
  private indices: Int32Array = new Int32Array(0);
  private ok: Int32Array = new Int32Array(0);
  private hyper: Floats = new Float32Array(0);
  private invBatch: Floats = new Float32Array(0);
  private rows: Floats | null = null;
  private totals: Float64Array[] = [];

  constructor(executor: Executor, optimizer: Optimizer, state: OptimizerState, names: readonly string[]) {
    this.executor = executor;
    this.optimizer = optimizer;
    this.state = state;
    this.names = names;
    this.sums = new Float64Array(names.length);
  }

  /** Renews the views of memory: call before a run of steps. */
  refresh(): void {
    const { executor } = this;
    executor.refresh();
    this.indices = executor.ints("indices");
    this.ok = executor.ints("ok");
    this.hyper = executor.floats("hyper");
    this.invBatch = executor.floats("invBatch");
    this.rows = executor.program.names.has("rows") ? executor.floats("rows") : null;
    this.totals = this.names.map((name) => executor.doubles(`sum:${name}`));
  }

  /** One step on rows order[from..to). Returns false if the loss is not finite: the weights are then as before. */
  step(order: Int32Array, from: number, to: number, learningRate: number): boolean {
    const { executor, indices, totals, sums } = this;
    const batch = to - from;
    const capacity = executor.program.capacity;
    this.invBatch[0] = 1 / batch;
    this.optimizer.step(this.hyper, learningRate, this.state);
    executor.run("prepare");
    for (let begin = from; begin < to; begin += capacity) {
      const n = Math.min(capacity, to - begin);
      for (let i = 0; i < n; i++) indices[i] = order[begin + i];
      if (this.rows !== null) this.rows[0] = n;
      executor.setRows(n);
      executor.setAccumulating(begin > from);
      executor.run("accumulate");
    }
    executor.run("update");
    this.loss = totals[0][0] / batch;
    if (this.ok[0] === 0) return false;
    for (let k = 0; k < sums.length; k++) sums[k] += totals[k][0];
    return true;
  }
}

/** The first value that is not finite, as an error: runs the step again, unfused, one instruction at a time. */
export function diagnose(executor: Executor, order: Int32Array, from: number, to: number, step: number): NumericError {
  const { program } = executor;
  executor.refresh();
  const indices = executor.ints("indices");
  for (let begin = from; begin < to; begin += program.capacity) {
    const n = Math.min(program.capacity, to - begin);
    indices.set(order.subarray(begin, begin + n));
    executor.setRows(n);
    executor.setAccumulating(false);
    executor.floats("invBatch")[0] = 1 / (to - from);
    if (program.names.has("rows")) executor.floats("rows")[0] = n;
    executor.run("prepare");
    for (let i = 0; i < program.accumulate.length; i++) {
      executor.runOne("accumulate", i);
      const bad = executor.firstNonFinite("accumulate", i);
      if (bad !== null) return numericError(step, program.accumulate[i].scope, program.accumulate[i].kernel, bad);
    }
  }
  return numericError(step, "loss", "the sum over the batch", Number.NaN);
}

function numericError(step: number, layer: string, what: string, value: number): NumericError {
  return new NumericError({
    where: `fit, step ${step}, layer "${layer}"`,
    got: `${value} (${what})`,
    expected: "finite values",
    hint: "the weights are those of the last good step; use a smaller learning rate, or look at the data",
  });
}
