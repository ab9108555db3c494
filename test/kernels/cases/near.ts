/**
 * Running error analysis (Wilkinson 1963): numbers that carry how far their f32 computation may be off, so that a kernel's formula, written
 * in these operations, gives the tolerance of its result. Each operation adds one rounding; a fused multiply-add has one fewer than counted.
 */
import { U } from "../harness.ts";

/** A number, and the largest distance of what f32 makes of it. */
export interface Near {
  readonly value: number;
  readonly error: number;
}

/** A number of f32 as it is. */
export const given = (value: number): Near => ({ value, error: 0 });

const rounded = (value: number, error: number): Near => ({ value, error: error + 1.01 * U * (Math.abs(value) + error) + 2 ** -149 });

export const add = (a: Near, b: Near): Near => rounded(a.value + b.value, a.error + b.error);
export const sub = (a: Near, b: Near): Near => rounded(a.value - b.value, a.error + b.error);
export const mul = (a: Near, b: Near): Near => rounded(a.value * b.value, Math.abs(a.value) * b.error + Math.abs(b.value) * a.error + a.error * b.error);
export const div = (a: Near, b: Near): Near => {
  const value = a.value / b.value;
  return rounded(value, (a.error + Math.abs(value) * b.error) / Math.max(Math.abs(b.value) - b.error, 0));
};
export const sqrt = (a: Near): Near => {
  const value = Math.sqrt(a.value);
  return rounded(value, Math.max(Math.sqrt(a.value + a.error) - value, value - Math.sqrt(Math.max(a.value - a.error, 0))));
};
export const abs = (a: Near): Near => ({ ...a, value: Math.abs(a.value) });
export const max = (a: Near, b: Near): Near => ({ value: Math.max(a.value, b.value), error: Math.max(a.error, b.error) });
/** Off by 2 where the number may be of the other sign. */
export const sign = (a: Near): Near => ({ value: Math.sign(a.value), error: Math.abs(a.value) < a.error ? 2 : 0 });
