/** Penalties on magnitudes and squares. @module */
import { ConfigError } from "../errors.ts";
import type { Regularizer } from "./regularizer.ts";

/** @throws ConfigError unless it is a finite f32 number of at least 0 */
function factor(where: string, name: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(Math.fround(value)) && value >= 0) return value;
  throw new ConfigError({
    where,
    got: `${name} = ${typeof value === "string" ? JSON.stringify(value) : String(value)}`,
    expected: "a finite number, 0 or more",
  });
}

/** Penalty l1 sum|v|: drives small values to 0. Default 0.01, as in Keras. @throws ConfigError unless l1 is finite and at least 0 */
export function l1(options: { l1?: number } = {}): Regularizer {
  const l1 = factor("l1", "l1", options.l1 ?? 0.01);
  return { name: "l1", l1, l2: 0, config: () => ({ l1 }) };
}

/** Penalty l2 sum v^2: keeps values small. Default 0.01, as in Keras (PyTorch's weight_decay is twice l2). @throws ConfigError unless l2 is finite and at least 0 */
export function l2(options: { l2?: number } = {}): Regularizer {
  const l2 = factor("l2", "l2", options.l2 ?? 0.01);
  return { name: "l2", l1: 0, l2, config: () => ({ l2 }) };
}

/** Elastic net: penalty l1 sum|v| + l2 sum v^2. Defaults 0, as Keras 3's L1L2. @throws ConfigError unless both are finite and at least 0 */
export function l1l2(options: { l1?: number; l2?: number } = {}): Regularizer {
  const l1 = factor("l1l2", "l1", options.l1 ?? 0);
  const l2 = factor("l1l2", "l2", options.l2 ?? 0);
  return { name: "l1l2", l1, l2, config: () => ({ l1, l2 }) };
}
