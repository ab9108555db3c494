/** What the public functions check before they make a node. @module */
import { ConfigError, ShapeError } from "../../errors.ts";
import { type Dim, formatShape, isRows, type Shape } from "../../shape.ts";
import type { Tensor } from "../graph.ts";
import { constant } from "./leaf.ts";

/** An operand: a tensor, or a number that stands for a scalar. */
export type Value = Tensor | number;

/** True for a tensor: user code may be JavaScript and hand over anything. */
function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && "graph" in value && "node" in value;
}

/** The operands as f32 tensors of one graph. @throws ConfigError for anything else */
export function operands<T extends readonly Value[]>(where: string, ...values: T): { [I in keyof T]: Tensor } {
  const first = values.find(isTensor);
  const made = values.map((value, i) => {
    if (isTensor(value)) return tensor(where, value, "f32", first);
    if (typeof value === "number" && first !== undefined) return constant(first.graph, [value], []);
    const got = typeof value === "number" ? "numbers only" : `${describe(value)} as operand ${i + 1}`;
    throw new ConfigError({
      where,
      got,
      expected: "a tensor, or tensors and numbers",
      hint: "compute numbers before they go into the graph; make other values with constant(graph, values, shape)",
    });
  });
  return made as { [I in keyof T]: Tensor };
}

/** The tensor itself. @throws ConfigError if it is none, not of this type, or of another graph than `other` */
export function tensor(where: string, value: unknown, dtype: "f32" | "i32" | "any", other?: Tensor): Tensor {
  if (!isTensor(value)) throw new ConfigError({ where, got: describe(value), expected: "a tensor" });
  if (other !== undefined && other.graph !== value.graph) {
    throw new ConfigError({
      where,
      got: "tensors of two graphs",
      expected: "tensors of one graph",
      hint: "a tensor belongs to the model it was made for; do not keep it outside apply()",
    });
  }
  if (dtype !== "any" && value.dtype !== dtype) {
    throw new ConfigError({
      where,
      got: `a tensor ${formatShape(value.shape)} of type ${value.dtype}`,
      expected: `type ${dtype}`,
      hint: `convert it with cast(x, "${dtype}")`,
    });
  }
  return value;
}

function describe(value: unknown): string {
  return value === null || value === undefined ? String(value) : Array.isArray(value) ? "an array" : `a ${typeof value}`;
}

/** The shape itself. @throws ShapeError if its size is not a constant or rows x constant, or a dimension is no count */
export function planned(where: string, shape: Shape): Shape {
  const bad = shape.find((dim) => !Number.isInteger(isRows(dim) ? dim.rows : dim) || (isRows(dim) ? dim.rows : dim) < 0);
  if (bad !== undefined) throw new ShapeError({ where, got: `shape ${formatShape(shape)}`, expected: "dimensions that are whole numbers, 0 or more" });
  if (shape.filter(isRows).length > 1) {
    throw new ShapeError({
      where,
      got: `a result of shape ${formatShape(shape)}`,
      expected: "at most one dimension that grows with the batch",
      hint: "a tensor of batch x batch values has no size that can be planned; compare samples with a fixed set instead",
    });
  }
  return shape;
}

/** The axis counted from 0; -1 is the last. @throws ShapeError if the shape has no such axis */
export function axisOf(where: string, axis: number, shape: Shape): number {
  const { length } = shape;
  if (!Number.isInteger(axis) || axis < -length || axis >= length) {
    throw new ShapeError({
      where,
      got: `axis ${axis} of shape ${formatShape(shape)}`,
      expected: length === 0 ? "a tensor with at least one dimension" : `an axis from ${-length} to ${length - 1}`,
    });
  }
  return axis < 0 ? axis + length : axis;
}

/** A dimension as a number. @throws ShapeError if it grows with the batch */
export function fixed(where: string, what: string, dim: Dim, shape: Shape): number {
  if (isRows(dim)) {
    throw new ShapeError({
      where,
      got: `shape ${formatShape(shape)}`,
      expected: `${what} that does not grow with the batch`,
      hint: "bring the batch dimension to the front with transpose() first: positions in memory must not depend on the rows of the batch",
    });
  }
  return dim;
}

/** The number itself. @throws ConfigError unless it is a number that `holds` */
export function option(where: string, name: string, value: number, expected: string, holds: (value: number) => boolean): number {
  if (typeof value !== "number" || !holds(value)) throw new ConfigError({ where, got: `${name} = ${String(value)}`, expected });
  return value;
}
