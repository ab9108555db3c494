/** An activation as a layer. @module */
import { type Activation, activationConfig, activationFunction } from "./activations.ts";
import type { Layer } from "./layer.ts";

/** y = f(x), any shape. @throws ConfigError for an unknown name */
export function activation(f: Activation, options: { name?: string } = {}): Layer {
  const apply = activationFunction("activation", f);
  return {
    className: "Activation",
    name: options.name,
    passesMask: true,
    apply(x, context) {
      context.tap("preactivation", x);
      return apply(x);
    },
    config: () => ({ activation: activationConfig("activation", f) }),
  };
}
