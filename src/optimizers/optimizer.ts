/** What an optimizer is. @module */
import type { KernelName, Kernels } from "../program/kernels/index.ts";
import type { Operand, Pointer } from "../program/program.ts";

/** Memory of a contiguous group of parameters, for `Optimizer.emit`. */
export interface UpdateGroup {
  readonly p: Pointer;
  readonly g: Pointer;
  /** One per name in `Optimizer.slots`. */
  readonly slots: readonly Pointer[];
  readonly n: number;
  readonly hyper: Pointer;
  readonly ok: Pointer;
  emit<K extends KernelName>(kernel: K, call: { [Name in keyof Kernels[K]["args"]]: Operand }): void;
}

/** The numbers an optimizer carries from step to step besides its slots: running products, saved with a checkpoint. */
export type OptimizerState = Record<string, number>;

/** A bound on gradients, applied before the update: on each value (|g| <= limit), or on the Euclidean norm of each parameter's gradient, or of all together. */
export interface Clip {
  readonly by: "value" | "norm" | "globalNorm";
  /** More than 0. */
  readonly limit: number;
}

/** An optimizer: a kernel over flat memory, and the numbers it needs each step. */
export interface Optimizer {
  readonly name: string;
  readonly learningRate: number;
  /** Values kept per parameter, in memory's order: by name, what they start from. */
  readonly slots: Readonly<Record<string, number>>;
  /** Length of `hyper`. */
  readonly hypers: number;
  /** True if a step is p -= learningRate g, nothing before it and nothing else: it may then be fused with the gradient. */
  readonly plain?: boolean;
  /** Absent: gradients are taken as they are. */
  readonly clip?: Clip;
  /** Momentum of the exponential moving average of the weights, 0 to below 1; absent: none is kept. */
  readonly ema?: number;
  config(): Record<string, unknown>;
  start(): OptimizerState;
  /** Writes this step's numbers, from plain arithmetic only (see the lint rule on host arithmetic). */
  step(hyper: { [i: number]: number }, learningRate: number, state: OptimizerState): void;
  emit(group: UpdateGroup): void;
}
