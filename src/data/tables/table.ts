/** Tables: named columns of numbers or of words, as they were read. @module */
import { ConfigError, DataFormatError } from "../../errors.ts";

/** A column of numbers; NaN where a value is missing. */
export interface NumberColumn {
  readonly name: string;
  readonly kind: "numbers";
  readonly values: Float64Array;
}

/** A column of words: numbers of `categories`, -1 where a value is missing. */
export interface CategoryColumn {
  readonly name: string;
  readonly kind: "categories";
  readonly codes: Int32Array;
  /** Distinct, in order of first appearance. */
  readonly categories: readonly string[];
}

export type TableColumn = NumberColumn | CategoryColumn;

/** What a column holds. */
export type ColumnKind = TableColumn["kind"];

/** Rows of named values. */
export interface Table {
  /** The file, or what else it came from, for messages. */
  readonly source: string;
  readonly columns: readonly TableColumn[];
  /** Number of rows. */
  readonly length: number;
  /** The line of the source at which each row begins, from 1, for messages; null where there are no lines. */
  readonly lines: Int32Array | null;
}

/** A row for messages: its line in the file, or its number from 0; with its column, if it is one value's. */
export function placeOf({ source, lines }: Table, row: number, column?: string): string {
  const at = lines === null ? `row ${row}` : `line ${lines[row]}`;
  return `${source}, ${at}${column === undefined ? "" : `, column ${JSON.stringify(column)}`}`;
}

/** Names for messages; of many the first. */
export function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => JSON.stringify(name));
  return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}

/** A column by its name. @throws ConfigError naming the columns there are */
export function columnNamed(table: Table, name: string, where: string): TableColumn {
  const column = table.columns.find((column) => column.name === name);
  if (column !== undefined) return column;
  const names = table.columns.map((column) => column.name);
  const alike = names.find((other) => other.trim().toLowerCase() === name.trim().toLowerCase());
  throw new ConfigError({
    where: `${where}, ${table.source}`,
    got: `no column ${JSON.stringify(name)}`,
    expected: `one of ${quoted(names)}`,
    hint: alike === undefined ? undefined : `did you mean ${JSON.stringify(alike)}?`,
  });
}

/** Whether a row has no value in a column. */
export function isMissing(column: TableColumn, row: number): boolean {
  return column.kind === "numbers" ? Number.isNaN(column.values[row]) : column.codes[row] < 0;
}

/** @throws DataFormatError for a name that stands twice */
export function checkDistinct(names: readonly string[], where: string): void {
  const seen = new Map<string, number>();
  names.forEach((name, i) => {
    const before = seen.get(name);
    if (before !== undefined)
      throw new DataFormatError({
        where,
        got: `the name ${JSON.stringify(name)} for columns ${before + 1} and ${i + 1}`,
        expected: "a name of its own for each column",
      });
    seen.set(name, i);
  });
}
