/** Where a result will be written. @module */
import { randomBytes } from "node:crypto";
import { mkdir, open, stat, unlink } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { FileError } from "../errors.ts";

/**
 * Fails before long work where its result could not be written. A missing folder is made inside the working directory; elsewhere it is more
 * likely a slip.
 * @throws FileError
 */
export async function prepareOutput(path: string): Promise<void> {
  const target = resolve(path);
  const folder = dirname(target);
  const where = `--out ${path}`;
  const existing = await stat(target).catch(() => null);
  if (existing !== null && !existing.isFile())
    throw new FileError({ where, got: existing.isDirectory() ? "a directory" : "no regular file", expected: "a file, or nothing there" });
  const inside = relative(process.cwd(), folder);
  try {
    if (inside !== "" && !inside.startsWith("..") && !isAbsolute(inside)) await mkdir(folder, { recursive: true });
    // Only writing tells: permissions alone say yes on read-only file systems, and to root.
    const probe = join(folder, `.gradiente-${process.pid}-${randomBytes(6).toString("hex")}.tmp`);
    await (await open(probe, "wx")).close();
    await unlink(probe);
  } catch (cause) {
    const missing = (await stat(folder).catch(() => null)) === null;
    const got = missing ? `no folder ${folder}` : `${folder}, where files cannot be made (${(cause as NodeJS.ErrnoException).code})`;
    throw new FileError(
      { where, got, expected: "a place that can be written", hint: missing ? `mkdir -p ${folder}` : "check that the folder is writable and has space" },
      { cause },
    );
  }
}
