/** Tables from CSV files. @module */
import { ConfigError, DataFormatError } from "../../errors.ts";
import { type CategoryColumn, type ColumnKind, checkDistinct, quoted, type Table, type TableColumn } from "../tables/table.ts";
import { parseNumber } from "./csv-number.ts";
import { CsvRecords } from "./csv-records.ts";
import { RecentWords } from "./recent-words.ts";

/** Options of {@link parseCsv} and {@link readCsv}. */
export interface CsvOptions {
  /** What stands between fields. Default `","`. */
  delimiter?: "," | ";" | "\t" | "|";
  /** Whether the first record names the columns; or their names, where it does not. With false they are `column1`, `column2` and so on. Default true. */
  header?: boolean | readonly string[];
  /** Words that stand for a missing value, such as `["NA", "?"]`; an empty field always does. Default none. */
  missing?: readonly string[];
  /** What columns hold, by name. Default: numbers where all values are; categories where they are not, unless most are. */
  kinds?: Readonly<Record<string, ColumnKind>>;
  /** The columns to keep. Default all. */
  columns?: readonly string[];
  /** What messages call it. Default `"CSV"`, or the file's path. */
  source?: string;
}

/** The most values of a table. */
const MOST_VALUES = 2 ** 28;
/** The most distinct words of a column. */
const MOST_CATEGORIES = 2 ** 20;
const DELIMITERS = [",", ";", "\t", "|"];

/** A column as it is read. */
interface Reader {
  readonly name: string;
  /** Number of the field. */
  readonly field: number;
  readonly declared: ColumnKind | undefined;
  values: Float64Array;
  numbers: number;
  /** How many values are no numbers, and where the first of them is. */
  words: number;
  first: { line: number; text: string } | null;
}

/**
 * A table from the text of a CSV file: RFC 4180 in UTF-8, with or without a byte order mark, any line ends. Numbers are decimal and whole fields, rounded
 * correctly; "inf", "12abc" and "0x10" are none. Spaces around fields that are not in quotes are left out.
 * @throws DataFormatError naming line and column: rows of another length, text among numbers, a quote that is never closed, two columns of one name, no
 * rows, bytes that are no UTF-8, a number beyond f64, more than 2^28 values or 2^20 categories; ConfigError for a column that is not there
 */
export function parseCsv(text: string | Uint8Array, options: CsvOptions = {}): Table {
  const { delimiter = ",", source = "CSV" } = options;
  if (!DELIMITERS.includes(delimiter))
    throw new ConfigError({ where: "parseCsv, delimiter", got: JSON.stringify(delimiter), expected: DELIMITERS.map((one) => JSON.stringify(one)).join(", ") });
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  if (!(bytes instanceof Uint8Array))
    throw new ConfigError({ where: "parseCsv", got: bytes === null ? "null" : typeof bytes, expected: "a text, or its bytes" });
  if (bytes.length >= 2 ** 31) throw new DataFormatError({ where: source, got: `${bytes.length} bytes`, expected: "less than 2^31" });
  const records = new CsvRecords(bytes, delimiter.charCodeAt(0), source);
  if (!records.next()) throw new DataFormatError({ where: source, got: "an empty file", expected: "a table" });
  const width = records.count;
  const { header = true } = options;
  const names = namesOf(records, header, source);
  const readers = readersOf(names, options, source);
  // Without a header the first record is a row.
  if (header === true ? !records.next() : false) throw new DataFormatError({ where: source, got: "a header and no rows", expected: "rows below it" });
  const missing = missingWords(options.missing ?? []);
  const lines = readNumbers(records, readers, { width, missing, source, names, header: header === true });
  const words = readers.filter((reader) => isCategories(reader, source));
  const categories =
    words.length === 0 ? new Map<Reader, CategoryColumn>() : readWords(records, words, { missing, source, rows: lines.length, header: header === true });
  const columns = readers.map((reader): TableColumn => {
    return categories.get(reader) ?? { name: reader.name, kind: "numbers", values: reader.values.subarray(0, lines.length) };
  });
  return { source, columns, length: lines.length, lines };
}

/** Reads a CSV file (Node, Deno, Bun); see {@link parseCsv}. @throws FileError, DataFormatError, ConfigError */
export async function readCsv(path: string, options: CsvOptions = {}): Promise<Table> {
  const { readFile } = await import("../../formats/atomic-file.node.ts");
  return parseCsv(await readFile(path), { source: path, ...options });
}

