/** One process at a time writes a folder. @module */
import { open, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { FileError } from "../../errors.ts";
import { isRunning, makeFolder, reason, removeFile } from "../../formats/atomic-file.node.ts";

const NAME = /^\.gradiente-(\d+)\.lock$/;

/** Folders that this process holds, whatever the names they were reached by. */
const held = new Set<string>();

/**
 * Takes a folder, which is made if there is none, for this process. Each process has a lock file of its own that bears its number, so that nobody has to be told a lock from a stale one: those of
 * processes that are gone are removed. Two that come at the same moment both refuse.
 * @returns gives it back
 * @throws FileError if another has it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const own = join(folder, `.gradiente-${process.pid}.lock`);
  const refuse = (by: string, file: string): FileError =>
    new FileError({
      where: `folder ${folder}`,
      got: `a study that ${by} is running`,
      expected: "one process to a folder",
      hint: `wait for it, or give another folder with --out; if there is no such study, remove ${file}`,
    });
  const fault = (cause: unknown): FileError =>
    cause instanceof FileError
      ? cause
      : new FileError({ where: `folder ${folder}`, got: reason(cause), expected: "a folder where files can be made" }, { cause });
  const key = await made(folder).catch((cause) => {
    throw fault(cause);
  });
  if (held.has(key)) throw refuse("this process", own);
  held.add(key);
  const release = async (): Promise<void> => {
    held.delete(key);
    await removeFile(own);
  };
  try {
    await (await open(own, "w")).close();
    for (const name of await readdir(folder)) {
      const owner = Number(NAME.exec(name)?.[1] ?? process.pid);
      if (owner === process.pid) continue;
      if (isRunning(owner)) throw refuse(`process ${owner}`, join(folder, name));
      await removeFile(join(folder, name));
    }
    return release;
  } catch (cause) {
    await release().catch(() => undefined);
    throw fault(cause);
  }
}

/** Makes a folder unless it is there. @returns its one true path */
async function made(folder: string): Promise<string> {
  await makeFolder(folder);
  return realpath(folder);
}
