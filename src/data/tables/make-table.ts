/** Tables from values in memory. @module */
import { ConfigError, DataFormatError, NumericError, ShapeError } from "../../errors.ts";
import { isRecord } from "../dataset/by-name.ts";
import { type ColumnKind, checkDistinct, quoted, type Table, type TableColumn } from "./table.ts";

/** A value of a table; null, undefined and NaN are missing. */
export type TableValue = number | string | boolean | null | undefined;

/** What {@link table} takes: columns or rows. */
export interface TableOptions {
  /** The values of each column by its name. */
  columns?: Readonly<Record<string, ArrayLike<TableValue>>>;
  /** Objects with a value for each column, as JSON has them; what a row does not have is missing. */
  rows?: readonly Readonly<Record<string, TableValue>>[];
  /** What columns hold, by name. Default: numbers where all values are, else categories; both in one column must be declared. */
  kinds?: Readonly<Record<string, ColumnKind>>;
  /** What messages call it. Default `"table"`. */
  source?: string;
}

/**
 * A table from columns or rows in memory.
 * @throws ShapeError for columns of different lengths or no rows, DataFormatError naming row and column for text among numbers, NumericError for an
 * infinity, ConfigError for kinds of columns that are not there
 * @example
 * table({ rows: JSON.parse(text) });
 */
export function table(options: TableOptions): Table {
  const { kinds = {}, source = "table" } = options;
  const given = columnsOf(options, source);
  const names = [...given.keys()];
  checkDistinct(names, source);
  const unknown = Object.keys(kinds).find((name) => !given.has(name));
  if (unknown !== undefined)
    throw new ConfigError({ where: `kinds, ${source}`, got: `no column ${JSON.stringify(unknown)}`, expected: `one of ${quoted(names)}` });
  const length = [...given.values()][0]?.length ?? 0;
  if (length === 0) throw new ShapeError({ where: source, got: names.length === 0 ? "no columns" : "no rows", expected: "at least one row" });
  const columns = names.map((name): TableColumn => {
    const values = given.get(name) as ArrayLike<TableValue>;
    if (values.length !== length)
      throw new ShapeError({
        where: `${source}, column ${JSON.stringify(name)}`,
        got: `${values.length} values`,
        expected: `${length}, as in ${JSON.stringify(names[0])}`,
      });
    return columnOf(name, values, Object.hasOwn(kinds, name) ? kinds[name] : undefined, source);
  });
  return { source, columns, length, lines: null };
}

function columnsOf({ columns, rows }: TableOptions, source: string): Map<string, ArrayLike<TableValue>> {
  if ((columns === undefined) === (rows === undefined))
    throw new ConfigError({ where: source, got: columns === undefined ? "neither columns nor rows" : "columns and rows", expected: "one of them" });
  if (columns !== undefined) {
    for (const [name, values] of Object.entries(columns)) {
      if (!Array.isArray(values) && !ArrayBuffer.isView(values))
        throw new ShapeError({ where: `${source}, column ${JSON.stringify(name)}`, got: typeof values, expected: "an array of values" });
    }
    return new Map(Object.entries(columns));
  }
  if (!Array.isArray(rows)) throw new ShapeError({ where: source, got: typeof rows, expected: "an array of rows" });
  const made = new Map<string, TableValue[]>();
  rows.forEach((row: unknown, i) => {
    if (!isRecord(row))
      throw new ShapeError({ where: `${source}, row ${i}`, got: row === null ? "null" : typeof row, expected: "an object with a value for each column" });
    for (const name of Object.keys(row)) if (!made.has(name)) made.set(name, new Array<TableValue>(rows.length).fill(null));
  });
  for (const [name, values] of made)
    rows.forEach((row, i) => {
      if (Object.hasOwn(row, name)) values[i] = row[name];
    });
  return made;
}

function columnOf(name: string, given: ArrayLike<TableValue>, declared: ColumnKind | undefined, source: string): TableColumn {
  const place = (i: number) => `${source}, row ${i}, column ${JSON.stringify(name)}`;
  let numbers = 0;
  let words = 0;
  let first = -1;
  for (let i = 0; i < given.length; i++) {
    const value = given[i];
    if (isNothing(value)) continue;
    if (typeof value === "number") {
      if (!Number.isFinite(value)) throw new NumericError({ where: place(i), got: String(value), expected: "a finite number, or null where there is none" });
      numbers++;
    } else if (typeof value === "string" || typeof value === "boolean") {
      words++;
      if (first < 0) first = i;
    } else throw new DataFormatError({ where: place(i), got: typeof value, expected: "a number, a text, true, false or null" });
  }
  const kind = declared ?? (words === 0 ? "numbers" : "categories");
  if (kind === "numbers" && words > 0) throw new DataFormatError({ where: place(first), got: JSON.stringify(given[first]), expected: "a number" });
  if (declared === undefined && words > 0 && numbers > 0) {
    throw new DataFormatError({
      where: place(first),
      got: `${JSON.stringify(given[first])} in a column that holds numbers too`,
      expected: "one or the other, or their declaration",
      hint: `kinds: { ${JSON.stringify(name)}: "categories" } if these are no numbers`,
    });
  }
  if (kind === "numbers") {
    const values = Float64Array.from({ length: given.length }, (_, i) => (isNothing(given[i]) ? Number.NaN : (given[i] as number)));
    return { name, kind, values };
  }
  if (kind !== "categories")
    throw new ConfigError({ where: `kinds, ${JSON.stringify(name)}`, got: JSON.stringify(kind) ?? "undefined", expected: '"numbers" or "categories"' });
  const known = new Map<string, number>();
  const codes = Int32Array.from({ length: given.length }, (_, i) => {
    if (isNothing(given[i])) return -1;
    const word = String(given[i]);
    const code = known.get(word) ?? known.size;
    known.set(word, code);
    return code;
  });
  return { name, kind, codes, categories: [...known.keys()] };
}

const isNothing = (value: TableValue): boolean => value === null || value === undefined || (typeof value === "number" && Number.isNaN(value));
