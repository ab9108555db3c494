/** What dense and convolutions have in common: a kernel, a bias, an activation, and what is wanted of their values. @module */
import { type Constraint, constraintOf, describeConstraint } from "../constraints/index.ts";
import { ConfigError } from "../errors.ts";
import { describeInitializer, glorotUniform, type Initializer, zeros } from "../initializers/index.ts";
import { describeRegularizer, type Regularizer, regularizerOf } from "../regularizers/index.ts";
import { type Activation, type ActivationFunction, activationConfig, activationFunction } from "./activations.ts";
import type { ParameterOptions } from "./layer.ts";

/** The options that dense and convolutions share. */
export interface WeightOptions {
  /** Default `linear`. */
  activation?: Activation;
  /** Default true. */
  useBias?: boolean;
  /** Default glorotUniform(), as in Keras (PyTorch: uniform within 1/sqrt(inputs of a unit)). */
  kernelInitializer?: Initializer;
  /** Default zeros(). */
  biasInitializer?: Initializer;
  /** Penalty on the kernel: l1(), l2(), l1l2() or a name. Default: none. */
  kernelRegularizer?: Regularizer | string;
  /** Penalty on the bias. Default: none. */
  biasRegularizer?: Regularizer | string;
  /** What the kernel is kept to after each step: maxNorm(), unitNorm(), nonNegative() or a name. Default: anything goes. */
  kernelConstraint?: Constraint | string;
  /** What the bias is kept to. Default: anything goes. */
  biasConstraint?: Constraint | string;
  /** Penalty on what the layer gives: l1(), l2(), l1l2() or a name. Default: none. */
  activityRegularizer?: Regularizer | string;
}

/** The options, checked and with their defaults. */
export interface Weights {
  readonly activate: ActivationFunction;
  readonly kernel: ParameterOptions;
  /** Null without a bias. */
  readonly bias: ParameterOptions | null;
  readonly activityRegularizer: Regularizer | undefined;
  /** The options as JSON. */
  config(): Record<string, unknown>;
}

/** A number of filters or units. @throws ConfigError unless it is a positive integer */
export function countOf(where: string, name: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new ConfigError({ where, got: `${name} = ${value}`, expected: "a positive integer" });
}

/** Checks the options of the layer `where`. @throws ConfigError for unknown names */
export function weightsOf(where: string, options: WeightOptions): Weights {
  const { activation = "linear", useBias = true, kernelInitializer = glorotUniform(), biasInitializer = zeros() } = options;
  const kernelRegularizer = regularizerOf(where, options.kernelRegularizer);
  const biasRegularizer = regularizerOf(where, options.biasRegularizer);
  const kernelConstraint = constraintOf(where, options.kernelConstraint);
  const biasConstraint = constraintOf(where, options.biasConstraint);
  const activityRegularizer = regularizerOf(where, options.activityRegularizer);
  return {
    activate: activationFunction(where, activation),
    kernel: { initializer: kernelInitializer, regularizer: kernelRegularizer, constraint: kernelConstraint },
    bias: useBias ? { initializer: biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint } : null,
    activityRegularizer,
    config: () => ({
      activation: activationConfig(where, activation),
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
