/** Repeating values along dimensions, and its adjoint, adding them up. @module */
import { ShapeError } from "../../errors.ts";
import type { Pointer } from "../../program/program.ts";
import { broadcastShapes, count, type Dim, formatShape, type Shape, sameShape, times } from "../../shape.ts";
import type { Lowering, Op, Tensor } from "../graph.ts";
import { axisOf, planned, tensor } from "./operands.ts";
import { reshape } from "./shaping.ts";
import { contiguous, emitCopy, four, spread } from "./strides.ts";

const broadcastOp: Op<null> = {
  name: "broadcastTo",
  accumulates: true,
  lower(node, to) {
    const [x] = node.inputs;
    const { shape } = node.outputs[0];
    emitCopy(to, "broadcastTo", to.output(node), to.pointer(x), { dims: shape, strides: [contiguous(shape), spread(x.shape, shape)] }, to.beta(node));
  },
  gradient: (node, [g]) => [g && sumTo(g, node.inputs[0].shape)],
};

/**
 * x repeated to a shape, by NumPy's rules: dimensions of 1, and those missing in front. Gradient: dx = dy summed over the repeated dimensions.
 * @throws ShapeError if x does not broadcast to it
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  const { graph, shape: from } = tensor("broadcastTo", x, "f32");
  if (sameShape(from, shape)) return x;
  planned("broadcastTo", shape);
  if (!sameShape(broadcastShapes("broadcastTo", from, shape), shape)) {
    throw new ShapeError({
      where: "broadcastTo",
      got: `shape ${formatShape(shape)} for a tensor ${formatShape(from)}`,
      expected: "dimensions that are equal to the tensor's, or where the tensor has 1",
    });
  }
  if (sameShape([count(from)], [count(shape)])) return reshape(x, shape);
  four("broadcastTo", { dims: shape, strides: [contiguous(shape), spread(from, shape)] });
  return graph.add(broadcastOp, [x], null, { shape: [...shape], dtype: "f32" })[0];
}

/** A reduction of [A,R,B] over its middle dimension. */
export interface Pass {
  readonly A: Dim;
  readonly R: Dim;
  readonly B: Dim;
}

/** A reduction over some axes of a shape, in passes over neighbouring axes, the last axes first. */
export function passesOf(shape: Shape, axes: ReadonlySet<number>): Pass[] {
  const groups: { reduced: boolean; size: Dim }[] = [];
  shape.forEach((dim, axis) => {
    const last = groups.at(-1);
    if (dim === 1) return;
    if (last?.reduced === axes.has(axis)) last.size = times(last.size, dim);
    else groups.push({ reduced: axes.has(axis), size: dim });
  });
  const passes: Pass[] = [];
  let after: Dim = 1;
  for (let i = groups.length - 1; i >= 0; i--) {
    if (groups[i].reduced) passes.push({ A: count(groups.slice(0, i).map(({ size }) => size)), R: groups[i].size, B: after });
    else after = times(groups[i].size, after);
  }
  return passes;
}

/** Emits a reduction's passes; all but the last go to scratch memory. */
export function emitPasses(
  to: Lowering,
  x: Pointer,
  y: Pointer,
  passes: readonly Pass[],
  emit: (y: Pointer, x: Pointer, pass: Pass, last: boolean) => void,
): void {
  let from = x;
  passes.forEach((pass, i) => {
    const last = i === passes.length - 1;
    const target = last ? y : to.scratch("f32", times(pass.A, pass.B));
    emit(target, from, pass, last);
    from = target;
  });
}

/** Which axes a reduction runs over. */
export interface ReduceOptions {
  /** One axis or several, negative ones counted from the end; default all. */
  readonly axes?: number | readonly number[];
  /** Keep the reduced dimensions as 1. Default false. */
  readonly keepDims?: boolean;
}

/** What a reduction of `x` over the options' axes looks like. @throws ShapeError */
export function reduction(where: string, x: Tensor, { axes, keepDims = false }: ReduceOptions): { axes: Set<number>; shape: Shape; kept: Shape } {
  const { shape } = tensor(where, x, "f32");
  const list = axes === undefined ? shape.map((_, i) => i) : typeof axes === "number" ? [axes] : axes;
  const set = new Set(list.map((axis) => axisOf(where, axis, shape)));
  if (set.size !== list.length) throw new ShapeError({ where, got: `axes [${list.join(",")}]`, expected: "each axis at most once" });
  const kept = shape.map((dim, i) => (set.has(i) ? 1 : dim));
  return { axes: set, kept, shape: keepDims ? kept : shape.filter((_, i) => !set.has(i)) };
}

const sumOp: Op<{ readonly axes: ReadonlySet<number>; readonly kept: Shape }> = {
  name: "sum",
  accumulates: true,
  lower(node, to) {
    const [x] = node.inputs;
    emitPasses(to, to.pointer(x), to.output(node), passesOf(x.shape, node.attributes.axes), (y, from, pass, last) =>
      to.emit("reduce_sum_f32", { y, x: from, ...pass, beta: last ? to.beta(node) : 0 }),
    );
  },
  gradient: (node, [g]) => [g && broadcastTo(reshape(g, node.attributes.kept), node.inputs[0].shape)],
};

function sumAs(x: Tensor, axes: ReadonlySet<number>, kept: Shape, shape: Shape): Tensor {
  if (passesOf(x.shape, axes).length === 0) return reshape(x, shape);
  return x.graph.add(sumOp, [x], { axes, kept }, { shape, dtype: "f32" })[0];
}

/**
 * y = sum of x over axes, added in order of the index. Gradient: dx = dy repeated.
 * @throws ShapeError for an axis that x does not have
 */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axes, kept, shape } = reduction("sum", x, options);
  return sumAs(x, axes, kept, shape);
}

/** The adjoint of broadcastTo: x summed to a shape that broadcasts to its own. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  const missing = x.shape.length - shape.length;
  const axes = new Set(x.shape.flatMap((_, i) => (i < missing || shape[i - missing] === 1 ? [i] : [])));
  return sumAs(
    x,
    axes,
    x.shape.map((dim, i) => (axes.has(i) ? 1 : dim)),
    shape,
  );
}
