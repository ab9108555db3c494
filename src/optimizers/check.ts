/** Checks of optimizer options. @module */
import { ConfigError } from "../errors.ts";

/** Whose defaults and form an optimizer has where Keras and PyTorch differ. */
export type Preset = "keras" | "torch";

function check(where: string, options: Record<string, number>, good: (value: number) => boolean, expected: string): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(Number.isFinite(value) && good(value))) throw new ConfigError({ where, got: `${name} = ${value}`, expected });
  }
}

/** @throws ConfigError unless all are finite and >= 0 */
export function nonNegative(where: string, options: Record<string, number>): void {
  check(where, options, (value) => value >= 0, "a finite number, 0 or more");
}

/** @throws ConfigError unless all are finite and > 0 */
export function positive(where: string, options: Record<string, number>): void {
  check(where, options, (value) => value > 0, "a finite number, more than 0");
}

/** Decay rates. @throws ConfigError unless all are in [0, 1) */
export function belowOne(where: string, options: Record<string, number>): void {
  check(where, options, (value) => value >= 0 && value < 1, "a number, 0 or more, below 1");
}

/** @throws ConfigError unless it is one of the two */
export function checkPreset(where: string, preset: string): void {
  if (preset !== "keras" && preset !== "torch") throw new ConfigError({ where, got: `preset ${JSON.stringify(preset)}`, expected: '"keras" or "torch"' });
}
