/** Weights that trials leave to later ones, until their study is complete. @module */
import { rmdir } from "node:fs/promises";
import { join } from "node:path";
import { FileError } from "../../errors.ts";
import { exists, prepareFolder, readFile, reason, removeFile, writeFileAtomic } from "../../formats/atomic-file.node.ts";
import { decodeSafetensors, encodeSafetensors } from "../../formats/safetensors.ts";
import type { NamedArray } from "../../model/parameters/parameters.ts";
import type { Weights } from "./runner.ts";

/** The folder `carried` of a study: a safetensors file for each trial whose last weights another starts from. */
export class CarriedWeights {
  private readonly folder: string;
  /** Once: it clears away what this process's earlier life was writing. */
  private ready: Promise<void> | null = null;
  /** Trials of this run that leave weights. */
  private readonly own = new Set<string>();

  constructor(studyFolder: string) {
    this.folder = join(studyFolder, "carried");
  }

  /** Takes notice of a trial that leaves weights, whenever it is run: they go when this run is complete. */
  claim(id: string): void {
    this.own.add(id);
  }

  /** Keeps the weights of a trial. @throws FileError */
  async keep(id: string, weights: readonly NamedArray[]): Promise<void> {
    this.ready ??= prepareFolder(this.folder);
    await this.ready;
    const tensors = weights.map(({ name, shape, data }) => [name, { dtype: "F32", shape, data }] as const);
    await writeFileAtomic(this.fileOf(id), encodeSafetensors(tensors));
  }

  /** The weights of a trial, in the order in which they were kept. @throws FileError, CheckpointError */
  async of(id: string): Promise<Weights> {
    const file = this.fileOf(id);
    if (!(await exists(file))) {
      throw new FileError({
        where: file,
        got: "nothing there",
        expected: "the last weights of that trial, from which another starts",
        hint: "the study cannot go on without them: give another folder with --out, or delete this study's",
      });
    }
    const { tensors } = decodeSafetensors(await readFile(file), file);
    return [...tensors.values()].map(({ data }) => data as Float32Array);
  }

  /** This run is complete. What others began, with more seeds, say, is not this one's to remove. @throws FileError */
  async remove(): Promise<void> {
    for (const id of this.own) await removeFile(this.fileOf(id));
    try {
      await rmdir(this.folder);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTEMPTY" || code === "EEXIST") return;
      throw new FileError({ where: `removing ${this.folder}`, got: reason(cause), expected: "a folder that can be removed" }, { cause });
    }
  }

  private fileOf(id: string): string {
    return join(this.folder, `${id}.safetensors`);
  }
}
