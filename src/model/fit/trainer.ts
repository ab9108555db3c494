/** Runs the training Program over a dataset: batches, micro-batches, epochs. @module */
import { NumericError } from "../../errors.ts";
import type { Optimizer, OptimizerState } from "../../optimizers/index.ts";
import type { Executor } from "../../program/executor.ts";
import type { Key } from "../../random.ts";
import type { Floats } from "../../runtime/memory.ts";
import { PENALTY } from "../build/objectives.ts";
import type { StreamedMetrics } from "../evaluate/streamed-metrics.ts";
import type { ParameterStore } from "../parameters/parameters.ts";
import { Feed } from "../running/feed.ts";

/** A loaded training Program that steps through batches of row numbers. Nothing allocates per step. */
export class Trainer {
  /** Sums over the running epoch, in the order of `names`. */
  readonly sums: Float64Array;
  /** Mean loss of the last step. */
  loss = 0;
  /** Metrics that read each pass's predictions; null where there are none. */
  readonly streamed: StreamedMetrics | null;
  private readonly executor: Executor;
  private readonly feed: Feed;
  private readonly optimizer: Optimizer;
  private readonly state: OptimizerState;
  /** What is summed: `loss`, the metrics and so on. */
  readonly names: readonly string[];
  private ok: Int32Array = new Int32Array(0);
  private hyper: Floats = new Float32Array(0);
  private totals: Float64Array[] = [];
  /** The optimizer's state before the running step. */
  private readonly stateNames: readonly string[];
  private readonly stateBefore: Float64Array;
  private readonly penaltyAt: number;
  private readonly parameters: ParameterStore;
  /** The layers' states, and what they were before the running step: a pass of it, or a gradient's norm, may be found bad after they have changed. */
  private layerStates: Floats = new Float32Array(0);
  private readonly layerStatesBefore: Float64Array;

  /** @param key of the model's random layers */
  constructor(
    executor: Executor,
    optimizer: Optimizer,
    state: OptimizerState,
    names: readonly string[],
    key: Key,
    parameters: ParameterStore,
    streamed: StreamedMetrics | null = null,
  ) {
    this.executor = executor;
    this.streamed = streamed;
    this.feed = new Feed(executor, key);
    this.optimizer = optimizer;
    this.state = state;
    this.names = names;
    this.sums = new Float64Array(names.length);
    this.stateNames = Object.keys(state);
    this.stateBefore = new Float64Array(this.stateNames.length);
    this.penaltyAt = names.indexOf(PENALTY);
    this.parameters = parameters;
    this.layerStatesBefore = new Float64Array(parameters.layout().states);
  }

  /** Renews the views of memory: call before a run of steps. */
  refresh(): void {
    const { executor } = this;
    this.feed.refresh();
    this.ok = executor.ints("ok");
    this.hyper = executor.floats("hyper");
    this.totals = this.names.map((name) => executor.doubles(`sum:${name}`));
    this.layerStates = this.parameters.states();
    this.streamed?.refresh();
  }

  /** Forgets the samples so far. */
  beginEpoch(): void {
    this.sums.fill(0);
    this.streamed?.begin();
  }

  /** What is reported of the samples so far, by name. @param samples their number */
  values(samples: number): Record<string, number> {
    return { ...Object.fromEntries(this.names.map((name, k) => [name, this.sums[k] / samples])), ...this.streamed?.results() };
  }

  /**
   * Step number `step` of the model's life, on rows order[from..to). Returns false if the loss, or the norm of a gradient that is clipped by it, is not
   * finite: weights, states and optimizer are then as before.
   */
  step(order: Int32Array, from: number, to: number, learningRate: number, step: number): boolean {
    const { executor, feed, totals, sums } = this;
    const batch = to - from;
    const capacity = executor.program.capacity;
    feed.step(batch, step);
    this.keepState();
    this.optimizer.step(this.hyper, learningRate, this.state);
    if (batch <= capacity) {
      feed.pass(order, from, batch, 0);
      executor.step();
    } else {
      executor.run("prepare");
      for (let begin = from; begin < to; begin += capacity) {
        const n = Math.min(capacity, to - begin);
        feed.pass(order, begin, n, begin - from);
        executor.run("accumulate");
        this.streamed?.keep(begin - from, n, batch);
      }
      executor.run("update");
    }
    this.loss = totals[0][0] / batch;
    if (this.ok[0] === 0) {
      this.restoreState();
      return false;
    }
    if (batch <= capacity) this.streamed?.add(order, from, batch);
    else this.streamed?.addKept(order, from, batch);
    // The penalty is one of the step, all others are summed over its samples.
    for (let k = 0; k < sums.length; k++) sums[k] += k === this.penaltyAt ? totals[k][0] * batch : totals[k][0];
    return true;
  }

  private keepState(): void {
    for (let k = 0; k < this.stateNames.length; k++) this.stateBefore[k] = this.state[this.stateNames[k]];
    this.layerStatesBefore.set(this.layerStates);
  }

  private restoreState(): void {
    for (let k = 0; k < this.stateNames.length; k++) this.state[this.stateNames[k]] = this.stateBefore[k];
    this.layerStates.set(this.layerStatesBefore);
  }
}

/** The first value that is not finite, as an error: runs the step again, unfused, one instruction at a time. */
export function diagnose(executor: Executor, order: Int32Array, from: number, to: number, step: { inFit: number; ofModel: number }, key: Key): NumericError {
  const { program } = executor;
  const feed = new Feed(executor, key);
  feed.refresh();
  feed.step(to - from, step.ofModel);
  for (let begin = from; begin < to; begin += program.capacity) {
    feed.pass(order, begin, Math.min(program.capacity, to - begin), begin - from);
    executor.setAccumulating(false);
    executor.run("prepare");
    for (let i = 0; i < program.accumulate.length; i++) {
      executor.runOne("accumulate", i);
      const bad = executor.firstNonFinite("accumulate", i);
      if (bad !== null) return numericError(step.inFit, program.accumulate[i].scope, program.accumulate[i].kernel, bad);
    }
  }
  return numericError(step.inFit, "loss", "the sum over the batch", Number.NaN);
}

function numericError(step: number, layer: string, what: string, value: number): NumericError {
  return new NumericError({
    where: `fit, step ${step}, layer "${layer}"`,
    got: `${value} (${what})`,
    expected: "finite values",
    hint: "the weights are those of the last good step; use a smaller learning rate, or look at the data",
  });
}
