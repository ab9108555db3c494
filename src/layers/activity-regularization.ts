/** Penalties on what layers give. @module */
import type { Tensor } from "../graph/graph.ts";
import * as ops from "../graph/ops/index.ts";
import { l1l2, type Regularizer } from "../regularizers/index.ts";
import type { Layer, LayerContext } from "./layer.ts";

/** Adds a regularizer's penalty on y [N,...], summed over each sample's elements, as Keras does: its mean over the batch joins the gradient. Returns y. */
export function penalized(y: Tensor, regularizer: Regularizer | undefined, context: LayerContext): Tensor {
  if (regularizer === undefined || !context.training) return y;
  const { l1, l2 } = regularizer;
  const axes = y.shape.slice(1).map((_, i) => i + 1);
  const perSample = (x: Tensor, factor: number): Tensor => ops.mul(axes.length === 0 ? x : ops.sum(x, { axes }), factor);
  const parts = [...(l1 > 0 ? [perSample(ops.abs(y), l1)] : []), ...(l2 > 0 ? [perSample(ops.square(y), l2)] : [])];
  if (parts.length > 0) context.addPenalty(parts.reduce((a, b) => ops.add(a, b)));
  return y;
}

/** y = x, with the penalty l1 sum|x| + l2 sum x^2 of each sample. Both default to 0, as in Keras. @throws ConfigError unless both are finite and at least 0 */
export function activityRegularization(options: { l1?: number; l2?: number; name?: string } = {}): Layer {
  const { l1 = 0, l2 = 0, name } = options;
  const regularizer = l1l2({ l1, l2 });
  return { className: "ActivityRegularization", name, passesMask: true, apply: (x, context) => penalized(x, regularizer, context), config: () => ({ l1, l2 }) };
}
