/** `report.csv`: a row for each competitor, arm and seed. @module */
import type { Report } from "./report.ts";

/** What a spreadsheet would take for a formula, unless it is a number. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The report's rows as RFC 4180 has them: a line of names, then the values, CRLF behind each line, quotes where they are needed.
 * The last column tells whether the study is a quick one. Numbers are written in full; null is empty.
 * Text that begins like a formula has an apostrophe before it.
 */
export function renderCsv(report: Report): string {
  const names = [...new Set(report.rows.flatMap((row) => Object.keys(row)))].filter((name) => name !== "quick");
  const lines = [[...names, "quick"], ...report.rows.map((row) => [...names.map((name) => row[name] ?? null), report.quick ? "yes" : "no"])];
  return lines.map((line) => `${line.map(field).join(",")}\r\n`).join("");
}

function field(value: string | number | null): string {
  if (value === null || (typeof value === "number" && !Number.isFinite(value))) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