/** The names of the columns. A name that the header leaves empty is the column's number, as without a header. */
function namesOf(records: CsvRecords, header: boolean | readonly string[], source: string): string[] {
  const { count, line } = records;
  if (typeof header !== "boolean") {
    if (header.length !== count)
      throw new DataFormatError({ where: `${source}, line ${line}`, got: fields(count), expected: `${header.length}, one for each name of the option header` });
    checkDistinct(header, "parseCsv, header");
    return [...header];
  }
  const names = Array.from({ length: count }, (_, field) => (header ? textOf(records, field, source, `field ${field + 1}`) : "") || `column${field + 1}`);
  checkDistinct(names, `${source}, line ${line}`);
  return names;
}

/** A reader for each column that is kept. @throws ConfigError for names that no column has */
function readersOf(names: readonly string[], { kinds = {}, columns }: CsvOptions, source: string): Reader[] {
  for (const [option, wanted] of [["kinds", Object.keys(kinds)] as const, ["columns", columns ?? []] as const]) {
    const unknown = wanted.find((name) => !names.includes(name));
    if (unknown !== undefined)
      throw new ConfigError({ where: `${option}, ${source}`, got: `no column ${JSON.stringify(unknown)}`, expected: `one of ${quoted(names)}` });
  }
  const wrong = Object.entries(kinds).find(([, kind]) => kind !== "numbers" && kind !== "categories");
  if (wrong !== undefined)
    throw new ConfigError({ where: `kinds, ${JSON.stringify(wrong[0])}`, got: JSON.stringify(wrong[1]) ?? "undefined", expected: '"numbers" or "categories"' });
  if (columns !== undefined) checkDistinct(columns, `columns, ${source}`);
  if (columns?.length === 0) throw new ConfigError({ where: `columns, ${source}`, got: "none", expected: "at least one column" });
  const fieldOf = new Map(names.map((name, field) => [name, field]));
  return (columns ?? names).map((name) => ({
    name,
    field: fieldOf.get(name) as number,
    declared: Object.hasOwn(kinds, name) ? kinds[name] : undefined,
    values: new Float64Array(64),
    numbers: 0,
    words: 0,
    first: null,
  }));
}

/** The words as bytes. */
function missingWords(words: readonly string[]): readonly Uint8Array[] {
  if (!Array.isArray(words)) throw new ConfigError({ where: "parseCsv, missing", got: JSON.stringify(words), expected: 'a list of words, such as ["NA"]' });
  const encoder = new TextEncoder();
  return words.map((word) => {
    if (typeof word !== "string") throw new ConfigError({ where: "parseCsv, missing", got: String(word), expected: "words" });
    return encoder.encode(word);
  });
}

function isMissingWord({ bytes, starts, ends }: CsvRecords, field: number, missing: readonly Uint8Array[]): boolean {
  const from = starts[field];
  const length = ends[field] - from;
  if (length === 0) return true;
  for (const word of missing) {
    if (word.length !== length) continue;
    let i = 0;
    while (i < length && bytes[from + i] === word[i]) i++;
    if (i === length) return true;
  }
  return false;
}

interface Reading {
  readonly width: number;
  readonly missing: readonly Uint8Array[];
  readonly source: string;
  readonly names: readonly string[];
  readonly header: boolean;
}

/** Reads all records, from the current one, as numbers; what are none are counted. Gives the line of each row. */
function readNumbers(records: CsvRecords, readers: readonly Reader[], { width, missing, source, names, header }: Reading): Int32Array {
  let lines = new Int32Array(64);
  let rows = 0;
  do {
    if (records.count !== width) throw ragged(records, names, source, header);
    if (rows === lines.length) {
      if (rows * 2 * readers.length > MOST_VALUES)
        throw new DataFormatError({
          where: source,
          got: `more than ${rows} rows of ${width} columns`,
          expected: `at most ${MOST_VALUES} values`,
          hint: "keep fewer columns: the option columns",
        });
      lines = grown(lines, new Int32Array(rows * 2));
      for (const reader of readers) if (reader.declared !== "categories") reader.values = grown(reader.values, new Float64Array(rows * 2));
    }
    if (records.others) for (let field = 0; field < width; field++) textOf(records, field, source, `column ${JSON.stringify(names[field])}`);
    for (const reader of readers) {
      if (reader.declared !== "categories") reader.values[rows] = readNumber(records, reader, missing, source);
    }
    lines[rows++] = records.line;
  } while (records.next());
  return lines.slice(0, rows);
}

