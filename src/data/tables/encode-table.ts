/** Rows of a table as a model sees them, and what it says of them in the table's own terms. @module */
import { ConfigError, DataFormatError, NumericError, ShapeError } from "../../errors.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { dataset } from "../dataset/make-dataset.ts";
import type { FeatureEncoding, Scaling, SeriesPreprocessing, TablePreprocessing, TargetEncoding } from "../preprocessing.ts";
import { refuseMissing, widthOf } from "./fit-table.ts";
import { type CategoryColumn, type ColumnKind, columnNamed, type NumberColumn, placeOf, quoted, type Table, type TableColumn } from "./table.ts";

/** Options of {@link encodeTable}. */
export interface EncodeTableOptions {
  /** Whether the dataset has targets; without, the table needs no such column. Default true. */
  targets?: boolean;
}

const WHERE = "encodeTable";
/** The most numbers of a dataset that is made here: 1 GiB of f32. */
export const MOST_NUMBERS = 2 ** 28;

/**
 * The rows as a dataset: samples [features] of f32, in the order of the preprocessing's columns; targets are scaled numbers, or labels of classes.
 * @throws ConfigError naming columns that are missing, DataFormatError naming line, column and the known ones for a category or class that training did
 * not see, and line and column of a missing value, NumericError for a number that is beyond f32 when scaled
 */
export function encodeTable(table: Table, preprocessing: TablePreprocessing, { targets = true }: EncodeTableOptions = {}): Dataset {
  const { features, target } = preprocessing;
  const wanted = [...features.map(({ column }) => column), ...(targets ? [target.column] : [])];
  const absent = wanted.filter((name) => !table.columns.some((column) => column.name === name));
  if (absent.length > 0) {
    throw new ConfigError({
      where: `${WHERE}, ${table.source}`,
      got: `no ${absent.length === 1 ? "column" : "columns"} ${quoted(absent)}`,
      expected: `the columns ${quoted(wanted)}`,
    });
  }
  if (table.length === 0) throw new ShapeError({ where: `${WHERE}, ${table.source}`, got: "no rows", expected: "at least one" });
  const width = features.reduce((sum, encoding) => sum + widthOf(encoding), 0);
  if (width * table.length > MOST_NUMBERS)
    throw new ConfigError({
      where: `${WHERE}, ${table.source}`,
      got: `${table.length} rows of ${width} features`,
      expected: `at most ${MOST_NUMBERS} numbers`,
      hint: "encode fewer rows at a time",
    });
  const x = new Float32Array(table.length * width);
  let at = 0;
  for (const encoding of features) {
    const column = columnNamed(table, encoding.column, WHERE);
    if (encoding.kind === "numbers") writeNumbers(table, numbersOf(table, column), encoding, { x, at, width });
    else writeCategories(table, categoriesOf(column), encoding, { x, at, width });
    at += widthOf(encoding);
  }
  return dataset({ x, sampleShape: [width], ...(targets && targetsOf(table, target)) });
}

/** What the columns of a table must hold to be encoded: the option `kinds` of {@link parseCsv}, so that a file is read as the one that was trained on. */
export function kindsOf(preprocessing: TablePreprocessing, { targets = true }: EncodeTableOptions = {}): Record<string, ColumnKind> {
  const { features, target } = preprocessing;
  const kinds = features.map(({ column, kind }): [string, ColumnKind] => [column, kind]);
  return Object.fromEntries(targets ? [...kinds, [target.column, target.kind === "number" ? "numbers" : "categories"]] : kinds);
}

/** A number as a model sees it, in f32. @throws NumericError where f32 cannot hold it */
export function scaled(value: number, { shift, scale }: Scaling, where: () => string): number {
  const result = Math.fround((value - shift) / scale);
  if (Number.isFinite(result)) return result;
  throw new NumericError({ where: where(), got: `${value}, which scaled is beyond f32`, expected: "a number in the range of the training data" });
}

/**
 * What a model says, in the table's own terms: numbers in their unit, or the names of labels.
 * @param values scaled numbers, or labels of classes
 * @throws ConfigError for a label that no class has
 */
export function decodeTarget(values: ArrayLike<number>, preprocessing: TablePreprocessing | SeriesPreprocessing): Float64Array | string[] {
  const { target } = preprocessing;
  if (!("kind" in target) || target.kind === "number") {
    const { shift, scale } = target.scaling;
    return Float64Array.from(values, (value) => value * scale + shift);
  }
  const { classes } = target;
  return Array.from(values, (label) => {
    if (Object.hasOwn(classes, label)) return classes[label];
    throw new ConfigError({ where: "decodeTarget", got: `label ${label}`, expected: `an integer from 0 to ${classes.length - 1}` });
  });
}

