/** Transposed convolution of images. @module */

import { outputPaddingOf } from "../graph/ops/conv2d-transpose.ts";
import * as ops from "../graph/ops/index.ts";
import { imageSizes, paddingOf, pair } from "../graph/ops/window.ts";
import { penalized } from "./activity-regularization.ts";
import { FILTERS_FIRST } from "./conv2d.ts";
import type { Layer } from "./layer.ts";
import { countOf, type WeightOptions, weightsOf } from "./weights.ts";

/** Options of {@link conv2dTranspose}. */
export interface Conv2dTransposeLayerOptions extends WeightOptions {
  /** Rows and columns of the output from pixel to pixel of the input. Default 1. */
  strides?: ops.Pair;
  /** `valid` (default): all that the filters reach. `same`: size x strides. */
  padding?: ops.Padding;
  /** Rows and columns beyond the least size, below strides. Default: as many as give the sizes above. */
  outputPadding?: ops.Pair;
  /** Rows and columns from tap to tap. Default 1. */
  dilationRate?: ops.Pair;
  name?: string;
}

/**
 * y = activation(z + b) where every pixel of x adds its filters to z, strides apart: images x [N,H,W,C], W [KH,KW,filters,C], b [filters],
 * y [N,OH,OW,filters]. With k = (kernelSize - 1) dilationRate + 1, OH is (H - 1) strides + max(k, strides) for `valid`, H strides for `same`; with
 * outputPadding p (H - 1) strides + k + p and (H - 1) strides + k % 2 + p. Zeiler et al. 2010.
 * @param kernelSize of the filters: a number, or height and width
 * @throws ConfigError for sizes that are not positive integers, an unknown padding or too much outputPadding; ShapeError if x is no image
 */
export function conv2dTranspose(filters: number, kernelSize: ops.Pair, options: Conv2dTransposeLayerOptions = {}): Layer {
  const where = "conv2dTranspose";
  const { strides = 1, padding = "valid", outputPadding, dilationRate = 1, name } = options;
  countOf(where, "filters", filters);
  const size = pair(where, "kernelSize", kernelSize);
  const step = pair(where, "strides", strides);
  const dilation = pair(where, "dilationRate", dilationRate);
  paddingOf(where, padding);
  const extra = outputPadding == null ? undefined : outputPaddingOf(where, outputPadding, step);
  const { activate, kernel, bias, activityRegularizer, config } = weightsOf(where, options);
  return {
    className: "Conv2DTranspose",
    name,
    apply(x, context) {
      const w = context.parameter("kernel", [...size, filters, imageSizes(where, x).C], { ...kernel, layout: FILTERS_FIRST });
      let z = ops.conv2dTranspose(x, w, { strides: step, padding, dilationRate: dilation, outputPadding: extra });
      if (bias !== null) z = ops.add(z, context.parameter("bias", [filters], bias));
      context.tap("preactivation", z);
      return penalized(activate(z), activityRegularizer, context);
    },
    config: () => ({
      filters,
      kernelSize: [...size],
      strides: [...step],
      padding,
      outputPadding: extra === undefined ? null : [...extra],
      dilationRate: [...dilation],
      ...config(),
    }),
  };
}
