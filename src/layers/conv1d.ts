/** Convolution of sequences. @module */
import * as ops from "../graph/ops/index.ts";
import { positive, rowOf, sequencePaddingOf } from "../graph/ops/window.ts";
import { penalized } from "./activity-regularization.ts";
import { channelsOfGroup, groupsOf } from "./groups.ts";
import type { Layer } from "./layer.ts";
import { countOf, type WeightOptions, weightsOf } from "./weights.ts";

/** Options of {@link conv1d}. */
export interface Conv1dLayerOptions extends WeightOptions {
  /** Default 1. */
  strides?: number;
  /** `valid` (default): no border. `same`: zeros on both sides, `causal`: zeros before the start, so that the output is ceil(length / stride). */
  padding?: ops.SequencePadding;
  /** Steps from tap to tap of a window. Default 1. Unlike Keras, it goes with any strides. */
  dilationRate?: number;
  /** Convolutions side by side, each of channels / groups of the input to filters / groups of the output. Default 1. */
  groups?: number;
  name?: string;
}

/** Filters [K,C,filters] lie in memory as [filters,K,C]. */
const FILTERS_FIRST = [2, 0, 1];

/**
 * y = activation(x * W + b): sequences x [N,L,C], W [K,C/groups,filters], b [filters], y [N,OL,filters], where * slides W over x.
 * @param kernelSize of the window
 * @throws ConfigError for sizes that are not positive integers, an unknown padding, or groups that do not divide filters; ShapeError if x is no
 * sequence or shorter than the window, or its channels cannot be grouped
 */
export function conv1d(filters: number, kernelSize: number, options: Conv1dLayerOptions = {}): Layer {
  const { strides = 1, padding = "valid", dilationRate = 1, groups = 1, name } = options;
  countOf("conv1d", "filters", filters);
  positive("conv1d", "kernelSize", kernelSize);
  positive("conv1d", "strides", strides);
  positive("conv1d", "dilationRate", dilationRate);
  sequencePaddingOf("conv1d", padding);
  groupsOf("conv1d", groups, filters);
  const { activate, kernel, bias, activityRegularizer, config } = weightsOf("conv1d", options);
  return {
    className: "Conv1D",
    name,
    apply(x, context) {
      const channels = channelsOfGroup("conv1d", rowOf("conv1d", x).shape[3] as number, groups);
      const w = context.parameter("kernel", [kernelSize, channels, filters], { ...kernel, layout: FILTERS_FIRST });
      let z = ops.conv1d(x, w, { strides, padding, dilationRate, groups });
      if (bias !== null) z = ops.add(z, context.parameter("bias", [filters], bias));
      context.tap("preactivation", z);
      return penalized(activate(z), activityRegularizer, context);
    },
    config: () => ({ filters, kernelSize, strides, padding, dilationRate, groups, ...config() }),
  };
}
