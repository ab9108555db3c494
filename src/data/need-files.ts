/** Where there are files. @module */
import { ConfigError } from "../errors.ts";

/** @throws ConfigError where the engine has no files: a page, an edge worker */
export function needFiles(where: string, hint?: string): void {
  if (typeof globalThis.process?.versions?.node === "string") return;
  throw new ConfigError({ where, got: "an engine without files", expected: "Node, Deno or Bun", hint });
}

/** What to do there for data that are IDX files. */
export const FETCH_IDX = "fetch the IDX files and give their bytes to idxDataset";
