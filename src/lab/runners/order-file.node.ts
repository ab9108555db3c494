/** `order.jsonl`: in which order the candidates of an asynchronous search finished, and for how many places it asked. @module */
import { type FileHandle, open } from "node:fs/promises";
import { FileError } from "../../errors.ts";
import { exists, readFile, reason } from "../../formats/atomic-file.node.ts";
import { has, isCount } from "../../formats/plain-data.ts";
import type { CompletionOrder } from "../search/drive.ts";

/** The order so far; ids are added as candidates finish. */
export class OrderFile {
  readonly path: string;
  /** As it was when the file was opened. */
  readonly found: CompletionOrder;
  private readonly file: FileHandle;
  private last: Promise<void> = Promise.resolve();

  private constructor(path: string, file: FileHandle, found: CompletionOrder) {
    this.path = path;
    this.file = file;
    this.found = found;
  }

  /** Opens the file, or begins it. A torn last line is cut off. @param concurrency places of a search that begins @throws FileError naming the line that is damaged */
  static async open(path: string, concurrency: number): Promise<OrderFile> {
    const text = (await exists(path)) ? new TextDecoder().decode(await readFile(path)) : "";
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const found = parse(whole, path) ?? { concurrency, ids: [] };
    const file = await open(path, "a+").catch((cause) => {
      throw fault(path, cause);
    });
    const order = new OrderFile(path, file, found);
    await order.write(async () => file.truncate(new TextEncoder().encode(whole).length));
    if (whole === "") await order.write(async () => file.appendFile(`${JSON.stringify({ concurrency })}\n`));
    return order;
  }

  /** Adds a candidate; resolves when it is on the disk. @throws FileError */
  append(id: number): Promise<void> {
    return this.write(async () => this.file.appendFile(`${JSON.stringify({ id })}\n`));
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.last.catch(() => undefined);
    await this.file.close();
  }

  private write(work: () => Promise<void>): Promise<void> {
    this.last = this.last.then(async () => {
      try {
        await work();
        await this.file.sync();
      } catch (cause) {
        throw fault(this.path, cause);
      }
    });
    return this.last;
  }
}

const fault = (path: string, cause: unknown): FileError =>
  new FileError({ where: path, got: reason(cause), expected: "a file that can be read and written" }, { cause });

const isHead = has({ concurrency: (value) => isCount(value) && value !== 0 });
const isEntry = has({ id: isCount });

/** Null for nothing. */
function parse(text: string, path: string): CompletionOrder | null {
  const lines = text.split("\n").slice(0, -1);
  const values = lines.map((line, i) => {
    let value: unknown = null;
    try {
      value = JSON.parse(line);
    } catch {
      // Told below.
    }
    if (i === 0 ? isHead(value) : isEntry(value)) return value as { concurrency: number; id: number };
    throw new FileError({
      where: `${path}, line ${i + 1}`,
      got: line.slice(0, 60),
      expected: i === 0 ? '{"concurrency":N}' : '{"id":N}',
      hint: "without this file the search takes the order in which trials finish now",
    });
  });
  return values.length === 0 ? null : { concurrency: values[0].concurrency, ids: values.slice(1).map(({ id }) => id) };
}
