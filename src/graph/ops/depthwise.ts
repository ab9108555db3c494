/** Convolutions of each channel by itself. @module */
import { ShapeError } from "../../errors.ts";
import { formatShape, isRows } from "../../shape.ts";
import type { Op, Tensor } from "../graph.ts";
import { broadcastTo } from "./broadcast.ts";
import { planned, tensor } from "./operands.ts";
import { reshape } from "./shaping.ts";
import { type Convolution, type DilatedWindow, imageSizes, type Padding, type Pair, paddingOf, pair, windowOf } from "./window.ts";

/** Options of {@link depthwiseConv2d}. */
export interface DepthwiseConv2dOptions {
  /** Default 1. */
  readonly strides?: Pair;
  /** Default `valid`. */
  readonly padding?: Padding;
  /** Rows and columns from tap to tap of a window. Default 1. */
  readonly dilationRate?: Pair;
}

/** The kernels' size arguments but the samples. */
interface Sizes extends DilatedWindow {
  readonly H: number;
  readonly W: number;
  readonly C: number;
}

const depthwiseOp: Op<Sizes> = {
  name: "depthwiseConv2d",
  lower(node, to) {
    const [x, w] = node.inputs;
    const { OH, OW } = node.attributes;
    const scratch = to.scratch("f32", 2 * (OH + OW));
    to.emit("depthwise_conv2d_nhwc_forward_f32", { y: to.output(node), x: to.pointer(x), w: to.pointer(w), ...node.attributes, N: x.shape[0], scratch });
  },
  gradient(node, [dy]) {
    if (dy === null) return [];
    const [x, w] = node.inputs;
    return [
      dy.graph.add(inputGradientOp, [dy, w], node.attributes, { shape: x.shape, dtype: "f32" })[0],
      dy.graph.add(filterGradientOp, [dy, x], node.attributes, { shape: w.shape, dtype: "f32" })[0],
    ];
  },
};

const inputGradientOp: Op<Sizes> = {
  name: "depthwiseConv2dInputGradient",
  accumulates: true,
  lower(node, to) {
    const [dy, w] = node.inputs;
    const { H, W } = node.attributes;
    to.emit("depthwise_conv2d_nhwc_backward_input_f32", {
      dx: to.output(node),
      dy: to.pointer(dy),
      w: to.pointer(w),
      ...node.attributes,
      N: dy.shape[0],
      beta: to.beta(node),
      scratch: to.scratch("f32", 2 * (H + W)),
    });
  },
};

const filterGradientOp: Op<Sizes> = {
  name: "depthwiseConv2dFilterGradient",
  accumulates: true,
  lower(node, to) {
    const [dy, x] = node.inputs;
    const { C, OH, OW } = node.attributes;
    to.emit("depthwise_conv2d_nhwc_backward_filter_f32", {
      dw: to.output(node),
      dy: to.pointer(dy),
      x: to.pointer(x),
      ...node.attributes,
      N: x.shape[0],
      ld: C,
      beta: to.beta(node),
      scratch: to.scratch("f32", 2 * (OH + OW)),
    });
  },
};

/** The depthwise convolution of images x [N,H,W,C] with filters w [KH,KW,C,multiplier]. */
export function depthwise(x: Tensor, w: Tensor, { where, shape: given, strides, padding, dilation }: Omit<Convolution, "groups">): Tensor {
  const { H, W, C } = imageSizes(where, x);
  const [KH, KW, , multiplier] = w.shape as readonly number[];
  const window = windowOf(where, given, { H, W }, [KH, KW], strides, padding, dilation);
  const [N, channels] = [x.shape[0], C * multiplier];
  // Each channel as often as it has filters: the kernels know one filter per channel.
  const repeated = multiplier === 1 ? x : reshape(broadcastTo(reshape(x, [N, H, W, C, 1]), [N, H, W, C, multiplier]), [N, H, W, channels]);
  const shape = planned(where, [N, window.OH, window.OW, channels]);
  return x.graph.add(depthwiseOp, [repeated, w], { ...window, H, W, C: channels }, { shape, dtype: "f32" })[0];
}

/**
 * y[n,i,j,c m + q] = sum over a, b of x[n, i strides + a dilationRate - pad, j strides + b dilationRate - pad, c] w[a,b,c,q]: images
 * x [N,H,W,C], filters w [KH,KW,C,m] (Keras's order), y [N,OH,OW,C m]. x is 0 outside. Gradients: as of conv2d, channel by channel.
 * @throws ShapeError if x is no batch of images, w no filters for them, or no window fits; ConfigError for bad strides, padding or dilation
 */
export function depthwiseConv2d(x: Tensor, w: Tensor, { strides = 1, padding = "valid", dilationRate = 1 }: DepthwiseConv2dOptions = {}): Tensor {
  const where = "depthwiseConv2d";
  tensor(where, x, "f32");
  tensor(where, w, "f32", x);
  const { C } = imageSizes(where, x);
  if (w.shape.length !== 4 || w.shape.some(isRows) || w.shape[2] !== C) {
    throw new ShapeError({
      where,
      got: `input ${formatShape(x.shape)} and filters ${formatShape(w.shape)}`,
      expected: `filters [height,width,${C},multiplier]`,
    });
  }
  pair(where, "kernel size", [w.shape[0] as number, w.shape[1] as number]);
  return depthwise(x, w, {
    where,
    shape: x.shape,
    strides: pair(where, "strides", strides),
    padding: paddingOf(where, padding),
    dilation: pair(where, "dilationRate", dilationRate),
  });
}
