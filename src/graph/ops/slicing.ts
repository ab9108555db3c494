/** Taking tensors apart and putting them together. @module */
import { ConfigError, ShapeError } from "../../errors.ts";
import { ACCUMULATE, type Operand, type Pointer } from "../../program/program.ts";
import { count, type Dim, formatDim, formatShape, isRows, type Shape, sameDim, times } from "../../shape.ts";
import type { Lowering, Op, Tensor } from "../graph.ts";
import { axisOf, fixed, option, planned, tensor } from "./operands.ts";
import { contiguous, emitCopy, four, type Loop, shift } from "./strides.ts";

/** Elements from the start of a tensor of `shape` to the element at `begin`. @throws ShapeError if that depends on the batch */
function offset(where: string, shape: Shape, begin: readonly number[]): number {
  const strides = contiguous(shape);
  return begin.reduce((sum, index, i) => sum + fixed(where, "a position", times(strides[i], index), shape), 0);
}

/** The walk over a box of `shape` inside a larger tensor, which is the first or the second operand. */
function box(shape: Shape, outer: Shape, outerFirst: boolean): Loop {
  const strides = [contiguous(shape), contiguous(outer)];
  return { dims: shape, strides: outerFirst ? strides.reverse() : strides };
}

const sliceOp: Op<{ readonly begin: readonly number[] }> = {
  name: "slice",
  accumulates: true,
  // Always a copy: an alias that begins inside another slot would escape the memory plan's rules for reuse in place.
  lower(node, to) {
    const [x] = node.inputs;
    const { shape } = node.outputs[0];
    const from = shift(to.pointer(x), offset("slice", x.shape, node.attributes.begin));
    emitCopy(to, "slice", to.output(node), from, box(shape, x.shape, false), to.beta(node));
  },
  gradient(node, [g]) {
    const { begin } = node.attributes;
    return [g && embed(g, begin, node.inputs[0].shape, 0)];
  },
};

/**
 * The box of x from index `begin`, of `size` per axis; size -1 is the rest of the axis. An axis that grows with the batch is taken whole.
 * Gradient: dx = dy in the box, 0 elsewhere.
 * @throws ShapeError if the box does not lie in x
 */
export function slice(x: Tensor, begin: readonly number[], size: Shape): Tensor {
  const { graph, shape } = tensor("slice", x, "f32");
  const complain = (got: string, expected: string, hint?: string): never => {
    throw new ShapeError({ where: "slice", got: `${got} of a tensor ${formatShape(shape)}`, expected, hint });
  };
  if (begin.length !== shape.length || size.length !== shape.length)
    complain(`begin [${begin.join(",")}] and size ${formatShape(size)}`, `${shape.length} numbers each`);
  const target = shape.map((dim, i): Dim => {
    if (isRows(dim)) {
      if (begin[i] !== 0 || (size[i] !== -1 && !sameDim(size[i], dim))) {
        complain(
          `begin ${begin[i]} and size ${formatDim(size[i])} on axis ${i}`,
          `0 and ${formatDim(dim)}`,
          "an axis that grows with the batch can only be taken whole",
        );
      }
      return dim;
    }
    const length = size[i] === -1 ? dim - begin[i] : size[i];
    if (isRows(length) || !Number.isInteger(begin[i]) || !Number.isInteger(length) || begin[i] < 0 || length < 1 || begin[i] + length > dim) {
      return complain(`begin ${begin[i]} and size ${formatDim(size[i])} on axis ${i}`, `begin at least 0, size at least 1, together at most ${dim}`);
    }
    return length;
  });
  if (target.every((dim, i) => sameDim(dim, shape[i]))) return x;
  offset("slice", shape, begin);
  four("slice", box(target, shape, false));
  return graph.add(sliceOp, [x], { begin: [...begin] }, { shape: target, dtype: "f32" })[0];
}

interface Embedding {
  readonly begin: readonly number[];
  readonly value: number;
}

/** Whether the box of a pad is a batch of images in a border. */
const bordersImages = (x: Tensor, outer: Shape, begin: readonly number[]): boolean =>
  outer.length === 4 &&
  outer.slice(1).every((dim) => !isRows(dim)) &&
  begin[0] === 0 &&
  begin[3] === 0 &&
  sameDim(x.shape[0], outer[0]) &&
  sameDim(x.shape[3], outer[3]);

function emitEmbed(to: Lowering, y: Pointer, x: Tensor, outer: Shape, { begin, value }: Embedding, beta: Operand): void {
  const n = count(outer);
  if (beta === 0 && bordersImages(x, outer, begin)) {
    const [N, H, W, C] = x.shape;
    to.emit("pad_images_f32", { y, x: to.pointer(x), N, H, W, C, OH: outer[1], OW: outer[2], top: begin[1], left: begin[2], value });
    return;
  }
  if (beta === 0) to.emit("fill_f32", { y, n, value });
  else if (beta === ACCUMULATE) {
    // Clears y in the first pass of a step, keeps it in the others.
    const zero = to.slot("zero", "f32", "constants", 1);
    to.constant(zero, [0]);
    emitCopy(to, "pad", y, zero, { dims: [n], strides: [[1], [0]] }, beta);
  }
  emitCopy(to, "pad", shift(y, offset("pad", outer, begin)), to.pointer(x), box(x.shape, outer, true), beta === 0 ? 0 : 1);
}

