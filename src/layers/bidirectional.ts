/** A recurrent layer both ways. @module */
import { ConfigError } from "../errors.ts";
import type { Tensor } from "../graph/graph.ts";
import * as ops from "../graph/ops/index.ts";
import type { Layer, LayerContext } from "./layer.ts";
import { maskOf, withMask } from "./mask.ts";
import type { RecurrentLayer } from "./recurrent.ts";

const merges = {
  concat: (a: Tensor, b: Tensor) => ops.concat([a, b]),
  sum: (a: Tensor, b: Tensor) => ops.add(a, b),
  mul: (a: Tensor, b: Tensor) => ops.mul(a, b),
  ave: (a: Tensor, b: Tensor) => ops.mul(ops.add(a, b), 0.5),
  none: (a: Tensor, b: Tensor) => [a, b],
};

/** How {@link bidirectional} puts both outputs together. */
export type MergeMode = keyof typeof merges;

/** Options of {@link bidirectional}. */
export interface BidirectionalOptions {
  /** `concat` (default): side by side; `sum`, `mul`, `ave`: added, multiplied, averaged; `none`: two outputs. */
  mergeMode?: MergeMode;
  name?: string;
}

/**
 * The layer, and another with the same options that reads the other way (Schuster and Paliwal 1997). With `returnSequences` both outputs of a step stand
 * together. It is frozen as the layer is. Outputs: y (two with mergeMode `none`), then with `returnState` the states of both. Further inputs of a call: the states of both.
 * @throws ConfigError unless the layer is recurrent, for an unknown mergeMode or an odd number of states
 */
export function bidirectional(layer: RecurrentLayer, options: BidirectionalOptions = {}): Layer {
  const { mergeMode = "concat", name } = options;
  const where = "bidirectional";
  if (typeof layer?.reversed !== "function") {
    const got = typeof layer?.className === "string" ? `layer ${(layer as Layer).className}` : String(layer);
    throw new ConfigError({ where, got, expected: "a recurrent layer: simpleRnn, lstm or gru" });
  }
  if (!Object.hasOwn(merges, mergeMode))
    throw new ConfigError({ where, got: `mergeMode ${JSON.stringify(mergeMode)}`, expected: Object.keys(merges).join(", ") });
  const backward = layer.reversed();
  return {
    className: "Bidirectional",
    name,
    get trainable() {
      return layer.trainable;
    },
    set trainable(trainable) {
      layer.trainable = trainable;
    },
    apply(x, context) {
      const states = context.inputs.slice(1);
      if (states.length % 2 === 1) throw new ConfigError({ where, got: `${states.length} states`, expected: "as many for either way" });
      const half = states.length / 2;
      const [y, ...last] = [layer.apply(x, inner(context, "forward", layer, [x, ...states.slice(0, half)]))].flat();
      const [back, ...backLast] = [backward.apply(x, inner(context, "backward", layer, [x, ...states.slice(half)]))].flat();
      const merged = [merges[mergeMode](y, layer.returnSequences ? ops.reverse(back, 1) : back)].flat();
      const mask = maskOf(y);
      const outputs = [...(mask === undefined ? merged : merged.map((part) => withMask(part, mask))), ...last, ...backLast];
      return outputs.length === 1 ? outputs[0] : outputs;
    },
    config: () => ({ layer: { className: layer.className, name: layer.name, config: layer.config() }, mergeMode }),
  };
}

/** What a layer inside asks for, under a name of its own: `forward_lstm/kernel`, as in Keras. */
function inner(context: LayerContext, way: string, layer: Layer, inputs: readonly Tensor[]): LayerContext {
  const own = `${way}_${layer.name ?? layer.className.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase()}`;
  return {
    ...context,
    inputs,
    parameter: (name, shape, options) => context.parameter(`${own}/${name}`, shape, options),
    state: (name, shape, options) => context.state(`${own}/${name}`, shape, options),
    tap: (name, tensor) => context.tap(`${own}/${name}`, tensor),
  };
}
