/** The records of a CSV file, one after another: RFC 4180, with other delimiters and line ends allowed. @module */
import { DataFormatError } from "../../errors.ts";

/** The most fields of a record. */
export const MOST_COLUMNS = 16_384;
/** The most bytes of a field. */
const LONGEST_FIELD = 2 ** 20;

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
/** Marks of a field. */
const DOUBLED = 1;
const NOT_ASCII = 2;

/**
 * Reads records in one pass, without building anything but the places of the current record's fields. Spaces around a field are no part of it unless
 * they are in quotes; empty lines at the end of the file are no records.
 */
export class CsvRecords {
  /** The line at which the current record begins, from 1. */
  line = 0;
  /** Number of fields of the current record. */
  count = 0;
  /** Whether a field of the current record holds other bytes than ASCII. */
  others = false;
  /** First byte of each field. */
  readonly starts = new Int32Array(MOST_COLUMNS);
  /** The byte behind each field. */
  readonly ends = new Int32Array(MOST_COLUMNS);
  readonly bytes: Uint8Array;
  private readonly delimiter: number;
  private readonly source: string;
  private readonly marks = new Uint8Array(MOST_COLUMNS);
  private readonly begin: number;
  private readonly end: number;
  private readonly decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  private at: number;
  private nextLine = 1;

  constructor(bytes: Uint8Array, delimiter: number, source: string) {
    this.bytes = bytes;
    this.delimiter = delimiter;
    this.source = source;
    const [a, b, c] = bytes;
    if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))
      throw new DataFormatError({ where: source, got: "UTF-16", expected: "UTF-8", hint: "save the file as UTF-8" });
    const nul = bytes.indexOf(0);
    if (nul >= 0)
      throw new DataFormatError({
        where: `${source}, byte ${nul}`,
        got: "a NUL",
        expected: "text in UTF-8",
        hint: "it is UTF-16, or no text: save it as UTF-8",
      });
    this.begin = a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
    this.at = this.begin;
    let end = bytes.length;
    while (end > this.begin && (bytes[end - 1] === LF || bytes[end - 1] === CR || this.isBlank(bytes[end - 1]))) end--;
    this.end = end;
  }

  /** Back to the first record. */
  rewind(): void {
    this.at = this.begin;
    this.nextLine = 1;
  }

  /** Reads the next record; false at the end. @throws DataFormatError naming line and field */
  next(): boolean {
    const { bytes, end, delimiter, starts, ends, marks } = this;
    if (this.at >= end) return false;
    this.line = this.nextLine;
    let count = 0;
    let others = 0;
    let at = this.at;
    for (;;) {
      if (count === MOST_COLUMNS) throw this.error(this.line, `more than ${MOST_COLUMNS} fields`, `at most ${MOST_COLUMNS}`);
      while (at < end && this.isBlank(bytes[at])) at++;
      let mark = 0;
      let high = 0;
      if (at < end && bytes[at] === QUOTE) {
        const opened = this.nextLine;
        const from = ++at;
        for (;;) {
          if (at >= end) throw this.unterminated(opened, count);
          const byte = bytes[at];
          if (byte === QUOTE) {
            if (at + 1 >= end || bytes[at + 1] !== QUOTE) break;
            mark = DOUBLED;
            at++;
          } else if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) this.nextLine++;
          else high |= byte;
          at++;
        }
        starts[count] = from;
        ends[count] = at++;
        while (at < end && this.isBlank(bytes[at])) at++;
        if (at < end && bytes[at] !== delimiter && bytes[at] !== LF && bytes[at] !== CR) {
          throw this.error(
            this.nextLine,
            `text behind the closing quote of field ${count + 1}`,
            "a delimiter or the end of the line",
            "a quote within quotes is doubled",
          );
        }
      } else {
        const from = at;
        for (; at < end; at++) {
          const byte = bytes[at];
          if (byte === delimiter || byte === LF || byte === CR) break;
          if (byte === QUOTE)
            throw this.error(
              this.nextLine,
              `a quote within field ${count + 1}, which does not begin with one`,
              "quotes around the whole field, those within doubled",
            );
          high |= byte;
        }
        let to = at;
        while (to > from && this.isBlank(bytes[to - 1])) to--;
        starts[count] = from;
        ends[count] = to;
      }
      if (ends[count] - starts[count] > LONGEST_FIELD)
        throw this.error(this.line, `${ends[count] - starts[count]} bytes in field ${count + 1}`, `at most ${LONGEST_FIELD}`, "is a quote missing?");
      others |= high;
      marks[count++] = high > 0x7f ? mark | NOT_ASCII : mark;
      if (at < end && bytes[at] === delimiter) {
        at++;
        continue;
      }
      if (at < end) {
        at += bytes[at] === CR && bytes[at + 1] === LF ? 2 : 1;
        this.nextLine++;
      }
      break;
    }
    this.at = at;
    this.count = count;
    this.others = others > 0x7f;
    return true;
  }

  /** The text of a field; null where it is no UTF-8. */
  text(field: number): string | null {
    const { bytes } = this;
    const [from, to] = [this.starts[field], this.ends[field]];
    const mark = this.marks[field];
    let text = "";
    if ((mark & NOT_ASCII) === 0 && to - from < 32) {
      for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i]);
    } else {
      try {
        text = this.decoder.decode(bytes.subarray(from, to));
      } catch {
        return null;
      }
    }
    return (mark & DOUBLED) === 0 ? text : text.replaceAll('""', '"');
  }

  /** A space is; a tab too, unless it stands between fields. */
  private isBlank(byte: number): boolean {
    return byte === SPACE || (byte === TAB && this.delimiter !== TAB);
  }

  private unterminated(line: number, field: number): DataFormatError {
    return this.error(line, `a quote that is never closed, in field ${field + 1}`, "a closing quote", "a quote within quotes is doubled");
  }

  private error(line: number, got: string, expected: string, hint?: string): DataFormatError {
    return new DataFormatError({ where: `${this.source}, line ${line}`, got, expected, hint });
  }
}