/** One value; NaN where it is missing or no number. */
function readNumber(records: CsvRecords, reader: Reader, missing: readonly Uint8Array[], source: string): number {
  const { field, name, declared } = reader;
  if (isMissingWord(records, field, missing)) return Number.NaN;
  const value = parseNumber(records.bytes, records.starts[field], records.ends[field]);
  if (Number.isFinite(value)) {
    reader.numbers++;
    return value;
  }
  if (Number.isNaN(value) && declared === undefined) {
    reader.words++;
    reader.first ??= { line: records.line, text: short(records.text(field)) };
    return value;
  }
  const beyond = !Number.isNaN(value);
  throw new DataFormatError({
    where: `${source}, line ${records.line}, column ${JSON.stringify(name)}`,
    got: short(records.text(field)),
    expected: beyond ? "a number that f64 holds" : "a number",
    hint: beyond
      ? `kinds: { ${JSON.stringify(name)}: "categories" } if these are no numbers`
      : "the option missing (--missing on a command line) declares words that stand for missing values",
  });
}

/** Whether a column holds categories, as declared or as its values say. @throws DataFormatError where most values, but not all, are numbers */
function isCategories({ name, declared, numbers, words, first }: Reader, source: string): boolean {
  if (declared !== undefined) return declared === "categories";
  if (first !== null && numbers > words) {
    throw new DataFormatError({
      where: `${source}, line ${first.line}, column ${JSON.stringify(name)}`,
      got: `${first.text} in a column of ${numbers} numbers and ${words} other ${words === 1 ? "value" : "values"}`,
      expected: "numbers only, or their declaration",
      hint: `if that stands for a missing value, the option missing declares it (--missing on a command line); if these are no numbers, the option kinds (--categories)`,
    });
  }
  return words > 0;
}

/** A second pass over the file, for columns of words. */
function readWords(
  records: CsvRecords,
  readers: readonly Reader[],
  { missing, source, rows, header }: Pick<Reading, "missing" | "source" | "header"> & { rows: number },
): Map<Reader, CategoryColumn> {
  const made = readers.map((reader) => ({ reader, codes: new Int32Array(rows), known: new Map<string, number>(), recent: new RecentWords() }));
  records.rewind();
  if (header) records.next();
  for (let row = 0; row < rows; row++) {
    records.next();
    for (const { reader, codes, known, recent } of made) {
      if (isMissingWord(records, reader.field, missing)) {
        codes[row] = -1;
        continue;
      }
      const slot = recent.slotOf(records, reader.field);
      if (slot < 0) {
        codes[row] = ~slot;
        continue;
      }
      const text = records.text(reader.field) as string;
      let code = known.get(text);
      if (code === undefined) {
        code = known.size;
        if (code === MOST_CATEGORIES) {
          throw new DataFormatError({
            where: `${source}, line ${records.line}, column ${JSON.stringify(reader.name)}`,
            got: `more than ${MOST_CATEGORIES} distinct words`,
            expected: `at most ${MOST_CATEGORIES} categories`,
            hint: "leave the column out: the option columns names those to keep",
          });
        }
        known.set(text, code);
      }
      recent.keep(slot, records, reader.field, code);
      codes[row] = code;
    }
  }
  return new Map(made.map(({ reader, codes, known }) => [reader, { name: reader.name, kind: "categories", codes, categories: [...known.keys()] }]));
}

/** The text of a field. @throws DataFormatError unless it is UTF-8 */
function textOf(records: CsvRecords, field: number, source: string, what: string): string {
  const text = records.text(field);
  if (text !== null) return text;
  throw new DataFormatError({
    where: `${source}, line ${records.line}, ${what}`,
    got: "bytes that are no UTF-8",
    expected: "UTF-8",
    hint: "save the file as UTF-8",
  });
}

function ragged({ count, line }: CsvRecords, names: readonly string[], source: string, header: boolean): DataFormatError {
  const width = names.length;
  const hint = count < width ? `the first column without a value is ${JSON.stringify(names[count])}` : "a field that holds the delimiter must be in quotes";
  return new DataFormatError({
    where: `${source}, line ${line}`,
    got: fields(count),
    expected: `${width}, as in the ${header ? "header" : "first line"}`,
    hint,
  });
}

const fields = (count: number): string => (count === 1 ? "1 field" : `${count} fields`);

/** A text for messages; null: bytes that are none. */
const short = (text: string | null): string => JSON.stringify(text !== null && text.length > 40 ? `${text.slice(0, 40)}...` : text);

function grown<A extends Int32Array | Float64Array>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}
