/** Normalization over the batch or over each row. @module */
import { type Constraint, constraintOf, describeConstraint } from "../constraints/index.ts";
import { ConfigError, ShapeError } from "../errors.ts";
import type { Tensor } from "../graph/graph.ts";
import * as ops from "../graph/ops/index.ts";
import { describeInitializer, type Initializer, ones, zeros } from "../initializers/index.ts";
import { describeRegularizer, type Regularizer, regularizerOf } from "../regularizers/index.ts";
import { formatShape } from "../shape.ts";
import type { Layer, LayerContext } from "./layer.ts";

/** Options of {@link layerNormalization}. */
export interface LayerNormalizationOptions {
  /** Added to the variance. Default 1e-3, as in Keras (PyTorch: 1e-5). */
  epsilon?: number;
  /** Add beta. Default true. */
  center?: boolean;
  /** Multiply by gamma. Default true. */
  scale?: boolean;
  /** Default zeros(). */
  betaInitializer?: Initializer;
  /** Default ones(). */
  gammaInitializer?: Initializer;
  /** Penalty on beta: l1(), l2(), l1l2() or a name. Default: none. */
  betaRegularizer?: Regularizer | string;
  /** Penalty on gamma. Default: none. */
  gammaRegularizer?: Regularizer | string;
  /** What beta is kept to after each step. Default: anything goes. */
  betaConstraint?: Constraint | string;
  /** What gamma is kept to. Default: anything goes. */
  gammaConstraint?: Constraint | string;
  name?: string;
}

/** Options of {@link batchNormalization}. */
export interface BatchNormalizationOptions extends LayerNormalizationOptions {
  /** How much of the moving statistics each pass of training keeps. Default 0.99, as in Keras (PyTorch: 0.9, which it calls momentum 0.1). */
  momentum?: number;
  /** Default zeros(). */
  movingMeanInitializer?: Initializer;
  /** Default ones(). */
  movingVarianceInitializer?: Initializer;
}

/** Gamma and beta of C channels, or what stands for them, and the options as JSON. */
interface Affine {
  readonly epsilon: number;
  parameters(x: Tensor, context: LayerContext): { C: number; gamma: Tensor; beta: Tensor };
  config(): Record<string, unknown>;
}

function affine(where: string, options: LayerNormalizationOptions): Affine {
  const { epsilon = 1e-3, center = true, scale = true, betaInitializer = zeros(), gammaInitializer = ones() } = options;
  if (!(Number.isFinite(epsilon) && epsilon > 0)) throw new ConfigError({ where, got: `epsilon = ${epsilon}`, expected: "a number above 0" });
  const betaRegularizer = regularizerOf(where, options.betaRegularizer);
  const gammaRegularizer = regularizerOf(where, options.gammaRegularizer);
  const betaConstraint = constraintOf(where, options.betaConstraint);
  const gammaConstraint = constraintOf(where, options.gammaConstraint);
  const fixed = (context: LayerContext, C: number, value: number): Tensor => ops.constant(context.graph, Array(C).fill(value), [C]);
  return {
    epsilon,
    parameters(x, context) {
      const C = x.shape.at(-1);
      if (x.shape.length < 2 || typeof C !== "number") throw new ShapeError({ where, got: `input ${formatShape(x.shape)}`, expected: "[N,...,channels]" });
      const of = (name: string, initializer: Initializer, regularizer?: Regularizer, constraint?: Constraint): Tensor =>
        context.parameter(name, [C], { initializer, regularizer, constraint });
      return {
        C,
        gamma: scale ? of("gamma", gammaInitializer, gammaRegularizer, gammaConstraint) : fixed(context, C, 1),
        beta: center ? of("beta", betaInitializer, betaRegularizer, betaConstraint) : fixed(context, C, 0),
      };
    },
    config: () => ({
      epsilon,
      center,
      scale,
      betaInitializer: describeInitializer(betaInitializer),
      gammaInitializer: describeInitializer(gammaInitializer),
      betaRegularizer: describeRegularizer(betaRegularizer),
      gammaRegularizer: describeRegularizer(gammaRegularizer),
      betaConstraint: describeConstraint(betaConstraint),
      gammaConstraint: describeConstraint(gammaConstraint),
    }),
  };
}

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta per channel of x [N,...,C] (Ioffe & Szegedy 2015). In training mean and variance are
 * those of the running pass, and movingMean = momentum movingMean + (1 - momentum) mean, movingVariance likewise, from the same biased variance, as in
 * Keras; in inference, and while the layer is frozen, they are the moving ones. A mask is handed on; the steps that it leaves out count like others.
 * @throws ConfigError unless epsilon is above 0 and momentum from 0 to 1; ShapeError if x has no fixed last dimension
 */
export function batchNormalization(options: BatchNormalizationOptions = {}): Layer {
  const { momentum = 0.99, movingMeanInitializer = zeros(), movingVarianceInitializer = ones(), name } = options;
  if (!(momentum >= 0 && momentum <= 1))
    throw new ConfigError({ where: "batchNormalization", got: `momentum = ${momentum}`, expected: "a number from 0 to 1" });
  const { epsilon, parameters, config } = affine("batchNormalization", options);
  return {
    className: "BatchNormalization",
    name,
    passesMask: true,
    apply(x, context) {
      const { C, gamma, beta } = parameters(x, context);
      const movingMean = context.state("movingMean", [C], { initializer: movingMeanInitializer });
      const movingVariance = context.state("movingVariance", [C], { initializer: movingVarianceInitializer });
      if (!(context.training && context.trainable)) return ops.batchNormInference(x, gamma, beta, movingMean, movingVariance, { epsilon });
      const { y, mean, variance } = ops.batchNorm(x, gamma, beta, { epsilon });
      const moved = (moving: Tensor, now: Tensor): Tensor => ops.add(ops.mul(moving, momentum), ops.mul(now, 1 - momentum));
      context.assign(movingMean, moved(movingMean, mean));
      context.assign(movingVariance, moved(movingVariance, variance));
      context.tap("mean", mean);
      context.tap("variance", variance);
      return y;
    },
    config: () => ({
      momentum,
      ...config(),
      movingMeanInitializer: describeInitializer(movingMeanInitializer),
      movingVarianceInitializer: describeInitializer(movingVarianceInitializer),
    }),
  };
}

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with the mean and biased variance of each row of x [N,...,C] over its last axis
 * (Ba, Kiros & Hinton 2016). A mask is handed on.
 * @throws ConfigError unless epsilon is above 0; ShapeError if x has no fixed last dimension
 */
export function layerNormalization(options: LayerNormalizationOptions = {}): Layer {
  const { epsilon, parameters, config } = affine("layerNormalization", options);
  return {
    className: "LayerNormalization",
    name: options.name,
    passesMask: true,
    apply(x, context) {
      const { gamma, beta } = parameters(x, context);
      return ops.layerNorm(x, gamma, beta, { epsilon });
    },
    config,
  };
}
