/** What a parameter is, and how its axes lie in memory. @module */
import type { Constraint } from "../../constraints/index.ts";
import { ConfigError, ShapeError } from "../../errors.ts";
import type { Initializer } from "../../initializers/index.ts";
import type { Regularizer } from "../../regularizers/index.ts";

/** Number of values. */
export const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/**
 * What moves the values: an optimizer; the layer itself, for a `state` like moving statistics; the same for what is `carried` from batch to batch and
 * is no weight.
 */
export type Role = "trainable" | "state" | "carried";

/** A parameter or a state of a layer. */
export interface ParameterSpec {
  readonly role: Role;
  /** The layer's name. */
  readonly layer: string;
  /** `layer/parameter`, as in files. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** The axes of `shape` in the order memory has them; absent: as they are. */
  readonly layout?: readonly number[];
  /** Absent: no penalty. */
  readonly regularizer?: Regularizer;
  /** Absent: any value may be. */
  readonly constraint?: Constraint;
}

/** The shape of a parameter in memory. */
export function memoryShape({ shape, layout }: ParameterSpec): readonly number[] {
  return layout === undefined ? shape : layout.map((axis) => shape[axis]);
}

/**
 * A parameter's memory as [A,R,B], where R are the axes of `shape`; without axes all of it is R.
 * @throws ConfigError unless they are axes that lie together in memory
 */
export function dimsOver(spec: ParameterSpec, axes: readonly number[] | undefined): { A: number; R: number; B: number } {
  const sizes = memoryShape(spec);
  const order = spec.layout ?? sizes.map((_, axis) => axis);
  const places = (axes ?? order).map((axis) => order.indexOf(axis)).sort((a, b) => a - b);
  const [first, last] = [places[0] ?? 0, places.at(-1) ?? -1];
  if (places.includes(-1) || last - first !== places.length - 1) {
    throw new ConfigError({
      where: `constraint of ${spec.name}`,
      got: `axes [${axes?.join(",")}] of shape [${spec.shape.join(",")}]`,
      expected: places.includes(-1) ? `axes from 0 to ${sizes.length - 1}` : "axes that lie together in memory: all but the last of filters, or neighbours",
    });
  }
  return { A: elements(sizes.slice(0, first)), R: elements(sizes.slice(first, last + 1)), B: elements(sizes.slice(last + 1)) };
}

/** @throws ShapeError unless `layout` names each axis of `shape` once */
export function checkLayout(name: string, shape: readonly number[], layout: readonly number[]): void {
  if (layout.length === shape.length && shape.every((_, axis) => layout.includes(axis))) return;
  throw new ShapeError({
    where: `parameter ${name}`,
    got: `layout [${layout.join(",")}] for shape [${shape.join(",")}]`,
    expected: "each of its axes once",
  });
}
