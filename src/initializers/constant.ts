/** One value everywhere. @module */
import { finite, type Initializer } from "./initializer.ts";

/** Zero everywhere. */
export function zeros(): Initializer {
  return { name: "zeros", config: () => ({}), fill: (y) => void y.fill(0) };
}

/** One everywhere. */
export function ones(): Initializer {
  return { name: "ones", config: () => ({}), fill: (y) => void y.fill(1) };
}

/** `value` everywhere. */
export function constant(value: number): Initializer {
  finite("constant", "value", value);
  return { name: "constant", config: () => ({ value }), fill: (y) => void y.fill(value) };
}
