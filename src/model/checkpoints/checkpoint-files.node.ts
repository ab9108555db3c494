/** The files of a checkpoint directory. @module */
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Dataset } from "../../data/dataset/dataset.ts";
import { CheckpointError, GradienteError } from "../../errors.ts";
import { prepareFolder, readFile, removeFile, writeFileAtomic } from "../../formats/atomic-file.node.ts";
import { type Checkpoint, decodeCheckpoint } from "./checkpoint.ts";

const NAME = /^checkpoint-(\d{10,})\.safetensors$/;
const nameOf = (step: number): string => `checkpoint-${String(step).padStart(10, "0")}.safetensors`;
const KEY = '"sha256":"';
/** Stands where the checksum goes. */
export const NO_DIGEST = "0".repeat(64);

/** What the newest usable checkpoint holds. */
export interface Found extends Checkpoint {
  readonly file: string;
}

/** Reads a checkpoint. @throws FileError, CheckpointError for anything but a whole one */
export async function readCheckpoint(file: string): Promise<Found> {
  const bytes = await readFile(file);
  checkDigest(bytes, file);
  return { file, ...decodeCheckpoint(bytes, file) };
}

/** A directory of checkpoints, one file each, named by the number of steps done. */
export class CheckpointFiles {
  readonly directory: string;
  private readonly keep: number;
  /** Those that older ones give way to, oldest first. */
  private good: string[] = [];

  private constructor(directory: string, keep: number) {
    this.directory = directory;
    this.keep = keep;
  }

  /**
   * Makes the directory, or cleans up after a process that was killed in it. Files of other names are left alone.
   * @throws FileError if it cannot be written, CheckpointError if there are checkpoints and the run is to begin anew
   */
  static async open(directory: string, keep: number, resume: boolean): Promise<CheckpointFiles> {
    await prepareFolder(directory);
    const files = new CheckpointFiles(directory, keep);
    files.good = (await readdir(directory))
      .filter((name) => NAME.test(name))
      .sort((a, b) => numberOf(a) - numberOf(b))
      .map((name) => join(directory, name));
    if (!resume && files.good.length > 0) {
      throw new CheckpointError({
        where: `checkpoint directory ${directory}`,
        got: `${files.good.length} checkpoint${files.good.length === 1 ? "" : "s"} of another run`,
        expected: "none",
        hint: "resume that run, give another directory, or delete them",
      });
    }
    return files;
  }

  /** The newest checkpoint that can be used, and why newer ones cannot; null if there is none. @throws CheckpointError if there are some, but none is usable */
  async newest(): Promise<{ found: Found | null; unusable: { file: string; reason: string }[] }> {
    const unusable: { file: string; reason: string }[] = [];
    for (const file of [...this.good].reverse()) {
      try {
        return { found: await readCheckpoint(file), unusable };
      } catch (error) {
        if (!(error instanceof GradienteError)) throw error;
        unusable.push({ file, reason: `${error.complaint.where}: got ${error.complaint.got}, expected ${error.complaint.expected}` });
        this.good = this.good.filter((name) => name !== file);
      }
    }
    if (unusable.length === 0) return { found: null, unusable };
    throw new CheckpointError({
      where: `checkpoint directory ${this.directory}`,
      got: "no checkpoint that can be used",
      expected: `a whole one among its files\n  ${unusable.map(({ reason }) => reason).join("\n  ")}`,
      hint: "give the right directory; or delete these files to start from the beginning",
    });
  }

  /** Writes a checkpoint, whole or not at all, then removes what is older than those to keep. @throws FileError; nothing is removed then */
  async write(step: number, bytes: Uint8Array): Promise<void> {
    const file = join(this.directory, nameOf(step));
    setDigest(bytes, digestOf(bytes));
    await writeFileAtomic(file, bytes);
    this.good = [...this.good.filter((name) => name !== file), file];
    for (const old of this.good.splice(0, Math.max(0, this.good.length - this.keep))) await removeFile(old);
  }
}

const numberOf = (name: string): number => Number(NAME.exec(name)?.[1]);
const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Where the checksum stands in a file, -1 if there is none. */
function digestAt(bytes: Uint8Array): number {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(KEY);
  return at < 0 || at + KEY.length + NO_DIGEST.length > bytes.length ? -1 : at + KEY.length;
}

function setDigest(bytes: Uint8Array, digest: string): void {
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).write(digest, digestAt(bytes), "latin1");
}

/** The checksum of a whole file, its own place as zeros: what lengths do not tell, such as a page that was never written. */
function checkDigest(bytes: Uint8Array, where: string): void {
  const at = digestAt(bytes);
  if (at < 0) throw new CheckpointError({ where, got: "no checksum", expected: "a whole file, written by fit's checkpoint option" });
  const saved = Buffer.from(bytes.subarray(at, at + NO_DIGEST.length)).toString("latin1");
  setDigest(bytes, NO_DIGEST);
  if (digestOf(bytes) !== saved) throw new CheckpointError({ where, got: "content that does not match its checksum", expected: "the file as it was written" });
}

const digests = new WeakMap<Dataset, string>();

/** A checksum of a dataset: samples, targets, weights, which of them are used, and how they are read. */
export function datasetDigest(data: Dataset): string {
  const known = digests.get(data);
  if (known !== undefined) return known;
  const hash = createHash("sha256");
  const inputs = data.inputs.map(({ name, shape, normalization }) => ({ name, shape, normalization }));
  const targets = data.targets.map(({ name, shape, classes }) => ({ name, shape, classes }));
  const parts = [...data.inputs.map(({ values }) => values), ...data.targets.flatMap(({ values, sampleWeight }) => [values, sampleWeight]), data.rows];
  hash.update(JSON.stringify([inputs, targets, parts.map((part) => part && [part.constructor.name, part.length])]));
  for (const part of parts) if (part !== null) hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  const digest = hash.digest("hex");
  digests.set(data, digest);
  return digest;
}

/** A checksum of numbers; null of none. */
export function arrayDigest(array: Float32Array | null): string | null {
  return array === null ? null : digestOf(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
}
