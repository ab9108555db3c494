/** Watching a quantity: which of two values is better. @module */
import { ConfigError } from "../errors.ts";

/** `auto` knows that losses, penalties and errors fall, and which metrics of ours rise; name the direction of any other quantity. */
export type MonitorMode = "auto" | "min" | "max";

/** The direction of a monitored quantity. @throws ConfigError if `auto` cannot tell */
export function directionOf(where: string, monitor: string, mode: MonitorMode): "min" | "max" {
  if (mode === "min" || mode === "max") return mode;
  if (mode !== "auto") throw new ConfigError({ where: `${where}, mode`, got: JSON.stringify(mode), expected: '"auto", "min" or "max"' });
  if (/(loss|penalty|error|mse|mae|mase)$/i.test(monitor)) return "min";
  if (/(accuracy|precision|recall|f1|auc|r2)$/i.test(monitor)) return "max";
  throw new ConfigError({
    where: `${where}, mode`,
    got: `"auto" for the monitor ${JSON.stringify(monitor)}`,
    expected: '"min" or "max": whether less or more is better',
  });
}

/** Whether `value` is better than `than` by more than `minDelta`. A NaN never is. */
export function isBetter(direction: "min" | "max", value: number, than: number, minDelta: number): boolean {
  return direction === "min" ? value + minDelta < than : value - minDelta > than;
}

/** What is worse than any value. */
export const worst = (direction: "min" | "max"): number => (direction === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);

/** @throws ConfigError unless all are integers of at least `least` */
export function integers(where: string, least: number, options: Record<string, number>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Number.isInteger(value) || value < least) throw new ConfigError({ where, got: `${name} = ${value}`, expected: `an integer, ${least} or more` });
  }
}

/** @throws ConfigError unless all are finite and at least 0 */
export function nonNegative(where: string, options: Record<string, number>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(Number.isFinite(value) && value >= 0)) throw new ConfigError({ where, got: `${name} = ${value}`, expected: "a finite number, 0 or more" });
  }
}
