/** Parts of tables. @module */
import { ConfigError } from "../../errors.ts";
import { heldOut } from "../dataset/split.ts";
import { columnNamed, isMissing, type Table, type TableColumn } from "./table.ts";

/** The columns of these names, in this order. @throws ConfigError for a name that no column has */
export function selectColumns(table: Table, names: readonly string[]): Table {
  return { ...table, columns: names.map((name) => columnNamed(table, name, "selectColumns")) };
}

/** The rows of these numbers (from 0), in this order. @throws ConfigError for a number that no row has */
export function takeRows(table: Table, rows: ArrayLike<number>): Table {
  for (let i = 0; i < rows.length; i++) {
    if (!Number.isInteger(rows[i]) || rows[i] < 0 || rows[i] >= table.length)
      throw new ConfigError({ where: `takeRows, ${table.source}`, got: String(rows[i]), expected: `an integer from 0 to ${table.length - 1}` });
  }
  const columns = table.columns.map((column): TableColumn => {
    if (column.kind === "numbers") return { ...column, values: Float64Array.from(rows, (row) => column.values[row]) };
    return { ...column, codes: Int32Array.from(rows, (row) => column.codes[row]) };
  });
  const { lines } = table;
  return { ...table, columns, length: rows.length, lines: lines === null ? null : Int32Array.from(rows, (row) => lines[row]) };
}

/** The rows that have a value in each of these columns. @param names default all @throws ConfigError for a name that no column has */
export function dropMissing(table: Table, names?: readonly string[]): Table {
  const columns = names?.map((name) => columnNamed(table, name, "dropMissing")) ?? table.columns;
  const rows: number[] = [];
  for (let row = 0; row < table.length; row++) if (!columns.some((column) => isMissing(column, row))) rows.push(row);
  return rows.length === table.length ? table : takeRows(table, rows);
}

/** Options of {@link splitRows}. */
export interface SplitRowsOptions {
  /** false: the last rows are held out, for rows in the order of time. Default true. */
  shuffle?: boolean;
  /** A column of categories whose shares both parts keep. Default none. */
  stratify?: string;
  /** Default 0. */
  seed?: number;
}

/**
 * Two parts of a table, the rest and the held-out, each in the table's order. The held-out part has round(fraction x length) rows.
 * @throws ConfigError unless both parts get a row, and stratified the rest one of each category, or where `stratify` names no column of categories
 */
export function splitRows(table: Table, fraction: number, options: SplitRowsOptions = {}): [rest: Table, heldOut: Table] {
  const { shuffle = true, stratify, seed = 0 } = options;
  const where = `splitRows, ${table.source}`;
  if (!shuffle && stratify !== undefined)
    throw new ConfigError({ where, got: "shuffle: false and stratify", expected: "one of them: the last rows are what they are" });
  let labels = new Int32Array(table.length);
  if (stratify !== undefined) {
    const column = columnNamed(table, stratify, "splitRows");
    if (column.kind === "numbers")
      throw new ConfigError({ where, got: `numbers in ${JSON.stringify(stratify)}`, expected: "a column of categories to stratify by" });
    labels = Int32Array.from(column.codes);
  }
  const taken = heldOut(labels, fraction, shuffle ? seed : null);
  const [rest, held] = [0, 1].map((part) => Int32Array.from(taken.keys()).filter((i) => taken[i] === part));
  return [takeRows(table, rest), takeRows(table, held)];
}
