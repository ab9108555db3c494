/** Training and test data from a CSV file. @module */
import { sha256 as hash } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { CsvRecords } from "../../data/csv/csv-records.ts";
import { type CsvOptions, type Dataset, dropMissing, encodeTable, fitTable, kindsOf, parseCsv, splitRows, takeRows } from "../../data/index.ts";
import type { TablePreprocessing } from "../../data/preprocessing.ts";
import { refuseMissing } from "../../data/tables/fit-table.ts";
import { type CategoryColumn, type ColumnKind, columnNamed, type Table, type TableColumn } from "../../data/tables/table.ts";
import { ConfigError, DataFormatError } from "../../errors.ts";
import { plural } from "../../format.ts";
import type { LoadedData } from "./loaded-data.ts";

/** How a CSV file is written. */
export interface TableFormat {
  /** What stands between fields. Default a tabulator in `.tsv`, else a comma. */
  readonly delimiter?: CsvOptions["delimiter"];
  /** Words that stand for a missing value. Default none; an empty field always does. */
  readonly missing?: readonly string[];
}

/** What is made of a CSV file. */
export interface TableUse extends TableFormat {
  /** The column to predict. */
  readonly target?: string;
  /** Default: regression where the target is of numbers, else classification. */
  readonly task?: "classification" | "regression";
  /** The columns to predict from. Default: all but the target, the time, and words of which more than half are different. */
  readonly features?: readonly string[];
  /** Columns of numbers that are names of kinds, such as postal codes. */
  readonly categories?: readonly string[];
  /** What stands for missing values of features: the training rows' mean or median, and a feature more says so. Default: they are an error. */
  readonly fill?: "mean" | "median";
  /** What becomes of a category that the training rows do not have: an error, or none of its column's features is 1. Default `"error"`. */
  readonly unknown?: "error" | "none";
  /** A column that orders the rows in time: the latest become the test part. Numbers, or words that sort, such as 2024-05-31. */
  readonly time?: string;
  /** Part of the rows that is held out for the test. Default 0.2. */
  readonly testSplit?: number;
  /** A file of test rows, so that all rows of the other are trained on. */
  readonly test?: string;
}

/** Part of the rows that is held out for the test unless it is said. */
const TEST_SPLIT = 0.2;
/** Decides which rows are held out: the same in every run, whatever its seed. */
const SPLIT_SEED = 0;
/** Part of a column's words that are different, from which on they name rows rather than kinds of them. */
const NAMES = 0.5;

/** Whether a file is a table, by its name. */
export const isTableFile = (path: string): boolean => /\.(csv|tsv)$/i.test(path);

/**
 * A CSV file as training and test rows: a fifth of them at random, or the latest, are held out for the test; scales, means and categories are measured on
 * the rest. Rows without a target are left out.
 * @param at what stands before the names of options in messages: `--` on a command line
 * @throws FileError, DataFormatError naming line and column, ConfigError naming the option
 */
