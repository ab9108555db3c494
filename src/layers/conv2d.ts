/** Convolution of images. @module */

import { type Constraint, constraintOf, describeConstraint } from "../constraints/index.ts";
import { ConfigError } from "../errors.ts";
import * as ops from "../graph/ops/index.ts";
import { imageSizes, paddingOf, pair } from "../graph/ops/window.ts";
import { describeInitializer, glorotUniform, type Initializer, zeros } from "../initializers/index.ts";
import { describeRegularizer, type Regularizer, regularizerOf } from "../regularizers/index.ts";
import { type Activation, activationConfig, activationFunction } from "./activations.ts";
import { penalized } from "./activity-regularization.ts";
import type { Layer } from "./layer.ts";

/** Options of {@link conv2d}. */
export interface Conv2dLayerOptions {
  /** Steps down and right. Default 1. */
  strides?: ops.Pair;
  /** `valid` (default): no border. `same`: a border of zeros, so that the output is ceil(size / stride). */
  padding?: ops.Padding;
  /** Default `linear`. */
  activation?: Activation;
  /** Default true. */
  useBias?: boolean;
  /** Default glorotUniform(), as in Keras (PyTorch: uniform within 1/sqrt(inputs of a filter)). */
  kernelInitializer?: Initializer;
  /** Default zeros(). */
  biasInitializer?: Initializer;
  /** Penalties on the weights: l1(), l2(), l1l2() or a name. Default: none. */
  kernelRegularizer?: Regularizer | string;
  biasRegularizer?: Regularizer | string;
  /** What the weights are kept to after each step: maxNorm(), unitNorm(), nonNegative() or a name. Default: anything goes. */
  kernelConstraint?: Constraint | string;
  biasConstraint?: Constraint | string;
  /** Penalty on what the layer gives: l1(), l2(), l1l2() or a name. Default: none. */
  activityRegularizer?: Regularizer | string;
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
  const {
    strides = 1,
    padding = "valid",
    activation = "linear",
    useBias = true,
    kernelInitializer = glorotUniform(),
    biasInitializer = zeros(),
    name,
  } = options;
  if (!Number.isInteger(filters) || filters < 1) throw new ConfigError({ where: "conv2d", got: `filters = ${filters}`, expected: "a positive integer" });
  const size = pair("conv2d", "kernelSize", kernelSize);
  const step = pair("conv2d", "strides", strides);
  paddingOf("conv2d", padding);
  const activate = activationFunction("conv2d", activation);
  const kernelRegularizer = regularizerOf("conv2d", options.kernelRegularizer);
  const biasRegularizer = regularizerOf("conv2d", options.biasRegularizer);
  const kernelConstraint = constraintOf("conv2d", options.kernelConstraint);
  const biasConstraint = constraintOf("conv2d", options.biasConstraint);
  const activityRegularizer = regularizerOf("conv2d", options.activityRegularizer);
  return {
    className: "Conv2D",
    name,
    apply(x, context) {
      const channels = imageSizes("conv2d", x).C;
      const w = context.parameter("kernel", [...size, channels, filters], {
        initializer: kernelInitializer,
        layout: FILTERS_FIRST,
        regularizer: kernelRegularizer,
        constraint: kernelConstraint,
      });
      let z = ops.conv2d(x, w, { strides: step, padding });
      if (useBias)
        z = ops.add(z, context.parameter("bias", [filters], { initializer: biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint }));
      context.tap("preactivation", z);
      return penalized(activate(z), activityRegularizer, context);
    },
    config: () => ({
      filters,
      kernelSize: [...size],
      strides: [...step],
      padding,
      activation: activationConfig("conv2d", activation),
      useBias,
      kernelInitializer: describeInitializer(kernelInitializer),
      biasInitializer: describeInitializer(biasInitializer),
      kernelRegularizer: describeRegularizer(kernelRegularizer),
      biasRegularizer: describeRegularizer(biasRegularizer),
      kernelConstraint: describeConstraint(kernelConstraint),
      biasConstraint: describeConstraint(biasConstraint),
      activityRegularizer: describeRegularizer(activityRegularizer),
    }),
  };
}
