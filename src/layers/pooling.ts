/** Pooling of images and sequences. @module */
import type { Tensor } from "../graph/graph.ts";
import * as ops from "../graph/ops/index.ts";
import { paddingOf, pair, positive } from "../graph/ops/window.ts";
import type { Layer } from "./layer.ts";

/** Options of {@link maxPool2d} and {@link averagePool2d}. */
export interface Pool2dLayerOptions {
  /** Steps down and right. Default: the window's size. */
  strides?: ops.Pair;
  /** `valid` (default): what does not fill a window is left out. `same`: ceil(size / stride) windows, of which only what lies inside the image counts. */
  padding?: ops.Padding;
  name?: string;
}

type Pool = (x: Tensor, poolSize: ops.Pair, options: ops.Pool2dOptions) => Tensor;

function pooling(where: string, className: string, pool: Pool, poolSize: ops.Pair, options: Pool2dLayerOptions): Layer {
  const { padding = "valid", name } = options;
  const size = pair(where, "poolSize", poolSize);
  const strides = pair(where, "strides", options.strides ?? size);
  paddingOf(where, padding);
  return {
    className,
    name,
    apply: (x) => pool(x, size, { strides, padding }),
    config: () => ({ poolSize: [...size], strides: [...strides], padding }),
  };
}

/**
 * y = the largest of each window: images x [N,H,W,C], y [N,OH,OW,C]. The gradient goes to the first of the largest.
 * @param poolSize of the window: a number, or height and width. Default 2
 * @throws ConfigError for sizes that are not positive integers or an unknown padding; ShapeError if x is no image or smaller than the window
 */
export function maxPool2d(poolSize: ops.Pair = 2, options: Pool2dLayerOptions = {}): Layer {
  return pooling("maxPool2d", "MaxPooling2D", ops.maxPool2d, poolSize, options);
}

/**
 * y = the mean of each window: images x [N,H,W,C], y [N,OH,OW,C].
 * @param poolSize of the window: a number, or height and width. Default 2
 * @throws ConfigError for sizes that are not positive integers or an unknown padding; ShapeError if x is no image or smaller than the window
 */
export function averagePool2d(poolSize: ops.Pair = 2, options: Pool2dLayerOptions = {}): Layer {
  return pooling("averagePool2d", "AveragePooling2D", ops.averagePool2d, poolSize, options);
}

/** Options of {@link maxPool1d} and {@link averagePool1d}. */
export interface Pool1dLayerOptions {
  /** Default: the window's length. */
  strides?: number;
  /** `valid` (default): what does not fill a window is left out. `same`: ceil(length / stride) windows, of which only what lies inside the sequence counts. */
  padding?: ops.Padding;
  name?: string;
}

function pooling1d(where: string, className: string, pool: typeof ops.maxPool1d, poolSize: number, options: Pool1dLayerOptions): Layer {
  const { strides = poolSize, padding = "valid", name } = options;
  positive(where, "poolSize", poolSize);
  positive(where, "strides", strides);
  paddingOf(where, padding);
  return {
    className,
    name,
    apply: (x) => pool(x, poolSize, { strides, padding }),
    config: () => ({ poolSize, strides, padding }),
  };
}

/**
 * y = the largest of each window: sequences x [N,L,C], y [N,OL,C]. The gradient goes to the first of the largest.
 * @param poolSize of the window. Default 2
 * @throws ConfigError for sizes that are not positive integers or an unknown padding; ShapeError if x is no sequence or shorter than the window
 */
export function maxPool1d(poolSize = 2, options: Pool1dLayerOptions = {}): Layer {
  return pooling1d("maxPool1d", "MaxPooling1D", ops.maxPool1d, poolSize, options);
}

/**
 * y = the mean of each window: sequences x [N,L,C], y [N,OL,C].
 * @param poolSize of the window. Default 2
 * @throws ConfigError for sizes that are not positive integers or an unknown padding; ShapeError if x is no sequence or shorter than the window
 */
export function averagePool1d(poolSize = 2, options: Pool1dLayerOptions = {}): Layer {
  return pooling1d("averagePool1d", "AveragePooling1D", ops.averagePool1d, poolSize, options);
}
