/** Layers that make one value of several: `call(add(), a, b)`. @module */
import { ConfigError, ShapeError } from "../errors.ts";
import type { Tensor } from "../graph/graph.ts";
import * as ops from "../graph/ops/index.ts";
import { formatShape } from "../shape.ts";
import type { Layer } from "./layer.ts";
import { maskOf, withMask } from "./mask.ts";

/** Options of merging layers. */
export interface MergeOptions {
  name?: string;
}

/** Options of {@link concatenate}. */
export interface ConcatenateOptions extends MergeOptions {
  /** Which axis grows: from 1 on (0 is the batch), or from the end. Default -1. */
  axis?: number;
}

/** A layer of any number of inputs with as many dimensions; sizes may be 1 where others are not. A step counts if it does in each input that has a mask. */
function merging(where: string, className: string, options: MergeOptions, merge: (inputs: readonly Tensor[]) => Tensor): Layer {
  return {
    className,
    name: options.name,
    apply(_, { inputs }) {
      if (inputs.some(({ shape }) => shape.length !== inputs[0].shape.length)) {
        throw new ShapeError({
          where,
          got: `inputs ${inputs.map(({ shape }) => formatShape(shape)).join(" and ")}`,
          expected: "as many dimensions in each",
          hint: "put reshape() before the smaller one: dimensions of 1 are repeated",
        });
      }
      const masks = inputs.map(maskOf).filter((mask) => mask !== undefined);
      return masks.length === 0 ? merge(inputs) : withMask(merge(inputs), masks.reduce(ops.mul));
    },
    config: () => ({}),
  };
}

type Pairwise = (a: Tensor, b: Tensor) => Tensor;
const each =
  (f: Pairwise) =>
  (inputs: readonly Tensor[]): Tensor =>
    inputs.reduce(f);

/** y = the sum of the inputs [N,...]. Dimensions of 1 are repeated. @throws ShapeError if their shapes do not fit together */
export function add(options: MergeOptions = {}): Layer {
  return merging("add", "Add", options, each(ops.add));
}

/** y = a - b of two inputs [N,...]. Dimensions of 1 are repeated. @throws ShapeError if their shapes do not fit together; ConfigError unless there are two */
export function subtract(options: MergeOptions = {}): Layer {
  return merging("subtract", "Subtract", options, (inputs) => {
    if (inputs.length !== 2) throw new ConfigError({ where: "subtract", got: `${inputs.length} inputs`, expected: "2" });
    return ops.sub(inputs[0], inputs[1]);
  });
}

/** y = the product of the inputs [N,...]. Dimensions of 1 are repeated. @throws ShapeError if their shapes do not fit together */
export function multiply(options: MergeOptions = {}): Layer {
  return merging("multiply", "Multiply", options, each(ops.mul));
}

/** y = the mean of the inputs [N,...]. Dimensions of 1 are repeated. @throws ShapeError if their shapes do not fit together */
export function average(options: MergeOptions = {}): Layer {
  return merging("average", "Average", options, (inputs) => ops.mul(each(ops.add)(inputs), 1 / inputs.length));
}

/** y = the largest of the inputs [N,...], element by element. Equal ones share the gradient. @throws ShapeError if their shapes do not fit together */
export function maximum(options: MergeOptions = {}): Layer {
  return merging("maximum", "Maximum", options, each(ops.maximum));
}

/** y = the smallest of the inputs [N,...], element by element. Equal ones share the gradient. @throws ShapeError if their shapes do not fit together */
export function minimum(options: MergeOptions = {}): Layer {
  return merging("minimum", "Minimum", options, each(ops.minimum));
}

/**
 * The inputs [N,...] one after another along an axis.
 * @throws ConfigError for axis 0 or one that is no integer; ShapeError if their other sizes differ
 */
export function concatenate(options: ConcatenateOptions = {}): Layer {
  const { axis = -1 } = options;
  if (!Number.isInteger(axis) || axis === 0) {
    throw new ConfigError({ where: "concatenate", got: `axis = ${axis}`, expected: "an axis from 1 on, or from the end; 0 is the batch" });
  }
  const layer = merging("concatenate", "Concatenate", options, (inputs) => {
    const y = ops.concat(inputs, axis);
    const steps = axis === 1 || axis === 1 - y.shape.length;
    if (steps && inputs.some((x) => maskOf(x) !== undefined)) {
      throw new ConfigError({ where: "concatenate", got: "steps with a mask, joined along axis 1", expected: "values without masks, or another axis" });
    }
    return y;
  });
  return { ...layer, config: () => ({ axis }) };
}
