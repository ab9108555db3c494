/** Convolution of images. @module */
import { ConfigError } from "../errors.ts";
import * as ops from "../graph/ops/index.ts";
import { imageSizes, paddingOf, pair } from "../graph/ops/window.ts";
import { penalized } from "./activity-regularization.ts";
import type { Layer } from "./layer.ts";
import { type WeightOptions, weightsOf } from "./weights.ts";

/** Options of {@link conv2d}. */
export interface Conv2dLayerOptions extends WeightOptions {
  /** Steps down and right. Default 1. */
  strides?: ops.Pair;
  /** `valid` (default): no border. `same`: a border of zeros, so that the output is ceil(size / stride). */
  padding?: ops.Padding;
  name?: string;
}

/** Filters [KH,KW,C,filters] lie in memory as [filters,KH,KW,C]. */
const FILTERS_FIRST = [3, 0, 1, 2];

/**
 * y = activation(x * W + b): images x [N,H,W,C], W [KH,KW,C,filters], b [filters], y [N,OH,OW,filters], where * slides W over x.
 * @param kernelSize of the window: a number, or height and width
 * @throws ConfigError for sizes that are not positive integers or an unknown padding; ShapeError if x is no image or smaller than the window
 */
export function conv2d(filters: number, kernelSize: ops.Pair, options: Conv2dLayerOptions = {}): Layer {
  const { strides = 1, padding = "valid", name } = options;
  if (!Number.isInteger(filters) || filters < 1) throw new ConfigError({ where: "conv2d", got: `filters = ${filters}`, expected: "a positive integer" });
  const size = pair("conv2d", "kernelSize", kernelSize);
  const step = pair("conv2d", "strides", strides);
  paddingOf("conv2d", padding);
  const { activate, kernel, bias, activityRegularizer, config } = weightsOf("conv2d", options);
  return {
    className: "Conv2D",
    name,
    apply(x, context) {
      const channels = imageSizes("conv2d", x).C;
      const w = context.parameter("kernel", [...size, channels, filters], { ...kernel, layout: FILTERS_FIRST });
      let z = ops.conv2d(x, w, { strides: step, padding });
      if (bias !== null) z = ops.add(z, context.parameter("bias", [filters], bias));
      context.tap("preactivation", z);
      return penalized(activate(z), activityRegularizer, context);
    },
    config: () => ({ filters, kernelSize: [...size], strides: [...step], padding, ...config() }),
  };
}
