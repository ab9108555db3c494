/** Fully connected layer. @module */

import { type Constraint, constraintOf, describeConstraint } from "../constraints/index.ts";
import { ConfigError, ShapeError } from "../errors.ts";
import * as ops from "../graph/ops/index.ts";
import { describeInitializer, glorotUniform, type Initializer, zeros } from "../initializers/index.ts";
import { describeRegularizer, type Regularizer, regularizerOf } from "../regularizers/index.ts";
import { formatShape } from "../shape.ts";
import { type Activation, activationConfig, activationFunction } from "./activations.ts";
import { penalized } from "./activity-regularization.ts";
import type { Layer } from "./layer.ts";

/** Options of {@link dense}. */
export interface DenseOptions {
  /** Default `linear`. */
  activation?: Activation;
  /** Default true. */
  useBias?: boolean;
  /** Default glorotUniform(), as in Keras (PyTorch: uniform within 1/sqrt(in)). */
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

/**
 * y = activation(x W + b): x [N,...,in], W [in,units], b [units], y [N,...,units].
 * @throws ConfigError if units is not a positive integer; ShapeError if x has no fixed last dimension
 */
export function dense(units: number, options: DenseOptions = {}): Layer {
  const { activation = "linear", useBias = true, kernelInitializer = glorotUniform(), biasInitializer = zeros(), name } = options;
  if (!Number.isInteger(units) || units < 1) {
    throw new ConfigError({ where: "dense", got: `units = ${units}`, expected: "a positive integer" });
  }
  const activate = activationFunction("dense", activation);
  const kernelRegularizer = regularizerOf("dense", options.kernelRegularizer);
  const biasRegularizer = regularizerOf("dense", options.biasRegularizer);
  const kernelConstraint = constraintOf("dense", options.kernelConstraint);
  const biasConstraint = constraintOf("dense", options.biasConstraint);
  const activityRegularizer = regularizerOf("dense", options.activityRegularizer);
  return {
    className: "Dense",
    name,
    apply(x, context) {
      const width = x.shape.at(-1);
      if (x.shape.length < 2 || typeof width !== "number") {
        throw new ShapeError({ where: "dense", got: `input ${formatShape(x.shape)}`, expected: "[N,...,features]", hint: "put flatten() before it" });
      }
      let z = ops.matmul(
        x,
        context.parameter("kernel", [width, units], { initializer: kernelInitializer, regularizer: kernelRegularizer, constraint: kernelConstraint }),
      );
      if (useBias)
        z = ops.add(z, context.parameter("bias", [units], { initializer: biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint }));
      context.tap("preactivation", z);
      return penalized(activate(z), activityRegularizer, context);
    },
    config: () => ({
      units,
      activation: activationConfig("dense", activation),
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
