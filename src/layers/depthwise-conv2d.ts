/** Depthwise convolution of images, alone and followed by one of single pixels. @module */
import * as ops from "../graph/ops/index.ts";
import { imageSizes, paddingOf, pair } from "../graph/ops/window.ts";
import { penalized } from "./activity-regularization.ts";
import { FILTERS_FIRST } from "./conv2d.ts";
import type { Layer } from "./layer.ts";
import { countOf, type WeightOptions, weightsOf } from "./weights.ts";

/** Options of windows and their filters, which {@link depthwiseConv2d} and {@link separableConv2d} share. */
interface DepthwiseOptions extends Omit<WeightOptions, "kernelInitializer" | "kernelRegularizer" | "kernelConstraint"> {
  /** Steps down and right. Default 1. Unlike Keras's, they may differ. */
  strides?: ops.Pair;
  /** `valid` (default): no border. `same`: a border of zeros, so that the output is ceil(size / stride). */
  padding?: ops.Padding;
  /** Rows and columns from tap to tap of a window. Default 1. Unlike Keras, it goes with any strides. */
  dilationRate?: ops.Pair;
  /** Filters per channel. Default 1. */
  depthMultiplier?: number;
  /** Of the filters of single channels. Default glorotUniform(). */
  depthwiseInitializer?: WeightOptions["kernelInitializer"];
  /** Penalty on them. Default: none. */
  depthwiseRegularizer?: WeightOptions["kernelRegularizer"];
  /** What they are kept to after each step. Default: anything goes. */
  depthwiseConstraint?: WeightOptions["kernelConstraint"];
  name?: string;
}

/** Options of {@link depthwiseConv2d}. */
export interface DepthwiseConv2dLayerOptions extends DepthwiseOptions {}

/** Options of {@link separableConv2d}. */
export interface SeparableConv2dLayerOptions extends DepthwiseOptions {
  /** Of the filters of single pixels. Default glorotUniform(). */
  pointwiseInitializer?: WeightOptions["kernelInitializer"];
  /** Penalty on them. Default: none. */
  pointwiseRegularizer?: WeightOptions["kernelRegularizer"];
  /** What they are kept to after each step. Default: anything goes. */
  pointwiseConstraint?: WeightOptions["kernelConstraint"];
}

/** The options of the filters of single channels, checked and with their defaults. */
function depthwiseOf(where: string, kernelSize: ops.Pair, options: DepthwiseOptions) {
  const { strides = 1, padding = "valid", dilationRate = 1, depthMultiplier = 1 } = options;
  const size = pair(where, "kernelSize", kernelSize);
  const window = { strides: pair(where, "strides", strides), padding: paddingOf(where, padding), dilationRate: pair(where, "dilationRate", dilationRate) };
  countOf(where, "depthMultiplier", depthMultiplier);
  const { depthwiseInitializer: kernelInitializer, depthwiseRegularizer: kernelRegularizer, depthwiseConstraint: kernelConstraint } = options;
  const weights = weightsOf(where, { ...options, kernelInitializer, kernelRegularizer, kernelConstraint });
  const config = (): Record<string, unknown> => {
    const { kernelInitializer, kernelRegularizer, kernelConstraint, ...rest } = weights.config();
    const depthwise = { depthwiseInitializer: kernelInitializer, depthwiseRegularizer: kernelRegularizer, depthwiseConstraint: kernelConstraint };
    const { strides, dilationRate } = window;
    return { kernelSize: [...size], strides: [...strides], padding, dilationRate: [...dilationRate], depthMultiplier, ...depthwise, ...rest };
  };
  return { size, window, depthMultiplier, weights, config };
}

/**
 * y = activation(z + b) where channel c of x makes the channels c m to c m + m - 1 of z, each by a filter: images x [N,H,W,C], W [KH,KW,C,m],
 * b [C m], y [N,OH,OW,C m], m = depthMultiplier. Chollet 2017.
 * @param kernelSize of the window: a number, or height and width
 * @throws ConfigError for sizes that are not positive integers or an unknown padding; ShapeError if x is no image or smaller than the window
 */
export function depthwiseConv2d(kernelSize: ops.Pair, options: DepthwiseConv2dLayerOptions = {}): Layer {
  const where = "depthwiseConv2d";
  const { size, window, depthMultiplier, weights, config } = depthwiseOf(where, kernelSize, options);
  const { activate, kernel, bias, activityRegularizer } = weights;
  return {
    className: "DepthwiseConv2D",
    name: options.name,
    apply(x, context) {
      const { C } = imageSizes(where, x);
      let z = ops.depthwiseConv2d(x, context.parameter("kernel", [...size, C, depthMultiplier], kernel), window);
      if (bias !== null) z = ops.add(z, context.parameter("bias", [C * depthMultiplier], bias));
      context.tap("preactivation", z);
      return penalized(activate(z), activityRegularizer, context);
    },
    config,
  };
}

/**
 * A depthwise convolution whose channels a convolution of single pixels mixes: images x [N,H,W,C], depthwiseKernel [KH,KW,C,m], pointwiseKernel
 * [1,1,C m,filters], bias [filters], y [N,OH,OW,filters], m = depthMultiplier. Chollet 2017.
 * @param kernelSize of the window: a number, or height and width
 * @throws ConfigError for sizes that are not positive integers or an unknown padding; ShapeError if x is no image or smaller than the window
 */
export function separableConv2d(filters: number, kernelSize: ops.Pair, options: SeparableConv2dLayerOptions = {}): Layer {
  const where = "separableConv2d";
  countOf(where, "filters", filters);
  const { size, window, depthMultiplier, weights, config } = depthwiseOf(where, kernelSize, options);
  const { pointwiseInitializer: kernelInitializer, pointwiseRegularizer: kernelRegularizer, pointwiseConstraint: kernelConstraint } = options;
  const pointwise = weightsOf(where, { kernelInitializer, kernelRegularizer, kernelConstraint });
  const { activate, kernel, bias, activityRegularizer } = weights;
  return {
    className: "SeparableConv2D",
    name: options.name,
    apply(x, context) {
      const { C } = imageSizes(where, x);
      const w = context.parameter("depthwiseKernel", [...size, C, depthMultiplier], kernel);
      const mix = context.parameter("pointwiseKernel", [1, 1, C * depthMultiplier, filters], { ...pointwise.kernel, layout: FILTERS_FIRST });
      let z = ops.conv2d(ops.depthwiseConv2d(x, w, window), mix);
      if (bias !== null) z = ops.add(z, context.parameter("bias", [filters], bias));
      context.tap("preactivation", z);
      return penalized(activate(z), activityRegularizer, context);
    },
    config: () => {
      const { kernelInitializer, kernelRegularizer, kernelConstraint } = pointwise.config();
      const own = { pointwiseInitializer: kernelInitializer, pointwiseRegularizer: kernelRegularizer, pointwiseConstraint: kernelConstraint };
      return { filters, ...config(), ...own };
    },
  };
}
