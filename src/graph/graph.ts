/**
 * Symbolic tensors. An op applied to tensors makes a node; nothing is computed until the graph is lowered to a Program.
 * @module
 */

import type { KernelName, Kernels } from "../program/kernels/index.ts";
import type { Instruction, Operand, Pointer } from "../program/program.ts";
import type { Dim, Shape } from "../shape.ts";

/** Types of tensor elements; `u8` (codes of pooling windows) and `entries` (sparse lists) occur only between fused ops. */
export type TensorType = "f32" | "i32" | "u8" | "entries";

/** A symbolic value. */
export interface Tensor {
  readonly graph: Graph;
  readonly node: Node;
  /** Which output of the node. */
  readonly index: number;
  readonly shape: Shape;
  readonly dtype: TensorType;
}

/** An application of an op. */
export interface Node<A = unknown> {
  readonly id: number;
  readonly op: Op<A>;
  readonly attributes: A;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** The layer it belongs to, "" if none. */
  readonly scope: string;
  readonly phase: Instruction["phase"];
}

/** What a node can do. The function that makes nodes of an op validates and infers shapes; this is the rest of its contract. */
export interface Op<A = unknown> {
  readonly name: string;
  /** Emits the kernel calls that compute the outputs. */
  lower(node: Node<A>, to: Lowering): void;
  /**
   * The gradient of each input (null: none flows), from the gradient of each output (null: none came).
   * Absent: the op is not differentiable, and nothing flows through it.
   */
  gradient?(node: Node<A>, gradOutputs: readonly (Tensor | null)[]): (Tensor | null)[];
  /** True if `lower` writes its only output by kernels that honour `to.beta(node)`: gradients can then be added in place. */
  readonly accumulates?: boolean;
}

/** Where `Op.lower` writes to. */
export interface Lowering {
  /** The most rows the Program will run. */
  readonly capacity: number;
  /** The Program is to be looked at: each op takes the kernel that computes it as its formula says, not the fastest. */
  readonly plain: boolean;
  /** Memory of a tensor that is already lowered. */
  pointer(tensor: Tensor): Pointer;
  /** Memory for an output of this node. */
  output(node: Node, index?: number): Pointer;
  /** Beta of the output of an accumulating op. */
  beta(node: Node): Operand;
  /** Gives an output the memory of something else (views: reshape, leaves). */
  alias(tensor: Tensor, pointer: Pointer): void;
  /** Memory for one call, garbage after. */
  scratch(dtype: TensorType, size: Dim): Pointer;
  /** Memory that survives between passes, for what depends on the weights only; one per tensor. */
  prepared(tensor: Tensor, size: Dim): Pointer;
  /** What is emitted here runs in the `prepare` section: once per step, before the passes. */
  once(emit: () => void): void;
  /** Makes a slot outside `work`. */
  slot(name: string, dtype: "f32" | "i32" | "u8" | "f64", region: "scalars" | "constants" | "data", size: Dim): Pointer;
  /** Values of a constant slot, written at load. */
  constant(pointer: Pointer, values: readonly number[]): void;
  /** A kernel call; the key order of `call` does not matter. */
  emit<K extends KernelName>(kernel: K, call: { [Name in keyof Kernels[K]["args"]]: Operand }): void;
  /** Memory of parameter number `index`. */
  parameter(index: number): Pointer;
  /** Memory of state number `index`. */
  state(index: number, size: Dim): Pointer;
}

/** Builds nodes. */
export class Graph {
  readonly nodes: Node[] = [];
  private scope = "";
  private phase: Instruction["phase"] = "forward";

  /** Adds a node; its outputs are described by shape and type. */
  add<A>(op: Op<A>, inputs: readonly Tensor[], attributes: A, ...outputs: { shape: Shape; dtype: TensorType }[]): Tensor[] {
    const made: Tensor[] = [];
    const node: Node<A> = { id: this.nodes.length, op, attributes, inputs, outputs: made, scope: this.scope, phase: this.phase };
    outputs.forEach(({ shape, dtype }, index) => {
      made.push({ graph: this, node: node as Node, index, shape, dtype });
    });
    this.nodes.push(node as Node);
    return made;
  }

  /** Runs `build`; the nodes it makes carry this scope and phase. */
  within<T>(scope: string, phase: Instruction["phase"], build: () => T): T {
    const before = { scope: this.scope, phase: this.phase };
    this.scope = scope;
    this.phase = phase;
    try {
      return build();
    } finally {
      this.scope = before.scope;
      this.phase = before.phase;
    }
  }

  /** Scope of the nodes being made. */
  get currentScope(): string {
    return this.scope;
  }
}

/** The nodes that `roots` need, each after its inputs, in order of creation. */
export function reachable(roots: readonly Tensor[]): Node[] {
  const seen = new Set<Node>();
  const stack = roots.map((t) => t.node);
  while (stack.length > 0) {
    const node = stack.pop() as Node;
    if (seen.has(node)) continue;
    seen.add(node);
    for (const input of node.inputs) stack.push(input.node);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}
