/** Numbers of reports as people read them. @module */
import type { Axis, Column, Table, TableValue } from "./report.ts";

/** What stands where there is no value. */
export const NONE = "–";

/** A value of a table: text as it is, a number with its column's digits; {@link NONE} for null and what is not finite. */
export function tableText(value: TableValue, column: Omit<Column, "name">): string {
  if (typeof value === "string") return value;
  if (value === null || !Number.isFinite(value)) return NONE;
  const { digits, percent = false } = column;
  if (percent) return `${fixed(100 * value, digits ?? 2)} %`;
  return digits === undefined ? short(value) : fixed(value, digits);
}

const NUMBER = /^[+-]?(\d[\d,]*\.?\d*|\.\d+)(e[+-]?\d+)?$/;

/** Which columns hold numbers, that stand at the right. */
export function numericColumns({ columns, rows }: Pick<Table, "columns" | "rows">): boolean[] {
  return columns.map(({ digits, percent = false }, c) => {
    const values = rows.map((row) => row[c] ?? null).filter((value) => value !== null);
    return digits !== undefined || percent || (values.length > 0 && values.every((value) => typeof value === "number" || NUMBER.test(value)));
  });
}

/** `digits` behind the point; powers of ten where that would be endless. Zero has no sign. */
export function fixed(value: number, digits: number): string {
  if (Math.abs(value) >= (digits > 0 ? 1e5 : 1e9)) return power(value.toExponential(2));
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
}

/** As few digits as say it, four at most, or five before the point: `0.00316`, `1e-5`, `12,500`. */
export function short(value: number, precision = 4): string {
  if (!Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  if (size >= 1e4 && size < 1e7) return Math.round(value).toLocaleString("en");
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return power(Number(value.toPrecision(precision)).toExponential());
  return String(Number(value.toPrecision(Math.max(precision, Math.ceil(Math.log10(size))))));
}

/** A value along an axis. */
export const axisText = (value: number, { percent = false }: Pick<Axis, "percent">): string =>
  Number.isFinite(value) ? (percent ? `${short(100 * value)} %` : short(value)) : NONE;

/** `1.5e+7` without the plus. */
const power = (text: string): string => text.replace("e+", "e");
