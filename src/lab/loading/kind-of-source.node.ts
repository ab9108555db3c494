/** What a path leads to. @module */
import { stat } from "node:fs/promises";

/** Whether there is a file or a directory at a path. */
export async function kindOfSource(path: string): Promise<"nothing" | "file" | "directory"> {
  const found = await stat(path).catch(() => null);
  if (found === null) return "nothing";
  return found.isDirectory() ? "directory" : "file";
}
