/** `results.jsonl`: the trials that are finished, one a line, only ever appended to. @module */
import { type FileHandle, open, stat } from "node:fs/promises";
import { ConfigError, FileError } from "../../errors.ts";
import { readFile, reason } from "../../formats/atomic-file.node.ts";
import type { Study } from "../definition/study.ts";
import { decisive, type Environment } from "./environment.ts";
import { faultOf, type Line } from "./line.ts";

/** A line that was read, and where it begins. */
interface Found {
  readonly line: Line;
  readonly number: number;
}

/** What a file holds. */
interface Contents {
  readonly found: readonly Found[];
  /** Bytes of whole lines, and of the file; the rest is a line that was being written when its process ended. */
  readonly whole: number;
  readonly length: number;
  /** The last line is whole but for its end of line. */
  readonly open: boolean;
}

const NEWLINE = 10;
/** How every line begins. */
const BEGINNING = new TextEncoder().encode('{"id":"');

/** The finished trials of a study. */
export class ResultsFile {
  readonly path: string;
  /** By id, in the order of the file. */
  readonly lines: Map<string, Line>;
  /** Bytes of a torn last line that was cut off when the file was opened, 0 if there was none. */
  readonly torn: number;
  private readonly file: FileHandle;
  private length: number;
  /** The last writing, done or not: one goes on after another. */
  private last: Promise<void> = Promise.resolve();
  private failure: FileError | null = null;

  private constructor(path: string, file: FileHandle, parts: { lines: Map<string, Line>; length: number; torn: number }) {
    this.path = path;
    this.file = file;
    this.lines = parts.lines;
    this.length = parts.length;
    this.torn = parts.torn;
  }

  /**
   * Opens a study's file, or makes it. A torn last line is cut off, if it is one of ours.
   * @throws FileError naming line and byte of what is damaged, ConfigError if the trials are those of another study or environment
   */
  static async open(path: string, study: Pick<Study, "name" | "digest">, environment: Environment): Promise<ResultsFile> {
    let file: FileHandle | null = null;
    try {
      // To open a pipe may take for ever.
      if (!(await isRegular(path, true))) throw new FileError({ where: path, got: "no regular file", expected: "a file, or nothing there" });
      // Created if it is not there, and never emptied.
      file = await open(path, "a+");
      const { found, whole, length, open: unended } = parse(await readFile(path), path);
      for (const { line, number } of found) check(line, `${path}, line ${number}`, study, environment);
      if (whole < length) {
        await file.truncate(whole);
        await file.sync();
      }
      const results = new ResultsFile(path, file, { lines: byId(found, path), length: whole, torn: length - whole });
      if (unended) await results.write("\n");
      return results;
    } catch (cause) {
      await file?.close();
      if (cause instanceof FileError || cause instanceof ConfigError) throw cause;
      throw new FileError({ where: path, got: reason(cause), expected: "a file that can be read and written" }, { cause });
    }
  }

  /**
   * Adds a line; resolves when it is on the disk.
   * @throws FileError; the file is then as it was, and takes no more
   */
  async append(line: Line): Promise<void> {
    await this.write(`${JSON.stringify(line)}\n`);
    this.lines.set(line.id, line);
  }

  /** What was cut off when the file was opened, for people; null: nothing. */
  get notice(): string | null {
    return this.torn > 0 ? `${this.path}: dropped ${this.torn} bytes of a trial that was being written when its process ended` : null;
  }

  /** The engines that trials ran on: more than one if they were resumed on another with the same probe. */
  enginesOf(all: readonly { readonly results: readonly { readonly id: string }[] }[]): string {
    return [...new Set(all.flatMap(({ results }) => results.map(({ id }) => this.lines.get(id)?.engine)))].sort().join("; ");
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.last.catch(() => undefined);
    await this.file.close();
  }

  private write(text: string): Promise<void> {
    const written = this.last.then(() => this.writeNow(text));
    this.last = written.catch(() => undefined);
    return written;
  }

