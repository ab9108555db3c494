/** The sum of gradients that flow into one tensor. @module */
import { count } from "../../shape.ts";
import type { Op, Tensor } from "../graph.ts";

/** The lowering gives contributions that can add in place the sum's own memory; the others are added here. */
const op: Op<{ readonly direct: Set<number> }> = {
  name: "addN",
  accumulates: true,
  lower(node, to) {
    const y = to.output(node);
    const n = count(node.outputs[0].shape);
    let beta = node.attributes.direct.size > 0 ? 1 : to.beta(node);
    node.inputs.forEach((input, i) => {
      if (node.attributes.direct.has(i)) return;
      to.emit("accumulate_f32", { y, x: to.pointer(input), n, beta });
      beta = 1;
    });
  },
  gradient(node, [g]) {
    return node.inputs.map(() => g);
  },
};

/** a + b + ..., all of one shape. */
export function addN(parts: readonly Tensor[]): Tensor {
  return parts[0].graph.add(op, parts, { direct: new Set<number>() }, { shape: parts[0].shape, dtype: "f32" })[0];
}

export { op as addNOp };