export async function loadTable(path: string, use: TableUse, at = ""): Promise<LoadedData> {
  const { target, task, time = null } = use;
  if (target === undefined) throw new ConfigError({ where: `${at}target`, got: "none", expected: `the column of ${path} to predict` });
  const declared: Record<string, ColumnKind> = Object.fromEntries((use.categories ?? []).map((name) => [name, "categories"]));
  if (task !== undefined) declared[target] = KIND_OF[task];
  const { table, sha256 } = await read(path, use, declared, at);
  for (const name of use.categories ?? []) columnNamed(table, name, `${at}categories`);
  const notes: string[] = [];
  columnNamed(table, target, `${at}target`);
  const rows = withTarget(table, target, notes);
  if (task === undefined) refuseNames(rows, columnNamed(rows, target, `${at}target`), at);
  const features = featuresOf(rows, target, use, at, notes);
  if (features.length === 0)
    throw new ConfigError({
      where: `${at}features, ${path}`,
      got: "none",
      expected: "a column besides the target and the time",
      hint: "a series is forecast from its own past in code: fitSeries and windows, docs/data.md",
    });
  const testSplit = use.test === undefined ? (use.testSplit ?? TEST_SPLIT) : 0;
  const [train, test] =
    use.test === undefined
      ? divide(rows, { target, time, testSplit }, at)
      : [rows, withTarget((await read(use.test, use, { ...declared, ...kindsIn(table) }, at)).table, target, notes)];
  if (use.fill === undefined)
    for (const name of features)
      refuseMissing(train, columnNamed(train, name, `${at}features`), `${at}fill median, or mean, puts a number there; ${at}features leaves columns out`);
  const fitted = fitTable(train, { target, features, missing: use.fill ?? "error", unknown: use.unknown ?? "error" });
  const preprocessing: TablePreprocessing = { ...fitted, trainedOn: { sha256, testSplit, time } };
  return {
    source: path,
    train: encodeTable(train, preprocessing),
    test: encodeTable(test, preprocessing),
    preprocessing,
    rows: { train, test },
    notes,
  };
}

/** Rows by which a model is judged, as a dataset and as they were read. */
export interface JudgedRows {
  readonly data: Dataset;
  readonly rows: Table;
  /** Whether they are those of the file it was trained on that were held out, and not all rows of a file. */
  readonly heldOut: boolean;
  readonly notes: readonly string[];
}

/**
 * The rows of a file by which a model is judged: those that its training held out, if it is the very file that it was trained on, else all of them.
 * @param at what stands before the names of options in messages
 * @throws FileError, DataFormatError naming line and column, ConfigError naming missing columns
 */
export async function rowsToJudge(path: string, preprocessing: TablePreprocessing, format: TableFormat, at = ""): Promise<JudgedRows> {
  const { target, trainedOn } = preprocessing;
  const { table, sha256 } = await read(path, format, kindsOf(preprocessing), at);
  const notes: string[] = [];
  columnNamed(table, target.column, "target");
  const all = withTarget(table, target.column, notes);
  const heldOut = trainedOn !== undefined && trainedOn.sha256 === sha256 && trainedOn.testSplit > 0;
  const rows = heldOut ? divide(all, { ...trainedOn, target: target.column }, "")[1] : all;
  return { data: encodeTable(rows, preprocessing), rows, heldOut, notes };
}

/** The rows of a file that a model is to predict. They need no target. @throws FileError, DataFormatError naming line and column */
export async function rowsToPredict(path: string, preprocessing: TablePreprocessing, format: TableFormat, at = ""): Promise<Table> {
  return (await read(path, format, kindsOf(preprocessing), at)).table;
}

const KIND_OF = { regression: "numbers", classification: "categories" } as const;

/** A file and its digest. @param kinds what its columns must hold, as far as it has them @throws ConfigError where another character seems to stand between fields */
async function read(
  path: string,
  { delimiter, missing }: TableFormat,
  kinds: Readonly<Record<string, ColumnKind>>,
  at: string,
): Promise<{ table: Table; sha256: string }> {
  const { readFile } = await import("../../formats/atomic-file.node.ts");
  const bytes = await readFile(path);
  const options = { source: path, delimiter: delimiter ?? (/\.tsv$/i.test(path) ? ("\t" as const) : ("," as const)), missing };
  const header = headerOf(bytes, options.delimiter, path);
  const other = header.length === 1 ? [";", "\t", "|", ","].find((one) => header[0].includes(one)) : undefined;
  if (other !== undefined)
    throw new ConfigError({
      where: `${at}delimiter, ${path}`,
      got: `one column, ${JSON.stringify(header[0])}`,
      expected: `columns with ${JSON.stringify(options.delimiter)} between them`,
      hint: `${at}delimiter ${other === "\t" ? "tab" : JSON.stringify(other)}`,
    });
  const present = header.filter((name) => Object.hasOwn(kinds, name));
  const table = parseCsv(bytes, { ...options, kinds: Object.fromEntries(present.map((name) => [name, kinds[name]])) });
  return { table, sha256: bytesToHex(hash(bytes)) };
}

