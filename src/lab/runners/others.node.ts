/** What other studies of the same folder have finished already. @module */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "./environment.ts";
import type { Line } from "./line.ts";
import { peek } from "./results-file.node.ts";

/** Finished trials of all studies beside one, by id: those whose results would have the same bits here. */
export async function othersIn(out: string, study: string, environment: Environment): Promise<Map<string, Line>> {
  const found = new Map<string, Line>();
  const folders = await readdir(out, { withFileTypes: true }).catch(() => []);
  for (const name of folders.flatMap((entry) => (entry.isDirectory() && entry.name !== study ? entry.name : [])).sort()) {
    for (const [id, line] of await peek(join(out, name, "results.jsonl"), environment)) found.set(id, line);
  }
  return found;
}
