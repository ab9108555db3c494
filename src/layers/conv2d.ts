/** Convolution of images. @module */
import * as ops from "../graph/ops/index.ts";
import { imageSizes, paddingOf, pair } from "../graph/ops/window.ts";
import { penalized } from "./activity-regularization.ts";
import { channelsOfGroup, groupsOf } from "./groups.ts";
import type { Layer } from "./layer.ts";
import { countOf, type WeightOptions, weightsOf } from "./weights.ts";

/** Options of {@link conv2d}. */
export interface Conv2dLayerOptions extends WeightOptions {
  /** Steps down and right. Default 1. */
  strides?: ops.Pair;
  /** `valid` (default): no border. `same`: a border of zeros, so that the output is ceil(size / stride). */
  padding?: ops.Padding;
  /** Rows and columns from tap to tap of a window. Default 1. Unlike Keras, it goes with any strides. */
  dilationRate?: ops.Pair;
  /** Convolutions side by side, each of channels / groups of the input to filters / groups of the output. Default 1. */
  groups?: number;
  name?: string;
}

/** Filters [KH,KW,C,filters] lie in memory as [filters,KH,KW,C]. */
export const FILTERS_FIRST = [3, 0, 1, 2];

/**
 * y = activation(x * W + b): images x [N,H,W,C], W [KH,KW,C/groups,filters], b [filters], y [N,OH,OW,filters], where * slides W over x.
 * @param kernelSize of the window: a number, or height and width
 * @throws ConfigError for sizes that are not positive integers, an unknown padding, or groups that do not divide filters; ShapeError if x is no image
 * or smaller than the window, or its channels cannot be grouped
 */
export function conv2d(filters: number, kernelSize: ops.Pair, options: Conv2dLayerOptions = {}): Layer {
  const { strides = 1, padding = "valid", dilationRate = 1, groups = 1, name } = options;
  countOf("conv2d", "filters", filters);
  const size = pair("conv2d", "kernelSize", kernelSize);
  const step = pair("conv2d", "strides", strides);
  const dilation = pair("conv2d", "dilationRate", dilationRate);
  paddingOf("conv2d", padding);
  groupsOf("conv2d", groups, filters);
  const { activate, kernel, bias, activityRegularizer, config } = weightsOf("conv2d", options);
  return {
    className: "Conv2D",
    name,
    apply(x, context) {
      const channels = channelsOfGroup("conv2d", imageSizes("conv2d", x).C, groups);
      const w = context.parameter("kernel", [...size, channels, filters], { ...kernel, layout: FILTERS_FIRST });
      let z = ops.conv2d(x, w, { strides: step, padding, dilationRate: dilation, groups });
      if (bias !== null) z = ops.add(z, context.parameter("bias", [filters], bias));
      context.tap("preactivation", z);
      return penalized(activate(z), activityRegularizer, context);
    },
    config: () => ({ filters, kernelSize: [...size], strides: [...step], padding, dilationRate: [...dilation], groups, ...config() }),
  };
}
