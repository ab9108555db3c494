/** Rows of a table as people read them. @module */
import { isMissing, type Table, type TableColumn } from "../data/tables/table.ts";
import type { TextColumn } from "./text-table.ts";

/** Values of some rows, a column of text for each column of the table but those of some names; the lines of the file first. */
export function columnsOfRows(table: Table, rows: readonly number[], without: readonly string[]): { line: TextColumn; values: TextColumn[] } {
  const { lines } = table;
  return {
    line: { name: lines === null ? "row" : "line", cells: rows.map((row) => String(lines?.[row] ?? row)), isNumber: true },
    values: table.columns
      .filter(({ name }) => !without.includes(name))
      .map((column) => ({ name: column.name, cells: rows.map((row) => valueText(column, row)), isNumber: column.kind === "numbers" })),
  };
}

/** A value as it was read; nothing where it is missing. */
export function valueText(column: TableColumn, row: number): string {
  if (isMissing(column, row)) return "";
  return column.kind === "numbers" ? String(column.values[row]) : column.categories[column.codes[row]];
}

/** A number with about so many digits, and no more than it has. */
export const digits = (value: number, count = 4): string => {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return value.toExponential(count - 1);
  const whole = size < 1 ? 1 : Math.floor(Math.log10(size)) + 1;
  return value.toFixed(Math.max(0, count - whole));
};
