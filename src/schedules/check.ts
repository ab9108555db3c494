/** Checks of schedule options. @module */
import { ConfigError } from "../errors.ts";

/** @throws ConfigError unless all are finite and `test` holds */
export function check(where: string, options: Record<string, unknown>, test: (value: number) => boolean, expected: string): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(typeof value === "number" && Number.isFinite(value) && test(value))) throw new ConfigError({ where, got: `${name} = ${value}`, expected });
  }
}

/** @throws ConfigError unless all are finite and above 0 */
export function positive(where: string, options: Record<string, unknown>): void {
  check(where, options, (value) => value > 0, "a positive number");
}

/** @throws ConfigError unless all are finite and 0 or above */
export function nonNegative(where: string, options: Record<string, unknown>): void {
  check(where, options, (value) => value >= 0, "a finite number, 0 or more");
}