  private async writeNow(text: string): Promise<void> {
    if (this.failure !== null) throw this.failure;
    const bytes = new TextEncoder().encode(text);
    try {
      await this.file.writeFile(bytes);
      await this.file.sync();
      this.length += bytes.length;
    } catch (cause) {
      this.failure = new FileError(
        {
          where: `writing ${this.path}`,
          got: reason(cause),
          expected: "a file that can be written",
          hint: "check that the disk has space; the same command goes on from the trials that are kept",
        },
        { cause },
      );
      // Half a line is no use; if this fails too, the next opening does it.
      await this.file.truncate(this.length).catch(() => undefined);
      throw this.failure;
    }
  }
}

/** The finished trials of another study's file, whatever it is worth: nothing is changed, and what cannot be read is not there. */
export async function peek(path: string, environment: Environment): Promise<Map<string, Line>> {
  try {
    if (!(await isRegular(path, false))) return new Map();
    const { found } = parse(await readFile(path), path);
    return new Map(found.filter(({ line }) => decisive.every(([key]) => line[key] === environment[key])).map(({ line }) => [line.id, line]));
  } catch (error) {
    if (error instanceof FileError) return new Map();
    throw error;
  }
}

/** @param absent what is answered where there is nothing */
async function isRegular(path: string, absent: boolean): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ?? absent;
}

/** @throws FileError for a line that is not one, unless it is the last and a beginning of one */
function parse(bytes: Uint8Array, path: string): Contents {
  const found: Found[] = [];
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let at = 0;
  let open = false;
  while (at < bytes.length) {
    const end = bytes.indexOf(NEWLINE, at);
    const text = bytes.subarray(at, end < 0 ? bytes.length : end);
    const line = parseLine(text, decoder);
    if (typeof line === "string") {
      if (end < 0 && isTorn(text)) break;
      throw new FileError({
        where: `${path}, line ${found.length + 1}, byte ${at}`,
        got: line,
        expected: "a finished trial as JSON",
        hint: "remove that line: its trial is then run again",
      });
    }
    found.push({ line, number: found.length + 1 });
    open = end < 0;
    at = open ? bytes.length : end + 1;
  }
  return { found, whole: at, length: bytes.length, open };
}

/** Whether bytes may be the beginning of a line, or what a power cut leaves in the place of one. What is neither may be somebody's only copy. */
function isTorn(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0) || BEGINNING.every((byte, i) => i >= bytes.length || bytes[i] === byte);
}

/** A line, or what is there instead. */
function parseLine(bytes: Uint8Array, decoder: TextDecoder): Line | string {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    return cause instanceof SyntaxError ? `no JSON (${cause.message.split("\n")[0].slice(0, 80)})` : "bytes that are no text";
  }
  return faultOf(value) ?? (value as Line);
}

/** @throws ConfigError if a line may not stand in the study */
function check(line: Line, where: string, { name, digest }: Pick<Study, "name" | "digest">, environment: Environment): void {
  const elsewhere = "give another folder with --out, or delete this one";
  if (line.study !== name) {
    throw new ConfigError({ where, got: `a trial of ${JSON.stringify(line.study)}`, expected: `trials of ${JSON.stringify(name)}`, hint: elsewhere });
  }
  if (line.digest !== digest) {
    throw new ConfigError({
      where,
      got: `a trial of ${JSON.stringify(name)} as it was defined otherwise (${line.digest.slice(0, 12)})`,
      expected: `trials of its present form (${digest.slice(0, 12)})`,
      hint: `quick and full forms, other epochs and other spaces are different ones: ${elsewhere}`,
    });
  }
  for (const [key, what] of decisive) {
    if (line[key] !== environment[key]) {
      throw new ConfigError({
        where,
        got: line[key] === undefined ? `no ${what}` : `${what} ${line[key]}`,
        expected: `${environment[key]}, as of this run`,
        hint:
          key === "version"
            ? `two versions may train otherwise, and their results are not mixed: go on with the one that began, ${elsewhere}`
            : `results that differ in their bits are not mixed: ${elsewhere}`,
      });
    }
  }
}

/** @throws FileError for a trial that is there twice */
function byId(found: readonly Found[], path: string): Map<string, Line> {
  const lines = new Map<string, Line>();
  for (const { line, number } of found) {
    if (lines.has(line.id)) {
      throw new FileError({
        where: `${path}, line ${number}`,
        got: `trial ${line.id} for the second time`,
        expected: "each trial once",
        hint: "remove one of the two lines",
      });
    }
    lines.set(line.id, line);
  }
  return lines;
}
