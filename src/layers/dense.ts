/** Fully connected layer. @module */
import { ConfigError, ShapeError } from "../errors.ts";
import * as ops from "../graph/ops/index.ts";
import { prefersUnitRows } from "../graph/ops/rectified-linear.ts";
import { formatShape } from "../shape.ts";
import { penalized } from "./activity-regularization.ts";
import type { Layer } from "./layer.ts";
import { type WeightOptions, weightsOf } from "./weights.ts";

/** Options of {@link dense}. */
export interface DenseOptions extends WeightOptions {
  name?: string;
}

/**
 * y = activation(x W + b): x [N,...,in], W [in,units], b [units], y [N,...,units].
 * @throws ConfigError if units is not a positive integer; ShapeError if x has no fixed last dimension
 */
export function dense(units: number, options: DenseOptions = {}): Layer {
  if (!Number.isInteger(units) || units < 1) {
    throw new ConfigError({ where: "dense", got: `units = ${units}`, expected: "a positive integer" });
  }
  const { activate, kernel, bias, activityRegularizer, config } = weightsOf("dense", options);
  // Decided once: a kernel lies the same way in all Programs, also where training has noise before it and prediction has not.
  let unitRows: boolean | undefined;
  return {
    className: "Dense",
    name: options.name,
    passesMask: true,
    apply(x, context) {
      const width = x.shape.at(-1);
      if (x.shape.length < 2 || typeof width !== "number") {
        throw new ShapeError({ where: "dense", got: `input ${formatShape(x.shape)}`, expected: "[N,...,features]", hint: "put flatten() before it" });
      }
      unitRows ??= options.activation === "relu" && prefersUnitRows(x, units);
      const layout = unitRows ? [1, 0] : undefined;
      let z = ops.matmul(x, context.parameter("kernel", [width, units], { ...kernel, layout }), { transposeB: unitRows });
      if (bias !== null) z = ops.add(z, context.parameter("bias", [units], bias));
      context.tap("preactivation", z);
      return penalized(activate(z), activityRegularizer, context);
    },
    config: () => ({ units, ...config() }),
  };
}
