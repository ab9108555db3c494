/** Values of options. @module */
import { UsageError } from "../errors.ts";

/** A number option. @throws UsageError */
export function number(name: string, text: string, test: (value: number) => boolean, expected: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || !test(value)) throw new UsageError({ where: name, got: JSON.stringify(text), expected });
  return value;
}

/** @throws UsageError unless it is 1, 2, 3 ... most */
export function integerUpTo(most: number, name: string, text: string): number {
  return number(name, text, (value) => Number.isInteger(value) && value >= 1 && value <= most, `an integer from 1 to ${most}`);
}

/** @throws UsageError unless it is 1, 2, 3 ... */
export function positiveInteger(name: string, text: string): number {
  return number(name, text, (value) => Number.isSafeInteger(value) && value > 0, "a positive integer");
}
