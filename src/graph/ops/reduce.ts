/** Reductions over axes. @module */
import { count, type Shape, sameShape } from "../../shape.ts";
import type { Op, Tensor } from "../graph.ts";
import { emitPasses, passesOf, type ReduceOptions, reduction, sum } from "./broadcast.ts";
import { div, exp, mul, neg, scale, sub } from "./elementwise.ts";
import { host } from "./leaf.ts";
import { axisOf, tensor } from "./operands.ts";
import { compare } from "./select.ts";
import { reshape } from "./shaping.ts";

export { type ReduceOptions, sum } from "./broadcast.ts";

/**
 * y = mean of x over axes. Gradient: dx = dy / n, repeated.
 *
 * Over the batch axis, n is the number of rows of the running pass, which the host writes as the value "rows". A step cut into
 * micro-batches would then average averages: losses and metrics should return a value per sample and leave the batch to the training loop.
 * @throws ShapeError for an axis that x does not have
 */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axes } = reduction("mean", x, options);
  const total = sum(x, options);
  const n = count(x.shape.filter((_, i) => axes.has(i)));
  if (n === 1) return total;
  if (typeof n === "number") return scale(total, 1 / n);
  const rows = host(x.graph, "rows", []);
  return div(total, n.rows === 1 ? rows : scale(rows, n.rows));
}

interface Reduced {
  readonly axes: ReadonlySet<number>;
  /** The result's shape with the reduced dimensions kept as 1. */
  readonly kept: Shape;
}

function reduceOp(
  name: string,
  kernel: "reduce_max_f32" | "reduce_logsumexp_f32",
  gradient: (g: Tensor, x: Tensor, y: Tensor, axes: number[]) => Tensor,
): Op<Reduced> {
  return {
    name,
    lower(node, to) {
      const [x] = node.inputs;
      emitPasses(to, to.pointer(x), to.output(node), passesOf(x.shape, node.attributes.axes), (y, from, pass) => to.emit(kernel, { y, x: from, ...pass }));
    },
    gradient(node, [g]) {
      const { axes, kept } = node.attributes;
      return [g && gradient(reshape(g, kept), node.inputs[0], reshape(node.outputs[0], kept), [...axes])];
    },
  };
}

function reduce(op: Op<Reduced>, x: Tensor, options: ReduceOptions): Tensor {
  const { axes, kept, shape } = reduction(op.name, x, options);
  if (sameShape(x.shape, kept)) return reshape(x, shape);
  return x.graph.add(op, [x], { axes, kept }, { shape, dtype: "f32" })[0];
}

const maxOp = reduceOp("max", "reduce_max_f32", (g, x, y, axes) => {
  const largest = compare(x, "equal", y);
  return mul(largest, div(g, sum(largest, { axes, keepDims: true })));
});

const logSumExpOp = reduceOp("logSumExp", "reduce_logsumexp_f32", (g, x, y) => mul(g, exp(sub(x, y))));

/**
 * y = the largest of x over axes; NaN if any is. Gradient: dx = dy, shared evenly by equal maxima, 0 elsewhere.
 * @throws ShapeError for an axis that x does not have
 */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce(maxOp, x, options);
}

/**
 * y = the smallest of x over axes; NaN if any is. Gradient: dx = dy, shared evenly by equal minima, 0 elsewhere.
 * @throws ShapeError for an axis that x does not have
 */
export function min(x: Tensor, options: ReduceOptions = {}): Tensor {
  reduction("min", x, options);
  return neg(max(neg(x), options));
}

/**
 * y = log(sum of e^x) over axes, without overflow. Gradient: dx = dy e^(x - y).
 * @throws ShapeError for an axis that x does not have
 */
export function logSumExp(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce(logSumExpOp, x, options);
}

const argmaxOp: Op<{ readonly axis: number }> = {
  name: "argmax",
  lower(node, to) {
    const [x] = node.inputs;
    const { axis } = node.attributes;
    const [A, R, B] = [count(x.shape.slice(0, axis)), x.shape[axis], count(x.shape.slice(axis + 1))];
    to.emit("reduce_argmax_f32", { y: to.output(node), x: to.pointer(x), A, R, B });
  },
};

/**
 * y (i32) = index of the largest of x along an axis, the first of equals; the axis goes. No gradient flows.
 * @throws ShapeError for an axis that x does not have
 */
export function argmax(x: Tensor, axis = -1): Tensor {
  tensor("argmax", x, "f32");
  const along = axisOf("argmax", axis, x.shape);
  return x.graph.add(argmaxOp, [x], { axis: along }, { shape: x.shape.filter((_, i) => i !== along), dtype: "i32" })[0];
}
