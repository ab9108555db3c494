/** CSV files: what they hold, and where what is wrong with them stands. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CsvOptions, parseCsv, readCsv, type Table } from "../../../src/data/index.ts";
import { ConfigError, DataFormatError, FileError, GradienteError } from "../../../src/errors.ts";

/** The values of a column; null where one is missing. */
const valuesOf = ({ columns }: Table, name: string): (number | string | null)[] => {
  const column = columns.find((one) => one.name === name);
  if (column === undefined) throw new Error(`no column ${name}`);
  if (column.kind === "numbers") return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
  return Array.from(column.codes, (code) => (code < 0 ? null : column.categories[code]));
};
const all = (table: Table): Record<string, unknown> => Object.fromEntries(table.columns.map(({ name }) => [name, valuesOf(table, name)]));

describe("parseCsv", () => {
  it("numbers and words, missing values, lines", () => {
    const table = parseCsv("name,x\na,1\nb,-2.5e1\n,\na,.5\n");
    expect(all(table)).toEqual({ name: ["a", "b", null, "a"], x: [1, -25, null, 0.5] });
    expect(table).toMatchObject({ source: "CSV", length: 4, lines: Int32Array.of(2, 3, 4, 5) });
    expect(table.columns[0]).toEqual({ name: "name", kind: "categories", codes: Int32Array.of(0, 1, -1, 0), categories: ["a", "b"] });
  });

  it.each<[string, string, CsvOptions, Record<string, unknown>]>([
    ["quotes", 'a,b\n"x, y","z ""q"""\n', {}, { a: ["x, y"], b: ['z "q"'] }],
    ["numbers in quotes", 'a\n"1"\n"2"\n', {}, { a: [1, 2] }],
    ["line ends in quotes", 'a,b\n"1\n2",3\n', {}, { a: ["1\n2"], b: [3] }],
    ["CRLF", "a,b\r\n1,2\r\n", {}, { a: [1], b: [2] }],
    ["CR", "a,b\r1,2\r3,4", {}, { a: [1, 3], b: [2, 4] }],
    ["no line end at the end", "a\n1", {}, { a: [1] }],
    ["empty lines at the end", "a,b\n1,2\n\n \r\n\n", {}, { a: [1], b: [2] }],
    ["a byte order mark", "\ufeffa\n1\n", {}, { a: [1] }],
    ["an empty last field", "a,b\n1,", {}, { a: [1], b: [null] }],
    ["spaces around fields", "a , b\n 1 , x y \n", {}, { a: [1], b: ["x y"] }],
    ["spaces within quotes", 'a\n " x " \n', {}, { a: [" x "] }],
    ["semicolons", "a;b\n1;x,y\n", { delimiter: ";" }, { a: [1], b: ["x,y"] }],
    ["tabs", "a\tb\n\t1\n 2\t\n", { delimiter: "\t" }, { a: [null, 2], b: [1, null] }],
    ["no header", "1,x\n2,y\n", { header: false }, { column1: [1, 2], column2: ["x", "y"] }],
    ["names from elsewhere", "1,x\n2,y\n", { header: ["n", "w"] }, { n: [1, 2], w: ["x", "y"] }],
    ["a column without a name, as pandas writes the index", ",a\n0,5\n1,6\n", {}, { column1: [0, 1], a: [5, 6] }],
    ["declared missing values", "a,b\nNA,?\n1,x\n", { missing: ["NA", "?"] }, { a: [null, 1], b: [null, "x"] }],
    ["declared categories", "zip\n01\n1\n", { kinds: { zip: "categories" } }, { zip: ["01", "1"] }],
    ["declared numbers without any value", "a,b\n,1\n", { kinds: { a: "numbers" } }, { a: [null], b: [1] }],
    ["some columns", "a,b,c\n1,x,3\n", { columns: ["c", "a"] }, { c: [3], a: [1] }],
    ["a column that is mixed, left out", "a,b\n1,1\n2,2\n3,x\n", { columns: ["a"] }, { a: [1, 2, 3] }],
    ["other scripts", 'größe,名\n1,"日本"\n', {}, { größe: [1], 名: ["日本"] }],
    ["words that other languages take for numbers", "a\ninf\nNaN\n0x10\n1_000\n1e\n+\n.\n", {}, { a: ["inf", "NaN", "0x10", "1_000", "1e", "+", "."] }],
    ["names of every object's properties", "__proto__,constructor\n1,toString\n", {}, { ["__proto__"]: [1], constructor: ["toString"] }],
  ])("%s", (_, text, options, expected) => {
    const table = parseCsv(text, options);
    expect(Object.entries(all(table))).toEqual(Object.entries(expected));
    expect(all(parseCsv(new TextEncoder().encode(text), options))).toEqual(all(table));
  });

  it("the line of a row is where it begins", () => {
    expect(parseCsv('a,b\r\n"1\r\n2\r3\n4",x\r\n5,y\r\n').lines).toEqual(Int32Array.of(2, 6));
    expect(parseCsv("1\n2\n", { header: false }).lines).toEqual(Int32Array.of(1, 2));
  });

  it.each<[string, string | Uint8Array, CsvOptions, new (...args: never[]) => Error, string]>([
    ["nothing", "", {}, DataFormatError, "CSV: got an empty file, expected a table"],
    ["a mark of byte order and nothing", "\ufeff\n", {}, DataFormatError, "CSV: got an empty file"],
    ["only a header", "a,b\n", {}, DataFormatError, "CSV: got a header and no rows"],
    [
      "a row that is short",
      "a,b,c\n1,2,3\n4,5\n",
      {},
      DataFormatError,
      'CSV, line 3: got 2 fields, expected 3, as in the header\nHint: the first column without a value is "c"',
    ],
    ["a row that is long", "a\n1\n4,5\n", {}, DataFormatError, "CSV, line 3: got 2 fields, expected 1, as in the header"],
    ["an empty line", "a,b\n1,2\n\n3,4\n", {}, DataFormatError, "CSV, line 3: got 1 field, expected 2"],
    ["a short row without header", "1,2\n3\n", { header: false }, DataFormatError, "CSV, line 2: got 1 field, expected 2, as in the first line"],
    ["a ragged row behind line ends in quotes", 'a,b\n"1\n\n2",3\n4\n', {}, DataFormatError, "CSV, line 5: got 1 field"],
    [
      "text in a column declared numeric",
      "a,b\n1,2\n3,4x\n",
      { kinds: { b: "numbers" } },
      DataFormatError,
      'CSV, line 3, column "b": got "4x", expected a number',
    ],
    [
      "text in a column of numbers",
      "a,b\n1,2\n3,oops\n5,6\n",
      {},
      DataFormatError,
      'CSV, line 3, column "b": got "oops" in a column of 2 numbers and 1 other value, expected numbers only, or their declaration',
    ],
    ["an infinite number", "a\n1\n1e999\n", {}, DataFormatError, 'CSV, line 3, column "a": got "1e999", expected a number that f64 holds'],
    ["kinds of an unknown column", "a\n1\n", { kinds: { b: "numbers" } }, ConfigError, 'kinds, CSV: got no column "b", expected one of "a"'],
    ["an unknown kind", "a\n1\n", { kinds: { a: "words" as "numbers" } }, ConfigError, 'kinds, "a": got "words"'],
    ["an unknown column to keep", "a\n1\n", { columns: ["A"] }, ConfigError, 'columns, CSV: got no column "A"'],
    ["two columns of one name", "a,b,a\n1,2,3\n", {}, DataFormatError, 'CSV, line 1: got the name "a" for columns 1 and 3'],
    ["too few names", "1,2\n", { header: ["a"] }, DataFormatError, "CSV, line 1: got 2 fields, expected 1, one for each name"],
    ["an open quote", 'a,b\n1,2\n3,"4\n5,6\n', {}, DataFormatError, "CSV, line 3: got a quote that is never closed, in field 2"],
    ["text behind a quote", 'a\n"1"x\n', {}, DataFormatError, "CSV, line 2: got text behind the closing quote of field 1"],
    ["a quote in the middle", 'a,b\n1,5" pipe\n', {}, DataFormatError, "CSV, line 2: got a quote within field 2"],
    ["UTF-16", Uint8Array.of(0xff, 0xfe, 0x61, 0), {}, DataFormatError, "CSV: got UTF-16, expected UTF-8"],
    ["UTF-16 without a mark", Uint8Array.of(0x61, 0, 0x0a, 0, 0x31, 0), {}, DataFormatError, "CSV, byte 1: got a NUL, expected text in UTF-8"],
    ["a NUL among words", "a\nx\0y\n", {}, DataFormatError, "CSV, byte 3: got a NUL"],
    ["what is no text", 5 as never, {}, ConfigError, "parseCsv: got number, expected a text, or its bytes"],
    ["a column to keep twice", "a\n1\n", { columns: ["a", "a"] }, DataFormatError, 'columns, CSV: got the name "a" for columns 1 and 2'],
    ["no column to keep", "a\n1\n", { columns: [] }, ConfigError, "columns, CSV: got none, expected at least one column"],
    ["one word for a missing value", "a\n1\n", { missing: "NA" as never }, ConfigError, 'parseCsv, missing: got "NA", expected a list of words'],
    ["Latin-1", Uint8Array.of(0x61, 0x0a, 0x62, 0x0a, 0xe4, 0x0a), {}, DataFormatError, 'CSV, line 3, column "a": got bytes that are no UTF-8'],
    ["Latin-1 in the header", Uint8Array.of(0xe4, 0x0a, 0x31), {}, DataFormatError, "CSV, line 1, field 1: got bytes that are no UTF-8"],
    ["another delimiter", "a|b", { delimiter: "x" as "," }, ConfigError, 'parseCsv, delimiter: got "x"'],
    ["a field of megabytes", `a\n${"x".repeat(2 ** 20 + 1)}`, {}, DataFormatError, "CSV, line 2: got 1048577 bytes in field 1"],
    ["many columns", ",".repeat(20_000), {}, DataFormatError, "CSV, line 1: got more than 16384 fields"],
  ])("refuses %s", (_, text, options, type, message) => {
    const read = () => parseCsv(text, options);
    expect(read).toThrow(type);
    expect(read).toThrow(message);
  });

  it("numbers are those of JavaScript, to the last bit", () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.nat(12)).map(([n, digits]) => (n / 1e3).toFixed(digits)),
      fc.stringMatching(/^[+-]?\d{1,20}\.\d{0,20}$/),
      fc.stringMatching(/^[+-]?\.\d{1,17}(e[+-]?\d{1,2})?$/),
    );
    fc.assert(
      fc.property(fc.array(number, { minLength: 1 }), (texts) => {
        expect(valuesOf(parseCsv(`a\n${texts.join("\n")}\n`), "a")).toEqual(texts.map(Number));
      }),
    );
  });

  it("reads back whatever words are written, with their lines", () => {
    const cell = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", "\r\n", " ", ";", "\t", "é") }), fc.constant(null));
    const rows = fc.integer({ min: 1, max: 4 }).chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }));
    fc.assert(
      fc.property(rows, fc.constantFrom("\n", "\r\n", "\r"), fc.constantFrom(",", ";", "\t" as const), (values, end, delimiter) => {
        // Lone surrogates have no UTF-8.
        const clean = values.map((row) =>
          row.map((value) => (value === null || value === "" ? null : new TextDecoder().decode(new TextEncoder().encode(value)))),
        );
        const text = clean.map((row) => row.map((value) => `"${(value ?? "").replaceAll('"', '""')}"`).join(delimiter)).join(end);
        const names = clean[0].map((_, i) => `c${i}`);
        const table = parseCsv(text, {
          header: names,
          delimiter: delimiter as ",",
          kinds: Object.fromEntries(names.map((name) => [name, "categories" as const])),
        });
        names.forEach((name, i) => expect(valuesOf(table, name)).toEqual(clean.map((row) => row[i])));
        const before = (row: number) => clean.slice(0, row).flatMap((cells) => cells.flatMap((value) => value?.match(/\r\n|\r|\n/g) ?? []));
        expect([...(table.lines ?? [])]).toEqual(clean.map((_, row) => 1 + row + before(row).length));
      }),
    );
  });

  it("whatever it is given, it gives a table of one length or an error of ours", () => {
    const soup = fc.string({ unit: fc.constantFrom("a", "1", ".", "-", "e", ",", '"', "\n", "\r", " ", "\ufeff", "é"), maxLength: 60 });
    const input = fc.oneof(soup, fc.uint8Array({ maxLength: 60 }));
    fc.assert(
      fc.property(input, fc.boolean(), (text, header) => {
        try {
          const table = parseCsv(text, { header });
          expect(table.length).toBeGreaterThan(0);
          for (const column of table.columns) expect(column.kind === "numbers" ? column.values.length : column.codes.length).toBe(table.length);
          expect(table.lines?.length).toBe(table.length);
        } catch (error) {
          expect(error).toBeInstanceOf(GradienteError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("readCsv", () => {
  it("reads a file, and names it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gradiente-csv-"));
    try {
      const path = join(folder, "a.csv");
      writeFileSync(path, "a,b\n1,2\n3\n");
      await expect(readCsv(path)).rejects.toThrow(`${path}, line 3: got 1 field, expected 2`);
      writeFileSync(path, "a;b\n1;2\n");
      expect(all(await readCsv(path, { delimiter: ";" }))).toEqual({ a: [1], b: [2] });
      await expect(readCsv(join(folder, "none.csv"))).rejects.toThrow(FileError);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
