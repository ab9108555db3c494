/** One value per channel. @module */
import { ShapeError } from "../errors.ts";
import type { Tensor } from "../graph/graph.ts";
import * as ops from "../graph/ops/index.ts";
import { formatShape } from "../shape.ts";
import type { Layer } from "./layer.ts";
import { maskOf } from "./mask.ts";

/** Options of global pooling. */
export interface GlobalPoolOptions {
  /** Keep the dimensions that are pooled as 1. Default false. */
  keepDims?: boolean;
  name?: string;
}

function globalPool(where: string, className: string, pool: typeof ops.mean, dimensions: 1 | 2, { keepDims = false, name }: GlobalPoolOptions): Layer {
  return {
    className,
    name,
    apply(x) {
      if (x.shape.length !== dimensions + 2) {
        throw new ShapeError({ where, got: `input ${formatShape(x.shape)}`, expected: dimensions === 1 ? "sequences [N,T,C]" : "images [N,H,W,C]" });
      }
      return pool(x, { axes: dimensions === 1 ? [1] : [1, 2], keepDims });
    },
    config: () => ({ keepDims }),
  };
}

/** y = the mean of each channel: images x [N,H,W,C], y [N,C]. @throws ShapeError if x is no image */
export function globalAveragePool2d(options: GlobalPoolOptions = {}): Layer {
  return globalPool("globalAveragePool2d", "GlobalAveragePooling2D", ops.mean, 2, options);
}

/** y = the largest of each channel: images x [N,H,W,C], y [N,C]. Equal ones share the gradient. @throws ShapeError if x is no image */
export function globalMaxPool2d(options: GlobalPoolOptions = {}): Layer {
  return globalPool("globalMaxPool2d", "GlobalMaxPooling2D", ops.max, 2, options);
}

/** The mean over the steps that count; 0 where none does. */
function averageSteps(x: Tensor, options: ops.ReduceOptions = {}): Tensor {
  const mask = maskOf(x);
  if (mask === undefined) return ops.mean(x, options);
  const weights = ops.reshape(mask, [...mask.shape, 1]);
  return ops.div(ops.sum(ops.mul(x, weights), options), ops.maximum(ops.sum(weights, options), 1));
}

/** y = the mean of each channel over the steps, with a mask over those that count: x [N,T,C], y [N,C]. @throws ShapeError if x is no sequence */
export function globalAveragePool1d(options: GlobalPoolOptions = {}): Layer {
  return globalPool("globalAveragePool1d", "GlobalAveragePooling1D", averageSteps, 1, options);
}

/** y = the largest of each channel over all steps, mask or not: x [N,T,C], y [N,C]. Equal ones share the gradient. @throws ShapeError if x is no sequence */
export function globalMaxPool1d(options: GlobalPoolOptions = {}): Layer {
  return globalPool("globalMaxPool1d", "GlobalMaxPooling1D", ops.max, 1, options);
}
