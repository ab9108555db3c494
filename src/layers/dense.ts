/** Fully connected layer. @module */
import { ConfigError, ShapeError } from "../errors.ts";
import * as ops from "../graph/ops/index.ts";
import { describeInitializer, glorotUniform, type Initializer, zeros } from "../initializers/index.ts";
import { formatShape } from "../shape.ts";
import { type Activation, activationConfig, activationFunction } from "./activations.ts";
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
  return {
    className: "Dense",
    name,
    apply(x, context) {
      const width = x.shape.at(-1);
      if (x.shape.length < 2 || typeof width !== "number") {
        throw new ShapeError({ where: "dense", got: `input ${formatShape(x.shape)}`, expected: "[N,...,features]", hint: "put flatten() before it" });
      }
      let z = ops.matmul(x, context.parameter("kernel", [width, units], { initializer: kernelInitializer }));
      if (useBias) z = ops.add(z, context.parameter("bias", [units], { initializer: biasInitializer }));
      context.tap("preactivation", z);
      return activate(z);
    },
    config: () => ({
      units,
      activation: activationConfig("dense", activation),
      useBias,
      kernelInitializer: describeInitializer(kernelInitializer),
      biasInitializer: describeInitializer(biasInitializer),
    }),
  };
}