const kindsIn = (table: Table): Record<string, ColumnKind> => Object.fromEntries(table.columns.map(({ name, kind }) => [name, kind]));

/** The names in the first record. */
function headerOf(bytes: Uint8Array, delimiter: string, source: string): string[] {
  const records = new CsvRecords(bytes, delimiter.charCodeAt(0), source);
  return records.next() ? Array.from({ length: records.count }, (_, field) => records.text(field) ?? "") : [];
}

/** The rows that have a target. */
function withTarget(table: Table, target: string, notes: string[]): Table {
  if (!table.columns.some(({ name }) => name === target)) return table;
  const rows = dropMissing(table, [target]);
  if (rows.length < table.length) notes.push(`${plural(table.length - rows.length, "row")} of ${table.source} without ${target} left out`);
  if (rows.length === 0)
    throw new DataFormatError({ where: `${table.source}, column ${JSON.stringify(target)}`, got: "no value in any row", expected: "values to predict" });
  return rows;
}

/** The columns to predict from. */
function featuresOf(table: Table, target: string, { features, time }: TableUse, at: string, notes: string[]): string[] {
  if (features !== undefined) {
    for (const name of features) columnNamed(table, name, `${at}features`);
    return [...features];
  }
  const others = table.columns.filter(({ name }) => name !== target && name !== time);
  const left = others.filter((column): column is CategoryColumn => namesRows(column, table.length));
  for (const column of left)
    notes.push(`column ${column.name} left out: most of its words stand in one row only, such as ${firstWord(column)} (${at}features names columns to use)`);
  return others.filter((column) => !namesRows(column, table.length)).map(({ name }) => name);
}

const namesRows = (column: TableColumn, rows: number): column is CategoryColumn =>
  column.kind === "categories" && column.categories.length > NAMES * rows && rows > 2;

const firstWord = ({ categories }: CategoryColumn): string => JSON.stringify(categories[0]);

/** Words of which most are different are no classes, but numbers that are written otherwise. @throws DataFormatError */
function refuseNames({ source, length }: Table, target: TableColumn, at: string): void {
  if (!namesRows(target, length)) return;
  throw new DataFormatError({
    where: `${source}, column ${JSON.stringify(target.name)}`,
    got: `${target.categories.length} different words in ${length} rows, such as ${firstWord(target)}`,
    expected: "numbers, or classes that stand in many rows",
    hint: `numbers have a decimal point, and no unit, blank or comma: 1234.5; ${at}task classification takes every word as a class`,
  });
}

/** Training and test rows. */
function divide(table: Table, { target, time, testSplit }: { target: string; time: string | null; testSplit: number }, at: string): [Table, Table] {
  if (time !== null) return splitRows(inOrderOf(table, columnNamed(table, time, `${at}time`)), testSplit, { shuffle: false });
  const isClasses = columnNamed(table, target, `${at}target`).kind === "categories";
  return splitRows(table, testSplit, { seed: SPLIT_SEED, ...(isClasses && { stratify: target }) });
}

/** The rows, earliest first; equal ones as they stood. */
function inOrderOf(table: Table, time: TableColumn): Table {
  refuseMissing(table, time, "rows without a time have no place in its order");
  const order = Array.from({ length: table.length }, (_, row) => row);
  if (time.kind === "numbers") order.sort((a, b) => time.values[a] - time.values[b]);
  else {
    const word = (row: number): string => time.categories[time.codes[row]];
    order.sort((a, b) => (word(a) < word(b) ? -1 : word(a) > word(b) ? 1 : 0));
  }
  return takeRows(table, order);
}
