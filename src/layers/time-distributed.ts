/** A layer on every step of a sequence. @module */
import { ConfigError, ShapeError } from "../errors.ts";
import * as ops from "../graph/ops/index.ts";
import { formatShape, isRows, times } from "../shape.ts";
import type { Layer } from "./layer.ts";

/**
 * y[n,t] = layer(x[n,t]): x [N,T,...], y [N,T,...]; all steps share the layer's parameters. It is frozen as the layer is.
 * @throws ConfigError unless it is given a layer, or for several inputs; ShapeError if x is no sequence of at least one feature, or a step does not fit the layer
 */
export function timeDistributed(layer: Layer, options: { name?: string } = {}): Layer {
  const where = "timeDistributed";
  if (typeof layer?.apply !== "function") throw new ConfigError({ where, got: String(layer), expected: "a layer" });
  return {
    className: "TimeDistributed",
    name: options.name,
    passesMask: true,
    get trainable() {
      return layer.trainable;
    },
    set trainable(trainable) {
      layer.trainable = trainable;
    },
    apply(x, context) {
      const [N, T, ...sample] = x.shape;
      if (x.shape.length < 3 || isRows(T)) throw new ShapeError({ where, got: `input ${formatShape(x.shape)}`, expected: "[N,steps,...]" });
      if (context.inputs.length > 1) throw new ConfigError({ where, got: `${context.inputs.length} inputs`, expected: "one" });
      const steps = ops.reshape(x, [times(N, T), ...sample]);
      const y = layer.apply(steps, {
        ...context,
        inputs: [steps],
        addPenalty: (penalty) => context.addPenalty(ops.sum(ops.reshape(penalty, [N, T, ...penalty.shape.slice(1)]), { axes: 1 })),
      });
      if (!("shape" in y)) throw new ConfigError({ where, got: `layer ${layer.className} of ${y.length} outputs`, expected: "a layer of one output" });
      return ops.reshape(y, [N, T, ...y.shape.slice(1)]);
    },
    config: () => ({ layer: { className: layer.className, name: layer.name, config: layer.config() } }),
  };
}
