/** Reverse-mode differentiation of a graph: the chain rule, edge by edge. First derivatives only. @module */

import { type Node, reachable, type Tensor } from "./graph.ts";
import { addN } from "./ops/add-n.ts";

/**
 * The gradients of `output` with respect to tensors, given the gradient of something with respect to `output` (the seed, of its shape).
 * Returns every gradient that flows: tensors without an entry do not influence the output.
 */
export function differentiate(output: Tensor, seed: Tensor, wrt: readonly Tensor[]): Map<Tensor, Tensor> {
  const { graph } = output;
  const wanted = new Set(wrt);
  const active = new Set<Node>();
  const order = reachable([output]);
  for (const node of order) {
    if (node.outputs.some((t) => wanted.has(t)) || (node.op.gradient !== undefined && node.inputs.some((t) => active.has(t.node)))) active.add(node);
  }

  const contributions = new Map<Tensor, Tensor[]>([[output, [seed]]]);
  const gradients = new Map<Tensor, Tensor>();
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i];
    if (!active.has(node)) continue;
    graph.within(node.scope, "backward", () => {
      const gradOutputs = node.outputs.map((t) => {
        const parts = contributions.get(t);
        if (parts === undefined) return null;
        const sum = parts.length === 1 ? parts[0] : addN(parts);
        gradients.set(t, sum);
        return sum;
      });
      if (node.op.gradient === undefined || gradOutputs.every((g) => g === null)) return;
      node.op.gradient(node, gradOutputs).forEach((gradient, k) => {
        const input = node.inputs[k];
        if (gradient === null || !active.has(input.node)) return;
        const parts = contributions.get(input);
        if (parts === undefined) contributions.set(input, [gradient]);
        else parts.push(gradient);
      });
    });
  }
  return gradients;
}
