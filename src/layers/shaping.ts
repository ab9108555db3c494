/** Layers that only change the shape. @module */
import { ConfigError, ShapeError } from "../errors.ts";
import * as ops from "../graph/ops/index.ts";
import { BATCH, count, divide, formatShape, type Shape } from "../shape.ts";
import type { Layer } from "./layer.ts";

/** [N, a, b, ...] to [N, a b ...]. No computation. */
export function flatten(options: { name?: string } = {}): Layer {
  return {
    className: "Flatten",
    name: options.name,
    apply: (x) => ops.reshape(x, [x.shape[0], count(x.shape.slice(1))]),
    config: () => ({}),
  };
}

/**
 * [N, ...] to [N, ...shape], the same number of values per sample.
 * @throws ConfigError for sizes that are not positive integers; ShapeError if the numbers of values differ
 */
export function reshape(shape: readonly number[], options: { name?: string } = {}): Layer {
  if (!(Array.isArray(shape) && shape.every((size) => Number.isInteger(size) && size > 0))) {
    throw new ConfigError({ where: "reshape", got: JSON.stringify(shape) ?? "nothing", expected: "positive integers" });
  }
  return {
    className: "Reshape",
    name: options.name,
    apply(x) {
      const target: Shape = [BATCH, ...shape];
      if (divide(count(x.shape), count(target)) !== 1) {
        throw new ShapeError({ where: "reshape", got: `input ${formatShape(x.shape)}`, expected: `as many values as ${formatShape(target)}` });
      }
      return ops.reshape(x, target);
    },
    config: () => ({ shape: [...shape] }),
  };
}
