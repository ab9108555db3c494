/** Files that appear whole or not at all, and reading with a limit. @module */
import { randomBytes } from "node:crypto";
import { appendFile, type FileHandle, mkdir, open, readdir, realpath, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FileError } from "../errors.ts";

/** The largest file that is read unless a caller says otherwise. */
const DEFAULT_LIMIT = 2 ** 31;
const CHUNK = 1 << 16;
/** Node refuses to read 2^31 bytes at once. */
const LARGEST_READ = 2 ** 30;

/**
 * Writes a file so that a reader sees its old content or all of the new one, also after a crash: a temporary file beside it, synced, renamed
 * over it. A symbolic link is followed; an existing file keeps its permissions.
 * @throws FileError naming the path; the target is then as it was, and the temporary file gone
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  let temporary: string | null = null;
  try {
    const target = await realpath(path).catch(() => path);
    const existing = await stat(target).catch(() => null);
    if (existing !== null && !existing.isFile())
      throw new FileError({ where: `writing ${path}`, got: existing.isDirectory() ? "a directory" : "no regular file", expected: "a file, or nothing there" });
    const folder = dirname(target);
    const name = temporaryIn(folder);
    const file = await open(name, "wx", existing === null ? 0o666 : existing.mode & 0o777);
    temporary = name;
    try {
      await file.writeFile(bytes);
      if (existing !== null) await file.chmod(existing.mode & 0o777);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(name, target);
    temporary = null;
    await syncFolder(folder);
  } catch (cause) {
    if (temporary !== null) await unlink(temporary).catch(() => undefined);
    if (cause instanceof FileError) throw cause;
    throw new FileError(
      { where: `writing ${path}`, got: reason(cause), expected: "a path that can be written", hint: "check that the folder exists, is writable and has space" },
      { cause },
    );
  }
}

/** A name for a file that is not there yet. It names its process, so that one that was killed can be cleaned up after. */
function temporaryIn(folder: string): string {
  return join(folder, `.gradiente-${process.pid}-${randomBytes(6).toString("hex")}.tmp`);
}

/**
 * Makes a folder unless it is there, removes the temporary files that killed processes left in it, and tries whether it can be written: only writing
 * tells, as permissions alone say yes on read-only file systems, and to root.
 * @throws FileError
 */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    for (const name of await readdir(folder)) {
      const owner = /^\.gradiente-(\d+)-[0-9a-f]{12}\.tmp$/.exec(name)?.[1];
      if (owner !== undefined && !isRunning(Number(owner))) await removeFile(join(folder, name));
    }
    const probe = temporaryIn(folder);
    await (await open(probe, "wx")).close();
    await unlink(probe);
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw new FileError(
      { where: `folder ${folder}`, got: reason(cause), expected: "a folder where files can be made", hint: "check that it is writable and has space" },
      { cause },
    );
  }
}

/** A folder with its parents, unless it is there. Node's own `recursive` never ends in folders that refuse by saying that there is nothing, such as /proc. */
export async function makeFolder(folder: string): Promise<void> {
  if (await exists(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  await mkdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "EEXIST") throw cause;
  });
}

/** Whether a process may still write: its own files of an earlier life are as stale as those of the dead. */
export function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Appends text. @throws FileError */
export async function appendText(path: string, text: string): Promise<void> {
  await append(path, text);
}

/** Appends bytes. @throws FileError */
export async function appendBytes(path: string, bytes: Uint8Array): Promise<void> {
  await append(path, bytes);
}

async function append(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await appendFile(path, content);
  } catch (cause) {
    throw new FileError({ where: `writing ${path}`, got: reason(cause), expected: "a file that can be written" }, { cause });
  }
}

/** Removes a file; nothing if it is gone already. @throws FileError */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return;
    throw new FileError({ where: `removing ${path}`, got: reason(cause), expected: "a file that can be removed" }, { cause });
  }
}

/** Whether there is something at a path. */
export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** Makes a rename last through a power cut. Some systems cannot open or sync a directory; the file itself is safe there. */
async function syncFolder(folder: string): Promise<void> {
  const directory = await open(folder, "r").catch(() => null);
  if (directory === null) return;
  await directory.sync().catch(() => undefined);
  await directory.close();
}

/**
 * Reads a file, pipe or device.
 * @param options limit: the most bytes to take, default 2 GiB
 * @throws FileError if it is missing, unreadable, a directory or larger
 */
export async function readFile(path: string, options: { limit?: number } = {}): Promise<Uint8Array> {
  const { limit = DEFAULT_LIMIT } = options;
  const where = `reading ${path}`;
  let file: FileHandle | null = null;
  try {
    file = await open(path, "r");
    const info = await file.stat();
    if (info.isDirectory()) throw new FileError({ where, got: "a directory", expected: "a file" });
    const tooLarge = (size: string): FileError => new FileError({ where, got: size, expected: `at most ${limit} bytes` });
    if (info.size > limit) throw tooLarge(`${info.size} bytes`);
    // One byte more than expected, so that the end is seen without growing.
    let buffer = new Uint8Array(info.isFile() && info.size > 0 ? info.size + 1 : CHUNK);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, Math.min(buffer.length - length, LARGEST_READ), null);
      if (bytesRead === 0) return buffer.subarray(0, length);
      length += bytesRead;
      if (length > limit) throw tooLarge(`more than ${limit} bytes`);
      if (length === buffer.length) {
        const larger = new Uint8Array(Math.min(length * 2, limit + 1));
        larger.set(buffer);
        buffer = larger;
      }
    }
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw new FileError({ where, got: reason(cause), expected: "a file that can be read" }, { cause });
  } finally {
    await file?.close();
  }
}

/** `no such file or directory (ENOENT)` of Node's message. */
export function reason(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  const text = /^[A-Z0-9]+: (.*?)(?:, |$)/.exec(message ?? "")?.[1] ?? message ?? String(cause);
  return code === undefined ? text : `${text} (${code})`;
}
