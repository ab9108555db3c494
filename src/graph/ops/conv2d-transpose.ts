/** Transposed convolutions of images. @module */
import { ConfigError, ShapeError } from "../../errors.ts";
import { formatShape, isRows } from "../../shape.ts";
import type { Tensor } from "../graph.ts";
import { conv2dTransposeOp } from "./conv2d.ts";
import { planned, tensor } from "./operands.ts";
import { imageSizes, type Padding, type Pair, paddingOf, pair, reach } from "./window.ts";

/** Options of {@link conv2dTranspose}. */
export interface Conv2dTransposeOptions {
  /** Rows and columns of the result from pixel to pixel of x. Default 1. */
  readonly strides?: Pair;
  /** Default `valid`: all that the filters reach. `same`: size x strides. */
  readonly padding?: Padding;
  /** Rows and columns beyond the least size; below strides. Default: as many as make a result of size x strides, or one that holds all windows. */
  readonly outputPadding?: Pair;
  /** Rows and columns from tap to tap. Default 1. */
  readonly dilationRate?: Pair;
}

/** The extra rows and columns. @throws ConfigError unless they are whole numbers below the strides */
export function outputPaddingOf(where: string, value: Pair, [strideH, strideW]: readonly [number, number]): readonly [number, number] {
  const both = typeof value === "number" ? [value, value] : value;
  const fits = (n: number, stride: number): boolean => Number.isInteger(n) && n >= 0 && n < stride;
  if (Array.isArray(both) && both.length === 2 && fits(both[0], strideH) && fits(both[1], strideW)) return [both[0], both[1]];
  throw new ConfigError({
    where,
    got: `outputPadding = ${JSON.stringify(value)} with strides = [${strideH},${strideW}]`,
    expected: "whole numbers below the strides",
  });
}

/** Size of the result and elements before its start that the filters reach: Keras's rule. */
function side(size: number, kernel: number, stride: number, padding: Padding, extra: number | undefined): [size: number, pad: number] {
  if (padding === "valid") return [(size - 1) * stride + kernel + (extra ?? Math.max(0, stride - kernel)), 0];
  const total = extra === undefined ? stride + kernel - 2 : kernel + (kernel % 2) - 2 + extra;
  const before = Math.min(Math.ceil(total / 2), kernel - 1);
  return [extra === undefined ? size * stride : (size - 1) * stride + (kernel % 2) + extra, kernel - 1 - before];
}

/**
 * y[n, i strides + a dilationRate - pad, j strides + b dilationRate - pad, o] = the sum of x[n,i,j,c] w[c,a,b,o] over what falls there: images
 * x [N,H,W,C], filters w [C,KH,KW,filters] (in the order that is fast in memory; Keras's [KH,KW,filters,C] transposed), y [N,OH,OW,filters].
 * It is the gradient of the input of conv2d from y's images to x's, and that convolution is its own gradient: dx = conv2d(dy, w).
 * Size, with k = (kernel size - 1) dilationRate + 1: `valid` (H - 1) strides + max(k, strides); `same` H strides; with outputPadding p
 * (H - 1) strides + k + p and (H - 1) strides + k % 2 + p.
 * @throws ShapeError if x is no batch of images or w no filters for them, or nothing is left; ConfigError for bad strides, padding or dilation
 */
export function conv2dTranspose(x: Tensor, w: Tensor, options: Conv2dTransposeOptions = {}): Tensor {
  const where = "conv2dTranspose";
  const { padding = "valid", outputPadding } = options;
  tensor(where, x, "f32");
  tensor(where, w, "f32", x);
  const image = imageSizes(where, x);
  const [C, height, width, filters] = w.shape;
  if (w.shape.length !== 4 || w.shape.some(isRows) || C !== image.C) {
    throw new ShapeError({
      where,
      got: `input ${formatShape(x.shape)} and filters ${formatShape(w.shape)}`,
      expected: `filters [${image.C},height,width,filters]`,
      hint: "a parameter of Keras's shape [height,width,filters,channels] has this one with layout: [3, 0, 1, 2]",
    });
  }
  const [KH, KW] = pair(where, "kernel size", [height as number, width as number]);
  const [strideH, strideW] = pair(where, "strides", options.strides ?? 1);
  const dilation = pair(where, "dilationRate", options.dilationRate ?? 1);
  paddingOf(where, padding);
  const extra = outputPadding === undefined ? [undefined, undefined] : outputPaddingOf(where, outputPadding, [strideH, strideW]);
  const [dilationH, dilationW] = [KH === 1 ? 1 : dilation[0], KW === 1 ? 1 : dilation[1]];
  const [H, padTop] = side(image.H, reach(KH, dilationH), strideH, padding, extra[0]);
  const [W, padLeft] = side(image.W, reach(KW, dilationW), strideW, padding, extra[1]);
  if (H < 1 || W < 1) {
    throw new ShapeError({
      where,
      got: `input ${formatShape(x.shape)} for a result of ${H} x ${W}`,
      expected: "at least one row and column",
      hint: "leave outputPadding out: the result is as large as the image times strides",
    });
  }
  // The sizes of the convolution whose input is y.
  const sizes = {
    H,
    W,
    C: filters as number,
    OC: image.C,
    OH: image.H,
    OW: image.W,
    KH,
    KW,
    strideH,
    strideW,
    padTop,
    padLeft,
    dilationH,
    dilationW,
    groups: 1,
  };
  const shape = planned(where, [x.shape[0], H, W, filters]);
  return x.graph.add(conv2dTransposeOp, [x, w], sizes, { shape, dtype: "f32" })[0];
}
