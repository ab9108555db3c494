/** Checks of optimizer options. @module */
import { ConfigError } from "../errors.ts";

/** @throws ConfigError unless all are finite and >= 0 */
export function nonNegative(where: string, options: Record<string, number>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(Number.isFinite(value) && value >= 0)) throw new ConfigError({ where, got: `${name} = ${value}`, expected: "a finite number, 0 or more" });
  }
}
