/** Pooling of images and sequences. @module */
import type { Op, Tensor } from "../graph.ts";
import { planned, tensor } from "./operands.ts";
import { reshape } from "./shaping.ts";
import { imageSizes, type Padding, type Pair, paddingOf, pair, positive, rowOf, type Window, windowOf } from "./window.ts";

/** Options of {@link maxPool2d} and {@link averagePool2d}. */
export interface Pool2dOptions {
  /** Default: the window's size. */
  readonly strides?: Pair;
  /** Default `valid`. What lies outside the image does not count. */
  readonly padding?: Padding;
}

/** The kernels' size arguments but the samples. */
export interface Pool2dSizes extends Window {
  readonly H: number;
  readonly W: number;
  readonly C: number;
}

export const maxPool2dOp: Op<Pool2dSizes> = {
  name: "maxPool2d",
  lower(node, to) {
    const [x] = node.inputs;
    to.emit("maxpool2d_nhwc_forward_f32", { y: to.output(node), argmax: to.output(node, 1), x: to.pointer(x), ...node.attributes, N: x.shape[0] });
  },
  gradient(node, [dy]) {
    if (dy === null) return [];
    const shape = node.inputs[0].shape;
    return [dy.graph.add(maxPoolGradientOp, [dy, node.outputs[1]], node.attributes, { shape, dtype: "f32" })[0]];
  },
};

const maxPoolGradientOp: Op<Pool2dSizes> = {
  name: "maxPool2dGradient",
  accumulates: true,
  lower(node, to) {
    const [dy, argmax] = node.inputs;
    to.emit("maxpool2d_nhwc_backward_f32", {
      dx: to.output(node),
      dy: to.pointer(dy),
      argmax: to.pointer(argmax),
      ...node.attributes,
      N: dy.shape[0],
      beta: to.beta(node),
    });
  },
};

const averagePool2dOp: Op<Pool2dSizes> = {
  name: "averagePool2d",
  lower(node, to) {
    const [x] = node.inputs;
    to.emit("averagepool2d_nhwc_forward_f32", { y: to.output(node), x: to.pointer(x), ...node.attributes, N: x.shape[0] });
  },
  gradient(node, [dy]) {
    if (dy === null) return [];
    return [dy.graph.add(averagePoolGradientOp, [dy], node.attributes, { shape: node.inputs[0].shape, dtype: "f32" })[0]];
  },
};

const averagePoolGradientOp: Op<Pool2dSizes> = {
  name: "averagePool2dGradient",
  accumulates: true,
  lower(node, to) {
    const [dy] = node.inputs;
    to.emit("averagepool2d_nhwc_backward_f32", { dx: to.output(node), dy: to.pointer(dy), ...node.attributes, N: dy.shape[0], beta: to.beta(node) });
  },
};

/** Shape and windows of a pooled x. */
function pooled(where: string, x: Tensor, poolSize: Pair, { strides = poolSize, padding = "valid" }: Pool2dOptions) {
  tensor(where, x, "f32");
  const image = imageSizes(where, x);
  const window = windowOf(where, x.shape, image, pair(where, "pool size", poolSize), pair(where, "strides", strides), paddingOf(where, padding));
  return { shape: planned(where, [x.shape[0], window.OH, window.OW, image.C]), sizes: { ...window, ...image } };
}

/**
 * y[n,i,j,c] = the largest x of window (i, j): x [N,H,W,C], y [N,OH,OW,C]; NaN if any is. Gradient: dy to the first of the largest, in
 * the order of rows and columns (PyTorch and TensorFlow choose it too).
 * @throws ShapeError if x is no batch of images or no window fits; ConfigError for bad sizes, strides or padding
 */
export function maxPool2d(x: Tensor, poolSize: Pair, options: Pool2dOptions = {}): Tensor {
  const { shape, sizes } = pooled("maxPool2d", x, poolSize, options);
  return x.graph.add(maxPool2dOp, [x], sizes, { shape, dtype: "f32" }, { shape, dtype: "i32" })[0];
}

/**
 * y[n,i,j,c] = the mean of x over what window (i, j) covers of the image: x [N,H,W,C], y [N,OH,OW,C]. Gradient: dy / (elements covered)
 * to each of them.
 * @throws ShapeError if x is no batch of images or no window fits; ConfigError for bad sizes, strides or padding
 */
export function averagePool2d(x: Tensor, poolSize: Pair, options: Pool2dOptions = {}): Tensor {
  const { shape, sizes } = pooled("averagePool2d", x, poolSize, options);
  return x.graph.add(averagePool2dOp, [x], sizes, { shape, dtype: "f32" })[0];
}

/** Options of {@link maxPool1d} and {@link averagePool1d}. */
export interface Pool1dOptions {
  /** Default: the window's length. */
  readonly strides?: number;
  /** Default `valid`. What lies outside the sequence does not count. */
  readonly padding?: Padding;
}

/** Pools sequences as images of one row. */
function pool1d(where: string, x: Tensor, poolSize: number, { strides = poolSize, padding = "valid" }: Pool1dOptions, pool: typeof maxPool2d): Tensor {
  tensor(where, x, "f32");
  const row = rowOf(where, x);
  const [, , length, C] = row.shape as readonly number[];
  const [size, step] = [positive(where, "pool size", poolSize), positive(where, "strides", strides)];
  windowOf(where, x.shape, { H: 1, W: length }, [1, size], [1, step], paddingOf(where, padding));
  const y = pool(row, [1, size], { strides: [1, step], padding });
  return reshape(y, [x.shape[0], y.shape[2], C]);
}

/**
 * y[n,t,c] = the largest x of window t: x [N,L,C], y [N,OL,C]; NaN if any is. Gradient: dy to the first of the largest.
 * @throws ShapeError if x is no batch of sequences or no window fits; ConfigError for bad sizes, strides or padding
 */
export function maxPool1d(x: Tensor, poolSize: number, options: Pool1dOptions = {}): Tensor {
  return pool1d("maxPool1d", x, poolSize, options, maxPool2d);
}

/**
 * y[n,t,c] = the mean of x over what window t covers of the sequence: x [N,L,C], y [N,OL,C]. Gradient: dy / (elements covered) to each of them.
 * @throws ShapeError if x is no batch of sequences or no window fits; ConfigError for bad sizes, strides or padding
 */
export function averagePool1d(x: Tensor, poolSize: number, options: Pool1dOptions = {}): Tensor {
  return pool1d("averagePool1d", x, poolSize, options, averagePool2d);
}
