/** Directories of IDX files, and files that must be the published ones. @module */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { DataFormatError, FileError } from "../../errors.ts";
import { readFile } from "../../formats/atomic-file.node.ts";
import { gunzip, isGzip } from "../../formats/gzip.ts";
import type { TrainAndTest } from "../dataset/train-and-test.ts";
import { type IdxOptions, idxNames, idxPair, type NamedBytes } from "./idx-dataset.ts";

/** Size and SHA-256 of a file, unpacked. */
export interface PublishedFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** Published files by their names. */
export type PublishedFiles = Readonly<Record<string, PublishedFile>>;

/** Where a dataset is kept for a user: `$XDG_CACHE_HOME/gradiente/NAME`, else `~/.cache/gradiente/NAME`. */
export function cacheFolder(name: string): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "gradiente", name);
}

/** A directory of IDX files; see `idxDirectory`. */
export async function loadIdxDirectory(directory: string, options: IdxOptions): Promise<TrainAndTest> {
  const found = await eachIdxFile(async (name) => {
    const path = await findIdxFile(directory, name);
    if (path !== null) return { name: path, bytes: await readFile(path) };
    throw new FileError({ where: directory, got: `no ${name}`, expected: `${Object.values(idxNames).join(", ")}, each plain or as .gz` });
  });
  return idxPair(found, { classes: options.classes, normalization: options.normalization });
}

/** The four files, one after another. */
export async function eachIdxFile(load: (name: string) => Promise<NamedBytes>): Promise<Record<keyof typeof idxNames, NamedBytes>> {
  const entries: [string, NamedBytes][] = [];
  for (const [key, name] of Object.entries(idxNames)) entries.push([key, await load(name)]);
  return Object.fromEntries(entries) as Record<keyof typeof idxNames, NamedBytes>;
}

/** The file in a directory under one of its names, gzip or not; null if it is not there. Some archives put a dot before `idx`. */
export async function findIdxFile(directory: string, name: string): Promise<string | null> {
  const names = [name, name.replace("-idx", ".idx")];
  for (const file of [...names, ...names.map((plain) => `${plain}.gz`)]) {
    const path = join(directory, file);
    if ((await stat(path).catch(() => null))?.isFile()) return path;
  }
  return null;
}

/** A file unpacked, if it is the published one. @throws DataFormatError with both digests */
export function verifyPublished({ bytes: size, sha256 }: PublishedFile, where: string, bytes: Uint8Array, hint: string): NamedBytes {
  const raw = isGzip(bytes) ? gunzip(bytes, where, () => size) : bytes;
  const got = createHash("sha256").update(raw).digest("hex");
  if (got !== sha256) throw new DataFormatError({ where, got: `SHA-256 ${got} (${raw.length} bytes)`, expected: `${sha256} (${size} bytes)`, hint });
  return { name: where, bytes: raw };
}
