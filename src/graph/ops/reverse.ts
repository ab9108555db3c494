/** Reversing the order along an axis. @module */
import { ShapeError } from "../../errors.ts";
import { formatShape } from "../../shape.ts";
import type { Op, Tensor } from "../graph.ts";
import { axisOf, fixed, tensor } from "./operands.ts";
import { contiguous, emitCopy } from "./strides.ts";

const reverseOp: Op<{ readonly axis: number }> = {
  name: "reverse",
  accumulates: true,
  lower(node, to) {
    const { shape } = node.outputs[0];
    const { axis } = node.attributes;
    const strides = contiguous(shape);
    const length = shape[axis] as number;
    const step = strides[axis] as number;
    const loop = { dims: shape.map((dim, i) => (i === axis ? 1 : dim)), strides: [strides, strides] };
    const [y, x] = [to.output(node), to.pointer(node.inputs[0])];
    for (let i = 0; i < length; i++) {
      const from = length - 1 - i;
      emitCopy(to, "reverse", { slot: y.slot, at: y.at + i * step }, { slot: x.slot, at: x.at + from * step }, loop, to.beta(node));
    }
  },
  gradient: (node, [g]) => [g && reverse(g, node.attributes.axis)],
};

/**
 * x with the order along an axis turned round: y[..., i, ...] = x[..., n - 1 - i, ...]. Gradient: dx = dy turned round.
 * @throws ShapeError if x has no such axis, or it grows with the batch
 */
export function reverse(x: Tensor, axis: number): Tensor {
  const { graph, shape } = tensor("reverse", x, "f32");
  const along = axisOf("reverse", axis, shape);
  const length = fixed("reverse", `axis ${axis}`, shape[along], shape);
  // A place in memory must not depend on the rows of the batch.
  if (typeof contiguous(shape)[along] !== "number")
    throw new ShapeError({
      where: "reverse",
      got: `axis ${axis} of shape ${formatShape(shape)}`,
      expected: "an axis behind the one that grows with the batch",
    });
  return length === 1 ? x : graph.add(reverseOp, [x], { axis: along }, { shape, dtype: "f32" })[0];
}
