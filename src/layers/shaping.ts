/** Layers that only change the shape. @module */
import { ConfigError, ShapeError } from "../errors.ts";
import * as ops from "../graph/ops/index.ts";
import { BATCH, count, formatShape } from "../shape.ts";
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
 * [N, ...] to [N, ...shape], the same number of values per sample. One size may be -1: it takes what is left over.
 * @throws ConfigError for sizes that are not positive integers; ShapeError if the numbers of values differ
 */
export function reshape(shape: readonly number[], options: { name?: string } = {}): Layer {
  const own = Array.isArray(shape) ? [...shape] : [Number.NaN];
  const sizes = own.filter((size) => size !== -1);
  if (!(sizes.every((size) => Number.isInteger(size) && size > 0) && own.length - sizes.length <= 1)) {
    throw new ConfigError({ where: "reshape", got: JSON.stringify(shape) ?? "nothing", expected: "positive integers, one of them perhaps -1" });
  }
  return {
    className: "Reshape",
    name: options.name,
    apply(x) {
      const open = own.length > sizes.length;
      const left = (count(x.shape.slice(1)) as number) / (count(sizes) as number);
      if (!(open ? Number.isInteger(left) && left > 0 : left === 1)) {
        const expected = `${open ? "a multiple of" : "as many values as"} ${formatShape([BATCH, ...sizes])}`;
        throw new ShapeError({ where: "reshape", got: `input ${formatShape(x.shape)}`, expected });
      }
      return ops.reshape(x, [x.shape[0], ...own.map((size) => (size === -1 ? left : size))]);
    },
    config: () => ({ shape: [...own] }),
  };
}

/**
 * Dimensions in another order: y.shape[i] = x.shape[dims[i - 1]], counted from 1; 0, the batch, stays in front.
 * @throws ConfigError unless dims are 1 to their number, each once; ShapeError if x has another number of dimensions
 */
export function permute(dims: readonly number[], options: { name?: string } = {}): Layer {
  const own = Array.isArray(dims) ? [...dims] : [Number.NaN];
  if (![...own].sort((a, b) => a - b).every((dim, i) => dim === i + 1)) {
    throw new ConfigError({
      where: "permute",
      got: JSON.stringify(dims) ?? "nothing",
      expected: "dimensions from 1 on, each once",
      hint: "0 is the batch, which stays in front",
    });
  }
  return {
    className: "Permute",
    name: options.name,
    apply(x) {
      if (x.shape.length !== own.length + 1) {
        throw new ShapeError({ where: "permute", got: `input ${formatShape(x.shape)}`, expected: `${own.length} dimensions after the batch` });
      }
      return ops.transpose(x, [0, ...own]);
    },
    config: () => ({ dims: [...own] }),
  };
}
