/** Layers written by users. @module */
import type { Tensor } from "../graph/graph.ts";
import type { Layer, LayerContext } from "./layer.ts";

/** What {@link defineLayer} takes. */
export interface LayerDefinition {
  /** As in Keras: PascalCase. */
  className: string;
  name?: string;
  /** The first input's mask goes on to the output. Default false. */
  passesMask?: boolean;
  /** Composes ops; gradients follow by themselves. A layer of several outputs gives a list. */
  apply(x: Tensor, context: LayerContext): Tensor | readonly Tensor[];
  /** Options to store in `toJSON`; default none. */
  config?(): Record<string, unknown>;
}

/**
 * A layer of your own.
 * @example
 * const scale = defineLayer({
 *   className: "Scale",
 *   apply: (x, { parameter }) => ops.mul(x, parameter("gain", [1], { initializer: ones() })),
 * });
 */
export function defineLayer(definition: LayerDefinition): Layer {
  const { className, name, passesMask, config } = definition;
  return { className, name, passesMask, apply: (x, context) => definition.apply(x, context), config: () => config?.() ?? {} };
}
