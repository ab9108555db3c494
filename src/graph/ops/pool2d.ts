/** Pooling of images. @module */
import type { Op, Tensor } from "../graph.ts";
import { planned, tensor } from "./operands.ts";
import { imageSizes, type Padding, type Pair, paddingOf, pair, type Window, windowOf } from "./window.ts";

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
