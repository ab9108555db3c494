/** The same values in another shape or order. @module */
import { ShapeError } from "../../errors.ts";
import { count, type Dim, divide, formatShape, type Shape, sameDim, sameShape } from "../../shape.ts";
import type { Op, Tensor } from "../graph.ts";
import { axisOf, planned, tensor } from "./operands.ts";
import { contiguous, emitCopy, four, type Loop } from "./strides.ts";

const reshapeOp: Op<null> = {
  name: "reshape",
  lower: (node, to) => to.alias(node.outputs[0], to.pointer(node.inputs[0])),
  gradient: (node, [g]) => [g && reshape(g, node.inputs[0].shape)],
};

/**
 * The values of x, in order, as another shape with as many of them. One dimension may be -1: it takes what is left over.
 * The batch dimension is written `BATCH`, or taken from `x.shape`. No computation. Gradient: dx = reshape(dy).
 * @throws ShapeError if the numbers of values differ
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const { graph, dtype, shape: from } = tensor("reshape", x, "any");
  const target = complete(from, shape);
  return sameShape(from, target) ? x : graph.add(reshapeOp, [x], null, { shape: target, dtype })[0];
}

/** x under another identity: a symbolic value of its own in the same memory. */
export function view(x: Tensor): Tensor {
  return x.graph.add(reshapeOp, [x], null, { shape: x.shape, dtype: x.dtype })[0];
}

const detachedOp: Op<null> = { name: "detached", lower: reshapeOp.lower };

/** A view of x through which no gradient flows. */
export function detached(x: Tensor): Tensor {
  return x.graph.add(detachedOp, [x], null, { shape: x.shape, dtype: x.dtype })[0];
}

function complete(from: Shape, shape: Shape): Shape {
  const open = shape.indexOf(-1);
  const known = planned(
    "reshape",
    shape.filter((_, i) => i !== open),
  );
  const [total, rest] = [count(from), count(known)];
  const left: Dim | null = rest === 0 || open < 0 ? null : divide(total, rest);
  if (open >= 0 ? left === null : !sameDim(total, rest)) {
    throw new ShapeError({
      where: "reshape",
      got: `shape ${formatShape(shape)} for a tensor ${formatShape(from)}`,
      expected: `as many values as ${formatShape([total])}`,
      hint: "write the batch dimension as BATCH, and at most one other as -1",
    });
  }
  return open < 0 ? known : shape.map((dim, i) => (i === open ? (left as Dim) : dim));
}

const transposeOp: Op<{ readonly permutation: readonly number[] }> = {
  name: "transpose",
  accumulates: true,
  lower(node, to) {
    const [x] = node.inputs;
    emitCopy(to, "transpose", to.output(node), to.pointer(x), permuted(x.shape, node.attributes.permutation), to.beta(node));
  },
  gradient(node, [g]) {
    const { permutation } = node.attributes;
    return [
      g &&
        transpose(
          g,
          permutation.map((_, axis) => permutation.indexOf(axis)),
        ),
    ];
  },
};

function permuted(shape: Shape, permutation: readonly number[]): Loop {
  const steps = contiguous(shape);
  const dims = permutation.map((axis) => shape[axis]);
  return { dims, strides: [contiguous(dims), permutation.map((axis) => steps[axis])] };
}

/**
 * Reorders dimensions: y.shape[i] = x.shape[permutation[i]]. Without a permutation, in reverse. Gradient: dx = dy in the former order.
 * @throws ShapeError if the permutation does not name each axis once
 */
export function transpose(x: Tensor, permutation?: readonly number[]): Tensor {
  const { graph, shape } = tensor("transpose", x, "f32");
  const order = (permutation ?? shape.map((_, i) => shape.length - 1 - i)).map((axis) => axisOf("transpose", axis, shape));
  if (order.length !== shape.length || new Set(order).size !== order.length) {
    throw new ShapeError({
      where: "transpose",
      got: `permutation [${order.join(",")}] of shape ${formatShape(shape)}`,
      expected: `each axis from 0 to ${shape.length - 1} once`,
    });
  }
  const loop = permuted(shape, order);
  // Nothing moves in memory when dimensions other than 1 keep their order.
  const moving = order.filter((axis) => shape[axis] !== 1);
  if (moving.every((axis, i) => i === 0 || moving[i - 1] < axis)) return reshape(x, loop.dims);
  four("transpose", loop);
  return graph.add(transposeOp, [x], { permutation: order }, { shape: loop.dims, dtype: "f32" })[0];
}

const stopGradientOp: Op<null> = {
  name: "stopGradient",
  lower: (node, to) => to.alias(node.outputs[0], to.pointer(node.inputs[0])),
};

/** x itself, through which no gradient flows. No computation. */
export function stopGradient(x: Tensor): Tensor {
  const { graph, shape, dtype } = tensor("stopGradient", x, "any");
  return graph.add(stopGradientOp, [x], null, { shape, dtype })[0];
}

export { reshapeOp };