interface Place {
  readonly x: Float32Array;
  /** Number of the column's first feature. */
  readonly at: number;
  /** Features of a sample. */
  readonly width: number;
}

function writeNumbers(
  table: Table,
  { name, values }: NumberColumn,
  { scaling, missing }: FeatureEncoding & { kind: "numbers" },
  { x, at, width }: Place,
): void {
  for (let row = 0; row < table.length; row++) {
    const absent = Number.isNaN(values[row]);
    if (absent && missing === null) throw noValue(table, row, name);
    const value = absent ? (missing as number) : values[row];
    x[row * width + at] = scaled(value, scaling, () => placeOf(table, row, name));
    if (absent) x[row * width + at + 1] = 1;
  }
}

function writeCategories(table: Table, column: CategoryColumn, encoding: FeatureEncoding & { kind: "categories" }, { x, at, width }: Place): void {
  const { categories, missing, unknown } = encoding;
  const positions = positionsOf(column, categories);
  for (let row = 0; row < table.length; row++) {
    const code = column.codes[row];
    if (code < 0 && !missing) throw noValue(table, row, column.name);
    const position = code < 0 ? categories.length : positions[code];
    if (position >= 0) x[row * width + at + position] = 1;
    else if (unknown === "error")
      throw unknownWord(
        table,
        row,
        column,
        categories,
        'the option unknown: "none" of fitTable (--unknown none of train) gives such rows none of the column\'s features',
      );
  }
}

function targetsOf(table: Table, target: TargetEncoding): { y: Float32Array | Int32Array; classes?: number } {
  const column = columnNamed(table, target.column, WHERE);
  refuseMissing(table, column, `dropMissing(table, [${JSON.stringify(column.name)}]) leaves such rows out`);
  if (target.kind === "number") {
    const { values } = numbersOf(table, column);
    return { y: Float32Array.from(values, (value, row) => scaled(value, target.scaling, () => placeOf(table, row, column.name))) };
  }
  const words = categoriesOf(column);
  const positions = positionsOf(words, target.classes);
  const y = words.codes.map((code, row) => {
    if (positions[code] < 0) throw unknownWord(table, row, words, target.classes, "the training rows have no such class");
    return positions[code];
  });
  return { y, classes: target.classes.length };
}

/** Where each category of a column stands in a list; -1: nowhere. */
function positionsOf({ categories }: CategoryColumn, list: readonly string[]): Int32Array {
  const known = new Map(list.map((name, i) => [name, i]));
  return Int32Array.from(categories, (name) => known.get(name) ?? -1);
}

/** @throws DataFormatError where the column holds words */
function numbersOf(table: Table, column: TableColumn): NumberColumn {
  if (column.kind === "numbers") return column;
  const row = column.codes.findIndex((code) => code >= 0);
  // A column without any value can be read as either.
  if (row < 0) return { name: column.name, kind: "numbers", values: new Float64Array(table.length).fill(Number.NaN) };
  throw new DataFormatError({
    where: placeOf(table, row, column.name),
    got: JSON.stringify(column.categories[column.codes[row]]),
    expected: "a number, as in training",
  });
}

/** Numbers, where training had words, are words too: 4 is "4". */
function categoriesOf(column: TableColumn): CategoryColumn {
  if (column.kind === "categories") return column;
  const known = new Map<number, number>();
  const codes = Int32Array.from(column.values, (value) => {
    if (Number.isNaN(value)) return -1;
    const code = known.get(value) ?? known.size;
    known.set(value, code);
    return code;
  });
  return { name: column.name, kind: "categories", codes, categories: [...known.keys()].map(String) };
}

function noValue(table: Table, row: number, name: string): DataFormatError {
  return new DataFormatError({
    where: placeOf(table, row, name),
    got: "no value",
    expected: "a value in every row",
    hint: "when it was fitted, the option missing could have said what stands for it (--fill when it was trained on a command line); dropMissing leaves such rows out",
  });
}

function unknownWord(table: Table, row: number, { name, codes, categories }: CategoryColumn, known: readonly string[], hint: string): DataFormatError {
  return new DataFormatError({ where: placeOf(table, row, name), got: JSON.stringify(categories[codes[row]]), expected: `one of ${quoted(known)}`, hint });
}
