/** Rectifier with slopes that are learnt. @module */
import { ConfigError, ShapeError } from "../errors.ts";
import * as ops from "../graph/ops/index.ts";
import { describeInitializer, type Initializer, zeros } from "../initializers/index.ts";
import { formatShape, isRows } from "../shape.ts";
import type { Layer } from "./layer.ts";

/** Options of {@link prelu}. */
export interface PreluOptions {
  /** Axes, from 1 on (0 is the batch), along which slopes are shared: `[1, 2]` gives an image one per channel. Default none: one for each element of a sample. */
  sharedAxes?: readonly number[];
  /** Default zeros(), as in Keras (PyTorch: 0.25). */
  alphaInitializer?: Initializer;
  name?: string;
}

/**
 * y = x where x > 0, else alpha x, alpha of a sample's shape with 1 at shared axes (He et al. 2015).
 * @throws ConfigError for axes that are no positive integers; ShapeError for axes that x does not have
 */
export function prelu(options: PreluOptions = {}): Layer {
  const { sharedAxes: axes = [], alphaInitializer = zeros(), name } = options;
  if (!(Array.isArray(axes) && axes.every((axis) => Number.isInteger(axis) && axis > 0)))
    throw new ConfigError({ where: "prelu", got: `sharedAxes = ${JSON.stringify(axes)}`, expected: "integers from 1 on; 0 is the batch" });
  const sharedAxes = [...axes];
  return {
    className: "PReLU",
    name,
    passesMask: true,
    apply(x, context) {
      const outside = sharedAxes.find((axis) => axis >= x.shape.length);
      if (outside !== undefined || x.shape.length < 2) {
        throw new ShapeError({
          where: "prelu",
          got: outside === undefined ? `input ${formatShape(x.shape)}` : `sharedAxes with ${outside} for input ${formatShape(x.shape)}`,
          expected: outside === undefined ? "[N,...,features]" : `axes from 1 to ${x.shape.length - 1}`,
        });
      }
      const shape = x.shape.slice(1).map((dim, i) => (sharedAxes.includes(i + 1) || isRows(dim) ? 1 : dim));
      context.tap("preactivation", x);
      const alpha = context.parameter("alpha", shape, { initializer: alphaInitializer });
      return ops.sub(ops.relu(x), ops.mul(alpha, ops.relu(ops.neg(x))));
    },
    config: () => ({ sharedAxes: [...sharedAxes], alphaInitializer: describeInitializer(alphaInitializer) }),
  };
}