/** With a value other than 0, adding in place would add the value too. */
const padOp: Op<Embedding> = {
  name: "pad",
  lower: (node, to) => emitEmbed(to, to.output(node), node.inputs[0], node.outputs[0].shape, node.attributes, 0),
  gradient: (node, [g]) => [g && slice(g, node.attributes.begin, node.inputs[0].shape)],
};

const zeroPadOp: Op<Embedding> = {
  ...padOp,
  accumulates: true,
  lower: (node, to) => emitEmbed(to, to.output(node), node.inputs[0], node.outputs[0].shape, node.attributes, to.beta(node)),
};

function embed(x: Tensor, begin: readonly number[], shape: Shape, value: number): Tensor {
  offset("pad", shape, begin);
  four("pad", box(x.shape, shape, true));
  return x.graph.add(value === 0 ? zeroPadOp : padOp, [x], { begin: [...begin], value }, { shape, dtype: "f32" })[0];
}

/**
 * x with `before` and `after` elements of `value` added to each axis: `paddings[axis] = [before, after]`. Gradient: dx = dy inside.
 * @throws ShapeError unless there is a pair of counts per axis; an axis that grows with the batch takes [0, 0]
 */
export function pad(x: Tensor, paddings: readonly (readonly [number, number])[], value = 0): Tensor {
  const { shape } = tensor("pad", x, "f32");
  option("pad", "value", value, "a number", () => true);
  const legal = (n: unknown): boolean => Number.isInteger(n) && (n as number) >= 0;
  if (paddings.length !== shape.length || !paddings.every((pair) => pair.length === 2 && pair.every(legal))) {
    throw new ShapeError({
      where: "pad",
      got: `paddings ${JSON.stringify(paddings)} of a tensor ${formatShape(shape)}`,
      expected: `${shape.length} pairs [before, after] of counts`,
    });
  }
  const target = shape.map((dim, i): Dim => {
    const more = paddings[i][0] + paddings[i][1];
    if (more === 0) return dim;
    if (isRows(dim))
      throw new ShapeError({
        where: "pad",
        got: `[${paddings[i].join(",")}] on axis ${i} of a tensor ${formatShape(shape)}`,
        expected: "[0,0]",
        hint: "an axis that grows with the batch cannot be padded",
      });
    return dim + more;
  });
  return target.every((dim, i) => sameDim(dim, shape[i]))
    ? x
    : embed(
        x,
        paddings.map(([before]) => before),
        planned("pad", target),
        value,
      );
}

const concatOp: Op<{ readonly axis: number }> = {
  name: "concat",
  accumulates: true,
  lower(node, to) {
    const { shape } = node.outputs[0];
    eachPart(node.inputs, node.attributes.axis, (x, begin) => {
      emitCopy(to, "concat", shift(to.output(node), offset("concat", shape, begin)), to.pointer(x), box(x.shape, shape, true), to.beta(node));
    });
  },
  gradient(node, [g]) {
    const parts: Tensor[] = [];
    if (g !== null) eachPart(node.inputs, node.attributes.axis, (x, begin) => void parts.push(slice(g, begin, x.shape)));
    return parts;
  },
};

function eachPart(parts: readonly Tensor[], axis: number, visit: (x: Tensor, begin: number[]) => void): void {
  let from = 0;
  for (const x of parts) {
    visit(
      x,
      x.shape.map((_, i) => (i === axis ? from : 0)),
    );
    from += fixed("concat", `axis ${axis}`, x.shape[axis], x.shape);
  }
}

/**
 * The tensors one after the other along an axis; their other dimensions are equal. Gradient: each receives its part of dy.
 * @throws ShapeError if the shapes do not fit, or the axis grows with the batch
 */
export function concat(tensors: readonly Tensor[], axis = -1): Tensor {
  const first: Tensor | undefined = tensors[0];
  if (first === undefined) throw new ConfigError({ where: "concat", got: "no tensors", expected: "an array of at least one tensor" });
  for (const x of tensors) tensor("concat", x, "f32", first);
  const along = axisOf("concat", axis, first.shape);
  const fits = (x: Tensor): boolean => x.shape.length === first.shape.length && x.shape.every((dim, i) => i === along || sameDim(dim, first.shape[i]));
  if (!tensors.every(fits)) {
    throw new ShapeError({
      where: "concat",
      got: `shapes ${tensors.map((x) => formatShape(x.shape)).join(" and ")}`,
      expected: `dimensions that are equal but for axis ${along}`,
    });
  }
  if (tensors.length === 1) return first;
  const total = tensors.reduce((sum, x) => sum + fixed("concat", `axis ${along}`, x.shape[along], x.shape), 0);
  const shape = planned(
    "concat",
    first.shape.map((dim, i) => (i === along ? total : dim)),
  );
  eachPart(tensors, along, (x, begin) => {
    offset("concat", shape, begin);
    four("concat", box(x.shape, shape, true));
  });
  return first.graph.add(concatOp, tensors, { axis: along }, { shape, dtype: "f32" })[0];
}
